"""`aws lambda invoke` against the control plane: the core that runs the function answers."""
import base64
import concurrent.futures
import json
import os
import signal

import botocore.exceptions
import pytest

from fescue_site import wait_until

CODE = """
import json, os, sys, time
import greengrasssdk

def wait_for(gate):
    while not os.path.exists(gate):
        time.sleep(0.005)

def handler(event, context):
    if event.get('raise'):
        raise KeyError(event['raise'])
    if event.get('die'):
        os._exit(3)
    if event.get('log'):
        print(event['log'])
    if event.get('begun'):
        greengrasssdk.client('iot-data').publish(topic='begun', payload='{}')
        wait_for(event['gate'])
    return {'event': event, 'version': context.function_version, 'custom': context.client_context.custom}
"""


@pytest.fixture(scope="module")
def function(site):
    alias = site.create_function("answer", CODE)
    site.deploy({"answer": (alias, {"Timeout": 20})}, [(alias, "begun", "cloud")])
    return alias


def version_of(site):
    return site.boto("lambda").get_alias(FunctionName="answer", Name="prod")["FunctionVersion"]


def invoke(site, **options):
    return site.boto("lambda").invoke(**{"FunctionName": "answer", **options})


def refused(site, **options):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        invoke(site, **options)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def test_with_the_aws_cli(site, function, tmp_path):
    (tmp_path / "event.json").write_text('{"a": "ü"}')
    said = site.aws("lambda", "invoke", "--function-name", "answer", "--qualifier", "prod", "--payload",
                    "fileb://%s/event.json" % tmp_path, tmp_path / "out.json")
    assert said == {"StatusCode": 200, "ExecutedVersion": version_of(site)}
    assert json.loads((tmp_path / "out.json").read_text()) == {
        "event": {"a": "ü"}, "version": version_of(site), "custom": {}}


@pytest.mark.parametrize("form", ["alias arn", "version", "unqualified"])
def test_each_way_to_name_it(site, function, form):
    names = {"alias arn": {"FunctionName": function}, "unqualified": {},
             "version": {"FunctionName": "answer:" + version_of(site)}}
    answer = invoke(site, Payload=b"{}", **names[form])
    assert answer["StatusCode"] == 200 and answer["ExecutedVersion"] == version_of(site)


def test_client_context_and_log_tail(site, function):
    context = base64.b64encode(b'{"custom": {"colour": "green"}}').decode()
    answer = invoke(site, Payload=b'{"log": "a line of mine"}', ClientContext=context, LogType="Tail")
    assert json.loads(answer["Payload"].read())["custom"] == {"colour": "green"}
    assert "a line of mine" in base64.b64decode(answer["LogResult"]).decode()


def test_failures_of_the_function(site, function):
    raised = invoke(site, Payload=b'{"raise": "no such key"}')
    assert raised["StatusCode"] == 200 and raised["FunctionError"] == "Handled"
    error = json.loads(raised["Payload"].read())
    assert "no such key" in error["errorMessage"]
    died = invoke(site, Payload=b'{"die": 1}')
    assert died["FunctionError"] == "Unhandled" and "errorMessage" in json.loads(died["Payload"].read())


def test_event_and_dry_run(site, function):
    client = site.mqtt()
    client.subscribe("begun")
    gate = site.gate()
    gate.open()
    event = json.dumps({"begun": 1, "gate": str(gate)}).encode()
    assert invoke(site, InvocationType="DryRun", Payload=event)["StatusCode"] == 204
    assert invoke(site, InvocationType="Event", Payload=event)["StatusCode"] == 202
    assert json.loads(client.payload()) == {}
    client.nothing_waits()


def test_what_is_refused(site, function):
    assert refused(site, FunctionName="nobody", Payload=b"{}")[:2] == (404, "ResourceNotFoundException")
    assert refused(site, Qualifier="$LATEST", Payload=b"{}")[:2] == (404, "ResourceNotFoundException")
    assert refused(site, Payload=b"no json")[:2] == (400, "InvalidRequestContentException")
    assert refused(site, Payload=b" " * (6 * 1024 * 1024 + 1))[:2] == (413, "RequestTooLargeException")
    assert refused(site, ClientContext="%%%", Payload=b"{}")[0] == 400
    published = site.boto("lambda").publish_version(FunctionName="answer")["Version"]
    site.boto("lambda").update_function_configuration(FunctionName="answer", Description="another")
    newer = site.boto("lambda").publish_version(FunctionName="answer")["Version"]
    assert newer != published
    status, code, message = refused(site, Qualifier=newer, Payload=b"{}")
    assert (status, code) == (404, "ResourceNotFoundException") and "No core has version " + newer in message


def test_a_large_payload_comes_back(site, function):
    event = json.dumps({"bytes": "x" * (1024 * 1024)}).encode()
    answer = json.loads(invoke(site, Payload=event)["Payload"].read())
    assert len(answer["event"]["bytes"]) == 1024 * 1024


def test_many_at_once(site, function):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: invoke(site, Payload=b'{"n": %d}' % n), range(24)))
    numbers = [json.loads(answer["Payload"].read())["event"]["n"] for answer in answers]
    assert numbers == list(range(24))


def test_a_core_that_dies_meanwhile_and_one_that_is_away(own_site):
    site = own_site
    alias = site.create_function("answer", CODE)
    site.deploy({"answer": (alias, {"Timeout": 60})}, [(alias, "begun", "cloud")])
    client = site.mqtt()
    client.subscribe("begun")
    group = site.admin.status()["group"]
    event = json.dumps({"begun": 1, "gate": str(site.gate())}).encode()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(invoke, site, Payload=event)
        client.payload()
        core = site.child("core")
        os.kill(core, signal.SIGKILL)
        lost = answer.result(timeout=60)
    assert lost["FunctionError"] == "Unhandled"
    assert "restarted" in json.loads(lost["Payload"].read())["errorMessage"]

    wait_until(lambda: site.runs(group, besides=core), "the core to be back")
    os.kill(site.child("core"), signal.SIGSTOP)
    try:
        status, code, message = refused(site, Payload=b"{}")
    finally:
        os.kill(site.child("core"), signal.SIGCONT)
    assert (status, code) == (502, "ResourceNotReadyException") and "did not take" in message
