"""A hostile function with a user of its own, beside one that behaves: what it tries hits itself, the other goes on being
served, and the core stays the process that it was. (What the kernel refuses it one by one is in
src/sandbox/container/escape_test.cc.) And the interference that is documented: functions without containers that share a user."""
import errno
import os
import signal

import pytest

from containers import CODE, outcome, record
from fescue_site import wait_until
from raw import core_metrics

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="without root all functions are one user")

HOSTILE_UID, OTHER_UID = 54377, 54378

ATTACKS = CODE + """
import http.client, json

def fork_bomb():
    while True:
        try:
            os.fork()
        except OSError:
            pass

def memory_bomb():
    held = []
    while True:
        held.append(bytearray(1 << 20))

def tmp_bomb():
    with open('/tmp/bomb', 'wb') as file:
        while True:
            file.write(bytes(1 << 20))

def log_flood(megabytes):
    for _ in range(megabytes * 16):
        print('x' * 65535)
    return megabytes

def descriptor_flood():
    import resource
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    opened = []
    try:
        while True:
            opened.append(os.open('/dev/null', os.O_RDONLY))
    except OSError as error:
        return error.errno
    finally:
        for each in opened:
            os.close(each)

held = []

def dial(host, port, request=b'GET /2016-11-01/functions/x/work HTTP/1.1\\r\\n'):
    if host == 'unix':
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(os.environ['IPC_SOCK_FILE'])
    else:
        connection = socket.create_connection((host, port), timeout=5)
    connection.settimeout(5)
    connection.sendall(request)
    return connection

def is_open(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1) != b''
    except BlockingIOError:
        return True
    except OSError:
        return False

def hold_connections(number):
    '''How many of those that were made at all listeners are still there at the end. They say nothing to know them by.'''
    import resource
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for host in ('unix', '127.0.0.1', '::1'):
        connections = []
        for _ in range(number):
            try:
                connections.append(dial(host, int(os.environ['GG_DAEMON_PORT'])))
            except OSError:
                pass
        held.extend(connections)
    deadline = time.monotonic() + 5
    while sum(map(is_open, held)) > 256 and time.monotonic() < deadline:
        time.sleep(0.05)
    return sum(map(is_open, held))

def speak_on_connections(number):
    '''What is answered to a valid token on each of so many, over all listeners, that stay open.'''
    said = []
    for at in range(number):
        host = ('unix', '127.0.0.1', '::1')[at % 3]
        connection = dial(host, int(os.environ['GG_DAEMON_PORT']), b'GET /2016-11-01/credentialprovider/ HTTP/1.1\\r\\n'
                    b'Host: x\\r\\nAuthorization: ' + my_token().encode() + b'\\r\\n\\r\\n')
        said.append(int(connection.recv(4096).split()[1]))
        held.append(connection)
    return [said.count(404), said.count(503)]

def ask(path, token, body=None):
    connection = http.client.HTTPConnection('127.0.0.1', int(os.environ['GG_DAEMON_PORT']), timeout=10)
    connection.request('POST' if body else 'GET', '/2016-11-01' + path, body, {'Authorization': token})
    return connection.getresponse().status

def my_token():
    return os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN']

def kinds(paths):
    def kind(path):
        try:
            if os.path.isdir(path):
                return 'listed' if os.listdir(path) else 'empty'
            open(path, 'rb').read(1)
            return 'read'
        except OSError as error:
            return error.__class__.__name__
    return {path: kind(path) for path in paths}

def greeted(path):
    '''Whether whoever listens there answers somebody of this user. Workers' sockets are entered, then closed.'''
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(10)
    try:
        connection.connect(path)
        connection.sendall(b'GET /2016-11-01/health/workers HTTP/1.1\\r\\n\\r\\n')
        return connection.recv(1) != b''
    except (ConnectionResetError, BrokenPipeError):
        return False
    except OSError as error:
        return error.__class__.__name__
"""


def as_user(uid, isolation="GreengrassContainer"):
    execution = {"IsolationMode": isolation, "RunAs": {"Uid": uid, "Gid": uid}}
    limits = {"MemorySize": 131072} if isolation == "GreengrassContainer" else {}
    return {"Timeout": 20, "Environment": {"Execution": execution}, **limits}


@pytest.fixture(scope="module")
def rivals(site):
    """hostile (contained), free (hostile, without a container), victim (contained)."""
    status = outcome(site, {"hostile": (ATTACKS, as_user(HOSTILE_UID)),
                            "impatient": (ATTACKS, {**as_user(HOSTILE_UID), "Timeout": 3}),
                            "free": (ATTACKS, as_user(HOSTILE_UID, "NoContainer")),
                            "victim": (ATTACKS, {"Timeout": 20, "MemorySize": 65536})})
    assert status["DeploymentStatus"] == "Success", status
    site.core_pid = site.admin.status()["core"]["pid"]
    return site


