"""The benches of containers: what a start costs, and what many workers cost."""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

from harness import (BUILD, PYTHON, AdminClient, Skipped, against_limit, alternate, children, cpu_seconds, find_program,
                     invocation_load, load, make_zip, one_processor, picked, process_of, row, running_site)

STOCK_IMPORTS = "import json,logging,urllib.request,http.client"
ECHO = "def handler(event, context):\n    return event\n"
# Holds its first call until told, so that as many workers are started as there are calls.
HELD = ("import os, time\nfirst = True\n"
        "def handler(event, context):\n    global first\n"
        "    while first and not os.path.exists(%r):\n        time.sleep(0.02)\n"
        "    first = False\n    return event\n")


def isolated(mode, memory_kb=65536):
    return {"Timeout": 60, **({"MemorySize": memory_kb} if mode == "GreengrassContainer" else {}),
            "Environment": {"Execution": {"IsolationMode": mode}}}


def timed(*command):
    """Milliseconds that a program takes, started as workers are."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, start_new_session=True, env={"PATH": "/usr/bin"}, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - begin) * 1e3


def runc_bundle(folder):
    """A bundle that runs the same program, with what runc sets up by itself but a network of its own."""
    folder.mkdir()
    subprocess.run([find_program("runc"), "spec"], cwd=folder, check=True)
    root = folder / "rootfs"
    root.mkdir()
    shutil.copy(BUILD / "bench/bench_start_ready", root / "ready")
    for mount_point in ("proc", "dev", "sys"):
        (root / mount_point).mkdir()
    spec = json.loads((folder / "config.json").read_text())
    spec["process"].update(terminal=False, args=["/ready"], cwd="/")
    spec["linux"]["namespaces"] = [each for each in spec["linux"]["namespaces"] if each["type"] != "network"]
    (folder / "config.json").write_text(json.dumps(spec))
    return folder


def runc_start(bundle, count):
    """Microseconds of each start, to the program's end as runc reports it."""
    times = []
    for i in range(count):
        begin = time.perf_counter()
        subprocess.run([find_program("runc"), "run", "bench-%d-%d" % (os.getpid(), i)], cwd=bundle, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        times.append((time.perf_counter() - begin) * 1e6)
    return times


def print_steps(runs):
    steps = {name: statistics.median(run["steps"][name] for run in runs) for name in runs[0]["steps"]}
    print("    the floor's steps, us: " + ", ".join("%s %.0f" % each for each in steps.items()), flush=True)


def start():
    """A compiled function in a container, beside the same steps in a straight line and beside runc."""
    if os.getuid() != 0:
        raise Skipped("only root starts containers")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        package = pathlib.Path(folder, "package")
        package.mkdir()
        for each in (pathlib.Path(folder), package):
            each.chmod(0o755)
        shutil.copy(BUILD / "bench/bench_start_ready", package / "ready")
        bundle = runc_bundle(pathlib.Path(folder, "bundle"))

        def ours(pause_ms):
            return load("../bench_launcher_start", package, 20, pause_ms, "container", "/lambda/ready")

        calm, floor, runc = alternate(7, lambda: ours(10), lambda: load("bench_floor_start", package, 20),
                                      lambda: statistics.median(runc_start(bundle, 5)))
        yield row("container: request to first byte, p50", "us", "same steps in a line", picked("p50", calm),
                  picked("p50", floor), 1.4)
        print_steps(floor)
        yield row("the same", "us", "runc run, to its end", picked("p50", calm), runc, 0.25)
        each, theirs = alternate(3, lambda: load("../bench_launcher_start", package, 100, 0, "container", "/lambda/ready")["each"],
                                 lambda: statistics.mean(runc_start(bundle, 100)))
        yield row("100 starts one after another, each", "us", "runc run", each, theirs, 1 / 6)


def settled(measure):
    """What the start before has left to do (its interpreter after its answer, the next container) is not this one's."""
    def wait_and_measure():
        time.sleep(0.1)
        return measure()
    return wait_and_measure


def contained():
    """The first call of a Python and a Node.js function in a container, beside none, and beside bare interpreters."""
    count = 15
    node = find_program("node")
    major = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout[1:].split(".")[0]
    echo = make_zip({"index.js": "exports.handler = async (event) => event;\n"})

    with one_processor(), running_site() as site:
        functions = {}
        for i in range(count):
            for kind, mode in (("in", "GreengrassContainer"), ("out", "NoContainer")):
                name = "python_%s%d" % (kind, i)
                functions[name] = (site.create_function(name, ECHO), isolated(mode))
            name = "node%d" % i
            arn = site.create_function(name, echo, runtime="nodejs%s.x" % major, handler="index.handler")
            functions[name] = (arn, isolated("GreengrassContainer", 262144))
        site.deploy(functions, [])

        def call(prefix):
            numbers = iter(range(count))
            return lambda: AdminClient(site).timed_call("%s%d" % (prefix, next(numbers)))

        inside, outside, imports, ours, bare = alternate(count - 1, *map(settled, (
            call("python_in"), call("python_out"), lambda: timed(PYTHON, "-c", STOCK_IMPORTS), call("node"),
            lambda: timed(node, "-e", "0"))))
        yield row("Python in a container, cold", "ms", "python3 -c imports", inside, imports, 0.6)
        added = statistics.median(a - b for a, b in zip(inside, outside))
        yield against_limit("the container's share of it", "ms", added, 2.0)
        yield row("Node.js in a container, cold", "ms", "node -e 0", ours, bare, 1.15)


def many():
    """A hundred warm workers: the p99 of one caller beside that with one worker, and what they cost when idle."""
    workers = 100
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, running_site(
            {"maxConcurrentLimit": workers, "lruSize": 2 * workers, "maxWorkItemCount": 4 * workers}) as site:
        pathlib.Path(folder).chmod(0o755)
        gate = pathlib.Path(folder, "open")
        settings = isolated("NoContainer")
        site.deploy({"one": (site.create_function("one", ECHO), settings),
                     "many": (site.create_function("many", HELD % str(gate)), settings)}, [])
        warming = subprocess.Popen([BUILD / "bench/bench_http_load", site.endpoints["ipc"],
                                    "/2015-03-31/functions/many/invocations", str(workers), "20",
                                    "Authorization: Bearer " + pathlib.Path(site.endpoints["core_root"], "run/ipc-token")
                                    .read_text().strip()], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while running(site, "many") < workers:
            if time.monotonic() > deadline:
                raise Skipped("only %d of %d workers started" % (running(site, "many"), workers))
            time.sleep(0.2)
        gate.touch()
        warming.wait()
        hundred, one = alternate(9, lambda: invocation_load(site, "many", 1, 1), lambda: invocation_load(site, "one", 1, 1))
        yield row("p99 with 100 warm workers", "us", "p99 with one", picked("p99", hundred), picked("p99", one), 2.0)
        everybody = family(process_of(site, "core"))
        before, seconds = sum(map(cpu_seconds, everybody)), 10
        time.sleep(seconds)  # the measurement itself
        used = sum(map(cpu_seconds, everybody)) - before
        yield against_limit("CPU of core and %d idle workers" % (running(site, "many") + 1), "ms/s", used / seconds * 1e3, 2.0)


def family(pid):
    """The process and all that it started."""
    return [pid] + [each for child in children(pid) for each in family(child)]


def running(site, function):
    functions = json.loads(site.fescue("status", "--json"))["functions"]
    return sum(len(each["workers"]) for each in functions if each["name"] == function)


ALL = (start, contained, many)
