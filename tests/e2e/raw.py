"""Bytes on sockets, for what no real client would ever send, and the counters that must notice."""
import http.client
import re
import socket
import ssl
import time

DEADLINE = 20.0


def dial(address, tls=None):
    host, port = address.rsplit(":", 1)
    connection = socket.create_connection((host.strip("[]"), int(port)), timeout=DEADLINE)
    return tls.wrap_socket(connection) if tls else connection


def read_to_end(connection):
    """All that comes until the peer closes; a reset counts as the end."""
    said = b""
    try:
        while True:
            piece = connection.recv(65536)
            if not piece:
                return said
            said += piece
    except ConnectionError:
        return said


def read_exactly(connection, count):
    said = b""
    while len(said) < count:
        piece = connection.recv(count - len(said))
        assert piece, "the connection ended after %r" % said
        said += piece
    return said


def send_and_read(address, request, tls=None):
    """Sends the bytes, says no more, and reads until the peer has closed."""
    with dial(address, tls) as connection:
        try:
            connection.sendall(request)
        except ConnectionError:
            pass  # refused before everything was sent
        if tls is None:
            try:
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        return read_to_end(connection)


def status_of(answer):
    """Of the first response; 0 when there is none."""
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return int(found.group(1)) if found else 0


def client_tls(certificate=None, key=None):
    """A client that believes every server: what it sends is what is tested."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(certificate, key)
    return context


def _samples(text):
    return {name: int(value) for name, value in
            (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))}


def cloud_metrics(site):
    address = site.endpoints["api"].split("//", 1)[1]
    connection = http.client.HTTPConnection(*address.rsplit(":", 1), timeout=DEADLINE)
    connection.request("GET", "/_fescue/metrics")
    answer = connection.getresponse()
    assert answer.status == 200
    return _samples(answer.read().decode())


def core_metrics(site):
    token = (site.root / "core/run/ipc-token").read_text().strip()
    connection = http.client.HTTPConnection(*site.endpoints["ipc"].rsplit(":", 1), timeout=DEADLINE)
    connection.request("GET", "/v1/metrics", headers={"Authorization": "Bearer " + token})
    answer = connection.getresponse()
    assert answer.status == 200
    return _samples(answer.read().decode())


class Counted:
    """with Counted(lambda: cloud_metrics(site), "name{label=...}", 3): at the end the counter must have grown by 3, soon."""

    def __init__(self, read, name, by):
        self.read, self.name, self.by = read, name, by

    def __enter__(self):
        self.before = self.read().get(self.name, 0)

    def __exit__(self, kind, value, trace):
        if kind is not None:
            return
        end = time.monotonic() + DEADLINE
        while True:
            grown = self.read().get(self.name, 0) - self.before
            if grown >= self.by or time.monotonic() > end:
                break
        assert grown == self.by, "%s grew by %d, not by %d" % (self.name, grown, self.by)
