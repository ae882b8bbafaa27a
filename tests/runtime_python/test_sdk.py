"""greengrasssdk and the core's modules below it, used from inside functions: ours, and the official package where the
tests are given one (FESCUE_OFFICIAL_PYTHON_SDK names the directory that holds its greengrasssdk)."""
import json
import threading

import pytest

from conftest import official_sdk
from fake_core import Refuse
from worker_fixtures import evaluator

OTHER = 'arn:aws:lambda:us-west-2:123456789012:function:other:2'
SHADOW = 'arn:aws:lambda:::function:GGShadowService'
SECRETS = 'arn:aws:lambda:::function:GGSecretManager:1'
ROUTER = 'arn:aws:lambda:::function:GGRouter'

# Runs the event, a Python expression, with all clients at hand. What it raises is returned as [type, text].
EVAL = '''
    import base64, json, logging, sys, threading
    import greengrasssdk
    l, i, s = [greengrasssdk.client(name) for name in ('lambda', 'iot-data', 'secretsmanager')]
    def read(answer):
        payload = answer['Payload']
        return [answer['FunctionError'], (payload.read() if hasattr(payload, 'read') else payload).decode()]
    def handler(event, context):
        try:
            result = eval(event, globals())
            return result.decode() if isinstance(result, bytes) else result
        except Exception as error:
            return [type(error).__name__, str(error)]
'''


@pytest.fixture(params=['ours', 'official'])
def sdk(request):
    """The directory of a bundled SDK, or None for the core's."""
    return official_sdk() if request.param == 'official' else None


@pytest.fixture
def ours(sdk):
    if sdk is not None:
        pytest.skip('the official SDK does otherwise here')


@pytest.fixture
def ask(python, core, start, sdk):
    return evaluator(core, lambda: start(python, EVAL, sdk=sdk))


def test_publish(core, ask):
    assert ask('i.publish(topic="a/b", payload="text")') is None
    assert ask('i.publish(topic="a/b", payload=b"\\xff\\x00", queueFullPolicy="AllOrException")') is None
    assert ask('i.publish(topic="t", queueFullPolicy="BestEffort", qos=1)') is None
    calls = core.calls
    assert [call.arn for call in calls] == [ROUTER] * 3 and {call.type for call in calls} == {'Event'}
    assert [call.payload for call in calls] == [b'text', b'\xff\x00', b'']
    own = {'source': core.function_arn}
    assert [call.context['custom'] for call in calls] == [
        dict(own, subject='a/b', queueFullPolicy=''), dict(own, subject='a/b', queueFullPolicy='AllOrError'),
        dict(own, subject='t', queueFullPolicy='BestEffort')]


def test_publish_to_a_topic_that_is_not_ascii(core, ask, ours):
    assert ask('i.publish(topic=u"t/\\u00e4", payload=u"\\u20ac")') is None
    assert core.calls[0].context['custom']['subject'] == u't/\u00e4' and core.calls[0].payload == b'\xe2\x82\xac'


def test_publish_with_bad_arguments(core, ask):
    assert ask('i.publish(payload="x")')[0] == 'ValueError'
    assert ask('i.publish(topic="t", queueFullPolicy="Never")')[0] == 'ValueError'
    assert not core.calls


def test_publish_to_a_full_queue(core, ask):
    def refuse(call):
        raise Refuse(429, 'the queue is full')
    core.answer_call = refuse
    kind, text = ask('i.publish(topic="t", payload="x", queueFullPolicy="AllOrException")')
    assert kind == 'InvocationException'
    assert text == 'Failed to invoke function due to HTTP Error 429: Too Many Requests'


def test_invoke_waits_for_the_result(core, ask):
    core.answer_call = lambda call: ('', b'got ' + call.payload)
    assert ask('read(l.invoke(FunctionName="%s", Payload="x"))' % OTHER) == ['', 'got x']
    context = "base64.b64encode(b'{\"custom\": {\"a\": 1}}')"
    assert ask('read(l.invoke(FunctionName="%s", Qualifier="2", ClientContext=%s))' % (OTHER[:-2], context)) == [
        '', 'got ']
    assert core.calls[0] == (OTHER, b'x', None, 'RequestResponse')
    assert core.calls[1] == (OTHER, b'', {'custom': {'a': 1}}, 'RequestResponse')


def test_invoke_that_fails_in_the_function(core, ask):
    core.answer_call = lambda call: (call.payload.decode(), b'{"errorMessage": "x"}')
    assert ask('read(l.invoke(FunctionName="%s", Payload="Handled"))' % OTHER) == ['Handled', '{"errorMessage": "x"}']
    assert ask('read(l.invoke(FunctionName="%s", Payload="Unhandled"))' % OTHER)[0] == 'Unhandled'


def test_invoke_as_an_event(core, ask):
    assert ask('read(l.invoke(FunctionName="%s", InvocationType="Event"))' % OTHER) == ['', '']
    assert core.calls[0].type == 'Event'


