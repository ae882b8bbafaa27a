"""The main job, exactly as ./dev run --once does it."""
import os
import subprocess

import pytest

from fescue_site import ROOT

ANSWER = 'Invoked on topic "test/input_message" with message "Some string value"'


def test_run_once_shows_the_answer_and_stops():
    done = subprocess.run([ROOT / "tools/main_job", "--once"], capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ANSWER in done.stdout


@pytest.mark.skipif("FESCUE_OFFICIAL_PYTHON_SDK" not in os.environ,
                    reason="FESCUE_OFFICIAL_PYTHON_SDK does not name a checkout of the official Python Core SDK")
def test_the_official_sdk_in_the_package_gives_the_same_answer():
    sdk = os.path.join(os.environ["FESCUE_OFFICIAL_PYTHON_SDK"], "greengrasssdk")
    done = subprocess.run([ROOT / "tools/main_job", "--once"], capture_output=True, text=True, timeout=180,
                          env={**os.environ, "FESCUE_BUNDLED_SDK": sdk})
    assert done.returncode == 0, done.stdout + done.stderr
    assert ANSWER in done.stdout
