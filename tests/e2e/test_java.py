"""Java functions on a real core, in containers and without: the main job's shape, calls between languages, the log."""
import functools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from fescue_site import BUILD, ROOT, wait_until

JARS = BUILD / "runtimes/java"
pytestmark = pytest.mark.skipif(not (JARS / "runtime.jar").exists() or shutil.which("javac") is None,
                                reason="no javac, or a build without the Java runtime")
MEMORY = 96 * 1024
CONTAINER = {"MemorySize": MEMORY, "Environment": {"Execution": {"IsolationMode": "GreengrassContainer"}}}
PINNED = {"Pinned": True, "Timeout": 20}
ON_DEMAND = dict(CONTAINER, Pinned=False, Timeout=20)

SOURCE = """
package plant;

import com.amazonaws.greengrass.javasdk.IotDataClient;
import com.amazonaws.greengrass.javasdk.LambdaClient;
import com.amazonaws.greengrass.javasdk.model.*;
import com.amazonaws.services.lambda.runtime.Context;
import java.io.*;
import java.nio.ByteBuffer;
import java.util.*;

public class Functions {
  private static int calls;

  public static class Reading {
    public String sensor;
    public double value;
  }

  public void first(Map<String, Object> event, Context context) throws Exception {
    String answer = "Invoked on topic \\"" + context.getClientContext().getCustom().get("subject") + "\\" with message \\""
        + event.get("test-key") + "\\"";
    System.err.println("answering " + event);
    new IotDataClient().publish(new PublishRequest().withTopic("test/topic_results")
        .withPayload(ByteBuffer.wrap(answer.getBytes("UTF-8"))).withQueueFullPolicy(QueueFullPolicy.AllOrException));
  }

  public Object echo(Object event) {
    if ("fail".equals(event)) throw new IllegalStateException("as asked \\u00e4");
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("event", event);
    out.put("calls", ++calls);
    return out;
  }

  public Reading bean(Reading reading) {
    reading.value += 1;
    return reading;
  }

  public Object call(Map<String, Object> event) throws Exception {
    InvokeResponse answer = new LambdaClient().invoke(new InvokeRequest().withFunctionArn((String) event.get("to"))
        .withPayload((String) event.get("pass")));
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("error", answer.getFunctionErr());
    out.put("payload", new String(answer.getPayload().array(), "UTF-8"));
    return out;
  }

  public void bytes(InputStream in, OutputStream out) throws IOException {
    for (int each = in.read(); each >= 0; each = in.read()) out.write(255 - each);
  }

  public Object threads(int count) throws Exception {
    Thread[] threads = new Thread[count];
    final int[] sum = new int[1];
    for (int i = 0; i < count; ++i) {
      threads[i] = new Thread(() -> {
        synchronized (sum) {
          ++sum[0];
        }
      });
      threads[i].start();
    }
    for (Thread thread : threads) thread.join();
    return sum[0];
  }

  /** Ends the worker, or seems to. */
  public Object end(String how) throws Exception {
    if (how.equals("exit")) System.exit(3);
    if (how.equals("halt")) Runtime.getRuntime().halt(4);
    if (how.equals("overflow")) return end(how);
    if (how.equals("thread")) {
      Thread thread = new Thread(() -> {
        throw new IllegalStateException("loose");
      });
      thread.start();
      thread.join();
    }
    if (how.equals("print")) {
      for (int i = 0; i < 64; ++i) System.out.print(new String(new char[1 << 16]).replace('\\0', 'x'));
    }
    return ++calls;
  }

  public Object fill(int megabytes) {
    List<byte[]> held = new ArrayList<>();
    for (int i = 0; i < megabytes; ++i) held.add(new byte[1 << 20]);
    return held.size();
  }
}
"""

PYTHON_CALLER = """
import greengrasssdk
def handler(event, context):
    answer = greengrasssdk.client('lambda').invoke(FunctionName=event['to'], Payload=event['pass'])
    body = answer['Payload']
    return {'error': answer['FunctionError'], 'payload': (body if answer['FunctionError'] else body.read()).decode()}
"""
PYTHON_ECHO = "def handler(event, context): return {'event': event, 'by': 'python'}\n"


