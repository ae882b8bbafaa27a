"""What a handler is given, and what becomes of what it returns or throws."""
import json

import pytest

BINARY = {'ENCODING_TYPE': 'binary'}


def outcome(item):
    function_error, payload = item.outcome()
    return function_error, json.loads(payload)


def test_json_events_come_and_go(java, core, start):
    start(java, 'Handlers$Echo::handleRequest')
    for event in ({'a': [1, 2.5, None, True]}, 'text', [], '\u00e4\u20ac\U0001f600', {'k\u00e4': 'x' * 131072}, None):
        assert outcome(core.invoke(json.dumps(event, ensure_ascii=False).encode())) == ('', event)
        assert outcome(core.invoke(json.dumps(event).encode())) == ('', event)
    assert core.initialized == [{'Success': True, 'Response': ''}]


def test_numbers_lose_nothing(java, core, start):
    start(java, 'Handlers$Classes::handle')
    numbers = '[1, -2147483648, 2147483648, 9223372036854775807, 9223372036854775808, 0.1, 5e-324, 1.7976931348623157e308]'
    seen = json.loads(core.invoke(numbers.encode()).outcome()[1])
    assert seen['elements'] == ['Integer', 'Integer', 'Long', 'Long', 'BigInteger', 'Double', 'Double', 'Double']
    assert seen['event'] == json.loads(numbers)
    huge = '1' + '0' * 1000
    assert json.loads(core.invoke(huge.encode()).outcome()[1])['event'] == int(huge)


def test_an_empty_payload_is_an_empty_object(java, core, start):
    start(java, 'Handlers$Classes::handle')
    assert outcome(core.invoke(b''))[1] == {'class': 'LinkedHashMap', 'elements': [], 'event': {}}


@pytest.mark.parametrize('method, event, result', [
    ('nothing', '{"any": "thing"}', 'nothing'),
    ('event', '{"a": 1}', 'event {a=1}'),
    ('context', '[]', 'context probe'),
    ('both', '"text"', 'both text 3'),
    ('increment', '41', 42),
    ('none', '1', None),
    ('many', '1', 'both'),
    ('tie', '1', 'context'),
    ('special', '[1]', 'list'),
])
def test_forms(any_java, core, start, method, event, result):
    start(any_java, 'Handlers$Forms::' + method)
    assert outcome(core.invoke(event.encode())) == ('', result)


def test_interfaces_need_no_method_name(java, core, start):
    start(java, 'Handlers$Pojo')
    assert outcome(core.invoke(b'{"name": "t", "value": 1.25, "unit": "KELVIN", "unknown": [1]}')) == (
        '', {'name': 't', 'value': 2.5, 'unit': 'KELVIN', 'parts': []})


def test_types_that_a_base_class_leaves_open(any_java, core, start):
    start(any_java, 'Handlers$Derived')
    assert outcome(core.invoke(b'[{"name": "a"}, {}]')) == ('', [2, 'Reading'])


def test_streams(java, core, start):
    start(java, 'Handlers$Stream', **BINARY)
    raw = bytes(range(256))
    for payload in (raw, raw * 512, b''):
        item = core.invoke(payload, {'custom': {'subject': 'a/b'}})
        assert item.outcome() == ('', payload + b'a/b')


@pytest.mark.parametrize('method, payload, result', [
    ('three', b'\x00\xff', b'\x00\xff'), ('inOut', b'\x80', b'\x80'), ('out', b'ignored', b'\x07'),
    ('outContext', b'', b'probe'), ('in', b'12345', b'')])
def test_forms_of_streams(any_java, core, start, method, payload, result):
    worker = start(any_java, 'Handlers$Streams::' + method, **BINARY)
    assert core.invoke(payload).outcome() == ('', result)
    if method == 'in':
        worker.wait_line('INFO', 'probe read 5')


def test_streams_with_json_are_the_payload_as_it_is(any_java, core, start):
    start(any_java, 'Handlers$Streams::inOut')
    assert core.invoke(b'{"a" :1}').outcome() == ('', b'{"a" :1}')


def test_huge_payloads(java, core, start):
    start(java, 'Handlers$Streams::inOut', flags=['-Xmx256m'], **BINARY)
    block = bytes(range(256)) * (4 * 4096)  # 4 MiB
    assert core.invoke(block).outcome() == ('', block)
    assert core.invoke(b'x').outcome() == ('', b'x')


def test_context(java, core, start):
    start(java, 'Handlers$Describe')
    item = core.invoke(b'{}', {'custom': {'subject': 'a/b', 'n': 1, 'o': {'x': [None]}}})
    _, seen = outcome(item)
    assert seen == {'arn': core.function_arn, 'name': 'probe', 'version': '3', 'id': item.id, 'env': {}, 'client': None,
                    'custom': {'subject': 'a/b', 'n': '1', 'o': '{"x":[null]}'}, 'group': None, 'identity': None,
                    'remaining': 2147483647}
    _, seen = outcome(core.invoke(b'{}'))
    assert (seen['custom'], seen['env'], seen['client']) == ({}, {}, None)
    _, seen = outcome(core.invoke(b'{}', {'env': {'locale': 'en'}, 'client': {'app_title': 'app'}}))
    assert (seen['env'], seen['client']['appTitle']) == ({'locale': 'en'}, 'app')


def test_context_that_is_not_base64_json(any_java, core, start):
    start(any_java, 'Handlers$Echo')
    for wrong in ('e30tbm90LWpzb24=', 'bnVsbA==', '!'):
        function_error, body = outcome(core.invoke(b'{}', wrong))
        assert function_error == 'Handled' and 'client context cannot be parsed' in body['errorMessage']
    assert outcome(core.invoke(b'1')) == ('', 1)


