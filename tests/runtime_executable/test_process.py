"""The process: its start, GG_RT_OPT_ASYNC, SIGTERM, and its log."""
import threading

import pytest

from fake_core import DEADLINE


@pytest.fixture(scope='session')
def background(build):
    return build('async.c')


def test_a_start_without_a_core(start, probe):
    worker = start(probe, MY_FUNCTION_ARN=None)
    assert worker.exit_status() == 93  # GGE_INVALID_STATE
    assert 'not started by a core' in worker.texts('FATAL')[0]


def test_the_json_encoding_is_refused(start, probe):
    worker = start(probe, ENCODING_TYPE='json')
    assert worker.exit_status() == 93
    assert worker.texts('FATAL') == ['ENCODING_TYPE is "json": executables support the binary encoding only']


def test_the_runtime_starts_once_and_not_from_a_handler(ask):
    assert ask('start-again') == b'2 3\n'


def test_events_are_read_on_the_handlers_thread_alone(ask):
    assert ask('elsewhere') == b'3 0\n'


# -- GG_RT_OPT_ASYNC

def test_async_handles_events_beside_main(core, start, background):
    start(background, 'publish')
    core.wait_calls(3)
    assert core.invoke(b'').outcome() == ('', b'handled')


def test_async_ends_with_main(start, background):
    assert start(background, 'end').exit_status() == 5


def test_async_gives_up_when_the_core_is_gone(core, start, background):
    worker = start(background, 'sleep')
    core.invoke(b'').outcome()
    core.stop_listening()
    assert worker.exit_status() == 1


# -- SIGTERM

def test_sigterm_while_waiting_for_work(worker, ask):
    ask('nothing')
    worker.terminate()
    assert worker.exit_status() == 85  # gg_runtime_start returned GGE_TERMINATE, and main its own status
    assert worker.texts('INFO')[-2:] == ['Caught SIGTERM. Stopping runtime.', 'gg_runtime_start returned 5']


def test_sigterm_ends_a_call_that_waits_and_the_outcome_is_still_handed_in(core, worker):
    called, over = threading.Event(), threading.Event()

    def never(call):
        called.set()
        over.wait(DEADLINE)
        return '', b''
    core.answer_call = never
    item = core.invoke(b'invoke\narn:aws:lambda:us-west-2:123456789012:function:slow:1\n-\n1\n-\n')
    assert called.wait(DEADLINE)
    worker.terminate()
    assert item.outcome() == ('', b'5 3\n')  # GGE_TERMINATE
    over.set()
    assert worker.exit_status() == 85


@pytest.mark.parametrize('what, line', [('publish', 'gg_publish returned 5'), ('invoke', 'gg_invoke returned 5')])
def test_sigterm_lets_main_end_by_itself(core, start, background, what, line):
    over = threading.Event()
    core.answer_call = lambda call: (over.wait(DEADLINE) and '' if what == 'invoke' else '', b'')
    worker = start(background, what)
    core.wait_until(lambda: any('functions' in path and not path.endswith('/work') for _, path in core.requests))
    worker.terminate()
    over.set() if what == 'publish' else None
    assert worker.exit_status() == 65
    over.set()
    assert line in worker.texts('INFO')


def test_sigterm_ends_a_main_that_sleeps(start, background):
    worker = start(background, 'sleep')
    worker.wait_line('INFO', 'ready')
    worker.terminate()
    assert worker.exit_status() == 0


def test_a_handler_that_main_sets_later_wins(start, background):
    worker = start(background, 'own')
    worker.wait_line('INFO', 'ready')
    worker.terminate()
    assert worker.exit_status() == 66


def test_a_child_of_the_handler_dies_of_sigterm(ask):
    assert ask('child-and-sigterm') == b'1 15\n'


# -- log

@pytest.mark.parametrize('level, name', enumerate(['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'], 1))
def test_levels(core, start, probe, level, name):
    worker = start(probe, LOG_LEVEL='DEBUG')
    core.invoke(b'log\n%d\nsome text\n\n' % level).outcome()
    assert worker.wait_line(name, 'some text') == 'some text'


def test_log_level_leaves_out_what_is_below_it(core, start, probe):
    worker = start(probe, LOG_LEVEL='WARN')
    for level in (1, 2, 3):
        assert core.invoke(b'log\n%d\nlevel %d' % (level, level)).outcome() == ('', b'0 0\n')
    worker.wait_line('WARN', 'level 3')
    worker.terminate()
    worker.exit_status()
    assert worker.texts('DEBUG') == [] and not any('level' in text for text in worker.texts('INFO'))


def test_long_records_of_several_threads_are_not_mixed(worker, ask):
    ask('log', '4', 'x' * 100000)
    assert worker.wait_line('ERROR', 'xxx') == 'x' * 100000
    ask('log-threads')
    worker.terminate()
    worker.exit_status()
    assert sorted(worker.texts('WARN')) == ['a' * 9000] * 20 + ['b' * 9000] * 20


def test_errno_survives_and_can_be_logged(worker, ask):
    assert ask('log-errno') == b'1 0\n'
    worker.wait_line('ERROR', 'it is: No such file or directory')


def test_standard_output_and_error_come_line_by_line(worker, ask):
    ask('print')
    worker.wait_line('INFO', 'printed')
    worker.wait_line('INFO', 'and more')
    worker.wait_line('ERROR', 'complained')
