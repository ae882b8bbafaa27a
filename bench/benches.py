"""The benches, each a generator of rows (harness.row) beside its floor or rival in the same run."""
import subprocess
import time

import container_benches
import idle_clients
import java_benches
import language_benches
from harness import (BUILD, PYTHON, ROOT, AdminClient, Skipped, against_limit, alternate, children, cpu_seconds, floor,
                     floor_load, invocation_load, load, make_zip, mosquitto, nats, one_processor, picked, process_of, pss_mb, row,
                     running_site, voluntary_switches)

ECHO = "def handler(event, context):\n    return event\n"
REPUBLISH = ("import greengrasssdk\nclient = greengrasssdk.client('iot-data')\n"
             "def handler(event, context):\n    client.publish(topic='bench/out', payload=event)\n")
ONE_WORKER = {"maxConcurrentLimit": 1, "lruSize": 1}  # as many as the floor has
TWO_WORKERS = {"maxConcurrentLimit": 2, "lruSize": 2}


def broker():
    """CPU of the broker's process for each published message of 128 B, beside Mosquitto and nats-server."""
    def cost(port, pid, qos, readers, window):
        before = cpu_seconds(pid)
        published = load("bench_mqtt_load", port, "flood", qos, readers, 128, window, 1)["published"]
        return (cpu_seconds(pid) - before) / published * 1e6

    cases = (("QoS 0, 1 to 1", 0, 1, 512, 0.5), ("QoS 0, 1 to 10", 0, 10, 512, 0.3), ("QoS 1, 1 to 1", 1, 1, 20, 0.5),
             ("QoS 0, one at a time", 0, 1, 4, None))
    with running_site() as site:
        ours = (int(site.endpoints["iot_mqtt"].rsplit(":", 1)[1]), process_of(site, "cloud"))
        for rival, start, has_goal in (("mosquitto", mosquitto, True), ("nats-server", nats, False)):
            try:
                with start() as theirs:
                    for name, *case, goal in cases:
                        mine, other = alternate(3, lambda: cost(*ours, *case), lambda: cost(*theirs, *case))
                        yield row("broker CPU, " + name, "us/message", rival, mine, other, goal if has_goal else None)
            except Skipped as reason:
                print("broker beside %s: skipped, %s" % (rival, reason), flush=True)


def invoke():
    """Caller (TCP keep-alive) to core to Python function and back, beside the bare dispatcher and worker."""
    with one_processor(), running_site(ONE_WORKER) as site, floor() as where:
        arn = site.create_function("echo", ECHO)
        site.deploy({"echo": (arn, {"Timeout": 30})}, [])
        ours, base = alternate(15, lambda: invocation_load(site, "echo", 1, 0.5), lambda: floor_load(where, 1, 0.5))
        yield row("warm invoke, p50", "us", "floor", picked("p50", ours), picked("p50", base), 1.5)
        yield row("warm invoke, p99 to own p50", "us", "own p50", picked("p99", ours), picked("p50", ours), 2.5)
        yield row("the floor's p99 to its own p50", "us", "own p50", picked("p99", base), picked("p50", base))


def callers():
    """Thirty-two callers at once on two workers, on both sides."""
    with running_site(TWO_WORKERS) as site, floor(2) as where:
        arn = site.create_function("echo", ECHO)
        site.deploy({"echo": (arn, {"Timeout": 30})}, [])
        ours, base = alternate(9, lambda: invocation_load(site, "echo", 32, 0.7), lambda: floor_load(where, 32, 0.7))
        yield row("32 callers on 2 workers, rate", "/s", "floor", picked("rate", ours), picked("rate", base), 0.5, "higher")


def stock():
    """The worker that packages of V1 bring: http.client, two requests for each event, a connection for each."""
    with one_processor(), running_site(ONE_WORKER) as site, floor(script="stock_worker.py", by_tcp=True) as where:
        package = {"app.py": "import stock_worker\n", "stock_worker.py": (ROOT / "bench/stock_worker.py").read_text()}
        arn = site.create_function("stock", make_zip(package))
        site.deploy({"stock": (arn, {"Timeout": 30})}, [])
        ours, base = alternate(15, lambda: invocation_load(site, "stock", 1, 0.5), lambda: floor_load(where, 1, 0.5))
        yield row("stock client, two requests, p50", "us", "floor, same client", picked("p50", ours), picked("p50", base),
                  1.25)


def roundtrip():
    """MQTT publish to function to MQTT publish, beside two Mosquitto hops and the Python floor."""
    with one_processor(), running_site() as site, mosquitto() as (rival_port, _), floor() as where:
        arn = site.create_function("republish", REPUBLISH)
        site.deploy({"republish": (arn, {"Timeout": 30, "Pinned": True, "EncodingType": "binary"})},
                    [("cloud", "bench/in", arn), (arn, "bench/out", "cloud")])
        port = int(site.endpoints["iot_mqtt"].rsplit(":", 1)[1])
        ours, hop, base = alternate(15, lambda: load("bench_mqtt_load", port, "ping", "bench/in", "bench/out", "hello", 0.5),
                                    lambda: load("bench_mqtt_load", rival_port, "ping", "bench/x", "bench/x", "hello", 0.3),
                                    lambda: floor_load(where, 1, 0.3))
        sums = [2 * a + b for a, b in zip(picked("p50", hop), picked("p50", base))]
        yield row("publish, function, publish, p50", "us", "2 mosquitto + floor", picked("p50", ours), sums, 1.4)


def coldstart():
    """The first call of a Python function, worker start included, beside the interpreter with four plain imports."""
    count = 20

    def reference():
        begin = time.perf_counter()
        subprocess.run([PYTHON, "-c", container_benches.STOCK_IMPORTS], check=True, start_new_session=True)  # as workers
        return (time.perf_counter() - begin) * 1e3

    with one_processor(), running_site() as site:
        functions = {"cold%d" % i: (site.create_function("cold%d" % i, ECHO), {"Timeout": 30}) for i in range(count)}
        site.deploy(functions, [])
        waiting = iter(functions)
        ours, base = alternate(count - 1, lambda: AdminClient(site).timed_call(next(waiting)), reference)
        yield row("Python cold start to answer, p50", "ms", "python3 -c imports", ours, base, 0.6)


def idle():
    """Memory of an idle site, and how often its processes wake."""
    with running_site() as site:
        cloud, core = process_of(site, "cloud"), process_of(site, "core")
        family = [core, *children(core)]
        for pid in list(family[1:]):
            family += children(pid)
        yield against_limit("PSS of core with launcher", "MB", sum(map(pss_mb, family)), 15.0)
        yield against_limit("PSS of cloud", "MB", pss_mb(cloud), 20.0)
        before = {pid: voluntary_switches(pid) for pid in (cloud, *family)}
        seconds = 10
        time.sleep(seconds)  # the measurement itself
        woken = max((voluntary_switches(pid) - count) / seconds for pid, count in before.items())
        yield against_limit("wake-ups of the busiest idle process", "/s", woken, 1.0)


ALL = {bench.__name__: bench for bench in (broker, invoke, callers, stock, roundtrip, coldstart, idle,
                                           *idle_clients.ALL, *container_benches.ALL, *java_benches.ALL, *language_benches.ALL)}
