"""Custom runtimes over the Lambda Runtime API, with bootstraps written by its public contract."""
import http.client
import json
import os
import subprocess
import time

import pytest

from fescue_site import make_zip, wait_until

PYTHON_BOOTSTRAP = r"""#!/usr/bin/python3 -I
import http.client, json, os, sys

API = '/2018-06-01/runtime/'
connection = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])

def call(method, path, body=None, headers={}):
    connection.request(method, API + path, body, headers)
    response = connection.getresponse()
    return response, response.read()

if os.environ['_HANDLER'] == 'fails.to.start':
    call('POST', 'init/error', json.dumps({'errorMessage': 'no such module', 'errorType': 'Runtime.ImportError'}))
    sys.exit(1)
count = 0
while True:
    event, payload = call('GET', 'invocation/next')
    headers, count = {name.lower(): value for name, value in event.getheaders()}, count + 1
    path = 'invocation/%s/' % headers['lambda-runtime-aws-request-id']
    if payload == b'"fail"':
        error = {'errorMessage': 'on purpose', 'errorType': 'Odd', 'stackTrace': []}
        call('POST', path + 'error', json.dumps(error), {'Lambda-Runtime-Function-Error-Type': 'Odd'})
        continue
    if payload == b'"hang"':
        sys.stdin.close()
        import time; time.sleep(1000)
    wrong, _ = call('POST', 'invocation/00000000-0000-4000-8000-000000000000/response', b'{}')
    answer = {'event': json.loads(payload), 'headers': headers, 'count': count, 'environment': dict(os.environ),
              'wrong': wrong.status, 'uid': os.getuid(), 'cwd': os.getcwd()}
    print('an event of %d bytes' % len(payload), flush=True)
    accepted, text = call('POST', path + 'response', json.dumps(answer))
    assert accepted.status == 202, text
"""

# As in AWS's own tutorial: a shell, curl, and a function in a file of the package.
SHELL_BOOTSTRAP = r"""#!/bin/sh
set -eu
. "$LAMBDA_TASK_ROOT/$(echo "$_HANDLER" | cut -d. -f1).sh"
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  headers=$(mktemp)
  event=$(curl -sS -D "$headers" "$api/next")
  id=$(grep -i '^lambda-runtime-aws-request-id:' "$headers" | tr -d ' \r' | cut -d: -f2)
  curl -sS -d "$($(echo "$_HANDLER" | cut -d. -f2) "$event")" "$api/$id/response" >/dev/null
  rm "$headers"
done
"""


def deploy(site, name, files, runtime="provided.al2023", handler="function.handler", **configuration):
    arn = site.create_function(name, make_zip(files), runtime=runtime, handler=handler)
    site.deploy({name: (arn, {"Timeout": 5, **configuration})}, [("cloud", "in/" + name, arn)], name=name)
    return arn


def invoke(site, arn, payload, **options):
    """(function error, parsed payload)"""
    answer = site.boto("lambda").invoke(FunctionName=arn, Payload=json.dumps(payload), **options)
    return answer.get("FunctionError", ""), json.loads(answer["Payload"].read())


@pytest.fixture(scope="module")
def python_function(site):
    """For the tests that come before the next deployment."""
    return deploy(site, "python-bootstrap", {"bootstrap": (PYTHON_BOOTSTRAP, 0o755)})


def test_next_and_response(site, python_function):
    before = time.time() * 1000
    error, answer = invoke(site, python_function, {"a": ["\u00e9", 1]})
    headers, environment = answer["headers"], answer["environment"]
    assert error == "" and answer["event"] == {"a": ["\u00e9", 1]}
    assert headers["lambda-runtime-invoked-function-arn"] == environment["MY_FUNCTION_ARN"]
    assert before + 5000 <= int(headers["lambda-runtime-deadline-ms"]) <= time.time() * 1000 + 5000
    assert headers["lambda-runtime-trace-id"].startswith("Root=1-")
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "python-bootstrap" and environment["_HANDLER"] == "function.handler"
    assert environment["LAMBDA_TASK_ROOT"] == answer["cwd"] and environment["AWS_LAMBDA_FUNCTION_VERSION"].isdigit()
    assert answer["wrong"] == 400
    again = invoke(site, python_function, 1)[1]
    assert again["count"] == answer["count"] + 1 and again["event"] == 1
    wait_until(lambda: "[INFO]-an event of 1 bytes" in site.function_log("python-bootstrap"), "its standard output")


