"""Peers that ask for much and read nothing, or announce much and send nothing: their answers and bodies wait in bounded
memory, and everybody else is served meanwhile."""
import hashlib
import json
import os
import signal
import socket
import urllib.parse

import pytest
import requests

from containers import outcome
from fescue_site import ROLE, RUNTIME, make_zip, wait_until
from raw import client_tls, cloud_metrics, core_metrics, dial, read_to_end, status_of

LARGE = "def handler(event, context):\n    return 'x' * event\n"

# Fetches a large result on each of its connections and reads the head alone.
GREEDY = """
import os, re, socket

held = []

def ask(connection, method, function, header=''):
    connection.sendall(('%s /2016-11-01/functions/%s HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: %s\\r\\n%s\\r\\n' % (
        method, function, os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN'], header)).encode() +
        (b'6000000' if method == 'POST' else b''))

def head_of(connection):
    said = b''
    while b'\\r\\n\\r\\n' not in said:
        piece = connection.recv(1)
        if not piece:
            break
        said += piece
    return said.decode()

def handler(event, context):
    said = []
    for _ in range(event['connections']):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(20)
        connection.connect(os.environ['IPC_SOCK_FILE'])
        held.append(connection)
        ask(connection, 'POST', event['function'], 'Content-Length: 7\\r\\n')
        id = re.search('(?i)x-amz-invocationid: (\\S+)', head_of(connection)).group(1)
        ask(connection, 'GET', event['function'], 'X-Amz-InvocationId: %s\\r\\n' % id)
        said.append(int(head_of(connection).split()[1]))
    return said
"""

# Calls the other function as its SDK does: how much came back.
READER = """
import json
import greengrasssdk

def handler(event, context):
    answer = greengrasssdk.client('lambda').invoke(FunctionName=event['function'], Payload=str(event['bytes']))
    return len(json.loads(answer['Payload'].read()))
"""


def memory_of(pid):
    """Resident, in MB."""
    with open("/proc/%d/status" % pid) as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS:"))


# ---- functions


@pytest.mark.skipif(os.getuid() != 0, reason="functions in containers")
def test_results_that_a_function_does_not_read(site):
    settings = {"Timeout": 60, "MemorySize": 131072}
    status = outcome(site, {"large": (LARGE, settings), "greedy": (GREEDY, settings), "reader": (READER, settings)})
    assert status["DeploymentStatus"] == "Success", status
    large = site.admin.arn("large")
    lost, held = 'fescue_ipc_refused_total{cause="answer_budget"}', "fescue_ipc_answer_bytes"
    assert site.admin.call("reader", {"function": large, "bytes": 5000000}) == 5000000
    before, lost_before = memory_of(site.child("core")), core_metrics(site)[lost]
    said = site.admin.call("greedy", {"function": large, "connections": 60})
    assert said[0] == 200 and set(said) <= {200, 503}, said
    assert core_metrics(site)[lost] - lost_before >= 10, "not given, or given up for a newer one"
    assert 0 < core_metrics(site)[held] <= 8 * 6291456
    assert memory_of(site.child("core")) - before < 200, "8 answers, and the results that are kept: 64 MiB"
    assert site.admin.call("reader", {"function": large, "bytes": 5000000}) == 5000000
    os.kill(site.admin.pids("greedy")[0], signal.SIGKILL)
    wait_until(lambda: core_metrics(site)[held] == 0, "room again")


# ---- links to packages


def begin_download(location):
    url = urllib.parse.urlsplit(location)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(20)
    connection.connect((url.hostname, url.port))
    connection.sendall(("GET %s?%s HTTP/1.1\r\nHost: %s\r\n\r\n" % (url.path, url.query, url.netloc)).encode())
    return connection


def test_downloads_that_nobody_reads(site):
    functions = site.boto("lambda")
    package = make_zip({"app.py": LARGE, "blob": os.urandom(30_000_000)})
    functions.create_function(FunctionName="heavy", Runtime=RUNTIME, Role=ROLE, Handler="app.handler",
                              Code={"ZipFile": package})
    link = lambda: functions.get_function(FunctionName="heavy")["Code"]["Location"]
    assert hashlib.sha256(requests.get(link(), timeout=60).content).digest() == hashlib.sha256(package).digest()
    before = memory_of(site.child("cloud"))
    held = []
    try:
        for _ in range(10):
            each = link()
            held += [begin_download(each) for _ in range(4)]
            for connection in held[-4:]:
                assert connection.recv(12) == b"HTTP/1.1 200"
        assert requests.get(each, timeout=20).status_code == 429
        assert memory_of(site.child("cloud")) - before < 60
        assert 0 < cloud_metrics(site)['fescue_unread_answer_bytes{listener="api"}'] <= 40 * 262144
        assert requests.get(link(), timeout=60).content == package
    finally:
        for connection in held:
            connection.close()
    wait_until(lambda: requests.get(each, timeout=60).status_code == 200, "the link serves again")
    wait_until(lambda: cloud_metrics(site)['fescue_unread_answer_bytes{listener="api"}'] == 0, "room again")


# ---- outcomes of invocations


def test_bodies_are_read_of_cores_that_were_asked_alone(site, tmp_path):
    alias = site.create_function("large", LARGE)
    site.deploy({"large": (alias, {"Timeout": 20})}, [])
    made = site.boto("iot").create_keys_and_certificate(setAsActive=True)
    (tmp_path / "cert").write_text(made["certificatePem"])
    (tmp_path / "key").write_text(made["keyPair"]["PrivateKey"])
    certs = site.root / "core/certs"
    device = client_tls(tmp_path / "cert", tmp_path / "key")
    core = client_tls(next(certs.glob("*cert*.pem")), certs / "core.private.key")
    held = []
    try:
        for tls in [device] * 18 + [core] * 18:
            connection = dial(site.endpoints["discovery"], tls)
            held.append(connection)
            connection.sendall(b"POST /core/v1/invocations/abc HTTP/1.1\r\nHost: x\r\nContent-Length: 6291456\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 404"
        assert cloud_metrics(site)['fescue_unverified_body_bytes{listener="cores"}'] == 0
        answer = site.boto("lambda").invoke(FunctionName="large", Qualifier="prod", Payload=b"5000000")
        assert len(json.loads(answer["Payload"].read())) == 5000000
    finally:
        for connection in held:
            connection.close()
