"""The ports of a site are bound once, on both loopback stacks, and stay so from one life of a process to the next."""
import http.client
import os
import signal
import socket
import subprocess
import threading

import pytest

from fescue_site import BUILD, wait_until

HAS_IPV6 = os.path.exists("/proc/net/if_inet6") and "00000000000000000000000000000001" in open("/proc/net/if_inet6").read()
HOSTS = ["127.0.0.1", "::1"] if HAS_IPV6 else ["127.0.0.1"]


def ports_of(site):
    endpoints = site.endpoints
    names = ("iot_mqtt", "iot_mqtts", "devices_mqtts", "discovery", "ipc")
    addresses = [endpoints["api"].split("//", 1)[1]] + [endpoints[name] for name in names]
    return [int(address.rsplit(":", 1)[1]) for address in addresses]


class Squatter:
    """Tries to bind the ports, again and again, as a function would: for a moment in which they are free."""

    def __init__(self, ports):
        self.taken, self.tries = [], 0
        self._ports, self._stop = ports, False
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop = True
        self._thread.join()

    def _run(self):
        while not self._stop:
            for port in self._ports:
                for host in HOSTS:
                    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as connection:
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                        try:
                            connection.bind((host, port))
                            connection.listen()
                        except OSError:
                            continue
                        self.taken.append((host, port))
            self.tries += 1


def answers(admin):
    try:
        return admin.status()
    except OSError:
        return None


def test_every_port_answers_on_both_stacks(site):
    for port in ports_of(site):
        for host in HOSTS:
            socket.create_connection((host, port), timeout=10).close()


@pytest.mark.parametrize("verb", ["cloud", "core"])
def test_no_port_is_free_between_two_lives(site, verb):
    with Squatter(ports_of(site)) as squatter:
        for _ in range(2):  # the second time `fescue up` waits a second before it starts the process again
            old = site.child(verb)
            os.kill(old, signal.SIGKILL)
            wait_until(lambda: site.child(verb) not in (None, old), "%s to be started again" % verb)
    assert squatter.tries > 10 and squatter.taken == []
    wait_until(lambda: site.boto("iot").list_things() is not None, "the API to answer")  # it waits in the backlog
    wait_until(lambda: answers(site.admin), "the core to answer")


def test_a_request_meanwhile_waits_for_the_next_life(site):
    old = site.child("cloud")
    os.kill(old, signal.SIGKILL)
    wait_until(lambda: site.child("cloud") != old, "the process to be gone")  # until then it may still accept
    api = http.client.HTTPConnection(site.endpoints["api"].split("//", 1)[1], timeout=60)  # boto3 keeps connections
    api.request("GET", "/things")
    assert api.getresponse().status == 403


def test_a_taken_port_names_port_option_and_holder(tmp_path):
    for host in HOSTS:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as other:
            other.bind((host, 0))
            other.listen()
            port = other.getsockname()[1]
            words = [word for name in ("api", "iot", "iot-tls", "devices", "discovery", "ipc")
                     for word in ("--" + name, "127.0.0.1:%d" % (port if name == "api" else 0))]
            done = subprocess.run([BUILD / "fescue", "up", "--root", tmp_path / "x", *words], capture_output=True, text=True,
                                  timeout=60)
            assert done.returncode == 1
            assert "port %d is taken, held by" % port in done.stderr and "choose another with --api" in done.stderr


def test_cloud_takes_what_systemd_bound(open_directory):
    """LISTEN_FDS by itself: the options' ports are not bound."""
    connections = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
    names = "api:iot:iot-tls:discovery"
    control, theirs = socket.socketpair()
    for number, connection in enumerate([*connections, theirs]):
        os.dup2(connection.fileno(), 100 + number)

    def place():
        for number in range(5):
            os.dup2(100 + number, 3 + number)
        os.environ["LISTEN_PID"] = str(os.getpid())

    shell = "LISTEN_PID=$$ exec \"$0\" \"$@\""
    process = subprocess.Popen(["/bin/sh", "-c", shell, BUILD / "fescue", "cloud", "--data", open_directory / "cloud", "--run",
                                open_directory / "run", "--control-fd", "7"], preexec_fn=place, pass_fds=range(3, 8),
                               env={**os.environ, "LISTEN_FDS": "4", "LISTEN_FDNAMES": names}, stderr=subprocess.PIPE)
    try:
        theirs.close()
        os.close(104)
        control.settimeout(60)
        assert ('"api":"127.0.0.1:%d"' % connections[0].getsockname()[1]).encode() in control.recv(4096)
    finally:
        process.terminate()
        process.wait(20)
        for number in range(4):
            os.close(100 + number)
