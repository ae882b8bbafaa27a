"""What a handler is given, and what becomes of what it returns, calls back or throws."""
import json

import pytest

from conftest import major

ECHO = 'exports.handler = (event, context, callback) => callback(null, event);\n'

CONTEXT = '''
    exports.handler = (event, context, callback) => {
      const c = context.clientContext;
      callback(null, {
        arn: context.invokedFunctionArn, name: context.functionName, version: context.functionVersion,
        id: context.awsRequestId, custom: c.custom, Custom: c.Custom, env: c.env, client: c.client,
      });
    };
'''


def outcome(item):
    function_error, payload = item.outcome()
    return function_error, json.loads(payload)


def test_json_events_come_and_go(node, core, start):
    start(node, ECHO)
    for event in ({'a': [1, 2.5, None, True]}, 'text', [], '\u00e4\u20ac\U0001f600', {'k\u00e4': 'x' * 131072}):
        assert outcome(core.invoke(json.dumps(event, ensure_ascii=False).encode())) == ('', event)
    assert core.initialized == [{'Success': True, 'Response': ''}]


def test_numbers_are_those_of_javascript(node, core, start):
    start(node, ECHO)
    assert core.invoke(b'[9007199254740991, -0.1, 1e-7, 5e-324, 1.7976931348623157e308]').outcome() == (
        '', b'[9007199254740991,-0.1,1e-7,5e-324,1.7976931348623157e+308]')
    assert core.invoke(b'[9007199254740993, 1000000000000000000000000000000]').outcome() == (
        '', b'[9007199254740992,1e+30]')


def test_an_empty_payload_is_an_empty_object(node, core, start):
    start(node, ECHO)
    assert outcome(core.invoke(b'')) == ('', {})


def test_context(node, core, start):
    start(node, CONTEXT)
    item = core.invoke(b'{}', {'custom': {'subject': 'a/b'}})
    _, seen = outcome(item)
    assert seen == {'arn': core.function_arn, 'name': 'probe', 'version': '3', 'id': item.id, 'env': {}, 'client': {},
                    'custom': {'subject': 'a/b'}, 'Custom': {'subject': 'a/b'}}
    _, seen = outcome(core.invoke(b'{}'))
    assert (seen['custom'], seen['Custom'], seen['env'], seen['client']) == ({}, {}, {}, {})
    _, seen = outcome(core.invoke(b'{}', {'custom': {'x': 1}, 'env': {'locale': 'en'}, 'client': {'app_title': 'app'}}))
    assert (seen['custom'], seen['env'], seen['client']) == ({'x': 1}, {'locale': 'en'}, {'app_title': 'app'})


def test_context_that_is_not_base64_json(any_node, core, start):
    start(any_node, ECHO)
    for wrong in ('e30tbm90LWpzb24=', 'bnVsbA=='):
        function_error, body = outcome(core.invoke(b'{}', wrong))
        assert function_error == 'Handled' and 'client context cannot be parsed' in body['errorMessage']
    assert outcome(core.invoke(b'1')) == ('', 1)


def test_binary(node, core, start):
    start(node, '''
        exports.handler = (event, context, callback) => {
          if (!Buffer.isBuffer(event)) throw new Error('not a Buffer');
          const results = {none: undefined, text: '\\u00e4', view: new Uint8Array(event), object: {}};
          const kind = context.clientContext.Custom.kind;
          callback(null, kind ? results[kind] : event);
        };
        ''', ENCODING_TYPE='binary')
    raw = bytes(range(256))
    assert core.invoke(raw).outcome() == ('', raw)
    assert core.invoke(raw * 512).outcome() == ('', raw * 512)  # 128 KB
    assert core.invoke(b'').outcome() == ('', b'')
    assert core.invoke(raw, {'custom': {'kind': 'none'}}).outcome() == ('', b'')
    assert core.invoke(raw, {'custom': {'kind': 'text'}}).outcome() == ('', b'\xc3\xa4')
    assert core.invoke(raw, {'custom': {'kind': 'view'}}).outcome() == ('', raw)
    function_error, body = outcome(core.invoke(raw, {'custom': {'kind': 'object'}}))
    assert function_error == 'Handled' and 'must return bytes, not object' in body['errorMessage']


def test_huge_payloads(node, core, start):
    start(node, 'exports.handler = (event, context, callback) => callback(null, Buffer.concat([event, event]));\n',
          ENCODING_TYPE='binary')
    block = bytes(range(256)) * (4 * 4096)  # 4 MiB
    assert core.invoke(block).outcome() == ('', block * 2)
    assert core.invoke(b'x').outcome() == ('', b'xx')


