"""Unit tests of the sandbox on a pure cgroup v2 host: a guest kernel that boots this machine's own root."""
import re

import pytest

import guests

# They give Python a time to fill its memory.
TIMED = ("CgroupWorkerTest.SpinningAtTheLimitIsTold:CgroupWorkerTest.OneProcessOutOfMemoryEndsThemAll:"
         "CgroupWorkerTest.OutOfMemoryIsConfirmedAndToldAsTheCause")


def check(guest, test_filter, at_least, place=""):
    """All of these tests pass, `at_least` so many. Returns the cgroups that are there afterwards."""
    if guest.emulated:
        test_filter += ":-" + TIMED
    printed = guests.boot(guest, guests.PROGRAM, test_filter, place)
    result = re.search(r"guest result: (\d+)", printed)
    assert result, "the guest did not come to its end:\n" + printed
    output = printed[:result.start()]
    assert result.group(1) == "0", output
    passed = re.search(r"\[  PASSED  \] (\d+) tests?", output)
    assert passed and int(passed.group(1)) >= at_least, output
    assert "[  SKIPPED ]" not in output, output
    return re.findall(r"guest group: /sys/fs/cgroup/(\S+)", printed[result.start():])


def test_groups_hold_kill_and_count_on_v2(guest):
    check(guest, "*/CgroupTest.*/AsItIs:CgroupsTest.*", at_least=10)


def test_without_cgroup_kill_groups_are_frozen_and_walked(guest):
    check(guest, "CgroupTest.AKill*/Without_kill:*/CgroupTest.AKill*/Without_kill", at_least=1)


def test_workers_end_by_their_limits_on_v2_and_leave_nothing(guest):
    check(guest, "CgroupWorkerTest.*", at_least=10)


def test_ends_by_memory_come_in_time(guest):
    if guest.emulated:
        pytest.skip("an emulated processor is too slow for what must happen in time")
    check(guest, TIMED, at_least=3)


@pytest.mark.parametrize("place", ["service", "container"])
def test_in_a_sub_tree_that_was_handed_over_all_stays_below_it(guest, place):
    groups = check(guest, "*/CgroupTest.*/AsItIs:CgroupWorkerTest.*:CgroupsTest.WhatTheDeadLeftIsRemoved", at_least=18,
                   place=place)
    service = "system.slice/fescue.service"
    # The last one is where the processes of a group go that hands its controllers on.
    assert sorted(groups) == ["system.slice", service, service + "/fescue"]
