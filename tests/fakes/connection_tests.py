"""How workers in Python, Node.js and Java talk to the core: one exchange per event, what they do when the core is away or
answers nonsense. A language's test_connection.py imports all of it and has these fixtures, besides those of its conftest.py:

    interpreter, any_interpreter   each one that is here, and one
    echo                           source of a handler that returns its event
    waits                          of one that prints "begun" and reads the pipe `go` to its end before it does so
    unreachable                    what the last words of a worker without a core contain
"""
import json
import os

import pytest

from fake_core import API, Refuse


def outcome(item):
    function_error, payload = item.outcome()
    return function_error, json.loads(payload)


def work_requests(core):
    return [method for method, path in core.requests if path.endswith('/work')]


def test_one_exchange_per_event_on_one_connection(interpreter, core, start, echo):
    start(interpreter, echo)
    for number in range(5):
        assert outcome(core.invoke(str(number).encode())) == ('', number)
    core.wait_until(lambda: work_requests(core).count('POST') == 5)
    assert work_requests(core) in (['POST'] * 5, ['GET'] + ['POST'] * 5)  # the first may come with the start's answer
    assert core.connections == 1


def test_a_core_without_the_extension(interpreter, core, start, echo):
    core.offers_next = False
    start(interpreter, echo)
    for number in range(3):
        assert outcome(core.invoke(str(number).encode())) == ('', number)
    core.wait_until(lambda: len(work_requests(core)) == 7)
    assert work_requests(core) == ['GET', 'POST'] * 3 + ['GET']


@pytest.mark.parametrize('socket_file', [None, '', '/no/such/socket'])
def test_tcp_where_the_worker_has_no_socket(interpreter, core, start, echo, socket_file):
    start(interpreter, echo, transport='tcp', IPC_SOCK_FILE=socket_file)
    assert outcome(core.invoke(b'1')) == ('', 1)


def test_a_socket_path_longer_than_the_kernel_takes(interpreter, core, start, echo, tmp_path):
    deep = tmp_path / ('d' * 120)
    deep.mkdir(0o311)
    os.symlink(core.socket_path, str(deep / 'ipc.sock'))
    start(interpreter, echo, transport='unix', IPC_SOCK_FILE=str(deep / 'ipc.sock'), GG_DAEMON_PORT='1')
    assert outcome(core.invoke(b'1')) == ('', 1)


def test_connections_that_end_while_waiting(interpreter, core, start, echo):
    worker = start(interpreter, echo)
    core.wait_until(lambda: work_requests(core) == ['GET'])
    core.drop_connections()
    core.wait_until(lambda: work_requests(core) == ['GET', 'GET'])
    assert outcome(core.invoke(b'1')) == ('', 1)
    assert worker.process.poll() is None


def test_a_connection_that_ended_while_the_handler_ran(interpreter, core, start, waits):
    """The result is sent again over a new connection; nobody is told of trouble."""
    worker = start(interpreter, waits)
    go = os.path.join(os.readlink('/proc/%d/cwd' % worker.process.pid), 'go')
    os.mkfifo(go)
    item = core.invoke(b'1')
    worker.wait_line('INFO', 'begun')
    core.drop_connections()
    with open(go, 'w'):
        pass
    assert outcome(item) == ('', 1)
    worker.terminate()
    worker.exit_status()
    assert not worker.texts('WARN') and not worker.texts('ERROR')


def test_a_core_that_comes_back(interpreter, core, start, echo):
    worker = start(interpreter, echo)
    assert outcome(core.invoke(b'1')) == ('', 1)
    core.stop_listening()
    worker.wait_line('WARN', 'trying again')
    core.listen()
    assert outcome(core.invoke(b'2')) == ('', 2)


def test_a_core_that_stays_away(any_interpreter, core, start, echo, unreachable):
    worker = start(any_interpreter, echo)
    core.wait_until(lambda: work_requests(core))
    core.stop_listening()
    assert worker.exit_status() == 1
    assert 'The worker ends: ' in worker.texts('FATAL')[0] and unreachable in worker.texts('FATAL')[0]


