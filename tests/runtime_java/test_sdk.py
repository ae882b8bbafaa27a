"""com.amazonaws.greengrass.javasdk from inside functions: ours, and the official jar where FESCUE_OFFICIAL_JAVA_SDK names its checkout."""
import base64
import json

import pytest

from conftest import is_ours
from fake_core import Refuse

OTHER = 'arn:aws:lambda:us-west-2:123456789012:function:other:2'
SHADOW = 'arn:aws:lambda:::function:GGShadowService'
SECRETS = 'arn:aws:lambda:::function:GGSecretManager:1'
ROUTER = 'arn:aws:lambda:::function:GGRouter'
SECRET = {'ARN': 'arn:x', 'Name': 'n', 'VersionId': 'v', 'SecretString': 's', 'VersionStages': ['AWSCURRENT'],
          'CreatedDate': 1500000000000}


@pytest.fixture
def ask(java, core, start, package):
    started = []

    def call(do, **members):
        if not started:
            started.append(start(java, 'Sdk::handle', package=package))
        function_error, payload = core.invoke(json.dumps(dict(members, do=do)).encode()).outcome()
        assert function_error == '', payload
        return json.loads(payload)

    return call


def test_publish(core, ask):
    assert ask('publish', topic='a/b', payload='text') == 'published'
    assert ask('publish', topic='a/b', payload='\xff\0', policy='AllOrException') == 'published'
    assert ask('publish', topic='\u00e4', payload='', policy='BestEffort') == 'published'
    calls = core.calls
    assert [call.arn for call in calls] == [ROUTER] * 3 and {call.type for call in calls} == {'Event'}
    assert [call.payload for call in calls] == [b'text', b'\xff\0', b'']
    assert [call.context['custom']['subject'] for call in calls] == ['a/b', 'a/b', '\u00e4']
    assert [call.context['custom'].get('queueFullPolicy', '') for call in calls] == ['', 'AllOrError', 'BestEffort']
    assert {call.context['custom']['source'] for call in calls} == {core.function_arn}


def test_a_topic_that_json_has_to_escape(core, ask, package):
    if not is_ours(package):
        pytest.skip('the official SDK does not escape it')
    assert ask('publish', topic='a"\\\n', payload='x') == 'published'
    assert core.calls[0].context['custom']['subject'] == 'a"\\\n'


def test_every_byte_and_128_kilobytes(core, ask):
    every = bytes(range(256)).decode('latin-1')
    core.answer_call = lambda call: ('', call.payload)
    assert ask('publish', topic='t', payload=every * 512) == 'published'
    assert ask('invoke', to=OTHER, payload=every * 512)['payload'] == every * 512
    assert [call.payload for call in core.calls] == [bytes(range(256)) * 512] * 2


def test_requests_that_lack_something(core, ask, package):
    assert ask('publish', payload='x')['error'] == 'InvalidIotDataRequestException'
    if is_ours(package):  # the official SDK throws a NullPointerException
        assert ask('publish', topic='t')['message'] == 'Payload is a required parameter'
    assert ask('get')['error'] == 'InvalidIotDataRequestException'
    assert 'Function ARN is a required parameter' in ask('invoke', payload='')['cause']
    for wrong in ({'to': 'other'}, {'to': OTHER, 'qualifier': '3'}, {'to': OTHER, 'context': 'no base64'}):
        answer = ask('invoke', payload='', **wrong)
        assert (answer['error'], answer['message']) == ('GGLambdaException', 'Invoke Request is invalid'), wrong
    assert not core.calls


def test_publish_to_a_full_queue(core, ask):
    def refuse(call):
        raise Refuse(429, 'the queue is full')
    core.answer_call = refuse
    assert ask('publish', topic='t', payload='x', policy='AllOrException') == {
        'error': 'GGLambdaException', 'message': 'Post work error: HTTP Error 429: Too Many Requests, the queue is full',
        'cause': None} | {'cause': ask('publish', topic='t', payload='x')['cause']}


def test_invoke_waits_for_the_result(core, ask):
    core.answer_call = lambda call: ('', b'got ' + call.payload)
    assert ask('invoke', to=OTHER, payload='x') == {'status': 200, 'error': '', 'payload': 'got x'}
    context = base64.b64encode(json.dumps({'custom': {'a': 1}}).encode()).decode()
    assert ask('invoke', to=OTHER[:-2], qualifier='2', payload='', context=context)['payload'] == 'got '
    assert core.calls[0] == (OTHER, b'x', None, 'RequestResponse')
    assert core.calls[1] == (OTHER, b'', {'custom': {'a': 1}}, 'RequestResponse')


def test_invoke_that_fails_in_the_function(core, ask):
    core.answer_call = lambda call: (call.payload.decode(), b'{"errorMessage": "x"}')
    for kind in ('Handled', 'Unhandled'):
        assert ask('invoke', to=OTHER, payload=kind) == {'status': 200, 'error': kind, 'payload': '{"errorMessage": "x"}'}


def test_invoke_as_an_event(core, ask):
    assert ask('invoke', to=OTHER, payload='x', type='Event') == {'status': 202, 'error': None, 'payload': None}
    assert core.calls[0].type == 'Event'


def test_calls_of_many_threads(core, ask):
    core.answer_call = lambda call: ('', call.payload)
    assert ask('many', to=OTHER, payload='', count='40') == [str(number) for number in range(40)]
    assert core.connections <= 2 + 8 + 40


def test_shadows(core, ask):
    core.answer_call = lambda call: ('', b'{"state": {}}')
    assert ask('get', thing='lamp') == ask('update', thing='lamp', payload='{"x": 1}') == ask('delete', thing='lamp') == '{"state": {}}'
    assert [(call.arn, call.payload, call.type) for call in core.calls] == [
        (SHADOW, payload, 'RequestResponse') for payload in (b'{}', b'{"x": 1}', b'{}')]
    assert [call.context for call in core.calls] == [
        {'custom': {'subject': '$aws/things/lamp/shadow/' + name}} for name in ('get', 'update', 'delete')]


def test_secrets(core, ask):
    core.answer_call = lambda call: ('', json.dumps(SECRET).encode())
    assert ask('secret', id='n', stage='AWSCURRENT') == ['arn:x', 'n', 'v', 's', ['AWSCURRENT'], 1500000000000]
    assert core.calls[0].arn == SECRETS and core.calls[0].context is None
    assert ask('secret')['message'] == 'Secret Id is a required parameter'
    assert ask('secret', id='n', version='1')['message'] == 'Query by VersionId is not yet supported'
    core.answer_call = lambda call: ('', b'{"Status": 404, "Message": "not available on this core yet"}')
    refused = ask('secret', id='n')
    assert 'not available on this core yet' in str(refused)


def test_an_sdk_newer_than_the_core(java, core, start, package):
    worker = start(java, 'Sdk::handle', package=package, GGC_MAX_INTERFACE_VERSION='1.4')
    assert 'needs interface version 1.5 and this core offers 1.4' in core.wait_initialized()['Response']
    assert worker.exit_status() == 1
