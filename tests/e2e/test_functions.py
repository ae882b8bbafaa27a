"""Functions as a user of V1 knows them: what they get, what they return, how they live and die."""
import json
import os
import pwd

import pytest

from fescue_site import wait_until

REPORT = """
import json, os, sys
import greengrasssdk
client = greengrasssdk.client('iot-data')
calls = 0

def say(topic, value):
    client.publish(topic=topic, payload=json.dumps(value))
"""


def deploy(site, code, configuration=None, name="function", rows=("in",), **options):
    arn = site.create_function(name, REPORT + code)
    subscriptions = [("cloud", row, arn) for row in rows] + [(arn, "out/#", "cloud")]
    site.deploy({name: (arn, {"Timeout": 5, **(configuration or {})})}, subscriptions, name=name, **options)
    return arn


def ask(site, event, topic="in", answer="out/#"):
    client = site.mqtt()
    client.subscribe(answer)
    client.publish(topic, event)
    return json.loads(client.payload())


def test_event_topic_and_identity(site):
    arn = deploy(site, """
def handler(event, context):
    say('out/x', {'event': event, 'subject': context.client_context.custom['subject'], 'uid': os.getuid(),
                  'gid': os.getgid(), 'groups': os.getgroups(), 'arn': context.invoked_function_arn,
                  'name': context.function_name, 'version': context.function_version,
                  'own': os.environ['MY_FUNCTION_ARN'], 'cwd_has_app': os.path.exists('app.py')})
""", rows=("in/+/deep",))
    said = ask(site, {"a": [1, "two"]}, topic="in/some/deep")
    assert said["event"] == {"a": [1, "two"]}
    assert said["subject"] == "in/some/deep"
    assert said["own"] == said["arn"] and said["arn"].startswith(arn.rsplit(":", 1)[0] + ":")
    assert said["name"] == "function" and said["version"] == said["arn"].rsplit(":", 1)[1]
    if os.getuid() == 0:
        user = pwd.getpwnam("ggc_user")
        assert (said["uid"], said["gid"]) == (user.pw_uid, user.pw_gid)
        assert 0 not in said["groups"]