def attack(site, expression, name="hostile"):
    """Runs it while the victim is called over and over; at least once after its beginning and once after its end."""
    under_way = site.admin.start(name, expression)
    calls = 0
    while calls < 3 or not under_way.done():
        assert site.admin.call("victim", "1 + 1") == 2
        calls += 1
    assert site.admin.call("victim", "1 + 1") == 2
    assert site.admin.status()["core"]["pid"] == site.core_pid
    return under_way.result(1)


# ---- resources


def test_a_fork_bomb(rivals):
    ended = attack(rivals, "fork_bomb()", "impatient")
    assert "timed out after 3 seconds" in ended.value["errorMessage"] or "out of memory" in ended.value["errorMessage"]
    wait_until(lambda: not user_processes(HOSTILE_UID), "the end of every fork")


def user_processes(uid):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat("/proc/" + pid).st_uid == uid:
                found.append(pid)
        except OSError:
            pass
    return found


def test_a_memory_bomb(rivals):
    ended = attack(rivals, "memory_bomb()")
    assert "out of memory: the limit is 131072 KB" in ended.value["errorMessage"]


def test_a_bomb_in_tmp(rivals):
    ended = attack(rivals, "tmp_bomb()")
    assert "No space left on device" in str(ended.value) or "out of memory" in str(ended.value), ended


def test_a_flood_of_logs(rivals):
    assert attack(rivals, "log_flood(64)").value == 64
    logs = list((rivals.root / "core/ggc/var/log/user").rglob("hostile*"))
    assert 0 < sum(path.stat().st_size for path in logs) < 2 << 20, "rotated within its space"


def test_a_flood_of_descriptors(rivals):
    assert attack(rivals, "descriptor_flood()").value == errno.EMFILE


@pytest.mark.parametrize("name", ["hostile", "free"])
def test_held_connections(rivals, name):
    """What nobody is known on gives way: a new worker finds room, and so does a function of the very same user."""
    with Grown(rivals, 'fescue_ipc_refused_total{cause="gave_way"}'):
        assert 0 < attack(rivals, "hold_connections(1100)", name).value <= 256
    for other in ("victim", "free" if name == "hostile" else "hostile"):
        end_workers(rivals, other)
        assert rivals.admin.call(other, "ask('/credentialprovider/', my_token())") == 404, "a token counts"
    end_workers(rivals, name)


@pytest.mark.parametrize("name", ["hostile", "free"])
def test_a_workers_connections(rivals, name):
    """Its token gives it so many over all listeners, and no more."""
    with Grown(rivals, 'fescue_ipc_refused_total{cause="connections"}'):
        served, refused = attack(rivals, "speak_on_connections(200)", name).value
    assert 0 < served <= 64 and refused == 200 - served
    other = "free" if name == "hostile" else "hostile"
    assert rivals.admin.call(other, "ask('/credentialprovider/', my_token())") == 404
    end_workers(rivals, name)
    wait_until(lambda: core_metrics(rivals)['fescue_ipc_connections{of="workers"}'] < 32, "room again")


def test_calls_that_nobody_fetches(rivals):
    """They fill what there is for them; others call all the same."""
    victim = rivals.admin.arn("victim")
    answers = attack(rivals, "[ask(%r, my_token(), '\"1\"') for _ in range(1100)]" % ("/functions/" + victim)).value
    assert set(answers) == {200, 429} and answers.count(200) >= 1024
    assert core_metrics(rivals)["fescue_ipc_waiting_results"] >= 1024
    assert rivals.admin.call("free", "ask(%r, my_token(), '\"1\"')" % ("/functions/" + victim)) == 200
    end_workers(rivals, "hostile")
    wait_until(lambda: core_metrics(rivals)["fescue_ipc_waiting_results"] < 64, "the end of its results")


POST_EVENTS = """
def post_events(number, event):
    for _ in range(number):
        connection = http.client.HTTPConnection('127.0.0.1', int(os.environ['GG_DAEMON_PORT']), timeout=10)
        connection.request('POST', '/2016-11-01/functions/' + os.environ['MY_FUNCTION_ARN'], json.dumps(event),
                           {'Authorization': my_token(), 'X-Amz-Invocation-Type': 'Event'})
        connection.getresponse().read()
        connection.close()
"""


def test_a_function_that_takes_every_worker(own_site):
    """Its events to itself go on for longer than the test; the others have a worker each all the same."""
    configuration = {"Timeout": 200, "MemorySize": 65536}
    own_site.configure(runtime={"maxConcurrentLimit": 4, "lruSize": 4})
    status = outcome(own_site, {name: (ATTACKS + POST_EVENTS, configuration) for name in ("greedy", "one", "two")})
    assert status["DeploymentStatus"] == "Success", status
    own_site.admin.call("greedy", "post_events(20, 'time.sleep(150)')")
    wait_until(lambda: len(working(own_site, "greedy")) == 4, "all four at work")
    busy = working(own_site, "greedy")
    for name in ("one", "two"):
        assert own_site.admin.call(name, "1 + 1") == 2
    assert working(own_site, "greedy") == busy, "nobody waited for the end of an event"


