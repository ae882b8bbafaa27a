"""Events, what handlers make of them, and a core that goes away meanwhile."""
import json

import pytest

from fake_core import Refuse

EVERY_BYTE = bytes(range(256))


@pytest.mark.parametrize('payload', [b'', b'text', EVERY_BYTE, EVERY_BYTE * 512], ids=['empty', 'text', 'bytes', '128KB'])
def test_payloads_pass_untouched_both_ways(ask, payload):
    assert ask('echo', payload) == payload


def test_a_handler_that_writes_nothing_gives_an_empty_result(ask):
    assert ask('nothing') == b''


def test_context(core, worker):
    arn, context = core.invoke(b'context', {'custom': {'subject': 'a/b'}}).outcome()[1].split(b'\n')
    assert arn.decode() == core.function_arn
    assert json.loads(context) == {'custom': {'subject': 'a/b'}}


def test_no_context_is_an_empty_string(core, ask):
    assert ask('context') == core.function_arn.encode() + b'\n'


def test_a_context_that_is_no_base64_fails_the_call_alone(core, ask):
    assert core.invoke(b'context', '{}').outcome()[0] == 'Handled'
    assert ask('echo', 'still there') == b'still there'


def test_an_error_wins_over_a_response(core, worker):
    function_error, payload = core.invoke(b'error\nno "good"\n').outcome()
    assert function_error == 'Handled'
    assert json.loads(payload) == {'errorMessage': 'no "good"\n'}


def test_state_is_kept_and_one_exchange_serves_an_event(core, ask):
    first, second, third = (ask('count').split() for _ in range(3))
    assert [int(answer[0]) for answer in (first, second, third)] == [1, 2, 3]
    assert first[1] == second[1] == third[1]
    work = [method for method, path in core.requests if path.endswith('/work')]
    assert work == ['GET', 'POST', 'POST'] or work == ['GET', 'POST', 'POST', 'POST']
    assert core.connections == 1


def test_a_core_that_does_not_know_the_next_item_is_asked(core, start, probe):
    core.offers_next = False
    start(probe)
    assert [core.invoke(b'count').outcome()[1].split()[0] for _ in range(2)] == [b'1', b'2']
    assert [method for method, path in core.requests if path.endswith('/work')][:4] == ['GET', 'POST', 'GET', 'POST']


def test_tcp_where_there_is_no_socket(core, start, probe):
    start(probe, transport='tcp')
    assert core.invoke(b'echo\n' + EVERY_BYTE).outcome() == ('', EVERY_BYTE)


def test_a_socket_whose_path_is_too_long_for_an_address(core, start, probe, tmp_path):
    directory = tmp_path / ('d' * 120)
    directory.mkdir()
    (directory / 'ipc.sock').symlink_to(core.socket_path)
    start(probe, IPC_SOCK_FILE=str(directory / 'ipc.sock'))
    assert core.invoke(b'echo\nx').outcome() == ('', b'x')


def test_a_refused_result_becomes_an_error(core, ask):
    ask('nothing')
    core.refuse_result = Refuse(413, 'too large')
    function_error, payload = core.invoke(b'echo\nlarge').outcome()
    assert function_error == 'Handled' and 'not accepted' in json.loads(payload)['errorMessage']
    core.refuse_result = None
    assert ask('echo', 'x') == b'x'


def test_connections_that_are_cut_are_made_again(core, ask):
    ask('nothing')
    for _ in range(3):
        core.drop_connections()
        assert ask('echo', 'again') == b'again'


def test_a_core_that_comes_back_in_time(core, ask):
    ask('nothing')
    core.stop_listening()
    core.listen()
    assert ask('count').split()[0] == b'2'


def test_a_core_that_does_not_come_back(core, worker, ask):
    ask('nothing')
    core.stop_listening()
    assert worker.exit_status() == 84  # gg_runtime_start returned GGE_INTERNAL_FAILURE
    assert any('the core cannot be reached' in text for text in worker.texts('FATAL'))


@pytest.mark.parametrize('answer', [
    b'HTTP/1.1 200 OK\r\n\r\n', b'HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n', b'garbage\r\n\r\n',
    b'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', b'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n',
    b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nmore',
    b'HTTP/1.1 200 OK\r\nno colon\r\n\r\n', b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort', b'HTTP/1.1 200 OK\r\nConte',
    b'HTTP/1.1 200 OK\r\n' + b'X: y\r\n' * 20000, b''])
def test_what_is_no_answer_is_never_taken_for_one(core, start, probe, answer):
    spoiled = []

    def spoil(handler, method, path):
        if not path.endswith('/work') or len(spoiled) > 3:
            return False
        spoiled.append(path)
        handler.wfile.write(answer)
        handler.close_connection = True
        return True

    core.spoil = spoil
    start(probe)
    assert core.invoke(b'echo\nx').outcome() == ('', b'x')


def test_a_crash_ends_the_worker(core, worker):
    core.invoke(b'abort')
    assert worker.exit_status() == -6


def test_a_handler_may_end_its_worker(core, worker):
    core.invoke(b'exit')
    assert worker.exit_status() == 3


def test_a_child_that_comes_back_from_the_handler_does_not_work_on(core, worker, ask):
    assert ask('come-back-twice') == b''
    worker.wait_line('ERROR', 'A child process')
    assert ask('count').split()[0] == b'2'
