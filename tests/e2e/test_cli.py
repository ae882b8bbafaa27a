"""The verbs of `fescue` and the admin server behind them, against a running site."""
import http.client
import json
import os
import pty
import shutil
import socket
import subprocess

import pytest

from fescue_site import BUILD, DEADLINE, ROOT, wait_until

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="without root there is one user only")

WORKER = """
import json, os, sys, time
import greengrasssdk
client = greengrasssdk.client('iot-data')

def handler(event, context):
    if not isinstance(event, dict):
        return event
    if event.get('log'):
        print('seen ' + event['log'])
    if event.get('exit') is not None:
        os._exit(event['exit'])
    if event.get('raise'):
        raise ValueError(event['raise'])
    if event.get('publish'):
        client.publish(topic=event['publish'], payload='{}')
    if event.get('sleep'):
        time.sleep(event['sleep'])
    return {'event': event, 'custom': context.client_context.custom, 'pid': os.getpid()}
"""


def fescue(site, *arguments, **options):
    return site.fescue(*arguments, **options)


def deploy(site, **configurations):
    """Functions of the same code by name; returns their versions' ARNs by name."""
    aliases = {name: site.create_function(name, WORKER) for name in configurations}
    rows = [("cloud", name + "/in", arn) for name, arn in aliases.items()]
    rows += [(arn, name + "/out", "cloud") for name, arn in aliases.items()]
    site.deploy({name: (aliases[name], {"Timeout": 5, **configurations[name]}) for name in configurations}, rows)
    return {name: arn.rsplit(":", 1)[0] + ":" + version_of(site, name) for name, arn in aliases.items()}


def status(site):
    return json.loads(fescue(site, "status", "--json"))


def function_status(site, name):
    return next(f for f in status(site)["functions"] if f["name"] == name)


def version_of(site, name):
    return function_status(site, name)["version"]


def ask(site, *request):
    return tuple(site.admin.request(*request))


# ---- invoke

def test_invoke_prints_the_result(site):
    arns = deploy(site, worker={})
    for name in ("worker", "worker:" + version_of(site, "worker"), arns["worker"], arns["worker"].rsplit(":", 1)[0]):
        said = json.loads(fescue(site, "invoke", name, "--payload", '{"a": 1}', "--context", '{"custom": {"k": "v"}}'))
        assert said["event"] == {"a": 1} and said["custom"] == {"k": "v"}


def test_invoke_takes_files_and_standard_input(site, tmp_path):
    (tmp_path / "event.json").write_text('{"from": "file"}')
    assert json.loads(fescue(site, "invoke", "worker", "--payload", "@%s/event.json" % tmp_path))["event"] == {"from": "file"}
    said = fescue(site, "invoke", "worker", "--payload", "-", input=b'{"from": "stdin"}')
    assert json.loads(said)["event"] == {"from": "stdin"}
    assert fescue(site, "invoke", "worker", "--payload", "@/nowhere", check=False).returncode == 1


def test_invoke_json_has_all_of_it(site):
    done = fescue(site, "invoke", "worker", "--payload", '{"raise": "no", "log": "this"}', "--tail", "--json", check=False)
    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert said["status"] == 200 and said["function_error"] == "Handled"
    assert said["executed_version"] == version_of(site, "worker")
    assert said["payload"] == {"errorMessage": "no"}
    assert "seen this" in said["log"] and "ValueError" in said["log"]


def test_tails_of_calls_at_once_do_not_mix(site):
    calls = [subprocess.Popen([BUILD / "fescue", "invoke", "worker", "--tail", "--root", site.root, "--payload",
                               json.dumps({"log": "call-%d" % i, "sleep": 0.3})], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) for i in range(4)]
    for i, call in enumerate(calls):
        _, tail = call.communicate(timeout=DEADLINE)
        assert "seen call-%d\n" % i in tail and tail.count("seen call-") == 1


def test_a_dying_worker_answers_its_caller(site):
    done = fescue(site, "invoke", "worker", "--payload", '{"exit": 3, "log": "last words"}', "--tail", check=False)
    assert done.returncode == 1
    assert "exit status 3" in json.loads(done.stdout)["errorMessage"]
    assert b"seen last words" in done.stderr and b"failed (Unhandled)" in done.stderr
    assert json.loads(fescue(site, "invoke", "worker"))["event"] == {}


