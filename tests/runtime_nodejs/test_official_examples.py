"""The official SDK's own examples, unmodified but for the placeholder of the ARN, with the SDK from npm bundled."""
import json
import os
import pathlib

import pytest

from conftest import OFFICIAL_SDK, major

OTHER = 'arn:aws:lambda:us-west-2:123456789012:function:invokee:1'


@pytest.fixture
def example(node, start):
    checkout = os.environ.get('FESCUE_OFFICIAL_NODEJS_SDK')
    if not checkout:
        pytest.skip('FESCUE_OFFICIAL_NODEJS_SDK does not name a checkout of the official SDK')
    if not (OFFICIAL_SDK / 'aws-greengrass-core-sdk').is_dir() or major(node) < 8:
        pytest.skip('the official SDK cannot be used here')

    def run(path, **variables):
        source = (pathlib.Path(checkout) / 'greengrassExamples' / path).read_text()
        source = source.replace('arn:<partition>:lambda:<region>:<accountId>:function:<targetFunctionName>:'
                                '<targetFunctionQualifier>', OTHER)
        return start(node, source, sdk=OFFICIAL_SDK, **variables)

    return run


def test_hello_world(core, example):
    worker = example('HelloWorld/index.js')  # it publishes five seconds after its start
    call = core.wait_calls(1)[0]
    assert call.context['custom'] == {
        'source': core.function_arn, 'subject': 'hello/world', 'queueFullPolicy': 'AllOrError'}
    assert json.loads(call.payload)['message'].endswith('using NodeJS')
    worker.wait_line('INFO', 'Publishing message on topic "hello/world"')
    worker.terminate()
    assert worker.exit_status() == 0


def test_invokee(core, example):
    worker = example('LambdaInvoke/invokee.js')
    assert core.invoke(b'{"message": 1}').outcome() == ('', b'{"result":"message"}')
    worker.wait_line('INFO', '{ message: 1 }')
    worker.wait_line('INFO', 'awsRequestId')


@pytest.mark.parametrize('kind, payload', [('json', b'{"message":"payload message"}'), ('binary', b'payload message')])
def test_invokers(core, example, kind, payload):
    core.answer_call = lambda call: ('', b'"the answer"')
    worker = example('LambdaInvoke/invoker%s.js' % kind)
    assert core.invoke().outcome() == ('', b'null')
    assert core.calls == [(OTHER, payload, {'custom': {'customData': 'customData'}}, 'RequestResponse')]
    worker.wait_line('INFO', 'StatusCode: 200')


def test_shadows(core, example):
    core.answer_call = lambda call: ('', b'{"state": {}}')
    worker = example('ShadowOperations/index.js')
    assert core.invoke().outcome() == ('', b'null')
    assert sorted(call.context['custom']['subject'] for call in core.calls) == [
        '$aws/things/platform/shadow/get', '$aws/things/platform/shadow/update']
    worker.wait_line('INFO', 'Calling shadow service on topic')