@pytest.mark.parametrize('source', [
    'exports.handler = (event, context, callback) => { callback(null, 1); callback(null, 2); callback("late"); };',
    'exports.handler = (event, context, callback) => { setTimeout(callback, 1, undefined, 1); };',
    'exports.handler = (event, context) => { context.succeed(1); };',
    'exports.handler = (event, context) => { context.done(null, 1); context.fail("late"); };',
    'exports.handler = (event) => Promise.resolve(1);',
    'exports.handler = (event) => new Promise((resolve) => setTimeout(resolve, 1, 1));',
    'exports.handler = (event) => ({ then: (resolve) => resolve(1) });',
    'exports.handler = (event, context, callback) => { setTimeout(callback, 5, null, 1); return Promise.resolve(); };',
    'setInterval(() => {}, 1000); exports.handler = (event, context, callback) => callback(null, 1);',
    'setInterval(() => {}, 1000); exports.handler = (event, context) => Promise.resolve(1);',
    'class A { constructor() { this.one = 1; } handler(e, c, callback) { callback(null, this.one); } }\n'
    'module.exports = new A();',
], ids=['once', 'later', 'succeed', 'done', 'promise', 'later-promise', 'thenable', 'both', 'timer', 'timer-promise', 'this'])
def test_ways_to_succeed(node, core, start, source):
    start(node, source + '\n')
    for _ in range(2):
        assert core.invoke().outcome() == ('', b'1')


@pytest.mark.parametrize('source', [
    'exports.handler = () => {};',
    'exports.handler = () => 7;',
    'exports.handler = () => { setTimeout(() => {}, 2); };',
    'exports.handler = (event, context, callback) => callback();',
    'exports.handler = (event, context, callback) => callback(null, () => {});',
    'exports.handler = () => Promise.resolve();',
    'exports.handler = (event, context, callback) => Promise.resolve();',
], ids=['nothing', 'returned', 'drained', 'callback', 'function', 'promise', 'promise-and-callback'])
def test_no_result_is_null(node, core, start, source):
    start(node, source + '\n')
    for _ in range(2):
        assert core.invoke().outcome() == ('', b'null')


def test_async_handlers(node, core, start):
    if major(node) < 8:
        pytest.skip('Node.js %d has no async functions' % major(node))
    start(node, '''
        exports.handler = async (event) => {
          await new Promise((resolve) => setImmediate(resolve));
          if (event) throw new TypeError(event);
          return 'fine';
        };
        ''')
    assert outcome(core.invoke(b'0')) == ('', 'fine')
    function_error, body = outcome(core.invoke(b'"no good"'))
    assert (function_error, body['errorMessage']) == ('Handled', 'no good')
    assert any('index.js:4' in frame for frame in body['stackTrace'])


def test_the_answer_may_wait_for_the_event_loop(node, core, start):
    start(node, '''
        let finished = 0;
        exports.handler = (event, context, callback) => {
          const before = context.callbackWaitsForEmptyEventLoop;
          context.callbackWaitsForEmptyEventLoop = event;
          const result = {before, get finished() { return finished; }};
          setTimeout(() => { finished += 1; }, 20);
          callback(null, result);
        };
        ''')
    assert outcome(core.invoke(b'true')) == ('', {'before': False, 'finished': 1})
    assert outcome(core.invoke(b'false')) == ('', {'before': False, 'finished': 1})


@pytest.mark.parametrize('source, body', [
    ('callback("text")', {'errorMessage': 'text'}),
    ('callback({toString: () => "odd"})', {'errorMessage': 'odd'}),
    ('callback(false)', {'errorMessage': 'false'}),
    ('context.fail("text")', {'errorMessage': 'text'}),
    ('context.done("text", 1)', {'errorMessage': 'text'}),
    ('return Promise.reject("text")', {'errorMessage': 'text'}),
    ('callback(Object.create(null))', {'errorMessage': '[object Object]'}),
])
def test_errors_that_are_no_errors(node, core, start, source, body):
    start(node, 'exports.handler = (event, context, callback) => { %s; };\n' % source)
    assert outcome(core.invoke()) == ('Handled', body)


def test_errors_keep_code_and_stack(node, core, start):
    worker = start(node, '''
        exports.handler = (event, context, callback) => {
          const error = new RangeError('two\\nlines \\u00e4');
          error.code = 'E_FAR';
          if (event) throw error;
          callback(error, 'ignored');
        };
        ''')
    function_error, body = outcome(core.invoke(b'0'))
    assert (function_error, body['errorMessage'], body['errorType']) == ('Handled', 'two\nlines \u00e4', 'E_FAR')
    assert 'index.js:3:' in body['stackTrace'][0] and not body['stackTrace'][0].startswith(' ')
    assert not [frame for frame in body['stackTrace'] if 'runtimes/nodejs' in frame]
    function_error, body = outcome(core.invoke(b'1'))
    assert body['errorMessage'] == 'Failed to invoke handler: RangeError: two\nlines \u00e4'
    assert 'index.js:3:' in body['stackTrace'][0]
    worker.wait_line('ERROR', 'The handler failed: RangeError')
    worker.wait_line('ERROR', 'Failed to invoke handler: RangeError')
    assert outcome(core.invoke(b'0'))[0] == 'Handled'


