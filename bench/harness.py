"""What the benches share: sites, floors and rivals to measure against, processes to watch, and rounds in turn."""
import contextlib
import http.client
import json
import os
import pathlib
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/e2e"))
from fescue_site import Site, make_zip, wait_until  # noqa: E402

BUILD = pathlib.Path(os.environ.get("FESCUE_BUILD", ROOT / "build/release"))
DATA = pathlib.Path("/var/lib/fescue-dev" if os.getuid() == 0 else os.path.expanduser("~/.local/share/fescue-dev"))
PYTHON = "/usr/bin/python3"


class Skipped(Exception):
    """A figure that this machine cannot give; the text says why."""


# ---- measuring

spread = False  # run --spread


@contextlib.contextmanager
def one_processor():
    """What is started within shares one processor, on both sides: what is timed then is the work that is done, and not
    how long this machine takes to wake an idle processor, which differs by tens of microseconds from minute to minute."""
    before = os.sched_getaffinity(0)
    if not spread:
        os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def alternate(rounds, *measures):
    """Each measure once to warm up, then all of them in turn, `rounds` times: the machine's ups and downs meet all alike. Each
    round has an order of its own, as who comes after a large program finds the processor's caches full of that.
    Returns one list of results for each measure."""
    for measure in measures:
        measure()
    results = [[] for _ in measures]
    for _ in range(rounds):
        for place in random.sample(range(len(measures)), len(measures)):
            results[place].append(measures[place]())
    return results


def load(program, *arguments):
    done = subprocess.run([BUILD / "bench" / program, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def picked(key, results):
    return [result[key] for result in results]


def row(name, unit, rival, ours, other, goal=None, better="lower"):
    """One figure. `ours` and `other`: numbers of the same rounds; the ratio is the median of each round's."""
    ratio = statistics.median(a / b for a, b in zip(ours, other))
    met = None if goal is None else ratio <= goal if better == "lower" else ratio >= goal
    return {"name": name, "unit": unit, "rival": rival, "ours": statistics.median(ours), "other": statistics.median(other),
            "ratio": ratio, "goal": goal, "better": better, "met": met, "rounds": len(ours)}


def against_limit(name, unit, value, limit):
    return row(name, unit, "limit", [value], [limit], 1.0)


# ---- what /proc says of a process

def cpu_seconds(pid):
    fields = pathlib.Path("/proc/%d/stat" % pid).read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss_mb(pid):
    for line in pathlib.Path("/proc/%d/smaps_rollup" % pid).read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def voluntary_switches(pid):
    return sum(int(line.split()[1]) for task in pathlib.Path("/proc/%d/task" % pid).iterdir()
               for line in (task / "status").read_text().splitlines() if line.startswith("voluntary_ctxt"))


def process_of(site, name):
    """The pid of a site's `fescue NAME`."""
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
                if len(words) > 1 and words[1] == name and any(str(site.root) in word for word in words):
                    return int(entry.name)
    raise AssertionError("no `fescue %s` serves %s" % (name, site.root))


def children(pid):
    return [int(word) for word in pathlib.Path("/proc/%d/task/%d/children" % (pid, pid)).read_text().split()]


# ---- ours

@contextlib.contextmanager
def running_site(runtime=None):
    """A site of its own. `runtime`: members of that object in the core's config.json, with V1's names."""
    site = Site(DATA / ("bench-%d" % os.getpid()))
    try:
        site.start()
        if runtime:
            site.stop()
            path = site.root / "core/config/config.json"
            config = json.loads(path.read_text())
            config["runtime"].update(runtime)
            path.write_text(json.dumps(config))
            site.start()
        yield site
    finally:
        site.stop()
        site.remove()


def ipc_token(site):
    return (pathlib.Path(site.endpoints["core_root"]) / "run/ipc-token").read_text().strip()


def invocation_load(site, function, callers, seconds):
    """Lambda's Invoke on the core's IPC port, by callers that keep their connections."""
    return load("bench_http_load", site.endpoints["ipc"], "/2015-03-31/functions/%s/invocations" % function, callers,
                seconds, "Authorization: Bearer " + ipc_token(site))


class AdminClient(http.client.HTTPConnection):
    """The owner's socket of a core."""

    def __init__(self, site):
        super().__init__("localhost")
        self._path = site.endpoints["core_root"] + "/run/core.sock"

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)

    def timed_call(self, function):
        """Milliseconds from the request to the last byte of the answer."""
        self.connect()
        begin = time.perf_counter()
        self.request("POST", "/2015-03-31/functions/%s/invocations" % function, b"{}")
        answer = self.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        return (time.perf_counter() - begin) * 1e3


# ---- floors and rivals

def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(port):
    def answers():
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return True
    wait_until(answers, "port %d" % port)


@contextlib.contextmanager
def daemon(*command, **options):
    process = subprocess.Popen([str(word) for word in command], **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def floor(workers=1, script="floor_worker.py", by_tcp=False, command=None):
    """The bare dispatcher with its workers, which are the script or what `command` gives for the dispatcher's address.
    Yields where its callers go."""
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as stack:
        path, port = directory + "/floor.sock", free_port()
        dispatcher = stack.enter_context(daemon(BUILD / "bench/bench_floor_dispatcher", port, path, stdout=subprocess.PIPE))
        dispatcher.stdout.readline()
        for _ in range(workers):
            # As ours: with a session of its own, which Linux schedules as a group.
            address = port if by_tcp else path
            words = command(address) if command else [PYTHON, ROOT / "bench" / script, address]
            stack.enter_context(daemon(*words, start_new_session=True))
        yield "127.0.0.1:%d" % port


def floor_load(where, callers, seconds):
    return load("bench_http_load", where, "/invoke", callers, seconds)


def find_program(name):
    path = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin")
    if path is None:
        raise Skipped("%s is not installed (Debian package %s)" % (name, name))
    return path


@contextlib.contextmanager
def mosquitto():
    """Yields (port, pid)."""
    port = free_port()
    quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with daemon(find_program("mosquitto"), "-p", port, **quiet) as process:
        await_port(port)
        yield port, process.pid


NATS_CONFIG = """
server_name: bench
listen: 127.0.0.1:%d
jetstream { store_dir: "%s" }
mqtt { listen: "127.0.0.1:%d" }
"""


@contextlib.contextmanager
def nats():
    """nats-server with its MQTT listener, which wants JetStream. Yields (port, pid)."""
    program = find_program("nats-server")
    with tempfile.TemporaryDirectory() as directory:
        port = free_port()
        config = pathlib.Path(directory) / "nats.conf"
        config.write_text(NATS_CONFIG % (free_port(), directory, port))
        with daemon(program, "-c", config, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            await_port(port)
            yield port, process.pid
