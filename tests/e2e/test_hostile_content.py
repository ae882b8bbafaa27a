"""Well-signed requests with bad content: packages, JSON of every wrong kind, ARNs, filters, handlers."""
import io
import json
import struct
import zipfile

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import botocore.session
import pytest
import requests

from fescue_site import ROLE, RUNTIME, make_zip, wait_until
from raw import Counted, cloud_metrics

A = "arn:aws:lambda:us-west-2:123456789012:function:"


def code_of(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call(**arguments)
    answer = error.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


# ---- packages

def zip_of(entries, flags=None):
    """[(name, bytes, external attributes)], names as they stand; `flags` sets bits in every header."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content, attributes in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = attributes << 16
            package.writestr(info, content)
    made = bytearray(buffer.getvalue())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = made.find(signature) if flags else -1
        while at >= 0:
            bits, = struct.unpack_from("<H", made, at + offset)
            struct.pack_into("<H", made, at + offset, bits | flags)
            at = made.find(signature, at + 4)
    return bytes(made)


FILE, LINK, DEVICE = 0o100644, 0o120777, 0o020666
GOOD = zip_of([("app.py", b"def handler(event, context):\n    return event\n" * 100, FILE)])

BAD_PACKAGES = {
    "not a zip": b"hello",
    "empty": b"",
    "cut short": GOOD[:-30],
    "damaged": GOOD[:60] + bytes(20) + GOOD[80:],
    "a path that leaves": zip_of([("../evil", b"x", FILE)]),
    "a path that leaves further in": zip_of([("a/../../evil", b"x", FILE)]),
    "an absolute path": zip_of([("/etc/cron.d/evil", b"x", FILE)]),
    "a link outward": zip_of([("link", b"/etc/shadow", LINK)]),
    "a file behind a link": zip_of([("d", b"/tmp", LINK), ("d/evil", b"x", FILE)]),
    "a device": zip_of([("dev", b"", DEVICE)]),
    "one name twice": zip_of([("a", b"1", FILE), ("./a", b"2", FILE)]),
    "a file that is a directory too": zip_of([("a", b"1", FILE), ("a/b", b"2", FILE)]),
    "encrypted": zip_of([("a", b"1", FILE)], flags=1),
    "a name of 2000 bytes": zip_of([("n" * 2000, b"1", FILE)]),
}


@pytest.mark.parametrize("what", BAD_PACKAGES)
def test_bad_packages(site, what):
    counter = 'fescue_api_operations_total{service="lambda",operation="CreateFunction",outcome="refused"}'
    with Counted(lambda: cloud_metrics(site), counter, 1):
        status, name, message = code_of(site.boto("lambda").create_function, FunctionName="bad", Runtime=RUNTIME, Role=ROLE,
                                        Handler="app.handler", Code={"ZipFile": BAD_PACKAGES[what]})
    assert (status, name) == (400, "InvalidParameterValueException") and message


def test_a_bomb(site):
    """Two hundred and fifty megabytes and one, in a package of a quarter of a megabyte."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        with package.open("bomb", "w", force_zip64=True) as bomb:
            for _ in range(250):
                bomb.write(bytes(1 << 20))
            bomb.write(b"x")
    status, name, message = code_of(site.boto("lambda").create_function, FunctionName="bomb", Runtime=RUNTIME, Role=ROLE,
                                    Handler="app.handler", Code={"ZipFile": buffer.getvalue()})
    assert (status, name) == (400, "InvalidParameterValueException") and "262144000" in message


def test_too_many_files(site):
    package = zip_of([("d%d/f" % n, b"", FILE) for n in range(25_001)])
    status, name, message = code_of(site.boto("lambda").create_function, FunctionName="crowd", Runtime=RUNTIME, Role=ROLE,
                                    Handler="app.handler", Code={"ZipFile": package})
    assert (status, name) == (400, "InvalidParameterValueException") and "50000" in message


# ---- handlers

def test_a_handler_that_is_not_there_fails_each_call_and_says_so(site):
    arn = site.create_function("handlerless", "def other(event, context):\n    pass\n")
    caller = site.create_function("caller", """
import json
import greengrasssdk
def handler(event, context):
    try:
        said = greengrasssdk.client('lambda').invoke(FunctionName=event['arn'], Payload=b'{}')
        said = [said.get('FunctionError', ''), said['Payload'].read().decode()]
    except Exception as problem:
        said = [type(problem).__name__, str(problem)]
    greengrasssdk.client('iot-data').publish(topic='out', payload=json.dumps(said))
""")
    site.deploy({"handlerless": (arn, {"Timeout": 5}), "caller": (caller, {"Timeout": 20})},
                [("cloud", "in", caller), (caller, "out", "cloud")])
    version = site.boto("lambda").get_alias(FunctionName="handlerless", Name="prod")["FunctionVersion"]
    client = site.mqtt()
    client.subscribe("out")
    client.publish("in", {"arn": arn.rsplit(":", 1)[0] + ":" + version})
    error, _ = json.loads(client.payload())
    assert error != ""
    wait_until(lambda: "handler" in site.function_log("handlerless") or "handlerless" in site.runtime_log(), "the reason in a log")


def test_a_missing_executable_fails_the_deployment(site):
    arn = site.create_function("gone", make_zip({"there": (b"#!/bin/sh\n", 0o755)}),
                               runtime="arn:aws:greengrass:::runtime/function/executable", handler="missing")
    group, version = site.create_group({"gone": (arn, {"Timeout": 3, "Executable": "missing", "EncodingType": "binary"})}, [])
    status = site.finish_deployment(group, site.start_deployment(group, version))
    assert status["DeploymentStatus"] == "Failure" and "missing" in status["ErrorMessage"]


# ---- definitions: ARNs and filters

BAD_SUBSCRIPTIONS = [
    {"Source": "cloud", "Subject": "a/#/b", "Target": A + "f:1"}, {"Source": "cloud", "Subject": "a+", "Target": A + "f:1"},
    {"Source": "cloud", "Subject": "", "Target": A + "f:1"}, {"Source": "cloud", "Subject": "a\0b", "Target": A + "f:1"},
    {"Source": "cloud", "Subject": "a" * 257, "Target": A + "f:1"}, {"Source": "clown", "Subject": "a", "Target": A + "f:1"},
    {"Source": "cloud", "Subject": "a", "Target": "arn:aws:lambda:us-west-2:1:function:f:1"},
    {"Source": "cloud", "Subject": "a", "Target": A + "f:1:2"}, {"Source": "cloud", "Subject": "a", "Target": "arn:" + "x" * 600},
    {"Source": "cloud", "Subject": 5, "Target": A + "f:1"}, {"Source": ["cloud"], "Subject": "a", "Target": A + "f:1"},
    {"Source": "cloud", "Subject": "a"}, {},
]


@pytest.mark.parametrize("row", BAD_SUBSCRIPTIONS, ids=range(len(BAD_SUBSCRIPTIONS)))
def test_bad_subscriptions(site, row):
    status, name, message = code_of(site.boto("greengrass").create_subscription_definition,
                                    InitialVersion={"Subscriptions": [{"Id": "row", **row}]})
    assert (status, name) == (400, "BadRequestException") and "Subscriptions[0]" in message


@pytest.mark.parametrize("arn", ["", "x", A + "f", A + "f:$LATEST", A + "f:a b", A + "f/../g:1", "arn:aws/x:lambda:r:a:function:f:1"])
def test_bad_function_arns(site, arn):
    status, name, message = code_of(site.boto("greengrass").create_function_definition,
                                    InitialVersion={"Functions": [{"Id": "f", "FunctionArn": arn}]})
    assert (status, name) == (400, "BadRequestException") and "FunctionArn" in message


def test_topics_that_cannot_be_published_to(site):
    for topic in ("a/#", "+", "x" * 300):
        status, name, _ = code_of(site.boto("iot-data").publish, topic=topic, payload=b"x")
        assert (status, name) == (400, "InvalidRequestException"), topic
    status, name, _ = code_of(site.boto("iot-data").publish, topic="a\0b", payload=b"x")
    assert (status, name) == (400, "SerializationException"), "no string of a path has a NUL"
    status, _, _ = code_of(site.boto("iot-data").publish, topic="a", payload=b"x" * (128 * 1024 + 1))
    assert status == 413


# ---- JSON

def send(site, service, method, path, body):
    key, secret = site.credentials()
    request = botocore.awsrequest.AWSRequest(method, site.endpoints["api"] + path, data=body)
    botocore.auth.SigV4Auth(botocore.credentials.Credentials(key, secret), service, "us-west-2").add_auth(request)
    prepared = request.prepare()
    return requests.request(method, prepared.url, headers=dict(prepared.headers), data=body, timeout=30)


def test_json_that_is_none(site):
    bodies = [b"{", b"[]", b"5", b"null", b'{"a":1}x', b'{"a":NaN}', b"{'a':1}", b'{"a":"\xff"}', b'{"a":"\\ud800"}', b'{"a":1e}',
              b"[" * 100_000, b'{"a":' * 1000 + b"1" + b"}" * 1000, b'{"a":"' + b"x" * (8 << 20) + b'"']
    counter = 'fescue_api_errors_total{error="SerializationException"}'
    with Counted(lambda: cloud_metrics(site), counter, len(bodies)):
        for body in bodies:
            answer = send(site, "lambda", "POST", "/2015-03-31/functions", body)
            assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (400, "SerializationException"), body[:40]
    assert send(site, "iot", "POST", "/things/t", b'{"a":"' + b"x" * (2 << 20) + b'"}').status_code == 413


WRONG = [None, True, -1, 1 << 70, 1e400, "", "x\0y", "\u202e" * 300, "x" * 70_000, [], [None], {}, {"a": {"b": [1]}}]


def operations():
    """Every operation of the services that are built, with its path filled in and the members of its body."""
    session = botocore.session.get_session()
    for service in ("lambda", "greengrass", "iot", "iot-data"):
        model = session.get_service_model(service)
        for name in model.operation_names:
            operation = model.operation_model(name)
            path = operation.http["requestUri"].split("?")[0]
            for label in ("FunctionName", "thingName", "policyName"):
                path = path.replace("{%s}" % label, "nobody")
            while "{" in path:
                path = path[:path.index("{")] + "x" + path[path.index("}") + 1:]
            members = operation.input_shape.members if operation.input_shape else {}
            body = [shape.serialization.get("name", member) for member, shape in members.items()
                    if not shape.serialization.get("location")]
            yield service, name, operation.http["method"], path, body


def test_every_operation_survives_every_wrong_type(site):
    """Whatever stands where a member belongs: a 4xx with a name and a sentence, or success; never a 5xx, never silence."""
    tried = 0
    for service, operation, method, path, members in operations():
        scope = "iotdata" if service == "iot-data" else service
        if send(site, scope, method, path, b"{}").headers.get("x-amzn-ErrorType") in ("NotImplementedException",
                                                                                     "UnknownOperationException"):
            continue
        for value in WRONG:
            body = json.dumps({member: value for member in members}).encode()
            answer = send(site, scope, method, path, body)
            assert answer.status_code < 500, (service, operation, value, answer.text)
            if answer.status_code >= 400:
                assert answer.headers["x-amzn-ErrorType"] and answer.json(), (service, operation, value)
            tried += 1
    assert tried > 1000


def test_names_in_paths_that_are_none(site):
    for service, method, path in (("lambda", "GET", "/2015-03-31/functions/%s"), ("iot", "GET", "/things/%s"),
                                  ("greengrass", "GET", "/greengrass/groups/%s"), ("iot", "GET", "/policies/%s"),
                                  ("iot", "GET", "/certificates/%s"), ("greengrass", "GET", "/tags/%s"),
                                  ("lambda", "GET", "/2017-03-31/tags/%s")):
        for name in ("%00", "%ff%fe", "%zz", "%2e%2e%2f%2e%2e", "a" * 5000, "%E2%80%AE", "'%20OR%201=1--", "%0d%0aX:y"):
            answer = send(site, service, method, path % name, b"")
            assert 400 <= answer.status_code < 500, (path, name, answer.text)
            assert answer.headers["x-amzn-ErrorType"], (path, name)


def test_everything_still_works(site):
    assert site.boto("lambda").list_functions()["Functions"] is not None
    assert "assertion failed" not in site.log_of_cloud() + site.runtime_log()