@functools.lru_cache(maxsize=None)
def package():
    """{name in the package: bytes}."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "Functions.java")
        source.write_text(SOURCE)
        classes = pathlib.Path(folder, "classes")
        subprocess.run(["javac", "--release", "8", "-Xlint:-options", "-encoding", "UTF-8", "-d", classes, "-cp",
                        "%s/interfaces.jar:%s/sdk.jar:%s/runtime.jar" % (JARS, JARS, JARS), source], check=True)
        return {str(path.relative_to(classes)): path.read_bytes() for path in classes.rglob("*.class")}


def java_function(site, name, method, runtime="java8"):
    return site.create_function(name, package(), runtime=runtime, handler="plant.Functions::" + method)


def published(site, name):
    """The ARN with its version, by which functions call each other."""
    alias = site.boto("lambda").get_alias(FunctionName=name, Name="prod")
    return alias["AliasArn"].rsplit(":", 1)[0] + ":" + alias["FunctionVersion"]


def invoke(site, name, event):
    answer = site.boto("lambda").invoke(FunctionName=name, Qualifier="prod", Payload=json.dumps(event))
    assert "FunctionError" not in answer, answer["Payload"].read()
    return json.loads(answer["Payload"].read())


@pytest.mark.parametrize("where", [CONTAINER, {}], ids=["container", "no container"])
def test_a_message_is_answered(site, where):
    function = java_function(site, "java_first", "first")
    site.deploy({"first": (function, dict(PINNED, **where))},
                [("cloud", "test/input_message", function), (function, "test/topic_results", "cloud")])
    client = site.mqtt()
    client.subscribe("test/topic_results")
    for text in ("Some string \u00e4 value", "again"):
        client.publish("test/input_message", {"test-key": text})
        assert client.payload().decode() == 'Invoked on topic "test/input_message" with message "%s"' % text
    wait_until(lambda: "[ERROR]-answering {test-key=again}" in site.function_log("java_first"), "the line in the log")
    assert "[INFO]-Running [arn:aws:lambda:" in site.function_log("java_first")


def test_functions_call_each_other_across_languages(site):
    functions = {
        "java_echo": java_function(site, "java_echo", "echo"), "java_caller": java_function(site, "java_caller", "call"),
        "java_bean": java_function(site, "java_bean", "bean"), "java_threads": java_function(site, "java_threads", "threads"),
        "python_echo": site.create_function("python_echo", PYTHON_ECHO),
        "python_caller": site.create_function("python_caller", PYTHON_CALLER)}
    functions["java_bytes"] = java_function(site, "java_bytes", "bytes")
    settings = {name: (arn, dict(ON_DEMAND)) for name, arn in functions.items()}
    settings["java_bytes"][1]["EncodingType"] = "binary"
    site.deploy(settings, [])

    def call(caller, to, event):
        answer = invoke(site, caller, {"to": published(site, to), "pass": json.dumps(event)})
        return answer["error"], json.loads(answer["payload"])

    event = {"text": "\U0001f600", "number": 0.1, "big": 2 ** 70}
    assert call("java_caller", "python_echo", event) == ("", {"event": event, "by": "python"})
    for calls in (1, 2):  # state is kept
        assert call("python_caller", "java_echo", [calls]) == ("", {"event": [calls], "calls": calls})
    error, body = call("python_caller", "java_echo", "fail")
    assert (error, body["errorMessage"], body["errorType"]) == ("Handled", "as asked \u00e4", "java.lang.IllegalStateException")
    assert call("java_caller", "java_echo", "fail")[0] == "Handled"
    assert invoke(site, "java_bean", {"sensor": "a", "value": 1.5, "more": 1}) == {"sensor": "a", "value": 2.5}
    assert invoke(site, "java_threads", 200) == 200
    answer = site.boto("lambda").invoke(FunctionName="java_bytes", Qualifier="prod", Payload=bytes(range(256)) * 512)
    assert answer["Payload"].read() == bytes(reversed(range(256))) * 512


def test_a_full_heap_is_the_functions_error(site):
    """The heap ends before the container's memory does, so that the caller hears of it by name."""
    function = java_function(site, "java_fill", "fill")
    site.deploy({"fill": (function, ON_DEMAND)}, [])
    answer = site.boto("lambda").invoke(FunctionName="java_fill", Qualifier="prod", Payload="500")
    body = json.loads(answer["Payload"].read())
    assert (answer["FunctionError"], body["errorType"]) == ("Handled", "java.lang.OutOfMemoryError")
    assert invoke(site, "java_fill", 5) == 5


def test_how_workers_end_and_go_on(site):
    function = java_function(site, "java_end", "end")
    site.deploy({"end": (function, ON_DEMAND)}, [])

    def call(how):
        answer = site.boto("lambda").invoke(FunctionName="java_end", Qualifier="prod", Payload=json.dumps(how))
        body = json.loads(answer["Payload"].read())
        return (answer["FunctionError"], body["errorMessage"]) if "FunctionError" in answer else body

    assert (call("print"), call("thread"), call("overflow")) == (1, 2, ("Handled", "java.lang.StackOverflowError"))
    assert call("go on") == 3
    for how, status in (("exit", 3), ("halt", 4)):
        error, message = call(how)
        assert error == "Unhandled" and message.endswith("ended before it answered: exit status %d" % status)
        assert call("go on") == 1
    wait_until(lambda: "IllegalStateException: loose" in site.function_log("java_end"), "the lost exception in the log")


def test_the_example(site, tmp_path):
    package = tmp_path / "plant.zip"
    example = ROOT / "examples/java_function"
    subprocess.run([example / "build.sh", package], check=True, env=dict(os.environ, JARS=str(JARS)))
    said = subprocess.run([BUILD / "fescue", "run-local", package, "--handler", "plant.Answer", "--timeout", "20", "--event",
                           '{"sensor": "boiler", "celsius": 21.5}'], capture_output=True, text=True)
    assert (said.returncode, said.stdout.strip()) == (0, "70.7"), said
    function = site.create_function("java_example", package.read_bytes(), runtime="java8", handler="plant.Answer")
    site.deploy({"example": (function, ON_DEMAND)},
                [("cloud", "plant/+/celsius", function), (function, "plant/fahrenheit", "cloud")])
    client = site.mqtt()
    client.subscribe("plant/fahrenheit")
    client.publish("plant/1/celsius", {"sensor": "boiler", "celsius": 100})
    assert client.payload() == b"boiler on plant/1/celsius: 212.0"


def test_a_newer_runtime_is_refused_by_name(site):
    function = java_function(site, "java_new", "echo", runtime="java99")
    group, version = site.create_group({"new": (function, PINNED)}, [])
    status = site.finish_deployment(group, site.start_deployment(group, version))
    assert status["DeploymentStatus"] == "Failure"
    assert "there is no java99 in /usr/bin or /usr/local/bin" in status["ErrorMessage"]
