"""The main job, exactly as ./dev run --once does it."""
import subprocess

from fescue_site import ROOT

ANSWER = 'Invoked on topic "test/input_message" with message "Some string value"'


def test_run_once_shows_the_answer_and_stops():
    done = subprocess.run([ROOT / "tools/main_job", "--once"], capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ANSWER in done.stdout
