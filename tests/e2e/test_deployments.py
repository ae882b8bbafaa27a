"""Deployments on a core that works: under traffic, beside what runs, failing, after crashes. Each test leaves the site
with a group that runs; together they are the versions of one group."""
import hashlib
import json
import os
import threading
import time

import pytest

from fescue_site import DEADLINE, GATE, make_zip, wait_until

HEAD = GATE + """
import json, sys
import greengrasssdk
data = greengrasssdk.client('iot-data')
"""

# Answers what comes, with its version and pid; a version may wait for a gate before it is initialised.
ANSWER = HEAD + """
if os.environ.get('INIT_GATE'):
    wait_for(os.environ['INIT_GATE'])

def handler(event, context):
    said = {'n': event.get('n'), 'version': VERSION, 'pid': os.getpid()}
    if 'n' in event:
        data.publish(topic='out/' + context.function_name, payload=json.dumps(said))
    return said
"""


def answering(version):
    return "VERSION = %d\n" % version + ANSWER


class Traffic:
    """Numbered messages with QoS 1 to every function until stop(), and their answers: heard[function][n] is the list of
    them. Never more than AHEAD messages wait for their answer, since queues are bounded."""

    AHEAD = 50

    def __init__(self, site, functions):
        self.heard = {name: {} for name in functions}
        self.sent = 0
        self._publisher, self._listener = site.mqtt(), site.mqtt()
        self._listener.subscribe("out/#", 1)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def answered(self):
        return min(len(answers) for answers in self.heard.values())

    def _run(self):
        while not (self._stopped.is_set() and self.answered() == self.sent):
            self._hear()
            if self._stopped.is_set() or self.sent >= self.answered() + self.AHEAD:
                if self._stopped.wait(0.001) and time.monotonic() > self._end:
                    return
                continue
            for name in self.heard:
                self._publisher.publish("to/" + name, {"n": self.sent}, qos=1)
            self.sent += 1

    def _hear(self):
        while not self._listener.nothing_waits():
            topic, payload = self._listener.message()
            answer = json.loads(payload)
            self.heard[topic.split("/")[1]].setdefault(answer["n"], []).append(answer)

    def stop(self):
        """Ends with the last answer, or after a deadline. Returns the number of messages for each function."""
        self._end = time.monotonic() + DEADLINE
        self._stopped.set()
        self._thread.join()
        return self.sent


def everything(site, versions, pinned="keeper", **environment):
    """The group of most tests: `pool` on demand, `keeper` long-lived, each answering on a topic of its own."""
    arns = {name: site.create_function(name, answering(version)) for name, version in versions.items()}
    configurations = {name: {"Timeout": 10, "Pinned": name == pinned,
                             "Environment": {"Variables": environment if name == pinned else {}}} for name in arns}
    rows = [("cloud", "to/" + name, arn) for name, arn in arns.items()]
    rows += [(arn, "out/#", "cloud") for arn in arns.values()]
    return {name: (arns[name], configurations[name]) for name in arns}, rows


def test_an_alias_moves_under_traffic_and_no_message_is_lost(site):
    functions, rows = everything(site, {"pool": 1, "keeper": 1})
    group, version = site.deploy(functions, rows)
    traffic = Traffic(site, functions)
    try:
        wait_until(lambda: traffic.answered() > 20, "traffic")
        # Another code, published, and the alias on it: the same group version deployed again gets it.
        for name in functions:
            site.create_function(name, answering(2))
        site.deploy_version(group, version)
        enough = traffic.sent + 20
        wait_until(lambda: traffic.answered() > enough, "more traffic")
    finally:
        count = traffic.stop()
    for name in functions:
        assert sorted(traffic.heard[name]) == list(range(count)), "no message is lost"
        assert all(len(answers) == 1 for answers in traffic.heard[name].values()), "each is answered once"
        assert traffic.heard[name][0][0]["version"] == 1 and traffic.heard[name][count - 1][0]["version"] == 2
    keeper = [traffic.heard["keeper"][n][0] for n in range(count)]
    assert [answer["version"] for answer in keeper] == sorted(answer["version"] for answer in keeper), "in order"
    assert len({answer["pid"] for answer in keeper}) == 2, "one process of each version"


