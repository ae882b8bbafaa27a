"""The start of a worker: what it refuses, what it tells the core, and which modules a package gets."""
import json
import shutil
import subprocess

import pytest

from conftest import ECHO, RUNTIME, major
from start_tests import *  # noqa: F401,F403


def result(core, payload=b'{}'):
    function_error, body = core.invoke(payload).outcome()
    assert function_error == '', body
    return json.loads(body)


def test_running_is_announced(node, core, start):
    worker = start(node, ECHO)
    worker.wait_line('INFO', 'Running [%s]' % core.function_arn)


def test_a_handler_that_cannot_be_imported(node, core, start):
    worker = start(node, "require('no-such-module');\n")
    assert core.wait_initialized()['Success'] is False
    assert worker.exit_status() == 1
    assert worker.texts('FATAL')[0].startswith(
        'Failed to import handler function "index.handler" due to exception: Cannot find module')
    assert 'no-such-module' in core.initialized[0]['Response']
    assert any('index.js:1' in text for text in worker.texts('ERROR'))


@pytest.mark.parametrize('source, handler, part', [
    ('exports.handler = (', 'index.handler', 'SyntaxError: '),
    (ECHO, 'other.handler', "Cannot find module 'other'"),
    (ECHO, 'handler', 'not of the form module.function'),
    ('throw new Error("\\u00e4 broken")', 'index.handler', 'Error: \u00e4 broken'),
    ('throw null', 'index.handler', 'the module threw null'),
], ids=['syntax', 'module', 'form', 'throws', 'null'])
def test_other_ways_to_fail(node, core, start, source, handler, part):
    worker = start(node, source, handler)
    report = core.wait_initialized()
    assert report['Success'] is False and part in report['Response']
    assert worker.exit_status() == 1


@pytest.mark.parametrize('handler, name', [
    ('src/index.handler', 'src/index.js'), ('a.b.handler', 'a.b.js'), ('folder.handler', 'folder/index.js'),
    ('src/deep/er.handler', 'src/deep/er.js'), ('events.handler', 'events.js')])
def test_handlers_in_folders_and_odd_names(any_node, core, start, handler, name):
    start(any_node, handler=handler, files={name: 'exports.handler = (e, c, done) => done(null, __filename);\n'})
    assert result(core).endswith('package0/' + name)


ES_MODULE = '''
    import { createRequire } from 'module';
    import fs from 'fs';
    const gg = createRequire(import.meta.url)('aws-greengrass-core-sdk');
    export const handler = async (event) => [typeof gg.IotData, typeof fs.readFileSync];
    '''


@pytest.mark.parametrize('files, handler', [
    ({'index.mjs': ES_MODULE}, 'index.handler'),
    ({'index.js': ES_MODULE, 'package.json': '{"type": "module"}'}, 'index.handler'),
    ({'src/index.js': ES_MODULE, 'package.json': '{"type": "module"}'}, 'src/index.handler'),
    ({'src/index.js': ES_MODULE, 'src/package.json': '{"type": "module"}', 'package.json': '{}'}, 'src/index.handler'),
], ids=['mjs', 'type', 'folder', 'nearest'])
def test_es_modules(node, core, start, files, handler):
    worker = start(node, handler=handler, files=files)
    if major(node) < 12:
        assert 'is an ES module, which Node.js v%d' % major(node) in core.wait_initialized()['Response']
        assert worker.exit_status() == 1
        return
    assert result(core) == ['function', 'function']


def test_es_modules_that_fail(node, core, start):
    if major(node) < 12:
        pytest.skip('Node.js %d has no ES modules' % major(node))
    worker = start(node, handler='index.handler', files={'index.mjs': 'throw new Error("broken");\n'})
    assert 'Error: broken' in core.wait_initialized()['Response']
    assert worker.exit_status() == 1


def test_es_modules_that_never_finish(node, core, start):
    if major(node) < 16:
        pytest.skip('Node.js %d has no await at the top of a module' % major(node))
    worker = start(node, handler='index.handler', files={'index.mjs': 'await new Promise(() => {});\n'})
    assert 'waits for something that never comes' in core.wait_initialized()['Response']
    assert worker.exit_status() == 1


def test_es_modules_import_the_sdk_of_the_core(node, core, start):
    if major(node) < 18:
        pytest.skip('Node.js %d has no hooks for the resolution of ES modules' % major(node))
    start(node, files={'near.mjs': "export { default, IotData } from 'aws-greengrass-core-sdk';\n", 'index.mjs': '''
        import gg, { IotData } from './near.mjs';
        export const handler = async () => gg.IotData === IotData && gg.GreengrassInterfaceVersion;
        '''})
    assert result(core) == '1.5'


