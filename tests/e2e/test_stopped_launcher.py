"""A launcher that somebody has stopped: callers are told, and everything comes back without the owner."""
import os
import pathlib
import signal

import pytest

from containers import CODE, outcome
from fescue_site import wait_until

CONFIGURATION = {"Timeout": 10, "Environment": {"Execution": {"IsolationMode": "NoContainer"}}}


def launcher_of(core):
    children = pathlib.Path("/proc/%d/task/%d/children" % (core, core)).read_text().split()
    return next(int(pid) for pid in children
                if pathlib.Path("/proc/%s/comm" % pid).read_text().startswith("fescue-launcher"))


def is_alive(pid):
    try:
        return pathlib.Path("/proc/%d/stat" % pid).read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not pathlib.Path("/proc/self/task/%d/children" % os.getpid()).exists(),
                    reason="this kernel does not list children")
def test_a_stopped_launcher_is_missed_and_replaced(own_site):
    status = outcome(own_site, {"warm": (CODE, CONFIGURATION), "cold": (CODE, CONFIGURATION)})
    assert status["DeploymentStatus"] == "Success", status
    assert own_site.admin.call("warm", "1 + 1") == 2
    core, worker, group = own_site.child("core"), own_site.admin.pids("warm")[0], own_site.admin.status()["group"]
    launcher = launcher_of(core)
    os.kill(launcher, signal.SIGSTOP)
    waiting = own_site.admin.start("cold", "1 + 1")
    assert own_site.admin.call("warm", "2 + 2") == 4, "what runs goes on"
    assert "the process that starts and ends workers is lost: launcher: it does not answer" \
        in waiting.result(60).value["errorMessage"]
    wait_until(lambda: own_site.runs(group, besides=core), "the core to be back", 60)
    assert own_site.admin.call("cold", "1 + 1") == 2
    wait_until(lambda: not is_alive(launcher) and not is_alive(worker), "the end of what was before")
