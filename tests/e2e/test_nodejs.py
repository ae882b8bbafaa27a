"""Node.js functions on a real core: the main job's shape, calls between languages, the log, what is refused."""
import json
import os
import subprocess

import pytest

from fescue_site import RUNTIME, wait_until

NODE = next((path for path in ("/usr/bin/node", "/usr/local/bin/node") if os.access(path, os.X_OK)), None)
MAJOR = NODE and int(subprocess.run([NODE, "--version"], capture_output=True, text=True).stdout[1:].split(".")[0])
pytestmark = pytest.mark.skipif(NODE is None, reason="no Node.js in /usr/bin or /usr/local/bin")
PINNED = {"Pinned": True, "Timeout": 10}
ON_DEMAND = {"Pinned": False, "Timeout": 10}

FIRST_FUNCTION = """
const gg = require('aws-greengrass-core-sdk');
const iot = new gg.IotData();

exports.handler = (event, context, callback) => {
  const payload = `Invoked on topic "${context.clientContext.Custom.subject}" with message "${event['test-key']}"`;
  console.warn('answering %j', event);
  iot.publish({ topic: 'test/topic_results', payload }, callback);
};
"""

CALLER = """
const { Lambda } = require('aws-greengrass-core-sdk');
exports.handler = async (event) => {
  const answer = await new Lambda().invoke({ FunctionName: '%s', Payload: JSON.stringify(event.pass) });
  return { error: answer.FunctionError, payload: JSON.parse(answer.Payload) };
};
"""

PYTHON_CALLER = """
import json
import greengrasssdk
def handler(event, context):
    answer = greengrasssdk.client('lambda').invoke(FunctionName='%s', Payload=json.dumps(event['pass']))
    body = answer['Payload']
    return {'error': answer['FunctionError'], 'payload': json.loads(body if answer['FunctionError'] else body.read())}
"""

NODE_ECHO = """
let calls = 0;
exports.handler = async (event) => {
  if (event === 'fail') throw new Error('as asked \\u00e4');
  return { event, calls: ++calls };
};
"""

PYTHON_ECHO = "def handler(event, context): return {'event': event, 'by': 'python'}\n"


def node_function(site, name, source, runtime="nodejs%s.x" % MAJOR):
    return site.create_function(name, {"index.js": source}, runtime=runtime, handler="index.handler")


def test_a_message_is_answered(site):
    function = node_function(site, "node_first", FIRST_FUNCTION)
    site.deploy({"first": (function, PINNED)},
                [("cloud", "test/input_message", function), (function, "test/topic_results", "cloud")])
    client = site.mqtt()
    client.subscribe("test/topic_results")
    client.publish("test/input_message", {"test-key": "Some string \u00e4 value"})
    assert client.payload().decode() == 'Invoked on topic "test/input_message" with message "Some string \u00e4 value"'
    wait_until(lambda: '[WARN]-answering {"test-key":"Some string \u00e4 value"}' in site.function_log("node_first"),
               "the warning in the function's log")
    log = site.function_log("node_first")
    assert "[INFO]-START RequestId: " in log and "[INFO]-Running [arn:aws:lambda:" in log


def published(site, name):
    """The ARN with its version, by which functions call each other."""
    return site.boto("lambda").get_alias(FunctionName=name, Name="prod")["AliasArn"].rsplit(":", 1)[0] + ":" + \
        site.boto("lambda").get_alias(FunctionName=name, Name="prod")["FunctionVersion"]


def test_functions_call_each_other_across_languages(site):
    node_echo = node_function(site, "node_echo", NODE_ECHO)
    python_echo = site.create_function("python_echo", PYTHON_ECHO)
    to_python = node_function(site, "node_caller", CALLER % published(site, "python_echo"))
    to_node = site.create_function("python_caller", PYTHON_CALLER % published(site, "node_echo"))
    site.deploy({name: (arn, ON_DEMAND) for name, arn in (
        ("a", node_echo), ("b", python_echo), ("c", to_python), ("d", to_node))}, [])
    assert invoke(site, "node_caller", {"pass": {"text": "\U0001f600", "number": 0.1}}) == {
        "error": "", "payload": {"event": {"text": "\U0001f600", "number": 0.1}, "by": "python"}}
    for calls in (1, 2):  # state is kept
        assert invoke(site, "python_caller", {"pass": [calls]}) == {
            "error": "", "payload": {"event": [calls], "calls": calls}}
    failed = invoke(site, "python_caller", {"pass": "fail"})
    assert (failed["error"], failed["payload"]["errorMessage"]) == ("Handled", "as asked \u00e4")


def invoke(site, name, event):
    answer = site.boto("lambda").invoke(FunctionName=name, Qualifier="prod", Payload=json.dumps(event))
    assert "FunctionError" not in answer, answer["Payload"].read()
    return json.loads(answer["Payload"].read())


