"""One keep-alive HTTP/1.1 connection to the core, on the bare socket.

An exchange is one sendall and, when the answer is small, one recv; the modules of the standard library cost some 100 us
and tens of milliseconds of imports for the same. What is understood is what the core sends: a status line, headers, a
body of Content-Length bytes. Anything else is a BadAnswer, never a guess.

A Connection serves one thread at a time. It opens itself when needed, and again in a child after fork.
"""
import os

try:
    import _socket
except ImportError:  # an interpreter without CPython's C module
    import socket as _socket

SocketError = _socket.error
socketpair = _socket.socketpair

_EINTR = 4
_CLOEXEC = getattr(_socket, 'SOCK_CLOEXEC', 0o2000000)
_NOSIGNAL = getattr(_socket, 'MSG_NOSIGNAL', 0)
_MAX_UNIX_PATH = 107
_O_PATH = getattr(os, 'O_PATH', 0o10000000)  # the directory can be passed, not read

_END_OF_HEAD = b'\r\n\r\n'
_CONNECTION, _CONTENT_LENGTH, _TRANSFER_ENCODING = b'connection', b'content-length', b'transfer-encoding'
_MAX_LENGTH_DIGITS = 8  # more may still be allowed, but not without another look

_RECV_BYTES = 64 * 1024
_MAX_HEAD_BYTES = 64 * 1024
_MAX_BODY_BYTES = 256 * 1024 * 1024
_JOIN_BYTES = 64 * 1024  # a body up to this size travels in the same sendall as its head


_own_pid = os.getpid()


def current_pid():
    """os.getpid() without a system call, where the interpreter tells of its forks."""
    return _own_pid


def _note_fork():
    global _own_pid
    _own_pid = os.getpid()


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_note_fork)
else:
    current_pid = os.getpid


class ConnectionLost(Exception):
    """The core cannot be reached, or went away before it had answered in full."""


class BadAnswer(ConnectionLost):
    """What came is not an answer that this reader understands; the connection is of no more use."""


class _NothingCame(ConnectionLost):
    """The connection ended before the first byte of an answer."""


class Answer(object):
    """status: int. headers: {lower-case name: value}, all bytes. body: bytes."""
    __slots__ = ('status', '_reason', 'headers', 'body')

    def __init__(self, status, reason, headers, body):
        self.status = status
        self._reason = reason
        self.headers = headers
        self.body = body

    @property
    def reason(self):
        return self._reason.decode('latin-1')

    def ok(self):
        return 200 <= self.status < 300

    def header(self, name):
        """The value as str, '' when it is empty or absent; `name` in lower-case bytes."""
        return self.headers.get(name, b'').decode('latin-1')


class Connection(object):
    """`endpoint` and `port` are used when the worker has no socket of its own (see open_socket). `waiter` has a method
    wait(descriptor), called when an answer is due (see signals)."""

    def __init__(self, endpoint='localhost', port=8000, waiter=None):
        self._endpoint, self._port, self._waiter = endpoint, port, waiter
        self._socket = None
        self._pid = 0

    def exchange(self, head, body=b''):
        """`head`: request line and headers as bytes, with the blank line. Blocks until the answer is complete.

        Raises ConnectionLost. When a connection that had been idle turns out to be closed, the request is sent once
        more over a new one.
        """
        if self._socket is not None and self._pid == current_pid():
            try:
                return self._exchange(head, body)
            except _NothingCame:
                pass
        self.close()  # after fork: closes this process's copy only
        self._socket, self._pid = open_socket(self._endpoint, self._port), current_pid()
        return self._exchange(head, body)

    def __del__(self):
        self.close()

    def close(self):
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _exchange(self, head, body):
        finished = False  # an exception may also come from a signal handler of the user's
        try:
            answer = self._send_and_receive(head, body)
            finished = answer.headers.get(_CONNECTION, b'').lower() != b'close'
            return answer
        finally:
            if not finished:
                self.close()

    def _send_and_receive(self, head, body):
        try:
            if len(body) <= _JOIN_BYTES:
                self._socket.sendall(head + body, _NOSIGNAL)
            else:
                self._socket.sendall(head, _NOSIGNAL)
                self._socket.sendall(body, _NOSIGNAL)
        except SocketError as error:
            # The core may have refused the request before reading all of it: its answer says why.
            try:
                return self._receive()
            except ConnectionLost:
                raise _NothingCame('cannot send to the core: %s' % error)
        return self._receive()

    def _receive(self):
        if self._waiter is not None:
            self._waiter.wait(self._socket.fileno())
        data = self._recv()
        if not data:
            raise _NothingCame('the core closed the connection')
        end = data.find(_END_OF_HEAD)
        while end < 0:
            if len(data) > _MAX_HEAD_BYTES:
                raise BadAnswer('the header of the answer is longer than %d bytes' % _MAX_HEAD_BYTES)
            more = self._recv()
            if not more:
                raise BadAnswer('the connection ended inside the header of an answer')
            data += more
            end = data.find(_END_OF_HEAD)
        status, reason, headers = _parse_head(data[:end])
        length = headers.get(_CONTENT_LENGTH)
        if length is None or _TRANSFER_ENCODING in headers or len(length) > _MAX_LENGTH_DIGITS or not length.isdigit():
            length = _odd_body_length(status, headers)
        length = int(length)
        body = data[end + 4:]
        if len(body) < length:
            body = self._rest(body, length)
        elif len(body) > length:
            raise BadAnswer('%d bytes follow the body of the answer' % (len(body) - length))
        return Answer(status, reason, headers, body)

    def _recv(self):
        while True:
            try:
                return self._socket.recv(_RECV_BYTES)
            except SocketError as error:
                if error.args[0] != _EINTR:  # only Python 2 lets it through
                    raise _NothingCame('cannot read from the core: %s' % error)

    def _rest(self, begin, length):
        body = bytearray(length)
        body[:len(begin)] = begin
        view, have = memoryview(body), len(begin)
        while have < length:
            try:
                got = self._socket.recv_into(view[have:])
            except SocketError as error:
                if error.args[0] == _EINTR:
                    continue
                raise BadAnswer('the connection ended inside the body of an answer: %s' % error)
            if not got:
                raise BadAnswer('the body of the answer ends after %d of %d bytes' % (have, length))
            have += got
        return bytes(body)