def test_an_event_that_is_not_json(java, core, start):
    worker = start(java, 'Handlers$Echo')
    for payload in (b'{', b'"\xff"', b'{} {}', b'\xef\xbb\xbf{}', b'[1,]', b'{"a":1,}', b'01', b'1.', b'.5', b'+1', b'nul',
                    b'"\x01"', b'"\\x"', b'"\\u12g4"', b'{1:2}', b'-', b'1e', b'[' * 5000, b'9' * 5000):
        function_error, body = outcome(core.invoke(payload))
        assert function_error == 'Handled', payload
        assert body['errorMessage'].startswith('The payload cannot be parsed as JSON: '), payload
    assert outcome(core.invoke(' \t\r\n"\ufffd" '.encode())) == ('', '\ufffd')
    worker.wait_line('ERROR', 'The payload cannot be parsed as JSON')


def test_exceptions(java, core, start):
    worker = start(java, 'Handlers$Failing::handle')
    function_error, body = outcome(core.invoke(b'"runtime"'))
    assert (function_error, body['errorMessage'], body['errorType']) == (
        'Handled', 'two\nlines \u00e4', 'java.lang.IllegalStateException')
    assert [frame.split('(')[0] for frame in body['stackTrace']] == ['probe.Handlers$Failing.handle']
    assert '(Handlers.java:' in body['stackTrace'][0]
    worker.wait_line('ERROR', 'The handler failed: java.lang.IllegalStateException: two')
    _, body = outcome(core.invoke(b'"checked"'))
    assert (body['errorType'], body['cause']['errorMessage']) == ('java.io.IOException', 'inner')
    worker.wait_line('ERROR', 'Caused by: java.lang.RuntimeException: inner')
    assert outcome(core.invoke(b'"silent"'))[1]['errorMessage'] == 'java.lang.NullPointerException'
    assert outcome(core.invoke(b'"error"'))[1]['errorType'] == 'java.lang.AssertionError'
    assert outcome(core.invoke(b'"overflow"'))[1]['errorType'] == 'java.lang.StackOverflowError'
    assert outcome(core.invoke(b'"odd"'))[0] == 'Handled'
    assert outcome(core.invoke(b'"opaque"')) == ('Handled', {'errorMessage': 'opaque'})
    assert outcome(core.invoke(b'"fine"')) == ('', 'fine')


def test_a_result_that_json_cannot_hold(any_java, core, start):
    start(any_java, 'Handlers$Failing::handle')
    function_error, body = outcome(core.invoke(b'"cyclic"'))
    assert function_error == 'Handled' and body['errorMessage'].startswith('The result cannot be serialized as JSON: ')


def test_no_memory_is_told_and_ends_the_worker(java, core, start):
    worker = start(java, 'Handlers$Failing::handle')
    assert outcome(core.invoke(b'"memory"'))[1]['errorType'] == 'java.lang.OutOfMemoryError'
    assert worker.exit_status() == 1
    assert 'failure of the virtual machine' in worker.texts('FATAL')[0]


def test_a_handler_that_leaves_its_thread_interrupted(java, core, start):
    start(java, 'Handlers$Failing::handle')
    for _ in range(3):
        assert outcome(core.invoke(b'"interrupt"')) == ('', 'interrupted')
        assert outcome(core.invoke(b'"interrupted"')) == ('', False)


def test_an_event_that_does_not_fit_into_memory(any_java, core, start):
    """The worker cannot even take it. It ends, although the function has left a thread."""
    worker = start(any_java, 'Handlers$Ends::busy', flags=['-Xmx16m'])
    assert outcome(core.invoke()) == ('', 'left')
    core.invoke(b'[%s]' % b','.join([b'1'] * (32 << 20)))
    assert worker.exit_status() == 1
    assert worker.texts('FATAL')[0].startswith('The worker ends: Java heap space')


def test_state_is_kept_and_not_shared(java, core, start):
    worker = start(java, 'Handlers$Count')
    assert [outcome(core.invoke())[1] for _ in range(3)] == [[1, 1], [2, 2], [3, 3]]
    assert worker.texts('INFO').count('constructed') == 1
    worker.terminate()
    assert worker.exit_status() == 0
    start(java, 'Handlers$Count')
    assert outcome(core.invoke()) == ('', [1, 1])


def test_an_exception_in_another_thread_ends_that_thread(any_java, core, start):
    worker = start(any_java, 'Handlers$Ends::thread')
    assert outcome(core.invoke()) == ('', 'alive')
    worker.wait_line('ERROR', 'java.lang.IllegalStateException: loose')


def test_system_exit_ends_the_worker(any_java, core, start):
    worker = start(any_java, 'Handlers$Ends::handle')
    core.invoke(b'7')
    assert worker.exit_status() == 7


def test_sigterm_is_a_clean_end(java, core, start):
    worker = start(java, 'Handlers$Ends::hook')
    core.invoke().outcome()
    worker.terminate()
    assert worker.exit_status() == 0
    assert worker.texts('INFO')[-2:] == ['Caught SIGTERM. Stopping runtime.', 'cleaned up']


def test_sigterm_inside_a_handler(any_java, core, start):
    worker = start(any_java, 'Handlers$Ends::wait')
    core.invoke()
    worker.wait_line('INFO', 'begun')
    worker.terminate()
    assert worker.exit_status() == 0