def test_an_older_runtime_runs_on_the_nearest_newer(site):
    function = node_function(site, "node_old", NODE_ECHO, runtime="nodejs6.10")
    group, version = site.create_group({"old": (function, ON_DEMAND)}, [])
    deployment = site.start_deployment(group, version)
    status = site.finish_deployment(group, deployment)
    assert status["DeploymentStatus"] == "Success", status
    said = ":node_old:1: there is no nodejs6.10; %s, which is Node.js %d." % (NODE, MAJOR)
    assert said in status["ErrorMessage"] and "ErrorDetails" not in status
    assert said in site.fescue("status")
    assert invoke(site, "node_old", 1) == {"event": 1, "calls": 1}
    told = site.aws("greengrass", "get-deployment-status", "--group-id", group, "--deployment-id", deployment)
    assert (told["DeploymentStatus"], told["ErrorMessage"]) == ("Success", status["ErrorMessage"])
    # A version for the interpreter that is there has nothing to say.
    site.boto("lambda").update_function_configuration(FunctionName="node_old", Runtime="nodejs%d.x" % MAJOR)
    function = node_function(site, "node_old", NODE_ECHO + "// 2")
    group, version = site.create_group({"old": (function, ON_DEMAND)}, [])
    status = site.finish_deployment(group, site.start_deployment(group, version))
    assert status["DeploymentStatus"] == "Success" and "ErrorMessage" not in status


def test_a_newer_runtime_is_refused_by_name_before_anything_changes(site):
    kept = node_function(site, "node_kept", NODE_ECHO)
    site.deploy({"kept": (kept, ON_DEMAND)}, [("cloud", "kept/in", kept)])
    assert invoke(site, "node_kept", 1) == {"event": 1, "calls": 1}
    before = site.admin.status()["group"]
    function = node_function(site, "node_new", NODE_ECHO, runtime="nodejs99.x")
    group, version = site.create_group({"new": (function, ON_DEMAND)}, [])
    status = site.finish_deployment(group, site.start_deployment(group, version))
    assert status["DeploymentStatus"] == "Failure"
    assert "there is no nodejs99.x in /usr/bin or /usr/local/bin" in status["ErrorMessage"]
    assert "function:node_new:1: runtime nodejs99.x" in status["ErrorMessage"]
    assert invoke(site, "node_kept", 2) == {"event": 2, "calls": 2}  # the same worker
    assert site.admin.status()["group"] == before


def status_of(site, name, arn, configuration):
    group, version = site.create_group({name: (arn, {**ON_DEMAND, **configuration})}, [])
    return site.finish_deployment(group, site.start_deployment(group, version))


def test_the_group_may_name_another_runtime(site):
    function = node_function(site, "node_moved", NODE_ECHO, runtime="nodejs99.x")
    status = status_of(site, "moved", function, {"FunctionRuntimeOverride": "nodejs%d.x" % MAJOR})
    assert status["DeploymentStatus"] == "Success" and "ErrorMessage" not in status, status
    assert invoke(site, "node_moved", 1) == {"event": 1, "calls": 1}
    status = status_of(site, "moved", function, {"FunctionRuntimeOverride": "nodejs98.x"})
    assert status["DeploymentStatus"] == "Failure" and "runtime nodejs98.x: there is no nodejs98.x" in status["ErrorMessage"]


def test_a_strict_core_takes_no_newer_one(own_site):
    own_site.configure(fescue={"strict": True})
    function = node_function(own_site, "node_old", NODE_ECHO, runtime="nodejs6.10")
    status = status_of(own_site, "old", function, {})
    assert status["DeploymentStatus"] == "Failure"
    assert "runtime nodejs6.10: there is no nodejs6.10 in /usr/bin or /usr/local/bin" in status["ErrorMessage"]
    own_site.configure(fescue={"runtimes": {"nodejs6.10": NODE}})
    assert status_of(own_site, "old", function, {})["DeploymentStatus"] == "Success"
    assert invoke(own_site, "node_old", 1) == {"event": 1, "calls": 1}


def test_doctor_tells_what_functions_need_and_get(site):
    old = node_function(site, "node_six", NODE_ECHO, runtime="nodejs6.10")
    today = site.create_function("python_today", PYTHON_ECHO)
    site.deploy({"old": (old, ON_DEMAND), "today": (today, ON_DEMAND)}, [])
    said = site.fescue("doctor", check=False).stdout.decode()
    assert "node_six:1 needs nodejs6.10 and gets %s: there is no nodejs6.10; " % NODE in said
    assert "python_today:1 needs %s and gets /usr/bin/%s" % (RUNTIME, RUNTIME) in said
    assert "Python: /usr/bin/%s (Python " % RUNTIME in said and "Node.js: %s (Node.js %d." % (NODE, MAJOR) in said


@pytest.mark.skipif(MAJOR is not None and MAJOR < 12, reason="this Node.js keeps no code of what it has run")
def test_the_runtime_comes_compiled(site):
    """Not from each of its files: what tools/compile_nodejs made of them is installed beside them, and used."""
    arn = node_function(site, "node_compiled", "exports.handler = async () => new Error('here').stack.split('\\n');\n")
    site.deploy({"compiled": (arn, ON_DEMAND)}, [])
    stack = invoke(site, "node_compiled", {})
    assert any("fescue:runtime:" in line for line in stack), stack


@pytest.mark.skipif(MAJOR is not None and MAJOR < 14, reason="this Node.js has no ES modules, or only as an experiment")
def test_es_modules_work_with_the_compiled_runtime_too(site):
    source = "import { pid } from 'node:process';\nawait null;\nexport const handler = async (event) => ({ event, pid });\n"
    arn = site.create_function("node_es", {"index.mjs": source}, runtime="nodejs%s.x" % MAJOR, handler="index.handler")
    site.deploy({"es": (arn, ON_DEMAND)}, [])
    assert invoke(site, "node_es", {"\u00e4": [1]})["event"] == {"\u00e4": [1]}
