"""Functions that run other functions, with the SDK and by plain HTTP: what caller and called get, and what callers get
when there is no answer."""
import base64
import http.client
import json
import os
import signal

import pytest

from fescue_site import GATE, wait_until

CALLER = """
import base64, json
import greengrasssdk
client = greengrasssdk.client('lambda')

def handler(event, context):
    arguments = dict(event)
    for name in ('Payload', 'ClientContext'):
        if name in arguments:
            arguments[name] = base64.b64decode(arguments[name])
    try:
        result = client.invoke(**arguments)
    except Exception as error:
        return {'raised': type(error).__name__, 'text': str(error)}
    payload = result['Payload']
    body = payload.read() if hasattr(payload, 'read') else payload
    return {'error': result['FunctionError'], 'body': base64.b64encode(body).decode(), 'type': type(payload).__name__}
"""

CALLED = GATE + """
import json, os, signal
import greengrasssdk
data = greengrasssdk.client('iot-data')
served = 0

def handler(event, context):
    global served
    served += 1
    if event.get('gate'):
        wait_for(event['gate'])
    if event.get('raise'):
        raise KeyError(event['raise'])
    if event.get('exit') is not None:
        os._exit(event['exit'])
    if event.get('signal'):
        os.kill(os.getpid(), event['signal'])
    if 'say' in event:
        data.publish(topic='called/said', payload=json.dumps([event['say'], served]))
    return {'event': event, 'custom': context.client_context.custom, 'env': context.client_context.env,
            'arn': context.invoked_function_arn, 'request': context.aws_request_id, 'pid': os.getpid()}
"""

BYTES = "def handler(event, context):\n    return bytes(reversed(event))\n"

RAW = """
import base64, http.client, json, os

def handler(event, context):
    \"\"\"As a client of its own would do it: every call a new connection to the daemon's port.\"\"\"
    base = '/2016-11-01/functions/' + event['arn']
    token = {'Authorization': event.get('token', os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN'])}

    def exchange(method, body, headers):
        connection = http.client.HTTPConnection('localhost', int(os.environ['GG_DAEMON_PORT']), timeout=20)
        connection.request(method, base, body, dict(token, Connection='close', **headers))
        answer = connection.getresponse()
        said = {'status': answer.status, 'headers': {k.lower(): v for k, v in answer.getheaders()},
                'body': answer.read().decode()}
        connection.close()
        return said
    posted = exchange('POST', event['payload'].encode(), {'X-Amz-Client-Context': event.get('context', ''),
                                                          'X-Amz-Invocation-Type': event['type']})
    if event['type'] == 'Event' or posted['status'] >= 300:
        return [posted]
    identity = {'X-Amz-InvocationId': event.get('id', posted['headers']['x-amz-invocationid'])}
    return [posted, exchange('GET', None, identity), exchange('GET', None, identity)]
"""


@pytest.fixture(scope="module")
def group(site):
    """caller and raw call the others: called; keeper and mortal (the same, long-lived); hasty (one second); bytes."""
    arns = {name: site.create_function(name, code) for name, code in (
        ("caller", CALLER), ("raw", RAW), ("called", CALLED), ("keeper", CALLED), ("mortal", CALLED),
        ("hasty", CALLED), ("bytes", BYTES))}
    configurations = {"caller": {"Timeout": 30}, "raw": {"Timeout": 30}, "called": {"Timeout": 30},
                      "keeper": {"Timeout": 30, "Pinned": True}, "mortal": {"Timeout": 30, "Pinned": True},
                      "hasty": {"Timeout": 1}, "bytes": {"Timeout": 5, "EncodingType": "binary"}}
    site.deploy({name: (arns[name], configurations[name]) for name in arns},
                [(arns[name], "called/said", "cloud") for name in ("called", "keeper", "hasty")])
    return site


def arguments_of(arn, payload=b"{}", **more):
    event = {"FunctionName": arn, "Payload": base64.b64encode(payload).decode(), **more}
    if "ClientContext" in event:
        event["ClientContext"] = base64.b64encode(event["ClientContext"]).decode()
    return event


def call(site, arn, payload=b"{}", **more):
    """What the function `caller` gets from the SDK."""
    said = site.admin.call("caller", arguments_of(arn, payload, **more))
    if "body" in said:
        said["body"] = base64.b64decode(said["body"])
    return said


def unqualified(arn):
    return arn.rsplit(":", 1)[0]


# ---- naming the function