def _parse_head(head):
    lines = head.split(b'\r\n')
    version, _, rest = lines[0].partition(b' ')
    code, _, reason = rest.partition(b' ')
    if not version.startswith(b'HTTP/1.') or len(code) != 3 or not code.isdigit():
        raise BadAnswer('not an HTTP/1.1 status line: %r' % lines[0][:80])
    del lines[0]
    headers = {}
    for line in lines:
        name, colon, value = line.partition(b':')
        name, value = name.lower(), value.strip()
        if not colon or (name == _CONTENT_LENGTH and headers.get(name, value) != value):
            raise BadAnswer('malformed header: %r' % line[:80])
        headers[name] = value
    return int(code), reason, headers


def _odd_body_length(status, headers):
    """Of an answer without a plain Content-Length of moderate size."""
    length = headers.get(_CONTENT_LENGTH)
    if length is None:
        if status in (204, 304):
            return 0
        raise BadAnswer('an answer without Content-Length (status %d)' % status)
    if _TRANSFER_ENCODING in headers or not length.isdigit() or int(length) > _MAX_BODY_BYTES:
        raise BadAnswer('a body that cannot be read: Content-Length %r, Transfer-Encoding %r' %
                        (length[:20], headers.get(_TRANSFER_ENCODING, b'')[:20]))
    return int(length)


def open_socket(endpoint, port):
    """The worker's own Unix socket, named by IPC_SOCK_FILE; without variable or file, TCP to `endpoint`:`port`."""
    path = os.environ.get('IPC_SOCK_FILE')
    try:
        if path and os.path.exists(path):
            return _open_unix(path)
        return _open_tcp(endpoint, port)
    except (SocketError, OSError) as error:
        raise ConnectionLost('cannot connect to the core at %s: %s' % (path or '%s:%s' % (endpoint, port), error))


def _new_socket(family):
    sock = _socket.socket(family, _socket.SOCK_STREAM | _CLOEXEC)
    sock.settimeout(None)  # whatever default the function's own code has set
    return sock


def _open_unix(path):
    sock, directory = _new_socket(_socket.AF_UNIX), None
    try:
        if len(os.fsencode(path) if hasattr(os, 'fsencode') else path) > _MAX_UNIX_PATH:
            directory = os.open(os.path.dirname(path), _O_PATH)
            path = '/proc/self/fd/%d/%s' % (directory, os.path.basename(path))
        sock.connect(path)
        return sock
    except BaseException:
        sock.close()
        raise
    finally:
        if directory is not None:
            os.close(directory)


def _open_tcp(endpoint, port):
    failure = None
    for family, _, _, _, address in _socket.getaddrinfo(endpoint, port, 0, _socket.SOCK_STREAM):
        sock = _new_socket(family)
        try:
            sock.connect(address)
            sock.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
            return sock
        except SocketError as error:
            sock.close()
            failure = error
    raise failure or SocketError('no address for %s' % endpoint)