def test_an_event_returns_at_once_and_runs(site):
    assert fescue(site, "invoke", "worker", "--event", "--payload", '{"log": "event 17"}') == ""
    wait_until(lambda: "seen event 17" in site.function_log("worker"), "the event's line in the log")


def test_what_cannot_be_invoked_is_refused_by_name(site):
    for arguments, why in ((["nobody"], "Function not found: nobody; deployed on this core: worker:"),
                           (["worker", "--qualifier", "prod"], "a core has versions, not aliases"),
                           (["worker:$LATEST"], "deployed on this core: worker:"),
                           (["worker", "--payload", "{not json"], "Could not parse request body into json"),
                           (["worker", "--context", "[]"], "--context: must be a JSON object"),
                           (["worker", "--context", "{"], "--context: not valid JSON: incomplete JSON at byte 1"),
                           (["worker:99"], "Function not found: worker:99; version 99 is not deployed; deployed on"),
                           (["a/b"], "is not a function name")):
        done = fescue(site, "invoke", *arguments, check=False)
        assert done.returncode == 1 and why in done.stderr.decode(), (arguments, done.stderr)


def test_binary_payloads_pass_untouched(site):
    arn = site.create_function("bytes", "def handler(event, context):\n    return bytes(reversed(event))\n")
    site.deploy({"bytes": (arn, {"Timeout": 5, "EncodingType": "binary"})}, [])
    done = fescue(site, "invoke", "bytes", "--payload", "-", input=bytes(range(256)), check=False)
    assert done.stdout == bytes(reversed(range(256)))
    said = json.loads(fescue(site, "invoke", "bytes", "--payload", "-", "--json", input=b"\xff\xfe"))
    assert said["payload"] is None and said["payload_base64"] == "/v8="


# ---- the admin server itself

def test_lambdas_invoke_contract_at_the_admin_server(site):
    arns = deploy(site, worker={})
    version = version_of(site, "worker")
    path = "/2015-03-31/functions/%s/invocations"
    code, headers, body = ask(site, "POST", path % "worker", b"{}")
    assert code == 200 and headers["X-Amz-Executed-Version"] == version and json.loads(body)["event"] == {}
    escaped = arns["worker"].rsplit(":", 1)[0].replace(":", "%3A")
    assert ask(site, "POST", path % escaped + "?Qualifier=" + version, b"{}")[0] == 200
    assert ask(site, "POST", path % "worker", b"{}", {"X-Amz-Invocation-Type": "Event"})[::2] == (202, b"")
    assert ask(site, "POST", path % "worker", b"{}", {"X-Amz-Invocation-Type": "DryRun"})[::2] == (204, b"")
    for target, headers, body, code, error in (
            ("nobody", {}, b"{}", 404, "ResourceNotFoundException"),
            ("worker?Qualifier=99", {}, b"{}", 404, "ResourceNotFoundException"),
            ("worker", {}, b"{", 400, "InvalidRequestContentException"),
            ("worker", {"X-Amz-Invocation-Type": "Now"}, b"{}", 400, "InvalidParameterValueException"),
            ("worker", {"X-Amz-Client-Context": "e30"}, b"{}", 400, "InvalidRequestContentException")):
        name, _, query = target.partition("?")
        answer = ask(site, "POST", path % name + (query and "?" + query), body, headers)
        assert (answer[0], answer[1].get("x-amzn-ErrorType")) == (code, error), target


@needs_root
def test_the_socket_is_for_its_owner(site):
    run = site.root / "core/run"
    assert (run / "core.sock").stat().st_mode & 0o777 == 0o600 and (run / "core.sock").stat().st_uid == 0
    assert (run / "ipc-token").stat().st_mode & 0o777 == 0o600 and (run / "ipc-token").stat().st_uid == 0
    done = fescue(site, "status", check=False, user="nobody", group="nogroup", extra_groups=[])
    assert done.returncode == 1 and b"only root may ask this core" in done.stderr