def test_by_version_in_the_arn_or_as_the_qualifier(group):
    arn = group.admin.arn("called")
    for name, more in ((arn, {}), (unqualified(arn), {"Qualifier": "1"}), (arn, {"Qualifier": "1"})):
        said = call(group, name, b'{"a": 1}', InvocationType="RequestResponse", **more)
        assert said["error"] == "" and said["type"] == "StreamingBody"
        value = json.loads(said["body"])
        assert value["event"] == {"a": 1} and value["arn"] == arn


def test_a_request_response_is_the_default(group):
    assert json.loads(call(group, group.admin.arn("called"))["body"])["event"] == {}


@pytest.mark.parametrize("suffix", ["", ":prod", ":$LATEST", ":2"])
def test_only_deployed_versions_can_be_invoked(group, suffix):
    """V1: an unqualified ARN, an alias and $LATEST do not lead to a function on the core."""
    said = call(group, unqualified(group.admin.arn("called")) + suffix)
    assert said["raised"] == "InvocationException" and "404" in said["text"]
    assert "Failed to invoke function due to" in said["text"]
    log = group.function_log("caller")
    assert "called%s is not deployed to this core" % suffix in log


def test_the_sdk_refuses_what_is_no_arn_or_contradicts_itself(group):
    assert call(group, "called")["raised"] == "ValueError"
    assert call(group, group.admin.arn("called"), Qualifier="2")["raised"] == "ValueError"
    assert call(group, group.admin.arn("called"), ClientContext=b"not base64!")["raised"] == "ValueError"


def test_no_subscription_is_needed_and_a_function_may_call_itself(group):
    inner = arguments_of(group.admin.arn("called"), b'{"deep": true}')
    said = call(group, group.admin.arn("caller"), json.dumps(inner).encode())
    nested = json.loads(said["body"])
    assert json.loads(base64.b64decode(nested["body"]))["event"] == {"deep": True}
    assert len(group.admin.pids("caller")) >= 2


# ---- what goes over

def test_the_client_context_arrives(group):
    context = {"custom": {"subject": "by hand", "n": [1]}, "env": {"k": "v"}, "client": {"app_title": "t"}}
    said = call(group, group.admin.arn("called"), ClientContext=base64.b64encode(json.dumps(context).encode()))
    value = json.loads(said["body"])
    assert value["custom"] == context["custom"] and value["env"] == context["env"]
    assert json.loads(call(group, group.admin.arn("called"))["body"])["custom"] in (None, {})


def test_bytes_pass_untouched(group):
    said = call(group, group.admin.arn("bytes"), bytes(range(256)) * 16)
    assert said["error"] == "" and said["body"] == bytes(reversed(bytes(range(256)) * 16))
    assert call(group, group.admin.arn("bytes"), b"")["body"] == b""


def test_a_large_payload_goes_there_and_back(group):
    payload = os.urandom(1000000)
    assert call(group, group.admin.arn("bytes"), payload)["body"] == payload[::-1]


def test_what_is_not_json_is_refused_by_a_json_function(group):
    said = call(group, group.admin.arn("called"), b"{nope")
    assert said["raised"] == "InvocationException" and "400" in said["text"]
    assert "the payload is not JSON" in group.function_log("caller")


def test_an_event_returns_at_once_and_runs(group):
    listener = group.mqtt()
    listener.subscribe("called/said")
    gate = group.gate()
    event = json.dumps({"gate": str(gate), "say": "event"}).encode()
    said = call(group, group.admin.arn("called"), event, InvocationType="Event")
    assert said == {"error": "", "body": b"", "type": "bytes"}
    assert listener.nothing_waits()
    gate.open()
    assert json.loads(listener.payload())[0] == "event"


# ---- errors of the function

def test_an_exception_is_a_handled_error(group):
    said = call(group, group.admin.arn("called"), b'{"raise": "grape"}')
    assert said["error"] == "Handled" and said["type"] == "bytes"
    assert json.loads(said["body"]) == {"errorMessage": "'grape'"}


@pytest.mark.parametrize("event, why", [({"exit": 7}, "exit status 7"), ({"exit": 0}, "exit status 0"),
                                        ({"signal": signal.SIGKILL.value}, "signal: killed"),
                                        ({"signal": signal.SIGSEGV.value}, "signal: segmentation fault")])