def test_unchanged_functions_keep_their_processes(site):
    functions, rows = everything(site, {"pool": 3, "keeper": 3})
    site.deploy(functions, rows)
    before = {name: site.admin.call(name, {})["pid"] for name in functions}
    extra = site.create_function("extra", answering(1))
    site.deploy({**functions, "extra": (extra, {"Timeout": 3, "Pinned": True})},
                rows + [("cloud", "more/#", functions["pool"][0])])
    assert {name: site.admin.call(name, {})["pid"] for name in functions} == before
    gone = site.admin.pids("extra")[0]
    functions["pool"] = (functions["pool"][0], {**functions["pool"][1], "Timeout": 11})
    site.deploy(functions, rows)
    assert site.admin.call("keeper", {})["pid"] == before["keeper"]
    assert site.admin.call("pool", {})["pid"] != before["pool"], "another timeout is another configuration"
    wait_until(lambda: not os.path.exists("/proc/%d" % gone), "the end of the removed function")
    assert site.admin.invoke("extra").status == 404


def test_a_new_version_starts_beside_the_old_one(site):
    functions, rows = everything(site, {"pool": 4, "keeper": 4})
    site.deploy(functions, rows)
    old = site.admin.call("keeper", {})
    gate = site.gate()
    functions, rows = everything(site, {"pool": 4, "keeper": 5}, INIT_GATE=str(gate))
    group, version = site.create_group(functions, rows)
    deployment = site.start_deployment(group, version)
    wait_until(lambda: len(site.admin.pids("keeper")) == 2, "the new version beside the old")
    listener = site.mqtt()
    listener.subscribe("out/keeper")
    client = site.mqtt()
    for n in range(3):
        client.publish("to/keeper", {"n": n})
        assert json.loads(listener.payload()) == {"n": n, "version": 4, "pid": old["pid"]}
    assert site.deployment_status(group, deployment)["DeploymentStatus"] == "InProgress"
    gate.open()
    assert site.finish_deployment(group, deployment)["DeploymentStatus"] == "Success"
    client.publish("to/keeper", {"n": 3})
    assert json.loads(listener.payload())["version"] == 5
    wait_until(lambda: not os.path.exists("/proc/%d" % old["pid"]), "the end of the old version")


@pytest.mark.parametrize("broken, why", [
    ({"code": {"other.py": "x = 1\n"}}, "No module named 'app'"),
    ({"code": "def nobody(event, context): pass\n"}, "no attribute 'handler'"),
    ({"code": "import no_such_module\n"}, "no_such_module"),
    ({"code": "import os\nos._exit(4)\n"}, "exit status 4"),
    ({"runtime": "python3.99"}, "python3.99"),
    ({"handler": "nodothandler"}, "not of the form module.function"),
])
def test_a_failing_deployment_leaves_the_former_group_and_says_why(site, broken, why):
    functions, rows = everything(site, {"pool": 6, "keeper": 6})
    group, version = site.deploy(functions, rows)
    before = {name: site.admin.call(name, {}) for name in functions}
    named = site.admin.status()["group"]
    name = "broken-" + hashlib.sha256(why.encode()).hexdigest()[:8]
    bad = site.create_function(name, **{"code": "def handler(event, context): pass\n", **broken})
    # The same deployment brings a good change, which must not come through either.
    functions = {**everything(site, {"pool": 7, "keeper": 7})[0], name: (bad, {"Timeout": 3, "Pinned": True})}
    group, version = site.create_group(functions, rows)
    deployment = site.start_deployment(group, version)
    status = site.finish_deployment(group, deployment)
    assert status["DeploymentStatus"] == "Failure"
    assert status["ErrorMessage"].startswith("Deployment %s of type NewDeployment for group %s failed error: " % (deployment, group))
    assert name in status["ErrorMessage"] and why in status["ErrorMessage"], status["ErrorMessage"]
    assert status["ErrorDetails"][0]["DetailedErrorMessage"]
    assert {name: site.admin.call(name, {}) for name in before} == before, "the same processes, the same version"
    assert site.admin.status()["group"] == named
    assert any("Deployment failed." in line and deployment in line for line in site.runtime_log().splitlines())
    assert {f["name"] for f in site.admin.status()["functions"]} == set(before)