@needs_root
def test_a_function_cannot_use_the_admin_server(site):
    arn = site.create_function("thief", """
import http.client, os, socket

def handler(event, context):
    found = {}
    for name in ('core.sock', 'ipc-token'):
        path = os.path.join(event['run'], name)
        try:
            socket.socket(socket.AF_UNIX).connect(path) if name == 'core.sock' else open(path)
            found[name] = 'open'
        except OSError as error:
            found[name] = type(error).__name__
    connection = http.client.HTTPConnection('127.0.0.1', int(os.environ['GG_DAEMON_PORT']), timeout=5)
    connection.request('GET', '/v1/status', headers={'Authorization': os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN']})
    found['port'] = connection.getresponse().status
    return found
""")
    site.deploy({"thief": (arn, {"Timeout": 10})}, [])
    before = status(site)["ipc"]["refused_at_admin_server"]
    found = json.loads(fescue(site, "invoke", "thief", "--payload", json.dumps({"run": str(site.root / "core/run")})))
    assert found == {"core.sock": "PermissionError", "ipc-token": "PermissionError", "port": 403}
    assert status(site)["ipc"]["refused_at_admin_server"] == before + 1


def test_the_token_opens_the_same_socket_on_the_ipc_port(site):
    token = (site.root / "core/run/ipc-token").read_text().strip()
    for headers, code in (({}, 403), ({"Authorization": "Bearer " + token[:-1]}, 403),
                          ({"Authorization": "Bearer " + token}, 200)):
        connection = http.client.HTTPConnection("127.0.0.1", int(site.endpoints["ipc"].rsplit(":", 1)[1]), timeout=DEADLINE)
        connection.request("GET", "/v1/status", headers=headers)
        assert connection.getresponse().status == code
        connection.close()
    assert token not in site.runtime_log() + site.errors()


def test_metrics_count(site):
    deploy(site, worker={})

    def metric(name):
        lines = ask(site, "GET", "/v1/metrics")[2].decode().splitlines()
        return next(int(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name + " "))
    before = metric("fescue_invocations_total")
    fescue(site, "invoke", "worker")
    assert metric("fescue_invocations_total") == before + 1
    assert metric("fescue_link_connected") == 1


# ---- status, explain, logs, pub, sub

def test_status_tells_what_runs(site):
    arns = deploy(site, worker={}, keeper={"Pinned": True})
    fescue(site, "invoke", "worker")
    said = status(site)
    assert said["core"]["thing"] == site.endpoints["core_thing_name"]
    assert said["group"]["version"] and said["group"]["subscriptions"] == 4
    assert said["link"]["connected"] is True
    assert {f["name"]: (f["arn"], f["pinned"], f["state"]) for f in said["functions"]} == {
        "worker": (arns["worker"], False, "running"), "keeper": (arns["keeper"], True, "running")}
    worker = function_status(site, "worker")["workers"][0]
    assert os.path.exists("/proc/%d" % worker["pid"])
    assert worker["memory"]["rss_kb"] > 1000 and 0 < worker["memory"]["pss_kb"] <= worker["memory"]["rss_kb"]
    lines = fescue(site, "status").splitlines()
    assert any(line.split()[:4] == ["keeper", version_of(site, "keeper"), "long-lived", "running"] for line in lines)


def test_status_shows_restarts_and_why(site):
    deploy(site, keeper={"Pinned": True})
    pid = function_status(site, "keeper")["workers"][0]["pid"]
    os.kill(pid, 9)

    def restarted():
        function = function_status(site, "keeper")
        return function["restarts"] == 1 and function["workers"] and function["workers"][0]["pid"] != pid
    wait_until(restarted, "the restart")