def test_a_dying_process_is_an_unhandled_error(group, event, why):
    # A long-lived function that keeps dying pauses longer and longer, so that one dies only twice.
    for name in ("called", "mortal") if why in ("exit status 7", "signal: killed") else ("called",):
        said = call(group, group.admin.arn(name), json.dumps(event).encode())
        assert said["error"] == "Unhandled", said
        text = json.loads(said["body"])["errorMessage"]
        assert group.admin.arn(name) in text and why in text
        assert group.admin.call(name, {"again": 1})["event"] == {"again": 1}


def test_a_timeout_is_an_unhandled_error(group):
    said = call(group, group.admin.arn("hasty"), json.dumps({"gate": str(group.gate())}).encode())
    assert said["error"] == "Unhandled"
    assert "timed out after 1 seconds" in json.loads(said["body"])["errorMessage"]
    assert group.admin.call("hasty", {})["event"] == {}


def test_a_worker_that_is_killed_answers_its_waiting_callers(group):
    """kill -9 from outside, with one caller whose call runs and two whose calls wait behind it."""
    gate = group.gate()
    arn = group.admin.arn("keeper")
    running = group.admin.start("caller", arguments_of(arn, json.dumps({"gate": str(gate)}).encode()))
    wait_until(lambda: group.admin.function("keeper")["workers"][0]["state"] == "Working", "the call to run")
    waiting = [group.admin.start("caller", arguments_of(arn, json.dumps({"n": n}).encode())) for n in range(2)]
    wait_until(lambda: group.admin.function("keeper")["waiting"] == 2, "two calls to wait")
    victim = group.admin.pids("keeper")[0]
    os.kill(victim, signal.SIGKILL)
    assert running.result(20).value["error"] == "Unhandled"
    answers = [json.loads(base64.b64decode(answer.result(20).value["body"])) for answer in waiting]
    assert sorted(answer["event"]["n"] for answer in answers) == [0, 1]
    assert victim not in [answer["pid"] for answer in answers]


def test_events_that_a_dying_worker_had_not_finished_are_run_by_the_next(group):
    listener = group.mqtt()
    listener.subscribe("called/said")
    gate = group.gate()
    group.admin.post("keeper", {"gate": str(gate), "say": 0})
    wait_until(lambda: group.admin.function("keeper")["workers"][0]["state"] == "Working", "the event to run")
    for n in range(1, 6):
        group.admin.post("keeper", {"say": n})
    os.kill(group.admin.pids("keeper")[0], signal.SIGKILL)
    wait_until(lambda: group.admin.pids("keeper"), "the next worker")
    gate.open()
    said = [json.loads(listener.payload()) for _ in range(6)]
    assert said == [[n, n + 1] for n in range(6)], "in order, all by one new worker, each once"


def test_a_call_that_meets_a_dying_worker_is_run_by_the_next(group):
    """The core gives the call to a worker that dies without having read it: one that stands still, so that it cannot."""
    for _ in range(5):
        pid = group.admin.call("called", {})["pid"]
        os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0] == "T", "the worker to stand still")
        waiting = group.admin.start("called", {"after": "death"})
        wait_until(lambda: {w["pid"]: w["state"] for w in group.admin.function("called")["workers"]}[pid] == "Working",
                   "the call to be given to it")
        os.kill(pid, signal.SIGKILL)
        assert waiting.result().value["event"] == {"after": "death"}


def test_an_event_that_kills_every_worker_is_given_up(group):
    before = group.admin.status()["invocations"]["dropped_events"]
    group.admin.post("called", {"exit": 9})
    wait_until(lambda: group.admin.status()["invocations"]["dropped_events"] == before + 1, "the end of the event")
    line = next(line for line in group.runtime_log().splitlines() if "WorkItem reached max retry limit." in line)
    assert "exit status 9" in line and group.admin.arn("called") in line


def test_a_caller_that_dies_leaves_nothing_behind(group):
    gate = group.gate()
    listener = group.mqtt()
    listener.subscribe("called/said")
    event = json.dumps({"gate": str(gate), "say": "orphan"}).encode()
    pending = group.admin.start("caller", arguments_of(group.admin.arn("called"), event))
    wait_until(lambda: any(w["state"] == "Working" for w in group.admin.function("called")["workers"]), "the call to run")
    caller = next(w["pid"] for w in group.admin.function("caller")["workers"] if w["state"] == "Working")
    os.kill(caller, signal.SIGKILL)
    assert pending.result(20).error == "Unhandled"
    gate.open()
    assert json.loads(listener.payload())[0] == "orphan"
    assert call(group, group.admin.arn("called"))["error"] == ""