def test_a_missing_export_is_noticed_at_the_first_event(node, core, start):
    worker = start(node, 'exports.other = 1;\n')
    assert core.wait_initialized()['Success'] is True
    worker.wait_line('WARN', 'exports no function "handler"')
    function_error, body = outcome(core.invoke())
    assert function_error == 'Handled' and body['errorMessage'].startswith('Failed to invoke handler: TypeError')


def test_a_result_that_json_cannot_hold(node, core, start):
    start(node, '''
        exports.handler = (event, context, callback) => {
          const loop = [];
          loop.push(loop);
          callback(null, loop);
        };
        ''')
    function_error, body = outcome(core.invoke())
    assert function_error == 'Handled'
    assert body['errorMessage'].startswith('The result cannot be serialized as JSON: ')


def test_an_event_that_is_not_json(node, core, start):
    worker = start(node, ECHO)
    for payload in (b'{', b'"\xff"', b'{} {}', b'\xef\xbb\xbf{}'):
        function_error, body = outcome(core.invoke(payload))
        assert function_error == 'Handled', payload
        assert body['errorMessage'].startswith('The payload cannot be parsed as JSON: '), payload
    assert outcome(core.invoke('"\ufffd"'.encode())) == ('', '\ufffd')
    worker.wait_line('ERROR', 'The payload cannot be parsed as JSON')


def test_state_is_kept_and_not_shared(node, core, start):
    source = 'let count = 0;\nexports.handler = (event, context, callback) => callback(null, ++count);\n'
    worker = start(node, source)
    assert [core.invoke().outcome()[1] for _ in range(3)] == [b'1', b'2', b'3']
    worker.terminate()
    assert worker.exit_status() == 0
    start(node, source)
    assert core.invoke().outcome() == ('', b'1')


def test_a_handler_that_never_ends_keeps_the_worker_busy(node, core, start):
    """The core's timeout ends it; until then no other event is taken."""
    core.offers_next = False
    worker = start(node, 'setInterval(() => {}, 1000);\nexports.handler = () => { console.log("begun"); };\n')
    core.invoke()
    worker.wait_line('INFO', 'begun')
    assert [path for _, path in core.requests if path.endswith('/work')] == [core.requests[-1][1]]
    worker.terminate()
    assert worker.exit_status() == 0


def test_an_uncaught_exception_ends_the_worker(node, core, start):
    worker = start(node, 'exports.handler = () => { setTimeout(() => { throw new Error("loose"); }, 1); };\n')
    core.invoke()
    assert worker.exit_status() in (1, 7)
    assert any('Error: loose' in text for text in worker.texts('ERROR'))


def test_an_unhandled_rejection_is_the_interpreters_affair(node, core, start):
    worker = start(node, '''
        exports.handler = (event, context, callback) => {
          Promise.reject(new Error('loose'));
          setTimeout(callback, 10, null, 'alive');
        };
        ''')
    item = core.invoke()
    if major(node) < 15:
        assert outcome(item) == ('', 'alive')
    else:
        assert worker.exit_status() == 1
    worker.wait_line('ERROR', 'loose')


def test_process_exit_ends_the_worker(any_node, core, start):
    worker = start(any_node, 'exports.handler = (event) => process.exit(event);\n')
    core.invoke(b'7')
    assert worker.exit_status() == 7


def test_sigterm_is_a_clean_end(node, core, start):
    worker = start(node, '''
        process.on('SIGTERM', () => console.log('mine'));
        process.on('exit', () => console.log('cleaned up'));
        setInterval(() => {}, 1000);
        exports.handler = (event, context, callback) => callback(null, 1);
        ''')
    core.invoke().outcome()
    worker.terminate()
    assert worker.exit_status() == 0
    assert worker.texts('INFO')[-3:] == ['Caught SIGTERM. Stopping runtime.', 'mine', 'cleaned up']


def test_sigterm_inside_a_handler(node, core, start):
    worker = start(node, 'exports.handler = () => { console.log("begun"); setTimeout(() => {}, 3600000); };\n')
    core.invoke()
    worker.wait_line('INFO', 'begun')
    worker.terminate()
    assert worker.exit_status() == 0
