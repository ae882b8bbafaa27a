"""Nothing outlives its core: no process, namespace, cgroup or mount, whoever of the service is killed, and however far a
function's processes have gone from their parents. As root."""
import os
import signal

import pytest

import footprint
from containers import outcome
from fescue_site import wait_until

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="without root there are no containers")

# Leaves a process behind in a session of its own, whose parent is dead and which no signal but SIGKILL ends.
RUNAWAY = """
import os, signal, time

def run_away():
    if os.fork():
        return os.wait()
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(1000)

def handler(event, context):
    run_away()
    if event == 'stay':
        time.sleep(1000)
    return os.getpid()
"""


def populate(site):
    """Functions of both kinds, at work and idle, with runaways."""
    free = {"Environment": {"Execution": {"IsolationMode": "NoContainer"}}}
    boxed = {"MemorySize": 65536}
    status = outcome(site, {
        "boxed": (RUNAWAY, {"Timeout": 600, **boxed}), "pinned": (RUNAWAY, {"Timeout": 600, "Pinned": True, **boxed}),
        "free": (RUNAWAY, {"Timeout": 600, **free})})
    assert status["DeploymentStatus"] == "Success", status
    for name in ("boxed", "pinned", "free"):
        site.admin.call(name, "leave")
    for name in ("boxed", "free"):
        site.admin.post(name, "stay")
    wait_until(lambda: sum(worker["state"] == "Working" for f in site.admin.status()["functions"]
                           for worker in f["workers"]) >= 2, "functions at work")


class Occupied:
    """What a populated site has, the cloud's process aside unless it is to go too."""

    def __init__(self, site, spared=()):
        self.root = site.root
        core = site.child("core")
        self.launcher = footprint.launcher_of(core)
        self.everyone = footprint.family(site.process.pid)
        self.processes = {each for each in self.everyone if each[0] not in spared}
        self.namespaces = footprint.namespaces(self.processes)
        assert len(footprint.named(self.processes, "fescue-launcher")) >= 4, footprint.commands(self.processes)
        assert len(self.namespaces) >= 2 and len(footprint.cgroups(self.launcher)) >= 4

    def is_gone(self):
        return (not footprint.alive(self.processes) and not footprint.cgroups(self.launcher)
                and not footprint.still_there(self.namespaces, self.root))

    def must_go(self):
        try:
            wait_until(self.is_gone, "the end of everything")
        except AssertionError:
            raise AssertionError("left behind: %s %s" % (footprint.commands(footprint.alive(self.processes)),
                                                         footprint.cgroups(self.launcher))) from None


@pytest.mark.parametrize("victim", ["core", "launcher"])
def test_a_killed_core_or_launcher(own_site, victim):
    populate(own_site)
    before = footprint.mounts(own_site.root)
    core, group = own_site.child("core"), own_site.admin.status()["group"]
    old = Occupied(own_site, spared=(own_site.process.pid, own_site.child("cloud")))
    os.kill(core if victim == "core" else old.launcher, signal.SIGKILL)
    old.must_go()
    wait_until(lambda: own_site.runs(group, besides=core), "the core to be back")
    own_site.admin.call("boxed", "leave")
    assert footprint.mounts(own_site.root) == before


def test_a_killed_up(own_site):
    populate(own_site)
    before = footprint.mounts(own_site.root)
    old = Occupied(own_site)
    own_site.process.kill()
    own_site.process.wait(10)
    old.must_go()
    assert footprint.mounts(own_site.root) == before
    own_site.start()
    wait_until(lambda: own_site.admin.status()["group"], "the group")
    own_site.admin.call("boxed", "leave")


def test_all_three_at_once(own_site):
    populate(own_site)
    old = Occupied(own_site)
    for pid in (own_site.process.pid, own_site.child("core"), old.launcher):
        os.kill(pid, signal.SIGKILL)
    own_site.process.wait(10)
    old.must_go()
    own_site.start()


def test_a_clean_stop(own_site):
    populate(own_site)
    old = Occupied(own_site)
    assert own_site.stop() == 0
    assert old.is_gone(), footprint.commands(footprint.alive(old.processes))
    own_site.start()