def test_client_context(site, python_function):
    context = "eyJjdXN0b20iOiB7InN1YmplY3QiOiAiYS9iIn19"  # {"custom": {"subject": "a/b"}}
    answer = invoke(site, python_function, {}, ClientContext=context)[1]
    assert json.loads(answer["headers"]["lambda-runtime-client-context"])["custom"] == {"subject": "a/b"}


def test_errors(site, python_function):
    error, answer = invoke(site, python_function, "fail")
    assert error and answer == {"errorMessage": "on purpose", "errorType": "Odd", "stackTrace": []}
    assert invoke(site, python_function, "goes on")[0] == ""


def test_the_port_is_the_worker_s_alone(site, python_function):
    answer = invoke(site, python_function, {})[1]
    if answer["uid"] == os.getuid():
        pytest.skip("functions run as the user of the tests")
    other = http.client.HTTPConnection(answer["environment"]["AWS_LAMBDA_RUNTIME_API"], timeout=10)
    with pytest.raises((http.client.HTTPException, OSError)):
        other.request("GET", "/2018-06-01/runtime/invocation/next")
        other.getresponse()


TAKER = r"""
import http.client, os

def handler(event, context):
    if event is None:
        return os.getuid()
    said = []
    for method, path, body in (('GET', 'invocation/next', None), ('POST', 'init/error', b'{}'),
                               ('POST', 'invocation/%s/response' % event['id'], b'"forged"')):
        try:
            connection = http.client.HTTPConnection(event['address'], timeout=5)
            connection.request(method, '/2018-06-01/runtime/' + path, body)
            said.append(connection.getresponse().status)
        except (http.client.HTTPException, OSError) as refusal:
            said.append(type(refusal).__name__)
    return said
"""


def kernel_tells_groups():
    """Whether workers have v2 groups of their own here, and sockets tell theirs."""
    release = tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])
    return os.getuid() == 0 and release >= (5, 8) and any(line.split()[2] == "cgroup2" for line in open("/proc/mounts"))


@pytest.mark.parametrize("isolation", ["NoContainer", "GreengrassContainer"])
def test_another_function_of_the_same_user_cannot_take_its_work(site, isolation):
    if not kernel_tells_groups():
        pytest.skip("without cgroup v2 only uids tell workers apart")
    execution = {"Timeout": 10, "MemorySize": 65536, "Environment": {"Execution": {"IsolationMode": isolation}}}
    if isolation == "NoContainer":
        del execution["MemorySize"]
    victim = site.create_function("victim", make_zip({"bootstrap": (PYTHON_BOOTSTRAP, 0o755)}), runtime="provided.al2023")
    taker = site.create_function("taker", TAKER)
    site.deploy({"victim": (victim, execution), "taker": (taker, execution)}, [], name="taking")
    answer = invoke(site, victim, {})[1]
    assert invoke(site, taker, None)[1] == answer["uid"]
    attempt = {"address": answer["environment"]["AWS_LAMBDA_RUNTIME_API"],
               "id": answer["headers"]["lambda-runtime-aws-request-id"]}
    error, said = invoke(site, taker, attempt)
    assert error == "" and not any(isinstance(each, int) for each in said), said
    again = invoke(site, victim, "still mine")[1]  # by the same worker
    assert (again["event"], again["count"]) == ("still mine", answer["count"] + 1)


def test_a_timeout_ends_the_worker(site):
    arn = deploy(site, "slow-bootstrap", {"bootstrap": (PYTHON_BOOTSTRAP, 0o755)}, Timeout=1)
    error, answer = invoke(site, arn, "hang")
    assert error == "Unhandled" and "timed out" in answer["errorMessage"]
    assert invoke(site, arn, 2)[1]["count"] == 1