def test_es_modules_import_the_sdk_of_their_package(node, core, start):
    if major(node) < 12:
        pytest.skip('Node.js %d has no ES modules' % major(node))
    start(node, files={'node_modules/aws-greengrass-core-sdk/index.js': 'exports.whose = "the package\'s";\n', 'index.mjs': '''
        import gg from 'aws-greengrass-core-sdk';
        export const handler = async () => gg.whose;
        '''})
    assert result(core) == "the package's"


@pytest.mark.parametrize('version, compatible', [
    ('1.5', True), ('1.0', True), (None, True), ('1.6', False), ('2.0', False)])
def test_interface_version_of_a_bundled_sdk(node, core, start, version, compatible):
    source = 'exports.GreengrassInterfaceVersion = %s;\n' % json.dumps(version) if version else ''
    worker = start(node, "require('aws-greengrass-core-sdk');\n" + ECHO,
                   files={'node_modules/aws-greengrass-core-sdk/index.js': source})
    if compatible:
        assert core.wait_initialized()['Success'] is True
        return
    assert 'version incompatibility' in core.wait_initialized()['Response']
    assert worker.exit_status() == 1
    assert 'Failed to initialize Lambda runtime due to exception: there is a version incompatibility' in \
        worker.texts('FATAL')[0]


SDK = 'exports.handler = (e, c, done) => done(null, require.resolve("aws-greengrass-core-sdk"));\n'


def test_a_bundled_sdk_wins(node, core, start):
    start(node, SDK, files={'node_modules/aws-greengrass-core-sdk/index.js': ''})
    assert 'package0' in result(core)


def test_our_sdk_stands_in(node, core, start):
    start(node, SDK)
    assert result(core).endswith('sdk/nodejs/aws-greengrass-core-sdk/index.js')


def test_bare_names_of_the_package(any_node, core, start):
    start(any_node, 'exports.handler = (e, c, done) => done(null, require("lib/answer"));\n',
          files={'lib/answer.js': 'module.exports = 42;\n'})
    assert result(core) == 42


def test_start_loads_little(node, core, start):
    """What a cold start does not wait for, up to the end of the first event."""
    start(node, '''
        exports.handler = (event, context, callback) => {
          const loaded = Object.keys(require.cache).map((file) => file.replace(/.*\\//, ''));
          callback(null, loaded.sort());
        };
        ''')
    assert result(core, b'{"a": [1]}') == [
        'channel.js', 'handler_module.js', 'index.js', 'inherited_socket.js', 'invocation.js', 'lambda_nodejs_runtime.js',
        'log.js', 'work_loop.js', 'worker.js']


def test_work_done_at_import_may_use_the_sdk(node, core, start, sdk):
    start(node, '''
        const gg = require('aws-greengrass-core-sdk');
        new gg.IotData().publish({topic: 'started', payload: 'now'}, () => {});
        exports.handler = () => {};
        ''', sdk=sdk)
    call = core.wait_calls(1)[0]
    assert call.payload == b'now' and call.context['custom']['subject'] == 'started'
    assert core.wait_initialized()['Success'] is True


WHERE = '''
    exports.handler = (event, context, callback) => {
      if (event === 'fail') throw new Error('as asked');
      callback(null, new Error().stack);
    };
    '''


@pytest.fixture
def installed(tmp_path):
    """A copy of the runtime that may be changed."""
    folder = tmp_path / 'runtime'
    shutil.copytree(str(RUNTIME.parent), str(folder))
    return folder


def test_compiled_code_is_used_where_there_is_any(node, core, start, installed):
    worker = start(node, WHERE, runtime=installed / 'lambda_nodejs_runtime.js')
    assert 'fescue:runtime:' not in result(core)
    worker.terminate()
    worker.exit_status()
    subprocess.run([node, str(installed / 'rehearsal.js')], check=True, timeout=120)
    compiled = list((installed / 'compiled').glob('*.js.code')) if (installed / 'compiled').is_dir() else []
    if major(node) < 12:
        assert not compiled  # it starts without
    else:
        assert len(compiled) == 1 and compiled[0].stat().st_size > 10000
    start(node, WHERE, runtime=installed / 'lambda_nodejs_runtime.js')
    assert ('fescue:runtime:' in result(core)) == bool(compiled)
    error = json.loads(core.invoke(b'"fail"').outcome()[1])
    assert 'index.js' in error['stackTrace'][0] and not any('runtime' in line for line in error['stackTrace'])


def test_compiled_code_of_another_interpreter_is_passed_over(any_node, core, start, installed):
    subprocess.run([any_node, str(installed / 'rehearsal.js')], check=True, timeout=120)
    code = next((installed / 'compiled').glob('*.js.code'))
    data = bytearray(code.read_bytes())
    data[4:12] = b'\0' * 8  # what V8 says of its version and flags
    code.write_bytes(data)
    start(any_node, WHERE, runtime=installed / 'lambda_nodejs_runtime.js')
    assert 'fescue:runtime:' in result(core)  # the script, compiled anew
