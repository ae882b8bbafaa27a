"""What a handler is given, and what becomes of what it returns or raises."""
import json
import os
import pathlib
import subprocess

import pytest

ECHO = 'def handler(event, context): return event\n'

CONTEXT = '''
    def handler(event, context):
        c = context.client_context
        return {
            'names': sorted(vars(context)), 'arn': context.invoked_function_arn, 'name': context.function_name,
            'version': context.function_version, 'id': context.aws_request_id, 'identity': context.identity,
            'custom': c.custom, 'env': c.env, 'client': c.client and c.client.app_title,
        }
'''


def outcome(item):
    function_error, payload = item.outcome()
    return function_error, json.loads(payload)


def test_json_events_come_and_go(python, core, start):
    start(python, ECHO)
    for event in ({'a': [1, 2.5, None, True]}, 'text', [], u'\u00e4\u20ac\U0001f600', 10 ** 30):
        assert outcome(core.invoke(json.dumps(event).encode())) == ('', event)
    assert core.initialized == [{'Success': True, 'Response': ''}]


def test_utf8_that_is_not_escaped(python, core, start):
    start(python, ECHO)
    assert outcome(core.invoke(u'{"k\u00e4": "\U0001f600"}'.encode('utf-8'))) == ('', {u'k\u00e4': u'\U0001f600'})


def test_an_empty_payload_is_an_empty_object(python, core, start):
    start(python, ECHO)
    assert outcome(core.invoke(b'')) == ('', {})


def test_no_result_is_null(python, core, start):
    start(python, 'def handler(event, context): pass\n')
    assert core.invoke().outcome() == ('', b'null')


def test_context(python, core, start):
    start(python, CONTEXT)
    item = core.invoke(b'{}', {'custom': {'subject': 'a/b'}})
    _, seen = outcome(item)
    assert seen == {
        'names': ['aws_request_id', 'client_context', 'function_name', 'function_version', 'identity',
                  'invoked_function_arn'],
        'arn': core.function_arn, 'name': 'probe', 'version': '3', 'id': item.id, 'identity': None,
        'custom': {'subject': 'a/b'}, 'env': {}, 'client': None}
    _, seen = outcome(core.invoke(b'{}'))
    assert (seen['custom'], seen['env'], seen['client']) == ({}, {}, None)
    full = {'custom': {'x': 1}, 'env': {'locale': 'en'}, 'client': {'app_title': 'app', 'installation_id': '1'}}
    _, seen = outcome(core.invoke(b'{}', full))
    assert (seen['custom'], seen['env'], seen['client']) == ({'x': 1}, {'locale': 'en'}, 'app')


def test_context_that_is_not_base64_json(python, core, start):
    start(python, ECHO)
    function_error, body = outcome(core.invoke(b'{}', 'e30tbm90LWpzb24='))
    assert function_error == 'Handled' and 'client context cannot be parsed' in body['errorMessage']
    assert outcome(core.invoke(b'1')) == ('', 1)


def test_binary(python, core, start):
    start(python, '''
        def handler(event, context):
            assert isinstance(event, bytes), type(event)
            kind = context.client_context.custom.get('kind')
            return {'none': None, 'text': u'\\u00e4', 'array': bytearray(event), 'dict': {}}.get(kind, event)
        ''', ENCODING_TYPE='binary')
    raw = bytes(range(256))
    assert core.invoke(raw).outcome() == ('', raw)
    assert core.invoke(b'').outcome() == ('', b'')
    assert core.invoke(raw, {'custom': {'kind': 'none'}}).outcome() == ('', b'')
    assert core.invoke(raw, {'custom': {'kind': 'text'}}).outcome() == ('', b'\xc3\xa4')
    assert core.invoke(raw, {'custom': {'kind': 'array'}}).outcome() == ('', raw)
    function_error, body = outcome(core.invoke(raw, {'custom': {'kind': 'dict'}}))
    assert function_error == 'Handled' and 'must return bytes, not dict' in body['errorMessage']


def test_huge_payloads(python, core, start):
    start(python, 'def handler(event, context): return event * 2\n', ENCODING_TYPE='binary')
    block = bytes(range(256)) * (4 * 4096)  # 4 MiB
    assert core.invoke(block).outcome() == ('', block * 2)
    assert core.invoke(b'x').outcome() == ('', b'xx')


def test_an_exception_is_a_handled_error_and_the_worker_goes_on(python, core, start):
    worker = start(python, '''
        def handler(event, context):
            if event:
                raise ValueError(event)
            return 'fine'
        ''')
    assert outcome(core.invoke(b'"no good"')) == ('Handled', {'errorMessage': 'no good'})
    assert outcome(core.invoke(u'"\u00e4\u20ac"'.encode('utf-8'))) == ('Handled', {'errorMessage': u'\u00e4\u20ac'})
    assert outcome(core.invoke()) == ('', 'fine')
    line = worker.wait_line('ERROR', 'Failed to invoke handler')
    assert line.startswith('work_loop.py:') and line.endswith('due to exception: no good')
    worker.wait_line('ERROR', 'function.py", line 4, in handler')
    worker.wait_line('ERROR', 'ValueError: no good')
    assert not [text for text in worker.texts('ERROR') if 'fescue_runtime' in text]