def test_a_package_that_is_damaged_on_its_way_is_refused(site):
    functions, rows = everything(site, {"pool": 8, "keeper": 8})
    site.deploy(functions, rows)
    before = site.admin.call("keeper", {})
    package = make_zip({"app.py": answering(1) + "# damaged\n"})
    functions["damaged"] = (site.create_function("damaged", package), {"Timeout": 3})
    digest = hashlib.sha256(package).hexdigest()
    stored = [path for path in (site.root / "cloud").rglob("*") if path.is_file() and digest in str(path)]
    assert len(stored) == 1
    stored[0].write_bytes(package[:-1] + b"x")
    group, version = site.create_group(functions, rows)
    status = site.finish_deployment(group, site.start_deployment(group, version))
    assert status["DeploymentStatus"] == "Failure"
    assert digest in status["ErrorMessage"] or "hash" in status["ErrorMessage"], status["ErrorMessage"]
    assert site.admin.call("keeper", {}) == before


def test_the_next_deployment_after_a_failure_succeeds(site):
    functions, rows = everything(site, {"pool": 9, "keeper": 9})
    site.deploy(functions, rows)
    assert [site.admin.call(name, {})["version"] for name in functions] == [9, 9]


def test_a_second_deployment_waits_for_the_first(site):
    gate = site.gate()
    functions, rows = everything(site, {"pool": 9, "keeper": 10}, INIT_GATE=str(gate))
    group, version = site.create_group(functions, rows)
    deployment = site.start_deployment(group, version)
    client = site.boto("greengrass")
    with pytest.raises(client.exceptions.BadRequestException) as error:
        site.start_deployment(group, version)
    assert deployment in str(error.value) or "in progress" in str(error.value).lower()
    gate.open()
    assert site.finish_deployment(group, deployment)["DeploymentStatus"] == "Success"


def test_a_killed_core_comes_back_with_its_group(site):
    functions, rows = everything(site, {"pool": 11, "keeper": 11})
    site.deploy(functions, rows)
    before = {name: site.admin.call(name, {})["pid"] for name in functions}
    group = site.admin.status()["group"]
    site.kill_core()
    wait_until(lambda: site.admin.function("keeper")["state"] == "running", "the long-lived function")
    assert site.admin.status()["group"] == group
    after = {name: site.admin.call(name, {}) for name in functions}
    assert all(answer["version"] == 11 for answer in after.values())
    assert not any(os.path.exists("/proc/%d" % pid) for pid in before.values()), "its workers died with it"
    wait_until(lambda: site.admin.status()["link"]["connected"], "the link")
    listener = site.mqtt()
    listener.subscribe("out/#")
    site.mqtt().publish("to/keeper", {"n": 1})
    assert json.loads(listener.payload())["version"] == 11


def test_a_core_that_is_killed_during_a_deployment_finishes_it(site):
    gate = site.gate()
    functions, rows = everything(site, {"pool": 11, "keeper": 12}, INIT_GATE=str(gate))
    group, version = site.create_group(functions, rows)
    deployment = site.start_deployment(group, version)
    wait_until(lambda: len(site.admin.pids("keeper")) == 2, "the new version beside the old")
    site.kill_core()
    assert site.admin.call("keeper", {})["version"] == 11, "what was deployed"
    gate.open()
    assert site.finish_deployment(group, deployment)["DeploymentStatus"] == "Success"
    assert site.admin.call("keeper", {})["version"] == 12


def test_reset_takes_everything_away_and_a_new_deployment_brings_it_back(site):
    functions, rows = everything(site, {"pool": 13, "keeper": 13})
    group, version = site.deploy(functions, rows)
    pid = site.admin.call("keeper", {})["pid"]
    reset = site.boto("greengrass").reset_deployments(GroupId=group)["DeploymentId"]
    assert site.finish_deployment(group, reset)["DeploymentStatus"] == "Success"
    assert site.admin.status()["functions"] == [] and site.admin.status()["group"] is None
    assert not os.path.exists("/proc/%d" % pid)
    assert not (site.root / "core/ggc/var/log/user/us-west-2").exists()
    site.deploy_version(group, version)
    assert site.admin.call("keeper", {})["version"] == 13
