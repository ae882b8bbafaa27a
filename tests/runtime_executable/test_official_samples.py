"""The samples of the official SDK, unchanged, built with its own header and linked to its own stub."""
import json
import os
import pathlib

import pytest

from conftest import SDK, run

WHERE = os.environ.get('FESCUE_OFFICIAL_C_SDK')
pytestmark = pytest.mark.skipif(not WHERE, reason='FESCUE_OFFICIAL_C_SDK does not name a checkout of the official C SDK')
OFFICIAL = pathlib.Path(WHERE or '.')
EXAMPLES = OFFICIAL / 'aws-greengrass-core-sdk-c-example'
PROGRAMS = {'simple_handler': 'simple_handler.c', 'publish': 'publish.c', 'hello_world': 'hello_world.c',
            'shadow': 'shadow.c', 'secretsmanager': 'secretsmanager.c', 'invoker': 'invoke/invoker.c',
            'invokee': 'invoke/invokee.c'}
INVOKEE = 'arn:aws:lambda:us-west-2:123456789012:function:Invokee:1'


@pytest.fixture(scope='module')
def samples(tmp_path_factory):
    """The directory of the built samples, which find the official stub by RUNPATH."""
    built = tmp_path_factory.mktemp('official')
    stub = built / 'stub'
    run('cmake', '-S', OFFICIAL / 'aws-greengrass-core-sdk-c', '-B', stub, '-DCMAKE_POLICY_VERSION_MINIMUM=3.5')
    run('cmake', '--build', stub)
    for name, file in PROGRAMS.items():
        run('gcc', '-std=c99', '-o', built / name, EXAMPLES / file, '-I', OFFICIAL / 'aws-greengrass-core-sdk-c/include',
            '-L', stub, '-laws-greengrass-core-sdk-c', '-Wl,--enable-new-dtags', '-Wl,-rpath,%s' % stub)
    assert '(RUNPATH)' in run('readelf', '-d', built / 'simple_handler')
    return built


def test_they_compile_with_our_header_as_with_theirs(tmp_path):
    flags = ['-Werror', '-Wall', '-Wextra', '-pedantic', '-std=c99', '-Wc++-compat']  # of their CMake files
    for file in PROGRAMS.values():
        run('gcc', *flags, '-I', SDK / 'include', '-c', '-o', tmp_path / 'sample.o', EXAMPLES / file)


def test_simple_handler(core, start, samples):
    worker = start(samples / 'simple_handler')
    assert core.invoke(b'hello', {'custom': {'subject': 't'}}).outcome() == ('', b'')
    worker.wait_line('INFO', 'function arn: [%s]' % core.function_arn)
    worker.wait_line('INFO', 'client context: [{"custom": {"subject": "t"}}]')
    worker.wait_line('INFO', 'Received message: [hello] size: [5]')
    core.invoke(b'x' * 5000).outcome()  # more than its buffer
    worker.wait_line('INFO', 'size: [100]')


def test_publish(core, start, samples):
    start(samples / 'publish')
    core.invoke(b'').outcome()
    call = core.wait_calls(1)[0]
    assert call.payload == ('hello from: ' + core.function_arn).encode().ljust(100, b'\0')
    assert call.context['custom'] == {'source': core.function_arn, 'subject': 'to/cloud', 'queueFullPolicy': 'AllOrError'}


def test_hello_world(core, start, samples):
    worker = start(samples / 'hello_world')
    calls = core.wait_calls(2)
    assert {call.payload for call in calls} == {b'hello world!\0'}
    assert calls[0].context['custom']['subject'] == 'hello/world'
    assert core.invoke(b'').outcome() == ('', b'')
    worker.terminate()
    assert worker.exit_status() == 255  # their main returns -1
    worker.wait_line('ERROR', 'gg_publish failed: 5')


def test_shadow(core, start, samples):
    shadows = {}

    def answer(call):
        if call.context['custom']['subject'].endswith('update'):
            shadows['foo'] = json.loads(call.payload)
        return '', json.dumps(dict(shadows['foo'], version=1)).encode()
    core.answer_call = answer
    worker = start(samples / 'shadow')
    core.invoke(b'').outcome()
    worker.wait_line('INFO', 'get_thing_shadow succeeded. response: {"state": {"desired": {"mode": "OFF"}}')
    core.answer_call = lambda call: ('', b'{"code":404,"message":"none"}')
    core.invoke(b'').outcome()
    worker.wait_line('ERROR', 'get_thing_shadow failed. error message: {"code":404,"message":"none"}')


def test_secretsmanager(core, start, samples):
    core.answer_call = lambda call: ('', b'{"ARN":"arn","SecretString":"hush"}')
    worker = start(samples / 'secretsmanager')
    core.invoke(b'').outcome()
    worker.wait_line('INFO', 'get_secret_value succeeded. response: {"ARN":"arn","SecretString":"hush"}')
    assert json.loads(core.calls[0].payload) == {'SecretId': 'foo'}


def test_invoker_and_invokee(core, start, samples):
    invokee = start(samples / 'invokee')
    result = core.invoke(b'hello', {'custom': {'value': 'key'}}).outcome()
    assert result == ('', b'hello world')
    invokee.__exit__()
    core.answer_call = lambda call: result
    invoker = start(samples / 'invoker')
    core.invoke(b'').outcome()
    invoker.wait_line('INFO', 'Response: hello world read: 11')
    assert core.calls[0] == (INVOKEE, b'hello', {'custom': {'value': 'key'}}, 'RequestResponse')
    core.answer_call = lambda call: ('Handled', b'{"errorMessage":"no"}')
    core.invoke(b'').outcome()
    invoker.wait_line('INFO', 'Lambda invocation failed. error: {"errorMessage":"no"} status: 1')