def test_in_a_container(site):
    arn = deploy(site, "contained-bootstrap", {"bootstrap": (PYTHON_BOOTSTRAP, 0o755)}, MemorySize=65536,
                 Environment={"Execution": {"IsolationMode": "GreengrassContainer"}})
    answer = invoke(site, arn, {})[1]
    assert answer["cwd"] == answer["environment"]["LAMBDA_TASK_ROOT"] == "/lambda"
    assert answer["environment"]["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "64"


@pytest.mark.parametrize("runtime", ["provided", "provided.al2", "provided.al2023"])
def test_a_shell_is_a_runtime(site, runtime):
    name = "shell-" + runtime.replace(".", "-")
    files = {"bootstrap": (SHELL_BOOTSTRAP, 0o755), "function.sh": "shout() { echo \"$1\" | tr a-z A-Z; }\n"}
    arn = deploy(site, name, files, runtime=runtime, handler="function.shout")
    assert invoke(site, arn, "loud")[1] == "LOUD"


def test_what_cannot_start_fails_the_deployment(site):
    for files, handler, pinned, why in [({"bootstrap": (PYTHON_BOOTSTRAP, 0o755)}, "fails.to.start", True, "no such module"),
                                        ({"bootstrap": PYTHON_BOOTSTRAP}, "x.y", False, "bootstrap"),
                                        ({"other": "x"}, "x.y", False, "bootstrap")]:
        arn = site.create_function("broken-bootstrap", make_zip(files), runtime="provided.al2", handler=handler)
        site.boto("lambda").update_function_configuration(FunctionName="broken-bootstrap", Handler=handler)
        group, version = site.create_group({"f": (arn, {"Pinned": pinned, "Timeout": 3})}, [], name="broken-bootstrap")
        status = site.finish_deployment(group, site.start_deployment(group, version))
        assert status["DeploymentStatus"] == "Failure" and why in status["ErrorMessage"], status


OFFICIAL_FUNCTION = r"""
#include <aws/lambda-runtime/runtime.h>
using namespace aws::lambda_runtime;
static invocation_response handler(invocation_request const& request) {
  if (request.payload == "\"fail\"") return invocation_response::failure("on purpose", "Odd");
  return invocation_response::success("{\"event\":" + request.payload + ",\"context\":" + request.client_context + ",\"arn\":\"" +
                                      request.function_arn + "\",\"left\":" + std::to_string(request.get_time_remaining().count()) +
                                      "}", "application/json");
}
int main() { run_handler(handler); }
"""


@pytest.mark.skipif("FESCUE_OFFICIAL_CPP_RUNTIME" not in os.environ,
                    reason="FESCUE_OFFICIAL_CPP_RUNTIME does not name a checkout of the official C++ runtime (aws-lambda-cpp)")
def test_the_official_cpp_runtime(site, tmp_path):
    source = os.environ["FESCUE_OFFICIAL_CPP_RUNTIME"]
    (tmp_path / "function.cc").write_text(OFFICIAL_FUNCTION)
    for command in (["cmake", "-S", source, "-B", tmp_path / "build", "-DCMAKE_BUILD_TYPE=Release", "-DBUILD_TESTING=OFF",
                     "-DCMAKE_INSTALL_PREFIX=%s" % (tmp_path / "out")],
                    ["cmake", "--build", tmp_path / "build", "--target", "install"],
                    ["g++", "-O2", "-o", tmp_path / "bootstrap", tmp_path / "function.cc", "-I", tmp_path / "out/include", "-L",
                     tmp_path / "out/lib", "-laws-lambda-runtime", "-lcurl"]):
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    arn = deploy(site, "official", {"bootstrap": ((tmp_path / "bootstrap").read_bytes(), 0o755)}, runtime="provided.al2")
    error, answer = invoke(site, arn, {"a": "\u00e9"}, ClientContext="eyJjdXN0b20iOiB7ImsiOiAidiJ9fQ==")
    assert error == "" and answer["event"] == {"a": "\u00e9"} and answer["context"]["custom"] == {"k": "v"}
    assert 0 < answer["left"] <= 5000 and answer["arn"].startswith(arn.rsplit(":", 1)[0])
    error, answer = invoke(site, arn, "fail")
    assert error and answer["errorMessage"] == "on purpose" and answer["errorType"] == "Odd"
    assert invoke(site, arn, 1, ClientContext="e30=")[1]["event"] == 1