def test_invoke_with_bad_arguments(core, ask):
    for arguments in ('', 'FunctionName="x"', 'FunctionName="%s", Qualifier="3"' % OTHER,
                      'FunctionName="%s", ClientContext="not base64".encode()' % OTHER,
                      'FunctionName="%s", ClientContext=7' % OTHER):
        assert ask('l.invoke(%s)' % arguments)[0] == 'ValueError', arguments
    assert not core.calls


def test_invoke_of_an_unknown_function(core, ask):
    def refuse(call):
        raise Refuse(404, 'no such function')
    core.answer_call = refuse
    assert ask('l.invoke(FunctionName="%s")' % OTHER) == [
        'InvocationException', 'Failed to invoke function due to HTTP Error 404: Not Found']


def test_streaming_body(core, ask):
    core.answer_call = lambda call: ('', b'0123456789')
    body = 'l.invoke(FunctionName="%s")["Payload"]' % OTHER
    assert ask('(lambda b: [b.read(4).decode(), b.read().decode(), b.read().decode(), b.close()])(%s)' % body) == [
        '0123', '456789', '', None]
    assert ask('greengrasssdk.StreamingBody(b"x").read()') == 'x'


def test_shadow(core, ask):
    core.answer_call = lambda call: ('', b'{"state": {}, "version": 3, "timestamp": 1}')
    assert json.loads(ask('i.get_thing_shadow(thingName="lamp")["payload"]'))['version'] == 3
    ask('i.update_thing_shadow(thingName="lamp", payload=json.dumps({"state": {"desired": 1}}))["payload"]')
    ask('i.delete_thing_shadow(thingName="lamp")["payload"]')
    assert [call.arn for call in core.calls] == [SHADOW] * 3
    assert [call.context for call in core.calls] == [
        {'custom': {'subject': '$aws/things/lamp/shadow/' + operation}} for operation in ('get', 'update', 'delete')]
    assert [call.payload for call in core.calls] == [b'', b'{"state": {"desired": 1}}', b'']


def test_shadow_errors(core, ask):
    core.answer_call = lambda call: ('', b'{"code": 404, "message": "No shadow exists", "timestamp": 1}')
    kind, text = ask('i.get_thing_shadow(thingName="lamp")')
    assert kind == 'ShadowError' and '404' in text and 'No shadow exists' in text
    core.answer_call = lambda call: ('Unhandled', b'worker died')
    assert ask('i.get_thing_shadow(thingName="lamp")')[0] == 'ShadowError'
    assert ask('i.update_thing_shadow(thingName="lamp")')[0] == 'ValueError'


def test_secrets(core, ask):
    secret = {'ARN': 'arn:x', 'Name': 'n', 'VersionId': 'v', 'SecretString': 'open', 'VersionStages': ['AWSCURRENT'],
              'CreatedDate': 1500000000123}
    core.answer_call = lambda call: ('', json.dumps(secret).encode())
    assert ask('s.get_secret_value(SecretId="n")["SecretString"]') == 'open'
    assert ask('s.get_secret_value(SecretId="n", VersionStage="S")["CreatedDate"].microsecond') == 123000
    assert [json.loads(call.payload) for call in core.calls] == [
        {'SecretId': 'n'}, {'SecretId': 'n', 'VersionStage': 'S'}]
    assert core.calls[0].arn == SECRETS and core.calls[0].context is None


def test_secret_errors(core, ask):
    core.answer_call = lambda call: ('', b'{"Status": 401, "Message": "not attached"}')
    kind, text = ask('s.get_secret_value(SecretId="n")')
    assert kind == 'SecretsManagerError' and '401' in text and 'not attached' in text
    assert ask('s.get_secret_value(SecretId="n", VersionId="v")')[0] == 'SecretsManagerError'
    assert ask('s.get_secret_value()')[0] == 'ValueError'


def test_answers_that_are_not_json(core, ask, ours):
    core.answer_call = lambda call: ('', b'not json')
    assert ask('i.get_thing_shadow(thingName="lamp")')[0] == 'ShadowError'
    assert ask('s.get_secret_value(SecretId="n")')[0] == 'SecretsManagerError'
    core.answer_call = lambda call: ('Unhandled', b'died')
    assert ask('s.get_secret_value(SecretId="n")')[0] == 'SecretsManagerError'


def test_stream_manager_is_not_there(ask, ours):
    kind, text = ask('greengrasssdk.client("streammanager")')
    assert kind == 'ConnectFailedException' and 'Stream manager is not available on this core yet' in text