def test_a_dead_token(any_interpreter, core, start, echo):
    worker = start(any_interpreter, echo, AWS_CONTAINER_AUTHORIZATION_TOKEN='Basic old')
    assert worker.exit_status() == 1
    assert 'HTTP Error 403: Forbidden, unknown token' in worker.texts('FATAL')[0]


def test_a_result_that_the_core_refuses_becomes_an_error(interpreter, core, start, echo):
    worker = start(interpreter, echo)
    core.refuse_result = Refuse(413, 'too large')
    function_error, body = outcome(core.invoke(b'"a result"'))
    assert function_error == 'Handled'
    assert body['errorMessage'].startswith('The result of 10 bytes was not accepted: HTTP Error 413: ')
    worker.wait_line('ERROR', 'was not accepted')
    core.refuse_result = None
    assert outcome(core.invoke(b'1')) == ('', 1)


def test_a_core_that_fails_for_a_moment(interpreter, core, start, echo):
    failures = [500, 503, 502]

    def spoil(handler, method, path):
        if method == 'POST' and failures:
            handler.answer(b'not now', failures.pop())
            return True
        return False

    core.spoil = spoil
    start(interpreter, echo)
    assert outcome(core.invoke(b'1')) == ('', 1)
    assert not failures


NONSENSE = {
    'not HTTP': b'SSH-2.0-x\r\n\r\n',
    'no length': b'HTTP/1.1 200 OK\r\n\r\n',
    'chunked': b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'both lengths': b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n',
    'two lengths': b'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12',
    'negative length': b'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
    'vast length': b'HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n',
    'short body': b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n123',
    'long body': b'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n123',
    'no colon': b'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n',
    'half a head': b'HTTP/1.1 200 OK\r\nContent-Le',
    'endless head': b'HTTP/1.1 200 OK\r\n' + b'X: ' + b'x' * 200000,
    'nothing': b'',
    'no item': b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}',
}


@pytest.mark.parametrize('spoilt_method, kind', [('GET', kind) for kind in sorted(NONSENSE)] + [
    ('PUT', kind) for kind in sorted(NONSENSE) if kind != 'no item'])
def test_nonsense_is_answered_by_trying_again(any_interpreter, core, start, echo, spoilt_method, kind):
    spoilt = []
    core.offers_next = False

    def spoil(handler, method, path):
        if method == spoilt_method and not spoilt:
            spoilt.append(path)
            handler.wfile.write(NONSENSE[kind])
            handler.wfile.flush()
            handler.close_connection = True
            return True
        return False

    core.spoil = spoil
    start(any_interpreter, echo)
    assert outcome(core.invoke(b'1')) == ('', 1)
    assert spoilt


def test_an_answer_in_small_pieces(interpreter, core, start, echo):
    item_body = json.dumps({'text': 'x' * 300}).encode()

    def spoil(handler, method, path):
        if method != 'GET' or not path.endswith('/work'):
            return False
        item = core.take_work(handler.connection)
        answer = (b'HTTP/1.1 200 OK\r\nx-amz-INVOCATIONID: %s\r\nX-Amz-Client-Context:\r\ncontent-length:%d\r\n\r\n%s' %
                  (item.id.encode(), len(item.payload), item.payload))
        for at in range(0, len(answer), 7):
            handler.connection.sendall(answer[at:at + 7])
        return True

    core.spoil = spoil
    start(interpreter, echo)
    assert outcome(core.invoke(item_body)) == ('', json.loads(item_body))


def test_paths_are_the_references(any_interpreter, core, start, echo):
    core.offers_next = False
    start(any_interpreter, echo)
    core.invoke().outcome()
    own = API + '/functions/' + core.function_arn
    assert core.requests[:3] == [('PUT', own + '/initialized'), ('GET', own + '/work'), ('POST', own + '/work')]
