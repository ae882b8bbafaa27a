"""The main job, as ./dev run --once does it, in a directory of its own."""
import os
import subprocess

import pytest

from conftest import new_site
from fescue_site import ROOT

ANSWER = 'Invoked on topic "test/input_message" with message "Some string value"'


@pytest.fixture
def run_once():
    """run_once(environment) -> the finished process"""
    site = new_site("main-job")

    def run(environment):
        return subprocess.run([ROOT / "tools/main_job", "--once", "--root", site.root], env={**os.environ, **environment},
                              capture_output=True, text=True, timeout=180)
    yield run
    site.remove()
    os.unlink("%s.lock" % site.root)


def test_run_once_shows_the_answer_and_stops(run_once):
    done = run_once({})
    assert done.returncode == 0, done.stdout + done.stderr
    assert ANSWER in done.stdout
    assert "\x1b" not in done.stdout + done.stderr, "escapes are for terminals"
    assert "another terminal" not in done.stdout, "there will be nothing to talk to"


@pytest.mark.skipif("FESCUE_OFFICIAL_PYTHON_SDK" not in os.environ,
                    reason="FESCUE_OFFICIAL_PYTHON_SDK does not name a checkout of the official Python Core SDK")
def test_the_official_sdk_in_the_package_gives_the_same_answer(run_once):
    done = run_once({"FESCUE_BUNDLED_SDK": os.path.join(os.environ["FESCUE_OFFICIAL_PYTHON_SDK"], "greengrasssdk")})
    assert done.returncode == 0, done.stdout + done.stderr
    assert ANSWER in done.stdout
