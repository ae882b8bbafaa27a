"""How workers live and die, on a core with small limits: three on-demand workers, eight work items, two seconds to
initialise."""
import json
import os
import re
import signal

import pytest

from fescue_site import GATE, wait_until

WORKERS, ITEMS, INIT_MS = 3, 8, 2000

CODE = GATE + """
import json
import greengrasssdk
data = greengrasssdk.client('iot-data')
calls = 0

def publish(policy):
    try:
        data.publish(topic='to/worker', payload='{}', queueFullPolicy=policy)
        return 'published'
    except Exception as error:
        return type(error).__name__

def handler(event, context):
    global calls
    calls += 1
    if event.get('gate'):
        wait_for(event['gate'])
    if event.get('publish'):
        return [publish(policy) for policy in event['publish']]
    return {'pid': os.getpid(), 'calls': calls}
"""

MORTAL = """
import os
if os.path.exists(os.environ['POISON']):
    print('poisoned')
    os._exit(5)

def handler(event, context):
    return os.getpid()
"""

STUCK = """
import os, time
print('stuck in %d' % os.getpid())
while True:
    time.sleep(1)
"""

LOOPING = """
import json, os, time
import greengrasssdk
client, n = greengrasssdk.client('iot-data'), 0
while True:
    client.publish(topic='looping', payload=json.dumps({'n': n, 'pid': os.getpid()}))
    time.sleep(0.1)
    n += 1
"""


@pytest.fixture(scope="module")
def small(site):
    """The limits; worker and other (on demand), mortal (long-lived, dies while its poison is there), stuck."""
    site.configure(runtime={"maxConcurrentLimit": WORKERS, "lruSize": WORKERS, "maxWorkItemCount": ITEMS,
                            "postStartHealthCheckTimeout": INIT_MS})
    site.poison = site.gate()
    site.functions = {name: (site.create_function(name, code), {"Timeout": 30, **more}) for name, code, more in (
        ("worker", CODE, {}), ("other", CODE, {}), ("stuck", STUCK, {}),
        ("mortal", MORTAL, {"Pinned": True, "Environment": {"Variables": {"POISON": str(site.poison)}}}))}
    worker, other = site.functions["worker"][0], site.functions["other"][0]
    site.rows = [(other, "to/worker", worker), ("cloud", "in", worker)]
    site.deploy(site.functions, site.rows)
    return site


def hold(site, count, function="worker", **event):
    """That many calls that wait at a gate of their own: [(gate, future)]."""
    gates = [site.gate() for _ in range(count)]
    return [(gate, site.admin.start(function, {"gate": str(gate), **event})) for gate in gates]


def release(calls):
    for gate, _ in calls:
        gate.open()
    return [call.result(20).value for _, call in calls]


def working(site, name):
    return sum(worker["state"] == "Working" for worker in site.admin.function(name)["workers"])


# ---- on demand

def test_the_pool_grows_to_its_ceiling_and_the_rest_waits(small):
    calls = hold(small, 5)
    wait_until(lambda: working(small, "worker") == WORKERS and small.admin.function("worker")["waiting"] == 2,
               "three calls to run and two to wait")
    assert len(small.admin.pids("worker")) == WORKERS
    first = wait_until(lambda: [pair for pair in calls if not pair[1].done()], "calls")[0]
    said = release(calls)
    assert len({answer["pid"] for answer in said}) == WORKERS
    counts = sorted(answer["calls"] for answer in said)
    assert counts in ([1, 1, 1, 2, 2], [1, 1, 1, 2, 3]), "the two that waited reused workers"
    assert first[1].done()


def test_the_worker_used_last_is_used_again(small):
    release(hold(small, 2))
    pid = small.admin.call("worker", {})["pid"]
    assert [small.admin.call("worker", {})["pid"] for _ in range(5)] == [pid] * 5


def test_an_idle_worker_makes_room_for_another_function(small):
    calls = hold(small, WORKERS)
    wait_until(lambda: working(small, "worker") == WORKERS, "three calls to run")
    waiting = small.admin.start("other", {})
    wait_until(lambda: small.admin.function("other")["waiting"] == 1, "the other function's call to wait")
    gate, call = calls.pop()
    release([(gate, call)])
    pid = waiting.result(20).value["pid"]
    assert os.path.exists("/proc/%d" % pid)
    assert len(small.admin.pids("worker")) == WORKERS - 1, "one of its workers had to go"
    release(calls)


