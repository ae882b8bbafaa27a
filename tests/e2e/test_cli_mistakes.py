"""What the verbs of `fescue` say to a newcomer who mistypes, guesses or looks for what went wrong."""
import json
import os
import re
import subprocess

import pytest

from fescue_site import BUILD, Site, wait_until

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="without root there is one user only")

WORKER = "def handler(event, context):\n    print('seen')\n    return event\n"


def test_a_shell_function_calls_the_control_plane_in_scripts(site):
    script = "alias aws=nonsense\neval \"$($1 env)\"\naws sts get-caller-identity --query Account --output text\n"
    for shell in ("sh", "bash"):
        done = subprocess.run([shell, "-ec", script, "sh", BUILD / "fescue"], capture_output=True, text=True, timeout=60,
                              env={"PATH": "/usr/bin:/bin", "HOME": "/nowhere", "FESCUE_ROOT": str(site.root)})
        assert (done.returncode, done.stdout) == (0, "123456789012\n"), (shell, done.stderr)


@needs_root
def test_settings_without_readable_credentials_say_what_to_do(site):
    done = site.fescue("env", check=False, user="nobody", group="nogroup", extra_groups=[])
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"run/credentials: Permission denied; the credentials are for whoever started" in done.stderr


def test_why_of_unknown_functions_and_bad_counts_are_refused(site):
    site.deploy({"worker": (site.create_function("worker", WORKER), {"Timeout": 5})}, [])
    site.fescue("invoke", "worker")
    wait_until(lambda: site.function_log("worker"), "the function's log")
    assert "no worker has ended unexpectedly" in site.fescue("logs", "--why", "worker", "-n", "0")
    done = site.fescue("logs", "--why", "Nobody", check=False)
    assert done.returncode == 1
    assert b'no function "Nobody" has run here; there are: system, ' in done.stderr and b"worker" in done.stderr
    for count in ("-1", "x", "1.5"):
        assert site.fescue("logs", "-n", count, check=False).returncode == 2, count


def test_four_alike_failures_have_one_cause(site):
    arn = site.create_function("failing", """
import os, signal, time

def handler(event, context):
    if event == 'exit':
        os._exit(3)
    if event == 'signal':
        os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(30)
""")
    site.deploy({"failing": (arn, {"Timeout": 1})}, [])
    for event, cause in (("exit", "failed: exit status 3"), ("signal", "signalled: signal: segmentation fault (SIGSEGV)"),
                         ("sleep", "timed_out: an invocation timed out after 1 seconds (signal: killed)")):
        for _ in range(4):
            done = site.fescue("invoke", "failing", "--payload", json.dumps(event), check=False)
            assert done.returncode == 1, done.stdout
        wait_until(lambda: site.fescue("logs", "--why", "failing", "-n", "4").count("  " + cause + "\n") == 4, cause)


def test_what_a_function_writes_forges_no_record(site):
    arn = site.create_function("forger", """
import sys, os
def handler(event, context):
    raise SystemExit('bye\\n2026-01-01T00:00:00.000Z  forged')
raise Exception('oops\\n  failed: forged\\x1b[2J')
""")
    group, version = site.create_group({"forger": (arn, {"Timeout": 1})}, [])
    site.finish_deployment(group, site.start_deployment(group, version))
    site.fescue("invoke", "forger", check=False)
    wait_until(lambda: "oops" in site.fescue("logs", "--why", "forger"), "the record")
    said = site.fescue("logs", "--why", "forger")
    reasons = [line for line in said.splitlines() if line.startswith("  ") and not line.startswith("    ")]
    assert not any(line.startswith("  failed: forged") for line in reasons), said
    assert "\x1b" not in said