def test_functions_that_may_use_stream_manager_can_be_imported(python, core, start):
    start(python, '''
        import greengrasssdk.stream_manager
        from greengrasssdk.stream_manager import MessageStreamDefinition, ResourceNotFoundException, StrategyOnFull
        from greengrasssdk.stream_manager import StreamManagerClient, StreamManagerException
        from greengrasssdk.stream_manager.data import ExportDefinition, KinesisConfig
        from greengrasssdk.stream_manager.util import Util
        STREAM = MessageStreamDefinition(name='s', strategy_on_full=StrategyOnFull.OverwriteOldestData,
            export_definition=ExportDefinition(kinesis=[KinesisConfig(identifier='k', kinesis_stream_name='n')]))
        def handler(event, context):
            try:
                StreamManagerClient().create_message_stream(STREAM)
            except ResourceNotFoundException:
                return 'not found'
            except StreamManagerException as refusal:
                return [str(refusal), STREAM.name, hasattr(greengrasssdk.stream_manager, 'no_such_name')]
        ''')
    assert json.loads(core.invoke().outcome()[1]) == ['Stream manager is not available on this core yet', 's', False]


def test_an_unknown_client(ask):
    kind, text = ask('greengrasssdk.client("dynamo")')
    assert kind == 'Exception' and "'dynamo'" in text


def test_many_threads_publish(python, core, start):
    start(python, '''
        import greengrasssdk, threading
        client = greengrasssdk.client('iot-data')
        def send(n):
            for m in range(20):
                client.publish(topic='t/%d' % n, payload='%d' % m)
        def handler(event, context):
            threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
        ''')
    assert core.invoke().outcome() == ('', b'null')
    sent = {}
    for call in core.calls:
        sent.setdefault(call.context['custom']['subject'], []).append(int(call.payload))
    assert sent == {'t/%d' % n: list(range(20)) for n in range(8)}
    assert core.connections <= 1 + 8


def test_calls_of_a_handler_share_a_connection_that_may_be_closed(core, ask):
    ask('i.publish(topic="t")')
    before = core.connections
    ask('i.publish(topic="t")')
    assert core.connections == before
    core.drop_connections()
    ask('i.publish(topic="t")')
    assert len(core.calls) == 3


def test_a_forked_child_opens_its_own_connection(python, core, start):
    start(python, '''
        import os, greengrasssdk
        client = greengrasssdk.client('iot-data')
        def handler(event, context):
            client.publish(topic='parent')
            child = os.fork()
            if not child:
                client.publish(topic='child')
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            client.publish(topic='parent')
            return status
        ''')
    assert core.invoke().outcome() == ('', b'0')
    assert [call.context['custom']['subject'] for call in core.calls] == ['parent', 'child', 'parent']


def test_an_answer_abandoned_by_a_signal_is_not_taken_for_the_next(any_python, core, start):
    """A function that gives up waiting by an exception from a signal handler gets its own answers afterwards."""
    release = threading.Event()

    def answer(call):
        if call.payload == b'slow':
            release.wait(30)
        return '', call.payload

    core.answer_call = answer
    start(any_python, '''
        import greengrasssdk, signal
        client = greengrasssdk.client('lambda')
        class GaveUp(Exception): pass
        def give_up(*_): raise GaveUp()
        signal.signal(signal.SIGALRM, give_up)
        def call(payload):
            return client.invoke(FunctionName='%s', Payload=payload)['Payload'].read().decode()
        def handler(event, context):
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            try:
                return call('slow')
            except GaveUp:
                return call('next')
        ''' % OTHER)
    assert json.loads(core.invoke().outcome()[1]) == 'next'
    release.set()


def test_the_ml_sdks_facade(python, core, start):
    start(python, '''
        import base64
        from greengrass_ipc_python_sdk.ipc_facade import (
            GreengrassServiceClient, GreengrassServiceMessage, GreengrassRuntimeException)
        def handler(event, context):
            message = GreengrassServiceMessage(base64.b64encode(b'{"custom": {}}'), event.encode())
            try:
                response, error = GreengrassServiceClient().call('%s', message)
            except GreengrassRuntimeException as error:
                return ['raised', str(error)]
            return ['error' if error else 'response', (error or response).payload.decode()]
        ''' % OTHER)
    core.answer_call = lambda call: (call.payload.decode(), b'body')

    def call(kind):
        return json.loads(core.invoke(json.dumps(kind).encode()).outcome()[1])

    assert call('') == ['response', 'body']
    assert call('Handled') == ['error', 'body']
    assert call('Unhandled') == ['raised', 'Unhandled']


def test_headers_cannot_be_smuggled(python, core, start):
    start(python, '''
        from greengrass_ipc_python_sdk.ipc_client import IPCClient
        def handler(event, context):
            refused = 0
            for arn, context, kind in (('a b', '', 'Event'), ('a\\r\\nX: y', '', 'Event'),
                                       ('a', 'x\\r\\nX: y', 'Event'), ('a', '', 'Event\\nX: y')):
                try:
                    IPCClient().post_work(arn, b'', context, kind)
                except ValueError:
                    refused += 1
            return refused
        ''')
    assert core.invoke().outcome() == ('', b'4')
