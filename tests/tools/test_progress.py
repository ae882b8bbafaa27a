"""tools/progress.py around commands that print what ninja, ctest and pytest do."""
import importlib.util
import os
import pathlib
import signal
import subprocess
import sys

import pytest

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "tools/progress.py"
SPEC = importlib.util.spec_from_file_location("progress", PROGRAM)
progress = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(progress)


@pytest.fixture
def run(tmp_path):
    """run(kind, script, every=SECONDS) -> the finished process, with a memory of its own."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "build").mkdir()
    program = tmp_path / "tools/progress.py"
    program.write_text(PROGRAM.read_text())

    def run_program(kind, script, every="10"):
        return subprocess.run([sys.executable, program, kind, "a step", "bash", "-c", script], capture_output=True, text=True,
                              timeout=30, env={**os.environ, "FESCUE_PROGRESS_SECONDS": every})
    return run_program


NINJA = """
echo "ninja: Entering directory"
echo "[1/3] Building CXX object a.cc.o"
echo "a.cc:7: warning: twice"
echo "  [1/3] is no line of progress here"
echo "[2/3] Building CXX object b.cc.o"
"""
CTEST = """
echo "      Start   1: A.b"
echo "  1/20 Test   #1: A.b ............................   Passed    0.02 sec"
echo "  2/20 Test   #2: A.c ............................***Failed    0.02 sec"
echo "expected 1"
echo "95% tests passed, 1 tests failed out of 20"
"""
PYTEST = """
echo "tests/e2e/test_a.py::test_one[a b] PASSED                     [  1/345]"
echo "tests/e2e/test_a.py::test_two SKIPPED (no [1/2] Java)         [  2/345]"
echo "tests/e2e/test_a.py::test_three FAILED                        [  3/345]"
echo "E   assert 1 == 2"
echo "=== 1 failed, 1 passed in 3.00s ==="
"""


@pytest.mark.parametrize("kind, script, shown", [
    ("ninja", NINJA, ["a.cc:7: warning: twice", "  [1/3] is no line of progress here"]),
    ("ctest", CTEST, ["  2/20 Test   #2: A.c ............................***Failed    0.02 sec", "expected 1",
                      "95% tests passed, 1 tests failed out of 20"]),
    ("pytest", PYTEST, ["tests/e2e/test_a.py::test_three FAILED                        [  3/345]", "E   assert 1 == 2",
                        "=== 1 failed, 1 passed in 3.00s ==="]),
    ("lines", "echo '[1/2] this'; echo kept; printf 'without an end'", ["kept", "without an end"]),
])
def test_all_but_progress_is_shown(run, kind, script, shown):
    done = run(kind, script)
    assert done.returncode == 0 and done.stdout.splitlines() == shown
    assert done.stderr == "== a step\n"


def test_what_is_said_meanwhile_and_the_next_time(run):
    # Each part waits for nothing but its own time; the first status comes within them.
    script = "for n in 1 2 3; do echo \"[$n/3] part $n\"; read -t 0.4 <> <(:) || true; done"
    first = run("ninja", script, every="0.3")
    lines = first.stderr.splitlines()
    assert lines[0] == "== a step" and lines[1].startswith("   a step: [1/3] 0:00, part 1")
    assert " of about " not in first.stderr
    second = run("ninja", script, every="0.3")
    assert second.stderr.startswith("== a step (0:01 the last time)\n   a step: [1/3] 0:00 of about 0:01, part 1\n")


@pytest.mark.parametrize("script, status", [("exit 7", 7), ("kill -KILL $$", 128 + signal.SIGKILL)])
def test_the_exit_status_is_the_commands(run, script, status):
    assert run("lines", script).returncode == status


def test_a_step_that_failed_is_no_measure(run):
    run("lines", "read -t 0.2 <> <(:); exit 1", every="0.1")
    assert "the last time" not in run("lines", "true").stderr


def test_what_stays_behind_with_the_output_is_not_waited_for(run):
    assert run("lines", "{ sleep 5; echo late; } 2>/dev/null & echo over", every="0.1").stdout == "over\n"


def test_what_is_expected():
    assert progress.expected(None, 10) is None
    assert progress.expected({"seconds": 60, "total": 300}, 100) == 20
    assert progress.expected({"seconds": 60, "total": None}, 100) == 60
    assert progress.expected({"seconds": 60, "total": 300}, None) == 60


def test_the_status_line():
    step = progress.Step("pytest")
    step.begins("tests/e2e/test_a.py::test_now ")
    assert progress.status("e2e", step, 70, None) == "   e2e: 1:10, tests/e2e/test_a.py::test_now"
    step.takes("tests/e2e/test_a.py::test_now PASSED [ 30/300]")
    last = {"seconds": 600, "total": 300}
    assert progress.status("e2e", step, 70, last) == "   e2e: [30/300] 1:10 of about 10:00, tests/e2e/test_a.py::test_now"
    assert " of about " not in progress.status("e2e", step, 700, last)  # it was wrong