@pytest.mark.parametrize("typed, meant", [("stauts", "status"), ("statsu", "status"), ("log", "logs"), ("zzzz", None)])
def test_a_mistyped_command_is_answered_with_the_one_that_was_meant(typed, meant):
    done = subprocess.run([BUILD / "fescue", typed], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and 'there is no command "%s"' % typed in done.stderr
    assert ('did you mean "%s"?' % meant in done.stderr) == (meant is not None)


@pytest.mark.parametrize("arguments, said", [
    (["up", "--regoin", "x"], "fescue up: there is no option --regoin; did you mean --region?"),
    (["up", "--regoin=x"], "fescue up: there is no option --regoin; did you mean --region?"),
    (["explain", "--form", "cloud", "--topic", "a"], "fescue explain: there is no option --form; did you mean --from?"),
    (["status", "-x"], "fescue status: there is no option -x"),
    (["sub", "--zzzzzz", "a"], "fescue sub: there is no option --zzzzzz")])
def test_a_mistyped_option_is_answered_with_the_one_that_was_meant(arguments, said):
    done = subprocess.run([BUILD / "fescue", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and done.stderr == said + "\nRun with --help for more information.\n", done.stderr


def test_a_control_plane_alone_says_when_it_is_ready(open_directory):
    ports = [word for name in ("api", "iot", "iot-tls", "discovery") for word in ("--" + name, "127.0.0.1:0")]
    cloud = subprocess.Popen([BUILD / "fescue", "cloud", "--data", open_directory / "data", "--run", open_directory / "run",
                              *ports], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        line = cloud.stdout.readline()
        assert re.fullmatch(r"ready: API http://127\.0\.0\.1:\d+, MQTT 127\.0\.0\.1:\d+\n", line), line
    finally:
        cloud.terminate()
        assert cloud.wait(60) == 0


@needs_root
def test_without_root_up_says_which_directory_to_take(open_directory):
    done = subprocess.run([BUILD / "fescue", "up", "--root", open_directory / "site"], capture_output=True, text=True,
                          timeout=60, user="nobody", group="nogroup", extra_groups=[])
    assert done.returncode == 1 and "Permission denied; choose a directory of your own with --root" in done.stderr


def test_a_core_that_is_not_there_is_named_once():
    done = subprocess.run([BUILD / "fescue", "core", "--root", "/nonexistent"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.count("there is no core in /nonexistent: /nonexistent/config/config.json is missing;") == 1
    done = subprocess.run([BUILD / "fescue", "doctor", "--root", "/nonexistent"], capture_output=True, text=True, timeout=60)
    assert "there is no /nonexistent yet: `fescue up --root /nonexistent` makes it" in done.stdout


def test_region_and_account_are_those_of_the_first_start(own_site):
    assert own_site.stop() == 0
    for option, value in (("--region", "eu-west-1"), ("--account", "000000000001")):
        done = own_site.fescue("up", "--root", own_site.root, option, value, check=False)
        assert done.returncode == 2 and ("%s is " % option).encode() in done.stderr, done.stderr
        done = own_site.fescue("cloud", "--data", own_site.root / "cloud", "--run", own_site.root / "run", option, value,
                      check=False)
        assert done.returncode == 2, done.stderr
    own_site.start("--region", "us-west-2")
    assert own_site.endpoints["region"] == "us-west-2"


def test_other_names_are_remembered(open_directory):
    site = Site(open_directory / "site")
    try:
        site.start("--region", "eu-central-1", "--account", "999999999999")
        assert site.stop() == 0
        site.start()
        assert (site.endpoints["region"], site.endpoints["account"]) == ("eu-central-1", "999999999999")
        assert site.boto("sts").get_caller_identity()["Account"] == "999999999999"
    finally:
        site.stop()


def test_what_is_wrong_is_said_before_anything_is_written(open_directory):
    root = open_directory / "site"
    for arguments in (["--region", ""], ["--account", "abc"]):
        assert subprocess.run([BUILD / "fescue", "up", "--root", root, *arguments], capture_output=True).returncode == 2
    assert not root.exists()


def test_an_api_open_to_the_network_in_plain_is_warned_of(open_directory):
    for options, warned in (([], True), (["--api-tls"], False)):
        site = Site(open_directory / ("tls" if options else "plain"))
        try:
            site.start("--api", "0.0.0.0:0", *options)
            assert ("The API is plain HTTP and open to the network" in site.errors()) == warned
        finally:
            site.stop()
