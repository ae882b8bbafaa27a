"""What a function prints, and where it arrives."""
import json

import pytest


def texts(worker, level):
    """Without the runtime's own lines."""
    own = ('Running [', 'START RequestId: ', 'End RequestId: ', 'Caught SIGTERM')
    return [text for text in worker.texts(level) if not text.startswith(own)]


def run(core, worker):
    assert core.invoke().outcome()[0] == ''
    worker.terminate()
    assert worker.exit_status() == 0


def handler(*lines):
    return 'exports.handler = (event, context, callback) => {\n%s\ncallback();\n};\n' % '\n'.join(lines)


def test_levels(node, core, start):
    worker = start(node, handler(
        'console.debug("d");', 'console.log("l");', 'console.info("i");', 'console.warn("w");', 'console.error("e");'),
        LOG_LEVEL='DEBUG')
    run(core, worker)
    assert 'd' in worker.texts('DEBUG')
    assert (texts(worker, 'INFO'), texts(worker, 'WARN'), texts(worker, 'ERROR')) == (['l', 'i'], ['w'], ['e'])
    assert 'Getting work for function [%s]' % core.function_arn in worker.texts('DEBUG')


@pytest.mark.parametrize('level, seen', [('WARN', ['', 'w', 'e']), ('FATAL', ['', '', '']), (None, ['l', 'w', 'e'])])
def test_log_level(any_node, core, start, level, seen):
    worker = start(any_node, handler(
        'console.debug("d");', 'console.log("l");', 'console.warn("w");', 'console.error("e");'), LOG_LEVEL=level)
    run(core, worker)
    assert [''.join(texts(worker, name)) for name in ('INFO', 'WARN', 'ERROR')] == seen and not worker.texts('DEBUG')


def test_invocations_are_bracketed_as_on_v1(node, core, start):
    worker = start(node, handler('console.log("inside");'))
    item = core.invoke()
    item.outcome()
    worker.terminate()
    worker.exit_status()
    assert worker.texts('INFO')[1:4] == ['START RequestId: ' + item.id, 'inside', 'End RequestId: ' + item.id]


def test_many_invocations_in_a_moment_are_told_in_order(node, core, start):
    worker = start(node, handler('if (event % 7 === 0) console.log(event);', 'if (event % 9 === 0) process.stdout.write("raw\\n");'))
    items = [core.invoke(b'%d' % number) for number in range(100)]
    expected = []
    for number, item in enumerate(items):
        item.outcome()
        printed = ([str(number)] if number % 7 == 0 else []) + (['raw'] if number % 9 == 0 else [])
        expected += ['START RequestId: ' + item.id, *printed, 'End RequestId: ' + item.id]
    worker.terminate()
    worker.exit_status()
    assert worker.texts('INFO')[1:-1] == expected


def test_arguments_are_formatted(node, core, start):
    worker = start(node, handler(
        'console.log("%s and %d", "a", 1, {b: [2]});', 'console.log();', 'console.log(undefined, null);',
        'console.log("100%");', 'console.log("100% sure", 1);', 'console.log("\\u00e4\\u20ac\\ud83d\\ude00");',
        'console.error(new RangeError("far"));'))
    run(core, worker)
    assert texts(worker, 'INFO') == ["a and 1 { b: [ 2 ] }", '', 'undefined null', '100%', '100% sure 1', '\u00e4\u20ac\U0001f600']
    assert texts(worker, 'ERROR')[0] == 'RangeError: far' and 'index.js:' in texts(worker, 'ERROR')[1]


def test_each_line_is_a_record_of_its_own(node, core, start):
    worker = start(node, handler('console.log("one\\ntwo");', 'console.warn("three\\n");'))
    run(core, worker)
    assert texts(worker, 'INFO') == ['one', 'two'] and texts(worker, 'WARN') == ['three', '']


def test_the_streams_themselves(node, core, start):
    worker = start(node, handler(
        'process.stdout.write("out\\n");', 'process.stderr.write(Buffer.from("err\\n"));', 'console.log("between");',
        'process.stdout.write("a"); process.stdout.write("b\\n", "utf8", () => console.log("written"));',
        'console.log(process.stdout.isTTY, process.stdout.fd, process.stderr.fd);', 'process.stdout.end;'))
    run(core, worker)
    assert texts(worker, 'INFO') == ['out', 'between', 'ab', 'false 1 2', 'written']
    assert texts(worker, 'ERROR') == ['err']


def test_the_other_methods_of_console(node, core, start):
    worker = start(node, handler(
        'console.dir({a: 1});', 'console.group("group");', 'console.log("in\\nside");', 'console.groupEnd();',
        'console.log("out");', 'console.trace("traced");'))
    run(core, worker)
    assert texts(worker, 'INFO') == ['{ a: 1 }', 'group', '  in', '  side', 'out']
    assert texts(worker, 'ERROR')[0] == 'Trace: traced'


def test_more_than_a_pipe_holds(node, core, start):
    worker = start(node, handler('for (let i = 0; i < 3000; ++i) console.log("x".repeat(99) + i);',
                                 'process.stdout.write("y".repeat(300000) + "\\n");'))
    run(core, worker)
    lines = texts(worker, 'INFO')
    assert len(lines) == 3001 and lines[2999].endswith('x2999') and len(lines[3000]) == 300000


def test_a_pipe_that_somebody_made_non_blocking(node, core, start):
    worker = start(node, '''
        new (require('net').Socket)({fd: 1, readable: false}).unref();  // what the interpreter does for its own process.stdout
        exports.handler = (event, context, callback) => {
          for (let i = 0; i < 3000; ++i) console.log('x'.repeat(99) + i);
          callback();
        };
        ''')
    run(core, worker)
    assert len(texts(worker, 'INFO')) == 3000


def test_children_print_to_the_log(node, core, start):
    worker = start(node, '''
        exports.handler = (event, context, callback) => {
          require('child_process').execSync('echo out; echo err >&2', {stdio: 'inherit'});
          callback();
        };
        ''')
    run(core, worker)
    assert texts(worker, 'INFO') == ['out'] and texts(worker, 'ERROR') == ['err']


def test_levels_without_pipes_go_to_the_standard_streams(any_node, core, start):
    worker = start(any_node, '''
        exports.handler = (event, context, callback) => callback(null, process.env._GG_LOG_FD_WARN || null);
        ''')
    assert json.loads(core.invoke().outcome()[1]) is not None