def test_an_exception_without_text(python, core, start):
    start(python, '''
        class Mute(Exception):
            def __str__(self): raise RuntimeError()
            __repr__ = __unicode__ = __str__
        def handler(event, context):
            raise Mute() if event else ValueError()
        ''')
    assert outcome(core.invoke(b'1')) == ('Handled', {'errorMessage': 'Mute'})
    assert outcome(core.invoke(b'0')) == ('Handled', {'errorMessage': ''})


def test_a_result_that_json_cannot_hold(python, core, start):
    start(python, '''
        def handler(event, context):
            loop = []
            loop.append(loop)
            return {'object': object(), 'bytes': b'\\xff', 'key': {(1, 2): 3}, 'loop': loop}[event]
        ''')
    for kind in ('object', 'bytes', 'key', 'loop'):
        function_error, body = outcome(core.invoke(json.dumps(kind).encode()))
        assert function_error == 'Handled', kind
        assert body['errorMessage'].startswith('The result cannot be serialized as JSON: '), kind


def test_an_event_that_is_not_json(python, core, start):
    worker = start(python, ECHO)
    for payload in (b'{', b'\xff\xfe', b'{} {}', b'\xef\xbb\xbf{}'):
        function_error, body = outcome(core.invoke(payload))
        assert function_error == 'Handled', payload
        assert body['errorMessage'].startswith('The payload cannot be parsed as JSON: '), payload
    assert outcome(core.invoke(b'7')) == ('', 7)
    worker.wait_line('ERROR', 'The payload cannot be parsed as JSON')


def test_system_exit_ends_the_worker(python, core, start):
    worker = start(python, 'import sys\ndef handler(event, context): sys.exit(event)\n')
    core.invoke(b'7')
    assert worker.exit_status() == 7
    assert 'SystemExit(7)' in worker.texts('ERROR')[0]


def test_system_exit_does_not_wait_for_threads(python, core, start):
    worker = start(python, '''
        import sys, threading
        def handler(event, context):
            threading.Thread(target=threading.Event().wait).start()
            sys.exit()
        ''')
    core.invoke()
    assert worker.exit_status() == 0


def test_sigterm_is_a_clean_end(python, core, start):
    worker = start(python, '''
        import atexit, threading
        atexit.register(lambda: print('cleaned up'))
        threading.Thread(target=threading.Event().wait).start()
        def handler(event, context): return 1
        ''' if not python.endswith('2.7') else '''
        from __future__ import print_function
        import atexit, threading
        atexit.register(lambda: print('cleaned up'))
        def handler(event, context): return 1
        ''')
    core.wait_initialized()
    core.invoke().outcome()
    worker.terminate()
    assert worker.exit_status() == 0
    assert 'Caught SIGTERM. Stopping runtime.' in worker.texts('INFO')[-2]
    assert worker.texts('INFO')[-1].endswith(',cleaned up')


def test_sigterm_inside_a_handler(python, core, start):
    worker = start(python, '''
        import time
        def handler(event, context):
            print('begun')
            time.sleep(3600)
        ''')
    core.invoke()
    worker.wait_line('INFO', 'begun')
    worker.terminate()
    assert worker.exit_status() == 0


def test_a_forked_child_that_comes_back_takes_no_work(python, core, start):
    worker = start(python, '''
        import os
        def handler(event, context):
            child = os.fork()
            if child:
                return os.waitpid(child, 0)[1] >> 8
            raise ValueError('in the child')
        ''')
    assert core.invoke().outcome() == ('', b'1')
    worker.wait_line('ERROR', 'a child process that the handler forked came back from it')
    assert core.connections == 1


def test_sigterm_ends_forked_children_by_default(python, core, start):
    start(python, '''
        import os, signal
        def handler(event, context):
            begun, begin = os.pipe()
            child = os.fork()
            if not child:
                os.write(begin, b'x')
                while True: signal.pause()
            os.read(begun, 1)
            os.kill(child, signal.SIGTERM)
            return os.waitpid(child, 0)[1]
        ''')
    assert core.invoke().outcome() == ('', b'15')


@pytest.mark.parametrize('handler', ['app.deep.main.run', 'app/deep/main.run'])
def test_a_handler_in_a_package(python, core, start, handler):
    start(python, files={'app/__init__.py': '', 'app/deep/__init__.py': '', 'app/deep/near.py': 'NAME = "near"\n',
                         'app/deep/main.py': '''
                             import os
                             from app.deep.near import NAME
                             from . import near
                             def run(event, context): return [__name__, os.getcwd(), NAME, near.NAME]
                             '''}, handler=handler)
    name, directory, near, relative = outcome(core.invoke())[1]
    assert name == 'app.deep.main' and directory.endswith('package0') and near == relative == 'near'


def test_compiled_modules_of_the_package(python, core, start):
    """As a wheel brings them: one of the interpreter's own, by another name."""
    file = subprocess.check_output([python, '-c', 'import _json; print(_json.__file__)']).decode().strip()
    start(python, '''
        from wheel import _json
        def handler(event, context): return [_json.__file__, _json.encode_basestring_ascii(u"\\u00e9")]
        ''', files={'wheel/__init__.py': '', 'wheel/' + os.path.basename(file): pathlib.Path(file).read_bytes()})
    place, encoded = outcome(core.invoke())[1]
    assert '/package0/wheel/_json' in place and encoded == '"\\u00e9"'