def test_explain_and_the_drops(site):
    arns = deploy(site, worker={})
    to_worker = json.loads(fescue(site, "explain", "--from", "cloud", "--topic", "worker/in", "--json"))
    assert to_worker["targets"] == [arns["worker"]] and to_worker["near_misses"] == []
    for _ in range(3):
        fescue(site, "invoke", "worker", "--payload", '{"publish": "worker/away"}')
    lost = json.loads(fescue(site, "explain", "--from", "worker", "--topic", "worker/away", "--json"))
    assert lost["targets"] == [] and lost["dropped"] == 3
    assert "its filter worker/out does not match" in lost["near_misses"][0]["why"]
    other = fescue(site, "explain", "--from", arns["worker"], "--topic", "worker/out")
    assert "goes to:\n  cloud\n" in other and "3 worker/away" in other
    for arguments, why in ((["--from", "nobody", "--topic", "a"], "nobody"), (["--from", "cloud", "--topic", "a/#"], "#")):
        done = fescue(site, "explain", *arguments, check=False)
        assert done.returncode == 1 and why in done.stderr.decode()


def test_logs_end_and_go_on(site):
    deploy(site, worker={})
    fescue(site, "invoke", "worker", "--payload", '{"log": "one"}')
    wait_until(lambda: "seen one" in site.function_log("worker"), "the first line")
    following = subprocess.Popen([BUILD / "fescue", "logs", "worker", "-f", "-n", "1", "--root", site.root],
                                 stdout=subprocess.PIPE, text=True)
    try:
        assert following.stdout.readline().endswith("seen one\n")
        for word in ("two", "three"):
            fescue(site, "invoke", "worker", "--payload", json.dumps({"log": word}))
            assert following.stdout.readline().endswith("seen %s\n" % word)
    finally:
        following.kill()
        following.wait()
    assert "Connected to the control plane." in fescue(site, "logs", "-n", 1000)
    assert "The control plane is ready." in fescue(site, "logs", "cloud", "-n", 1000)
    done = fescue(site, "logs", "nobody", check=False)
    assert done.returncode == 1 and b"there are: system, " in done.stderr and b"worker, cloud" in done.stderr


