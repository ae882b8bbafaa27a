"""Unit tests of the sandbox on a pure cgroup v2 host: a guest kernel that boots this machine's own root."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("FESCUE_BUILD", ROOT / "build/release")) / "sandbox_test"
DEADLINE = 120


def missing():
    for program in ("linux.uml", "busybox"):
        if not shutil.which(program):
            return program + " is not installed (Debian packages user-mode-linux and busybox-static)"
    if os.geteuid() != 0:
        return "a pid namespace, so that nothing of the guest outlives it, needs root"
    if not PROGRAM.exists():
        return "%s is not built" % PROGRAM
    return None


pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))


def run_in_guest(test_filter, place):
    """The program's status, what it printed up to its result line, and the cgroups that are there afterwards. The
    guest's helper processes end with the pid namespace."""
    guest = ["unshare", "--fork", "--pid", "--kill-child", "--mount-proc",
             "linux.uml", "mem=768M", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", "quiet",
             "con=null", "con0=fd:0,fd:1", "init=%s/init" % pathlib.Path(__file__).parent,
             "FESCUE_GUEST_PROGRAM=%s" % PROGRAM, "FESCUE_GUEST_FILTER=%s" % test_filter,
             "FESCUE_GUEST_PLACE=%s" % place]
    ran = subprocess.run(guest, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         timeout=DEADLINE)
    output = ran.stdout.decode("utf-8", "replace")
    result = re.search(r"guest result: (\d+)", output)
    assert result, "the guest did not come to its end:\n" + output
    groups = re.findall(r"guest group: /sys/fs/cgroup/(\S+)", output[result.start():])
    return int(result.group(1)), output[:result.start()], groups


def check(test_filter, at_least, place=""):
    status, output, groups = run_in_guest(test_filter, place)
    assert status == 0, output
    passed = re.search(r"\[  PASSED  \] (\d+) tests?", output)
    assert passed and int(passed.group(1)) >= at_least, output
    assert "[  SKIPPED ]" not in output, output
    return groups


def test_groups_hold_kill_and_count_on_v2():
    check("*/CgroupTest.*/AsItIs:CgroupsTest.*", at_least=10)


def test_without_cgroup_kill_groups_are_frozen_and_walked():
    check("CgroupTest.AKill*/Without_kill:*/CgroupTest.AKill*/Without_kill", at_least=1)


def test_workers_end_by_their_limits_on_v2_and_leave_nothing():
    check("CgroupWorkerTest.*", at_least=10)


@pytest.mark.parametrize("place", ["service", "container"])
def test_in_a_sub_tree_that_was_handed_over_all_stays_below_it(place):
    groups = check("*/CgroupTest.*/AsItIs:CgroupWorkerTest.*:CgroupsTest.WhatTheDeadLeftIsRemoved", at_least=18,
                   place=place)
    service = "system.slice/fescue.service"
    # The last one is where the processes of a group go that hands its controllers on.
    assert sorted(groups) == ["system.slice", service, service + "/fescue"]
