"""JSON that the languages of functions read and a strict parser does not: it reaches the functions, on every way."""
import json
import os
import subprocess

import pytest

from fescue_site import wait_until

NODE = next((path for path in ("/usr/bin/node", "/usr/local/bin/node") if os.access(path, os.X_OK)), None)

PYTHON = """
import greengrasssdk
def handler(event, context):
    greengrasssdk.client('iot-data').publish(topic='read/python', payload=repr(event))
    return event
"""

NODE_JS = "exports.handler = async (event) => event.k.charCodeAt(0);\n"

LONE = b'{"k":"\\ud800"}'


@pytest.fixture(scope="module")
def group(site):
    arn = site.create_function("python", PYTHON)
    functions, rows = {"python": (arn, {"Timeout": 10})}, [("cloud", "to/python", arn), (arn, "read/#", "cloud")]
    if NODE:
        major = subprocess.run([NODE, "--version"], capture_output=True, text=True).stdout[1:].split(".")[0]
        node = site.create_function("node", {"index.js": NODE_JS}, runtime="nodejs%s.x" % major, handler="index.handler")
        functions["node"] = (node, {"Timeout": 10})
    site.deploy(functions, rows)
    return site


def test_half_a_surrogate_pair_is_read_by_python(group):
    assert group.admin.invoke("python", LONE).value == {"k": "\ud800"}
    answer = group.boto("lambda").invoke(FunctionName="python:prod", Payload=LONE)
    assert json.loads(answer["Payload"].read()) == {"k": "\ud800"}


@pytest.mark.skipif(NODE is None, reason="no Node.js in /usr/bin or /usr/local/bin")
def test_and_by_node(group):
    assert group.admin.invoke("node", LONE).value == 0xd800


def test_numbers_without_digits_are_pythons_own(group):
    outcome = group.admin.invoke("python", b"[NaN, Infinity, -Infinity]")
    assert outcome.body == b"[NaN, Infinity, -Infinity]" and outcome.error == ""
    listener = group.mqtt()
    listener.subscribe("read/python")
    group.mqtt().publish("to/python", b"[NaN]")
    assert listener.payload() == b"[nan]"


@pytest.mark.skipif(NODE is None, reason="no Node.js in /usr/bin or /usr/local/bin")
def test_and_refused_for_node_as_lambda_refuses(group):
    outcome = group.admin.invoke("node", b'{"k":NaN}')
    assert outcome.status == 400 and b"Could not parse request body into json" in outcome.body
    assert outcome.headers["x-amzn-ErrorType"] == "InvalidRequestContentException"


def test_what_no_parser_reads_is_dropped_and_counted(group):
    name = "fescue_invocations_bad_payload_total"
    before = group.admin.metric(name)
    group.mqtt().publish("to/python", b"{nope")
    wait_until(lambda: group.admin.metric(name) == before + 1, "the message to be counted")