def test_environment_and_arguments(site):
    deploy(site, """
def handler(event, context):
    say('out/x', {name: os.environ.get(name) for name in event})
""", {"Environment": {"Variables": {"COLOUR": "green", "MY_FUNCTION_ARN": "forged"}}})
    said = ask(site, ["COLOUR", "MY_FUNCTION_ARN", "ENCODING_TYPE", "GGC_MAX_INTERFACE_VERSION", "GG_DAEMON_PORT",
                      "SHADOW_FUNCTION_ARN", "ROUTER_FUNCTION_ARN", "SECRETS_MANAGER_FUNCTION_ARN", "AWS_REGION", "PATH",
                      "_GG_LOG_FD_ERROR", "LAMBDA_TASK_ROOT", "AWS_CONTAINER_CREDENTIALS_FULL_URI"])
    assert said["COLOUR"] == "green"
    assert said["MY_FUNCTION_ARN"] != "forged"
    assert said["ENCODING_TYPE"] == "json" and said["GGC_MAX_INTERFACE_VERSION"] == "1.5"
    assert said["GG_DAEMON_PORT"] == site.endpoints["ipc"].rsplit(":", 1)[1]
    assert said["ROUTER_FUNCTION_ARN"] == "arn:aws:lambda:::function:GGRouter"
    assert said["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == "http://localhost:%s/2016-11-01/credentialprovider/" % said["GG_DAEMON_PORT"]
    assert said["PATH"].startswith("/usr/bin:/usr/local/bin")
    assert said["AWS_REGION"] == "us-west-2" and said["LAMBDA_TASK_ROOT"] is None


def test_on_demand_workers_are_reused(site):
    deploy(site, """
def handler(event, context):
    global calls
    calls += 1
    say('out/x', {'pid': os.getpid(), 'calls': calls})
""")
    client = site.mqtt()
    client.subscribe("out/#")
    answers = []
    for _ in range(5):
        client.publish("in", {})
        answers.append(json.loads(client.payload()))
    assert len({answer["pid"] for answer in answers}) == 1
    assert [answer["calls"] for answer in answers] == [1, 2, 3, 4, 5]


def test_on_demand_calls_run_side_by_side(site):
    """Two calls that each wait for the other's file can only end if both run at once."""
    deploy(site, """
import tempfile, time
def handler(event, context):
    me, other = event['me'], event['other']
    directory = os.path.join(tempfile.gettempdir(), event['directory'])
    os.makedirs(directory, exist_ok=True)
    open(os.path.join(directory, me), 'w').close()
    while not os.path.exists(os.path.join(directory, other)):
        time.sleep(0.01)
    say('out/x', {'pid': os.getpid()})
""", {"Timeout": 20})
    client = site.mqtt()
    client.subscribe("out/#")
    directory = "fescue-test-%d" % os.getpid()
    client.publish("in", {"me": "a", "other": "b", "directory": directory})
    client.publish("in", {"me": "b", "other": "a", "directory": directory})
    first, second = json.loads(client.payload()), json.loads(client.payload())
    assert first["pid"] != second["pid"]


def test_long_lived_function_starts_with_the_group_and_keeps_order(site):
    deploy(site, """
say('out/start', {'pid': os.getpid()}) if os.environ.get('SAY_START') else None
def handler(event, context):
    global calls
    calls += 1
    say('out/x', {'n': event['n'], 'calls': calls, 'pid': os.getpid()})
""", {"Pinned": True})
    client = site.mqtt()
    client.subscribe("out/#")
    for n in range(50):
        client.publish("in", {"n": n})
    answers = [json.loads(client.payload()) for _ in range(50)]
    assert [answer["n"] for answer in answers] == list(range(50))
    assert [answer["calls"] for answer in answers] == list(range(1, 51))
    assert len({answer["pid"] for answer in answers}) == 1


def test_timeout_kills_the_worker_and_the_next_call_works(site):
    deploy(site, """
import time
def handler(event, context):
    say('out/x', {'pid': os.getpid()})
    while event.get('hang'):
        time.sleep(1)
""", {"Timeout": 1})
    hung = ask(site, {"hang": True})["pid"]
    wait_until(lambda: not os.path.exists("/proc/%d" % hung), "the end of the hung worker")
    assert ask(site, {})["pid"] != hung
    assert "Timing out work item" in site.runtime_log()


def test_a_raising_handler_is_logged_and_lives_on(site):
    deploy(site, """
def handler(event, context):
    if event.get('raise'):
        raise ValueError('no such luck')
    say('out/x', {'pid': os.getpid()})
""", name="raising")
    pid = ask(site, {})["pid"]
    client = site.mqtt()
    client.publish("in", {"raise": True})
    wait_until(lambda: "no such luck" in site.function_log("raising"), "the traceback in the function's log")
    assert ask(site, {})["pid"] == pid
    line = next(line for line in site.function_log("raising").splitlines() if "no such luck" in line)
    assert "[ERROR]-" in line


def test_logs_have_v1_form(site):
    deploy(site, """
import logging
logger = logging.getLogger('mine')
logger.setLevel(logging.DEBUG)
def handler(event, context):
    print('printed')
    logger.warning('warned')
    logger.debug('whispered')
    sys.stderr.write('complained\\n')
    say('out/x', {})
""", name="logging", loggers=[{"Id": "l", "Component": "Lambda", "Level": "INFO", "Space": 1024, "Type": "FileSystem"}])
    ask(site, {})
    log = wait_until(lambda: "complained" in site.function_log("logging") and site.function_log("logging"), "the log lines")
    assert "[INFO]-app.py:" in log and "printed" in log
    assert any("][WARN]-app.py:" in line and line.endswith(",warned") for line in log.splitlines())
    assert any("][ERROR]-" in line and "complained" in line for line in log.splitlines())
    assert "whispered" not in log, "the group's level is INFO"
    path = site.root / "core/ggc/var/log/user"
    assert all(file.stat().st_mode & 0o077 == 0 for file in path.rglob("*.log"))


def test_binary_encoding_passes_bytes(site):
    deploy(site, """
def handler(event, context):
    client.publish(topic='out/x', payload=bytes(reversed(event)))
""", {"EncodingType": "binary"})
    client = site.mqtt()
    client.subscribe("out/#")
    client.publish("in", bytes(range(256)))
    assert client.payload() == bytes(reversed(range(256)))


def test_messages_without_a_row_are_dropped_counted_and_logged_once(site):
    deploy(site, """
def handler(event, context):
    for _ in range(3):
        say('nowhere/to/go', {})
    say('out/x', {})
""")
    client = site.mqtt()
    client.subscribe("#")
    client.publish("in", {})
    topics = [client.message()[0] for _ in range(2)]
    assert sorted(topics) == ["in", "out/x"]
    lines = [line for line in site.runtime_log().splitlines() if "Discarding message" in line and "nowhere/to/go" in line]
    assert len(lines) == 1


def test_a_missing_runtime_is_refused_by_name(site):
    arn = site.create_function("antique", "def handler(e, c): pass", runtime="python3.99")
    group, version = site.create_group({"antique": (arn, {"Timeout": 3, "Pinned": True})}, [])
    status = site.finish_deployment(group, site.start_deployment(group, version))
    assert status["DeploymentStatus"] == "Failure"
    assert "python3.99" in status["ErrorMessage"]


@pytest.mark.parametrize("code, why", [("raise RuntimeError('broken at import')", "broken at import"),
                                       ("nothing = 1", "handler")])
def test_a_pinned_function_that_cannot_start_fails_the_deployment(site, code, why):
    arn = site.create_function("broken", code)
    group, version = site.create_group({"broken": (arn, {"Timeout": 3, "Pinned": True})}, [])
    status = site.finish_deployment(group, site.start_deployment(group, version))
    assert status["DeploymentStatus"] == "Failure"
    assert why in status["ErrorMessage"]