def test_the_queue_is_bounded_and_says_so(small):
    publisher = hold(small, 1, "other", publish=["AllOrException", "BestEffort"])
    wait_until(lambda: working(small, "other") == 1, "the publisher to run")
    calls = hold(small, ITEMS - 1)
    wait_until(lambda: working(small, "worker") + small.admin.function("worker")["waiting"] == ITEMS - 1, "a full queue")

    refused = small.admin.invoke("worker", {})
    assert refused.status == 429 and refused.headers["x-amzn-ErrorType"] == "TooManyRequestsException"
    assert "the work queue is full (%d items)" % ITEMS in refused.value["message"]
    done = small.fescue("invoke", "worker", check=False)
    assert done.returncode == 1 and b"the work queue is full" in done.stderr

    before = small.admin.status()["messages"]["no_room"]
    client = small.mqtt()
    client.publish("in", {})
    wait_until(lambda: small.admin.status()["messages"]["no_room"] == before + 1, "the message to be dropped and counted")
    line = next(line for line in small.runtime_log().splitlines() if "The target of a message has no room." in line)
    assert small.admin.arn("worker") in line and '"topic":"in"' in line
    assert release(publisher) == [["InvocationException", "published"]], "all or nothing is refused, best effort is not"
    assert small.admin.status()["messages"]["no_room"] == before + 2
    assert len(release(calls)) == ITEMS - 1
    assert small.admin.call("worker", {})["calls"] > 0


# ---- initialisation

def test_an_initialisation_that_never_ends_is_ended(small):
    """A call of an on-demand function is answered after some trials; a long-lived one fails its deployment."""
    call = small.admin.start("stuck", {})
    small.functions["hung"] = (small.create_function("hung", STUCK), {"Timeout": 3, "Pinned": True})
    group, version = small.create_group(small.functions, small.rows)
    status = small.finish_deployment(group, small.start_deployment(group, version))
    del small.functions["hung"]
    assert status["DeploymentStatus"] == "Failure"
    assert "it did not initialize within %dms" % INIT_MS in status["ErrorMessage"] and "hung" in status["ErrorMessage"]
    outcome = call.result(30)
    assert outcome.error == "Unhandled"
    assert "failed to initialize: it did not initialize within" in outcome.value["errorMessage"]
    assert small.admin.function("stuck")["state"] == "failed"

    pids = re.findall(r"stuck in (\d+)", small.function_log("hung") + small.function_log("stuck"))
    assert len(pids) >= 4
    wait_until(lambda: not any(os.path.exists("/proc/" + pid) for pid in pids), "the end of all that hung")
    assert small.admin.call("worker", {})["pid"]


# ---- long-lived

def test_a_long_lived_function_may_be_an_endless_loop(small):
    """V1's samples have such modules: what they do is done before there is a handler."""
    client = small.mqtt()
    client.subscribe("looping")
    arn = small.create_function("looping", LOOPING)
    small.deploy({**small.functions, "looping": (arn, {"Pinned": True})}, [*small.rows, (arn, "looping", "cloud")])
    assert "it counts as started" in small.runtime_log()
    first, again = json.loads(client.payload()), json.loads(client.payload())
    assert again["n"] > first["n"] and again["pid"] == first["pid"]
    assert small.admin.function("looping")["state"] == "running"
    assert small.admin.pids("looping") == [first["pid"]]
    small.deploy(small.functions, small.rows)


def test_a_long_lived_function_is_restarted_with_growing_pauses_then_reported(small):
    pid = small.admin.call("mortal", {})
    small.poison.open()
    os.kill(pid, signal.SIGKILL)

    def state_is(state):
        function = small.admin.function("mortal")
        return function if function["state"] == state else None
    down = wait_until(lambda: state_is("waiting_to_restart"), "the function to wait for its restart")
    assert down["failures"] >= 2 and down["last_failure"] == "exit status 5"
    failed = wait_until(lambda: state_is("failed"), "the function to be given up")
    assert failed["failures"] >= 5 and failed["restarts"] >= 5
    log = [line for line in small.runtime_log().splitlines() if "function:mortal" in line]
    assert sum("Long-lived function is down; it will be restarted." in line for line in log) == 4
    assert sum("Long-lived function keeps failing" in line for line in log) == 1
    stamps = [line for line in log if "Created worker." in line][-4:]
    assert gaps(stamps) == sorted(gaps(stamps)), "ever longer pauses"
    assert "mortal" in small.fescue("status") and "failed" in small.fescue("status")
    assert small.admin.call("worker", {})["pid"], "the others do not mind"

    small.poison.close()
    small.deploy({**small.functions, "mortal": (small.create_function("mortal", MORTAL + "\n"),
                                                small.functions["mortal"][1])}, small.rows)
    assert small.admin.call("mortal", {}) != pid


def gaps(lines):
    """Seconds between log lines."""
    times = []
    for line in lines:
        hours, minutes, seconds = re.match(r"\[\d+-\d+-\d+T(\d+):(\d+):([\d.]+)", line).groups()
        times.append(int(hours) * 3600 + int(minutes) * 60 + float(seconds))
    return [(b - a) % 86400 for a, b in zip(times, times[1:])]