def working(site, name):
    return {worker["pid"] for worker in site.admin.function(name)["workers"] if worker["state"] == "Working"}


def end_workers(site, name):
    """With all that they hold."""
    workers = site.admin.pids(name)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    wait_until(lambda: not set(workers) & set(site.admin.pids(name)), "the core sees their end")


class Grown:
    """A counter of the core's that must grow inside."""

    def __init__(self, site, name):
        self.site, self.name = site, name

    def __enter__(self):
        self.before = core_metrics(self.site)[self.name]

    def __exit__(self, kind, *rest):
        assert kind is not None or core_metrics(self.site)[self.name] > self.before


# ---- other people's things


def test_oversized_bodies(rivals):
    me = rivals.admin.arn("hostile")
    assert attack(rivals, "ask(%r, my_token(), 'x' * (7 << 20))" % ("/functions/" + me)).value == 413


@pytest.mark.parametrize("name", ["hostile", "free"])
def test_another_workers_token_is_no_use(rivals, name):
    token, victim = rivals.admin.call("victim", "my_token()"), rivals.admin.arn("victim")
    path = "/functions/%s/work" % victim
    assert rivals.admin.call(name, "ask(%r, %r)" % (path, token)) == 403
    assert rivals.admin.call(name, "ask(%r, my_token())" % path) == 403


@pytest.mark.parametrize("name", ["hostile", "free"])
def test_the_services_files_and_sockets(rivals, name):
    core = rivals.root / "core"
    places = [str(path) for path in (core / "certs/core.private.key", core / "run/ipc-token", rivals.root / "cloud",
                                     rivals.root / "run/credentials", core / "ggc/var/log/system/runtime.log")]
    assert all(map(os.path.exists, places)), places
    seen = rivals.admin.call(name, "kinds(%r)" % places)
    assert set(seen.values()) <= {"FileNotFoundError", "PermissionError", "empty"}, seen
    worker = rivals.admin.function("victim")["workers"][0]["id"]
    for path in (core / "run/core.sock", core / "ggc/socket" / (worker + ".sock")):
        assert path.exists()
        assert rivals.admin.call(name, "greeted(%r)" % str(path)) in ("FileNotFoundError", "PermissionError", False), path


def test_a_container_sees_nothing_of_the_service(rivals):
    """Not even what its user might read."""
    for name in ("core", "cloud", "run"):
        path = str(rivals.root / name)
        assert rivals.admin.call("hostile", "attempt(lambda: os.listdir(%r))" % path) in ([], "FileNotFoundError"), path


def test_a_neighbour_without_a_container(rivals):
    victim = rivals.admin.call("victim", "os.getpid()") and rivals.admin.pids("victim")[0]
    assert rivals.admin.call("free", "attempt(lambda: read('/proc/%d/environ'))" % victim) == "PermissionError"
    assert rivals.admin.call("free", "attempt(lambda: os.kill(%d, 9))" % victim) == "PermissionError"
    assert rivals.admin.call("hostile", "attempt(lambda: os.kill(%d, 9))" % victim) == "ProcessLookupError"


# ---- one user, no container: docs/containers.md says so


def test_one_user_is_one_trust_domain(own_site):
    status = outcome(own_site, {
        "one": (ATTACKS, as_user(HOSTILE_UID, "NoContainer")), "two": (ATTACKS, as_user(HOSTILE_UID, "NoContainer")),
        "apart": (ATTACKS, as_user(OTHER_UID, "NoContainer"))})
    assert status["DeploymentStatus"] == "Success", status
    token = own_site.admin.call("two", "my_token()")
    pid, arn = own_site.admin.pids("two")[0], own_site.admin.arn("two")
    environ = "'AUTHORIZATION_TOKEN' in attempt(lambda: read('/proc/%d/environ'))" % pid
    work = "/functions/%s/work" % arn

    assert own_site.admin.call("apart", environ) is False
    assert own_site.admin.call("apart", "ask(%r, %r)" % (work, token)) == 403
    assert own_site.admin.call("apart", "attempt(lambda: os.kill(%d, 9))" % pid) == "PermissionError"

    assert own_site.admin.call("one", environ) is True
    assert own_site.admin.call("one", "attempt(lambda: os.kill(%d, 9))" % pid) is None
    assert "signal: killed" in record(own_site, "signalled", "two")
    warned = own_site.fescue("doctor", check=False).stdout.decode()
    assert "one" in warned and "two" in warned and "share" in warned, warned