def test_pub_reaches_paho_and_sub_hears_paho(site):
    client = site.mqtt()
    client.subscribe("cli/#")
    fescue(site, "pub", "cli/a", "hello")
    fescue(site, "pub", "cli/b", "-", input=b"\x00\xff")
    assert [client.message(), client.message()] == [("cli/a", b"hello"), ("cli/b", b"\x00\xff")]

    sub = subprocess.Popen([BUILD / "fescue", "sub", "cli/+", "-C", "2", "--json", "--root", site.root],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert sub.stderr.readline().startswith("subscribed to cli/+")
    client.publish("cli/c", "text")
    client.publish("cli/d", b"\xff")
    said, _ = sub.communicate(timeout=DEADLINE)
    assert sub.returncode == 0
    assert [json.loads(line) for line in said.splitlines()] == [{"topic": "cli/c", "payload": "text"},
                                                                {"topic": "cli/d", "payload_base64": "/w=="}]


def test_a_terminal_gets_no_commands_from_messages(site):
    ours, theirs = pty.openpty()
    sub = subprocess.Popen([BUILD / "fescue", "sub", "cli/terminal", "-C", "1", "--root", site.root], stdout=theirs,
                           stderr=subprocess.PIPE, text=True)
    os.close(theirs)
    assert sub.stderr.readline().startswith("subscribed to cli/terminal")
    site.mqtt().publish("cli/terminal", "\x1b[2Jred\u202e\u009b \u00e4".encode())
    assert sub.wait(DEADLINE) == 0
    assert os.read(ours, 4096).decode() == "\\x1b[2Jred\\u202e\\u009b \u00e4\r\n"
    os.close(ours)


def test_sub_gives_up_and_says_why(site):
    done = fescue(site, "sub", "never/#", "-W", "1", check=False)
    assert done.returncode == 1 and b"waited 1 s in vain" in done.stderr
    done = fescue(site, "sub", "$fescue/#", check=False)
    assert done.returncode == 1 and b"is not allowed" in done.stderr
    for arguments in (["sub", "a/#/b"], ["pub", "a/+", "x"]):
        assert fescue(site, *arguments, check=False).returncode == 1
    done = fescue(site, "pub", "$aws/foo", "x", check=False)
    assert done.returncode == 1 and b"$aws/foo" in done.stderr and b"whoever started" not in done.stderr


def test_a_second_instance_on_the_same_root_is_refused_and_harms_nothing(site):
    ports = [word for name in ("api", "iot", "iot-tls", "devices", "discovery", "ipc")
             for word in ("--" + name, "127.0.0.1:0")]
    done = fescue(site, "up", "--root", site.root, *ports, check=False)
    assert done.returncode == 1 and b"another `fescue up` runs in" in done.stderr
    assert json.loads((site.root / "run/endpoints.json").read_text()) == site.endpoints
    assert status(site)["core"]["thing"] == site.endpoints["core_thing_name"]


def test_a_second_control_plane_on_the_same_data_is_refused(site, tmp_path):
    ports = [word for name in ("api", "iot", "iot-tls", "discovery") for word in ("--" + name, "127.0.0.1:0")]
    done = fescue(site, "cloud", "--data", site.root / "cloud", "--run", tmp_path, *ports, check=False)
    assert done.returncode == 1 and b"another `fescue cloud` works in" in done.stderr, done.stderr
    assert site.boto("sts").get_caller_identity()["Account"] == "123456789012"


def test_a_taken_port_is_named_with_its_option_and_holder(site, tmp_path):
    api = site.endpoints["api"].split("//")[1]
    others = [word for name in ("iot", "iot-tls", "devices", "discovery", "ipc", "streams")
              for word in ("--" + name, "127.0.0.1:0")]
    done = fescue(site, "up", "--root", tmp_path, "--api", api, *others, check=False)
    assert done.returncode == 1
    assert ("--api %s: port %s is taken, held by fescue (pid " % (api, api.split(":")[1])).encode() in done.stderr


# ---- without a site

@pytest.mark.parametrize("arguments", [["status"], ["invoke", "x"], ["explain", "--from", "cloud", "--topic", "a"],
                                       ["logs"], ["env"], ["pub", "a", "b"], ["sub", "a"]])
def test_nothing_runs_there(tmp_path, arguments):
    done = subprocess.run([BUILD / "fescue", *arguments, "--root", tmp_path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("fescue %s: " % arguments[0]) and str(tmp_path) in done.stderr
    assert "fescue up" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["invoke"], ["status", "--nonsense"], ["sub", "a", "-C", "x"],
                                       ["completion", "tcsh"], ["invoke", "x", "--timeout", "0"], ["up", "--region", ""],
                                       ["up", "--account", "abc"], ["cloud", "--account", "12345678901"]])
def test_a_wrong_command_line_is_status_2(arguments):
    done = subprocess.run([BUILD / "fescue", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and done.stderr


def test_the_man_page_is_good_troff():
    if not shutil.which("groff"):
        pytest.skip("groff is not installed")
    page = subprocess.run([BUILD / "fescue", "man"], capture_output=True, check=True).stdout
    done = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", "-Kutf8"], input=page, capture_output=True)
    assert done.returncode == 0 and done.stderr == b"", done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_parse(shell):
    if not shutil.which(shell):
        pytest.skip("%s is not installed" % shell)
    script = subprocess.run([BUILD / "fescue", "completion", shell], capture_output=True, check=True).stdout
    done = subprocess.run([shell, "-n"], input=script, capture_output=True)
    assert done.returncode == 0 and done.stderr == b"", done.stderr


@needs_root
def test_doctor_creates_missing_users(tmp_path):
    """In a mount namespace of its own, with a copy of /etc that lacks them."""
    root = "/var/lib/fescue-not-there"
    etc = tmp_path / "etc"
    shutil.copytree("/etc", etc, symlinks=True)
    names = ("ggc_user", "ggc_group", "fescue", "fescue-cloud")
    for file in ("passwd", "group", "shadow", "gshadow"):
        lines = (etc / file).read_text().splitlines(keepends=True)
        (etc / file).write_text("".join(line for line in lines if line.split(":")[0] not in names))
    script = """
mount --bind "$1" /etc
! "$2" doctor --root "$4" --json >"$3/before" || exit 10
"$2" doctor --root "$4" --json --fix >"$3/after" || exit 11
id ggc_user && getent passwd fescue fescue-cloud
"""
    done = subprocess.run(["unshare", "--mount", "sh", "-ec", script, "sh", etc, BUILD / "fescue", tmp_path, root],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)
    problems = [f for f in json.loads((tmp_path / "before").read_text())["findings"] if f["verdict"] == "problem"]
    assert sorted(f["text"].split(":")[0] for f in problems if f["area"] == "users") == [
        "no group ggc_group", "no user fescue", "no user fescue-cloud", "no user ggc_user"]
    after = json.loads((tmp_path / "after").read_text())
    assert [f for f in after["findings"] if f["area"] == "users" and f["verdict"] == "problem"] == []
    assert "(ggc_group)" in done.stdout


def test_doctor_finds_a_taken_port_and_its_holder(tmp_path):
    with socket.socket() as taken:
        try:
            taken.bind(("127.0.0.1", 8181))
        except OSError:
            pass  # somebody has it, which is as good
        else:
            taken.listen()
        done = subprocess.run([BUILD / "fescue", "doctor", "--json", "--root", tmp_path], capture_output=True, timeout=60)
        findings = json.loads(done.stdout)["findings"]
    port = next(f for f in findings if f["area"] == "ports" and "8181" in f["text"])
    assert port["verdict"] == "warning" and "held by" in port["text"]


# ---- greengrassd

def greengrassd(site, *arguments):
    environment = {**os.environ, "FESCUE": str(BUILD / "fescue"), "GREENGRASSD_PIDFILE": str(site.root / "greengrassd.pid")}
    return subprocess.run([ROOT / "tools/greengrassd", *arguments, "--root", site.root / "core"], env=environment,
                          capture_output=True, text=True, timeout=90)


def any_port(site):
    """Instead of V1's 8000 for functions, which another core may have."""
    path = site.root / "core/config/config.json"
    config = json.loads(path.read_text())
    config["coreThing"]["ggDaemonPort"] = 0
    path.write_text(json.dumps(config))


def test_greengrassd_runs_a_core_alone(own_site):
    deploy(own_site, worker={})
    group = own_site.admin.status()["group"]
    assert own_site.stop() == 0
    any_port(own_site)
    try:
        done = greengrassd(own_site, "start", "-i")
        assert done.returncode == 0, done.stdout + done.stderr
        pid = int(done.stdout.rsplit(" ", 1)[1])
        assert done.stdout == ("Setting up greengrass daemon\nValidating hardlink/softlink protection\n"
                               "Waiting for up to 30s for Daemon to start\n\n"
                               "Greengrass successfully started with PID: %d\n" % pid)
        # The control plane is not there, and the group runs all the same.
        wait_until(lambda: own_site.runs(group), "the group")
        assert json.loads(fescue(own_site, "invoke", "worker"))["event"] == {}
        said = status(own_site)
        assert said["core"]["pid"] == pid and said["link"]["connected"] is False and said["link"]["last_failure"]
        assert "already running" in greengrassd(own_site, "start", "-i").stdout
        done = greengrassd(own_site, "status")
        assert (done.returncode, done.stdout) == (0, "Greengrass daemon is running with PID: %d\n" % pid)

        done = greengrassd(own_site, "restart", "-i")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Stopped greengrass daemon" in done.stdout and status(own_site)["core"]["pid"] != pid
    finally:
        done = greengrassd(own_site, "stop")
    assert done.returncode == 0 and "exiting with success" in done.stdout
    done = fescue(own_site, "status", check=False)
    assert done.returncode == 1 and b"the core does not run" in done.stderr
    assert "The core has stopped." in fescue(own_site, "logs")
    assert "not running" in greengrassd(own_site, "stop").stdout
    done = greengrassd(own_site, "status")
    assert (done.returncode, done.stdout) == (3, "Greengrass daemon is not running\n")


def test_greengrassd_says_why_it_cannot_start(own_site):
    assert own_site.stop() == 0
    config = own_site.root / "core/config/config.json"
    config.write_text("{}")
    done = greengrassd(own_site, "start", "-i")
    assert done.returncode == 1
    assert "could not be started" in done.stderr and "config.json" in done.stderr
    assert greengrassd(own_site, "--version").stdout == subprocess.run(
        [BUILD / "fescue", "--version"], capture_output=True, text=True).stdout
    assert greengrassd(own_site, "dance").returncode == 2
