"""The start of a worker: what it refuses, what it tells the core, and which modules a package gets."""
import json

import pytest

from conftest import ECHO
from start_tests import *  # noqa: F401,F403


def test_running_is_announced(python, core, start):
    worker = start(python, ECHO)
    line = worker.wait_line('INFO', 'Running')
    assert line.startswith('lambda_runtime.py:') and line.endswith(',Running [%s]' % core.function_arn)


def test_a_handler_that_cannot_be_imported(python, core, start):
    worker = start(python, 'import no_such_module\n')
    assert core.wait_initialized()['Success'] is False
    assert worker.exit_status() == 1
    fatal = worker.texts('FATAL')
    assert fatal[0].startswith('lambda_runtime.py:')
    assert 'Failed to import handler function "function.handler" due to exception: No module named' in fatal[0]
    assert 'no_such_module' in core.initialized[0]['Response'] and 'Error("' in core.initialized[0]['Response']
    assert any('function.py", line 1' in text for text in worker.texts('ERROR'))


@pytest.mark.parametrize('source, handler, part', [
    ('def handler(e, c', 'function.handler', 'SyntaxError("'),
    (ECHO, 'function.nothing', "has no attribute 'nothing'"),
    (ECHO, 'handler', 'not of the form module.function'),
    ('raise RuntimeError(u"\\u00e4 broken")', 'function.handler', u'RuntimeError("\u00e4 broken")'),
    ('import sys; sys.exit()', 'function.handler', 'SystemExit("'),
], ids=['syntax', 'attribute', 'form', 'raises', 'exits'])
def test_other_ways_to_fail(python, core, start, source, handler, part):
    worker = start(python, source, handler)
    report = core.wait_initialized()
    assert report['Success'] is False and part in report['Response']
    assert worker.exit_status() == 1


@pytest.mark.parametrize('version, compatible', [
    ('1.5', True), ('1.0', True), (None, True), ('1.6', False), ('2.0', False)])
def test_interface_version_of_a_bundled_sdk(python, core, start, version, compatible):
    source = 'INTERFACE_VERSION = %r\n' % version if version else ''
    worker = start(python, ECHO, files={'greengrasssdk/__init__.py': source})
    if compatible:
        assert core.wait_initialized()['Success'] is True
        return
    assert 'version incompatibility' in core.wait_initialized()['Response']
    assert worker.exit_status() == 1
    assert 'Failed to initialize Lambda runtime due to exception: there is a version incompatibility' in \
        worker.texts('FATAL')[0]


def test_a_bundled_sdk_wins_and_ours_stands_in(python, core, start):
    source = 'import greengrasssdk\ndef handler(event, context): return greengrasssdk.__version__\n'
    start(python, source, files={'greengrasssdk/__init__.py': '__version__ = "bundled"\n'})
    assert json.loads(core.invoke().outcome()[1]) == 'bundled'


def test_our_sdk_stands_in(python, core, start):
    start(python, 'import greengrasssdk\ndef handler(event, context): return greengrasssdk.__version__\n')
    assert json.loads(core.invoke().outcome()[1]).startswith('1.6.1')


def test_the_cores_modules_win_over_bundled_copies(python, core, start):
    start(python, 'import greengrass_common as g\ndef handler(event, context): return g.__file__\n',
          files={'greengrass_common/__init__.py': ''})
    assert 'package0' not in json.loads(core.invoke().outcome()[1])


def test_start_imports_little(python, core, start):
    """What a cold start does not wait for, up to the end of the first event."""
    start(python, '''
        import sys
        def handler(event, context):
            return sorted(set(sys.modules) & {'logging', 'json', 'socket', 'http', 'httplib', 'urllib', 'uuid'})
        ''')
    assert json.loads(core.invoke(b'{"a": [1]}', {'custom': {'subject': 'a'}}).outcome()[1]) == []


def test_work_done_at_import_may_use_the_sdk(python, core, start):
    start(python, '''
        import greengrasssdk
        greengrasssdk.client('iot-data').publish(topic='started', payload='now')
        def handler(event, context): pass
        ''')
    call = core.wait_calls(1)[0]
    assert call.payload == b'now' and call.context['custom']['subject'] == 'started'
    assert core.wait_initialized()['Success'] is True
