"""While the control plane of `fescue up` cannot start, whoever asks it is told so, at once."""
import json
import os
import shutil
import socket
import threading

import botocore.exceptions
import pytest
import requests

from fescue_site import DEADLINE, wait_until

WHY = "fescue.db is damaged"


def damage(site):
    path = site.root / "cloud/fescue.db"
    kept = path.read_bytes()
    for extra in ("fescue.db-wal", "fescue.db-shm"):
        (site.root / "cloud" / extra).unlink(missing_ok=True)
    replace(path, b"this is no database " * 1000)
    return lambda: replace(path, kept)


def replace(path, content):
    beside = path.with_suffix(".new")
    beside.write_bytes(content)
    beside.chmod(0o600)
    shutil.chown(beside, *(("fescue-cloud", "fescue-cloud") if os.getuid() == 0 else (os.getuid(), os.getgid())))
    beside.replace(path)


def connect(address):
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=DEADLINE)


def is_closed_at_once(address):
    with connect(address) as connection:
        try:
            return connection.recv(1) == b""
        except ConnectionResetError:
            return True


@pytest.fixture
def broken_site(own_site, request):
    """Runs, but for its control plane."""
    options = getattr(request, "param", [])
    own_site.stop()
    own_site.mend = damage(own_site)
    own_site.start(*options)
    yield own_site
    own_site.mend()


def test_clients_are_told_the_reason(broken_site):
    site = broken_site
    answer = requests.get(site.endpoints["api"] + "/things", timeout=DEADLINE)
    assert answer.status_code == 503 and answer.headers["x-amzn-ErrorType"] == "ServiceUnavailableException"
    assert WHY in answer.json()["message"] and "fescue logs cloud" in answer.json()["message"]
    answer = requests.post(site.endpoints["api"] + "/2015-03-31/functions", data=b"x" * 5000000, timeout=DEADLINE)
    assert answer.status_code == 503 and WHY in answer.text
    for service, call in (("lambda", "list_functions"), ("iot", "list_things"), ("greengrass", "list_groups"),
                          ("sts", "get_caller_identity"), ("iam", "list_roles")):
        with pytest.raises(botocore.exceptions.ClientError) as error:
            getattr(site.boto(service), call)()
        assert error.value.response["Error"]["Code"].startswith("ServiceUnavailable"), service
        assert WHY in str(error.value), service
    for name in ("iot_mqtt", "iot_mqtts", "discovery"):
        assert is_closed_at_once(site.endpoints[name]), name


def test_our_own_tools_name_the_reason(broken_site):
    site = broken_site
    for command in (["key", "list"], ["sub", "a", "-W", "30"], ["pub", "a", "b"]):
        done = site.fescue(*command, check=False)
        assert done.returncode == 1 and WHY.encode() in done.stderr, (command, done.stderr)
    assert WHY in site.fescue("status")
    assert WHY in json.loads(site.fescue("status", "--json"))["link"]["control_plane_down"]
    done = site.fescue("doctor", check=False)
    assert done.returncode == 1 and WHY in done.stdout.decode()


def test_the_control_plane_takes_over_without_losing_a_connection(broken_site):
    """Clients ask all the time; each gets an answer, and in the end that of the control plane itself."""
    site = broken_site
    wait_until(lambda: requests.get(site.endpoints["api"] + "/things", timeout=DEADLINE).status_code == 503, "the 503")
    seen, failures, done = set(), [], threading.Event()

    def ask():
        while not done.is_set():
            try:
                seen.add(requests.get(site.endpoints["api"] + "/things", timeout=60).status_code)
            except requests.RequestException as error:
                failures.append(error)
    clients = [threading.Thread(target=ask) for _ in range(4)]
    for client in clients:
        client.start()
    site.mend()
    try:
        wait_until(lambda: 403 in seen, "the control plane", 90)
    finally:
        done.set()
        for client in clients:
            client.join()
    assert not failures and seen == {503, 403}
    wait_until(lambda: json.loads(site.fescue("status", "--json"))["link"]["connected"], "the core's link", 90)
    assert "control_plane_down" not in site.fescue("status", "--json")
    assert WHY not in site.fescue("doctor", check=False).stdout.decode()


@pytest.mark.parametrize("broken_site", [["--api-tls"]], indirect=True)
def test_with_tls_the_api_closes(broken_site):
    assert is_closed_at_once(broken_site.endpoints["api"].removeprefix("https://"))


def test_after_a_failed_start_the_verbs_say_why(own_site):
    own_site.stop()
    config = own_site.root / "core/config/config.json"
    kept = config.read_text()
    config.write_text("{")
    done = own_site.fescue("up", "--root", own_site.root, check=False)
    assert done.returncode == 1
    for verb in ("status", "doctor"):
        done = own_site.fescue(verb, check=False)
        assert done.returncode == 1 and b"config.json: not valid JSON" in done.stdout + done.stderr, (verb, done)
    config.write_text(kept)
    own_site.start()
    assert "not valid JSON" not in own_site.fescue("doctor", check=False).stdout.decode()
