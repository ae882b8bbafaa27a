"""The short form of `./dev soak`."""
import os
import random

import pytest

import soak


@pytest.mark.skipif(os.getuid() != 0, reason="containers need root")
def test_two_hundred_invocations_leave_nothing(own_site):
    soak.soak(own_site, invocations=200, seed=random.SystemRandom().randrange(1 << 31), memory_bound_kb=4096)
