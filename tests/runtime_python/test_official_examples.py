"""The official SDK's own examples, unmodified but for the placeholders of the binary one, with the SDK bundled."""
import json

import pytest

from conftest import official_sdk

OTHER = 'arn:aws:lambda:us-west-2:123456789012:function:invokee:1'


@pytest.fixture
def example(python, start):
    sdk = official_sdk()

    def run(path, handler, **variables):
        source = (sdk / 'examples' / path).read_text()
        name = path.rpartition('/')[2]
        return start(python, handler=name[:-len('py')] + handler, files={name: source.replace(
            'arn:aws:lambda:<region>:<accountId>:function:<targetFunctionName>:<targetFunctionQualifier>', OTHER)},
            sdk=sdk, **variables)

    return run


def test_hello_world(core, example):
    worker = example('HelloWorld/greengrassHelloWorld.py', 'function_handler')
    call = core.wait_calls(1)[0]
    assert call.context['custom'] == {
        'source': core.function_arn, 'subject': 'hello/world', 'queueFullPolicy': 'AllOrError'}
    assert call.payload.startswith(b'Hello world! Sent from Greengrass Core running on platform: Linux')
    assert core.invoke().outcome() == ('', b'null')
    worker.terminate()  # a Timer thread is alive
    assert worker.exit_status() == 0
    assert not worker.texts('ERROR')


def test_hello_world_counter(core, example):
    example('HelloWorldCounter/greengrassHelloWorldCounter.py', 'function_handler')
    core.invoke()
    message = json.loads(core.wait_calls(1)[0].payload)['message']
    assert message.endswith('Invocation Count: 1')


def test_binary_invoker(python, core, example):
    worker = example('BinaryLambdaInvoke/invoker.py', 'handler')
    core.answer_call = lambda call: ('', b'Invoked successfully')
    assert core.invoke().outcome() == ('', b'null')
    if python.endswith('2.7'):
        assert core.calls == [(OTHER, b'Non-JSON Data', {'custom': 'custom text'}, 'RequestResponse')]
        worker.wait_line('INFO', 'Invoked successfully')
    else:
        worker.wait_line('ERROR', 'string argument without an encoding')  # the example is of Python 2


def test_binary_invokee(core, example):
    worker = example('BinaryLambdaInvoke/invokee.py', 'handler', ENCODING_TYPE='binary')
    assert core.invoke(b'Non-JSON Data', {'custom': 'custom text'}).outcome() == ('', b'Invoked successfully')
    worker.wait_line('INFO', 'Invoked with payload ')


def test_storyline_message(core, example):
    core.answer_call = lambda call: ('', b'{"version": 1, "timestamp": 1}')
    worker = example('Storyline_MessageLambda/messageLambda.py', 'message_handler')
    assert core.invoke(b'{"state": "on"}').outcome() == ('', b'null')
    assert core.calls[0].context == {'custom': {'subject': '$aws/things/RobotArm_Thing/shadow/update'}}
    assert core.calls[0].payload == b'{"state":{"desired":{"myState":"on"}}}'
    worker.wait_line('INFO', 'Received message!')


def test_storyline_uptime(core, example):
    worker = example('Storyline_UptimeLambda/uptimeLambda.py', 'uptime_handler')
    assert core.invoke(b'{"state": "off"}').outcome() == ('', b'null')
    assert core.calls[0].payload == b'Robot arm turned OFF'
    worker.wait_line('INFO', 'Triggering publish to topic /topic/metering with OFF state')