# ---- plain HTTP, as packages with a client of their own do it

def raw(site, name, payload="{}", **more):
    return site.admin.call("raw", {"arn": site.admin.arn(name), "payload": payload, "type": "RequestResponse", **more})


def test_the_ipc_api_by_plain_http(group):
    posted, got, again = raw(group, "called", '{"a": 1}', context=base64.b64encode(b'{"custom": {"k": 1}}').decode())
    assert posted["status"] // 100 == 2 and got["status"] == 200
    assert got["headers"]["x-amz-function-error"] == "", "the header is there, and empty"
    value = json.loads(got["body"])
    assert value["event"] == {"a": 1} and value["custom"] == {"k": 1}
    assert value["request"] == posted["headers"]["x-amz-invocationid"]
    assert again["status"] == 404, "a result is fetched once"
    assert raw(group, "called", '{"raise": "x"}')[1]["headers"]["x-amz-function-error"] == "Handled"
    assert raw(group, "called", '{"exit": 1}')[1]["headers"]["x-amz-function-error"] == "Unhandled"
    assert raw(group, "called", type="Event")[0]["status"] // 100 == 2


def test_the_ipc_api_refuses_wrong_tokens_ids_and_arns(group):
    assert raw(group, "called", token="Basic bm9wZQ==")[0]["status"] == 403
    assert raw(group, "called", id="00000000-0000-4000-8000-000000000000")[1]["status"] == 404
    assert raw(group, "called", type="Sometimes")[0]["status"] == 400
    for arn, status in (("arn:aws:lambda:us-west-2:123456789012:function:nobody:1", 404), ("nonsense", 400),
                        ("arn:aws:lambda:::function:GGNothing", 404)):
        said = group.admin.call("raw", {"arn": arn, "payload": "{}", "type": "RequestResponse"})
        assert said[0]["status"] == status, (arn, said)


def test_the_owners_token_invokes_on_the_ipc_port(group):
    token = (group.root / "core/run/ipc-token").read_text().strip()
    for name in ("called", group.admin.arn("called"), "called:1"):
        connection = http.client.HTTPConnection("127.0.0.1", int(group.endpoints["ipc"].rsplit(":", 1)[1]), timeout=30)
        connection.request("POST", "/2015-03-31/functions/%s/invocations" % name, b'{"by": "token"}',
                     {"Authorization": "Bearer " + token})
        answer = connection.getresponse()
        assert answer.status == 200 and answer.getheader("X-Amz-Executed-Version") == "1"
        assert json.loads(answer.read())["event"] == {"by": "token"}
        connection.close()


# ---- last, for it deploys: callers of a version that is replaced

def test_callers_of_a_replaced_version_are_answered(group):
    """A call that runs ends in the old worker, though a new version serves by then; calls that wait in front of a
    long-lived function go to the new version."""
    gate = group.gate()
    old = {name: group.admin.arn(name) for name in ("called", "keeper", "caller")}
    before = group.admin.pids("keeper")[0]
    running = [group.admin.start("caller", arguments_of(old[name], json.dumps({"gate": str(gate)}).encode()))
               for name in ("called", "keeper")]
    wait_until(lambda: all(any(w["state"] == "Working" for w in group.admin.function(name)["workers"])
                           for name in ("called", "keeper")), "both calls to run")
    waiting = group.admin.start("caller", arguments_of(old["keeper"], b'{"n": 1}'))
    wait_until(lambda: group.admin.function("keeper")["waiting"] == 1, "one call to wait")

    new = {name: group.create_function(name, CALLED.replace("'request'", "'new': True, 'request'"))
           for name in ("called", "keeper")}
    new["caller"] = unqualified(old["caller"]) + ":prod"
    group.deploy({name: (arn, {"Timeout": 30, "Pinned": name == "keeper"}) for name, arn in new.items()}, [])
    assert group.admin.call("called", {})["new"] is True

    moved = json.loads(base64.b64decode(waiting.result(20).value["body"]))
    assert moved["new"] is True and moved["arn"].endswith(":keeper:2")
    assert not any(call.done() for call in running)
    gate.open()
    for ended, arn in zip(running, (old["called"], old["keeper"])):
        value = json.loads(base64.b64decode(ended.result(20).value["body"]))
        assert value["arn"] == arn and "new" not in value
    wait_until(lambda: not os.path.exists("/proc/%d" % before), "the end of the old worker")
    assert call(group, old["called"])["raised"] == "InvocationException", "the old version is gone"
