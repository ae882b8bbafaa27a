"""The connection by itself, against a peer that does what a core does not do in the tests of whole workers."""
import contextlib
import os
import socket
import sys
import threading

import pytest

from conftest import ROOT

sys.path.append(str(ROOT / 'runtimes' / 'python'))

from fescue_runtime import channel, requests  # noqa: E402

HEAD = requests.opening('POST', '/x', [('A', 'b')])


@pytest.fixture
def peer(tmp_path, monkeypatch):
    """peer(talk, ...): each connection is handed to the next `talk`, on a thread."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('IPC_SOCK_FILE', 's')
    listener = socket.socket(socket.AF_UNIX)
    listener.settimeout(30)
    listener.bind('s')
    listener.listen(4)

    @contextlib.contextmanager
    def serve(*talks):
        def accept():
            for talk in talks:
                connection, _ = listener.accept()
                with connection:
                    talk(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        yield channel.Connection()
        thread.join(30)
        assert not thread.is_alive()

    with listener:
        yield serve


def exchange(connection, body=b''):
    return connection.exchange(requests.head(HEAD, len(body)), body)


def test_the_bytes_of_a_request(peer):
    seen = []

    def talk(connection):
        seen.append(connection.recv(1000))
        connection.sendall(b'HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n')

    with peer(talk) as connection:
        answer = exchange(connection, b'body')
    assert seen == [b'POST /x HTTP/1.1\r\nHost: localhost\r\nA: b\r\nContent-Length: 4\r\n\r\nbody']
    assert (answer.status, answer.reason, answer.body, answer.ok()) == (202, 'Accepted', b'', True)


def test_a_refusal_before_the_whole_body_was_read(peer):
    def talk(connection):
        connection.recv(100)
        connection.sendall(b'HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig')

    with peer(talk) as connection:
        answer = exchange(connection, b'x' * 5000000)
    assert (answer.status, answer.body) == (413, b'big')


def test_connection_close_is_obeyed(peer):
    def talk(connection):
        connection.recv(1000)
        connection.sendall(b'HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\n1')

    with peer(talk, talk) as connection:
        assert exchange(connection).body == exchange(connection).body == b'1'


def test_no_content_needs_no_length(peer):
    def talk(connection):
        connection.recv(1000)
        connection.sendall(b'HTTP/1.1 204 No Content\r\n\r\n')

    with peer(talk) as connection:
        assert exchange(connection).body == b''


def test_a_request_is_not_repeated_once_an_answer_has_begun(peer):
    def first(connection):
        connection.recv(1000)
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        connection.recv(1000)
        connection.sendall(b'HTTP/1.1 200')

    with peer(first) as connection:
        exchange(connection)
        with pytest.raises(channel.BadAnswer):
            exchange(connection)


def test_a_new_connection_that_ends_without_an_answer(peer):
    with peer(lambda connection: connection.recv(1000)) as connection:
        with pytest.raises(channel.ConnectionLost, match='closed the connection'):
            exchange(connection)


def test_no_descriptor_is_left_open(peer):
    def talk(connection):
        connection.recv(1000)
        connection.sendall(b'nonsense\r\n\r\n')

    before = len(os.listdir('/proc/self/fd'))
    with peer(talk, talk, talk) as connection:
        for _ in range(3):
            with pytest.raises(channel.BadAnswer):
                exchange(connection)
    assert len(os.listdir('/proc/self/fd')) == before


def test_refused_headers():
    for method, path, headers in (('GET', '/a b', []), ('GET', '/a\nb', []), ('GET', '/', [('A', 'b\r\nC: d')]),
                                  ('GET', '/', [('A', b'\0')]), ('GET', '/', [('A', u'\u20ac')])):
        with pytest.raises(ValueError):
            requests.opening(method, path, headers)
