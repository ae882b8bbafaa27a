"""C and C++ executables: built as users build them, deployed with the AWS CLI, run by the shipped core."""
import os
import pathlib
import subprocess

import pytest

from fescue_site import ROLE, ROOT, make_zip, wait_until

EXECUTABLE = "arn:aws:greengrass:::runtime/function/executable"
LIBRARY = "libaws-greengrass-core-sdk-c.so"
SDK = ROOT / "sdk/c"
OFFICIAL = os.environ.get("FESCUE_OFFICIAL_C_SDK")

MAIN_JOB = r"""
#include <stdio.h>
#include <string.h>
#include <greengrasssdk.h>

/* {"custom":{"subject":"the/topic"}} and {"test-key":"the message"}: the text after the last but one quote. */
static void last_string(const char *json, char *out) {
    const char *end = strrchr(json, '"'), *begin = end;
    while (begin > json && begin[-1] != '"') --begin;
    sprintf(out, "%.*s", (int)(end - begin), begin);
}

static void handler(const gg_lambda_context *context) {
    char event[1000] = "", topic[1000], message[1000], answer[3000];
    size_t amount = 0;
    gg_request request = NULL;
    gg_request_result result;
    gg_lambda_handler_read(event, sizeof event - 1, &amount);
    last_string(context->client_context, topic);
    last_string(event, message);
    sprintf(answer, "Invoked on topic \"%s\" with message \"%s\"", topic, message);
    gg_log(GG_LOG_WARN, "%s", answer);
    gg_request_init(&request);
    gg_publish(request, "test/topic_results", answer, strlen(answer), &result);
    gg_request_close(request);
    gg_lambda_handler_write_response(answer, strlen(answer));
}

int main(void) {
    if (gg_global_init(0)) return 1;
    printf("started\n");
    return gg_runtime_start(handler, 0) == GGE_TERMINATE ? 0 : 1;
}
"""


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def stub(tmp_path_factory):
    directory = tmp_path_factory.mktemp("stub")
    run("gcc", "-shared", "-fPIC", "-I", SDK / "include", "-Wl,-soname," + LIBRARY, "-Wl,--version-script=%s" % (SDK / "stub/exports.map"),
        "-o", directory / LIBRARY, SDK / "stub/greengrasssdk_stub.c")
    return directory


def compile_function(tmp_path, stub, source, *flags, compiler="gcc", include=SDK / "include"):
    """Returns the program's bytes."""
    if not isinstance(source, pathlib.Path):
        (tmp_path / "function.c").write_text(source)
        source = tmp_path / "function.c"
    run(compiler, "-o", tmp_path / "function", source, "-I", include, "-L", stub, "-laws-greengrass-core-sdk-c", *flags)
    return (tmp_path / "function").read_bytes()


def deploy(site, functions, rows, **configuration):
    """functions: {name: files of the package}, whose handler is the file of the function's name. Returns {name: arn}."""
    arns = {name: site.create_function(name, make_zip(files), runtime=EXECUTABLE, handler=name)
            for name, files in functions.items()}
    settings = {"Timeout": 5, "EncodingType": "binary", **configuration}
    site.deploy({name: (arn, settings) for name, arn in arns.items()},
                [tuple(arns.get(end, end) for end in row) for row in rows], name="executables")
    return arns


def ask(site, topic, payload, answer):
    client = site.mqtt()
    client.subscribe(answer)
    client.publish(topic, payload)
    return client.payload()


def test_the_main_job_with_the_aws_cli(site, stub, tmp_path):
    (tmp_path / "code.zip").write_bytes(make_zip({"first": (compile_function(tmp_path, stub, MAIN_JOB), 0o644)}))
    site.aws("lambda", "create-function", "--function-name", "first", "--handler", "first", "--role", ROLE, "--zip-file",
             "fileb://%s" % (tmp_path / "code.zip"), "--runtime", EXECUTABLE)
    version = site.aws("lambda", "publish-version", "--function-name", "first")["Version"]
    arn = site.aws("lambda", "create-alias", "--function-name", "first", "--name", "prod", "--function-version",
                   version)["AliasArn"]
    site.deploy({"first": (arn, {"Timeout": 5, "EncodingType": "binary"})},
                [("cloud", "test/input_message", arn), (arn, "test/topic_results", "cloud")])
    answer = ask(site, "test/input_message", '{"test-key": "Some string value"}', "test/topic_results")
    assert answer == b'Invoked on topic "test/input_message" with message "Some string value"'
    log = wait_until(lambda: "Invoked on" in site.function_log("first") and site.function_log("first"), "the log")
    assert "[INFO]-started" in log and "[WARN]-Invoked on topic" in log and "[INFO]-Running [%s" % arn.rsplit(":", 1)[0] in log


def test_in_a_container(site, stub, tmp_path):
    """The core's library is in /runtime there, and the package with a stub in /lambda."""
    program = compile_function(tmp_path, stub, MAIN_JOB, "-Wl,--disable-new-dtags,-rpath,$ORIGIN")
    deploy(site, {"contained": {"contained": program, LIBRARY: (stub / LIBRARY).read_bytes()}},
           [("cloud", "in/contained", "contained"), ("contained", "#", "cloud")], MemorySize=16384,
           Environment={"Execution": {"IsolationMode": "GreengrassContainer"}})
    assert ask(site, "in/contained", '{"k":"v"}', "test/topic_results").startswith(b"Invoked on topic")


@pytest.mark.parametrize("dtags", ["--enable-new-dtags", "--disable-new-dtags"])
def test_the_core_s_library_wins_over_a_stub_in_the_package(site, stub, tmp_path, dtags):
    program = compile_function(tmp_path, stub, MAIN_JOB, "-Wl,%s,-rpath,$ORIGIN" % dtags)
    deploy(site, {"carrier": {"carrier": program, LIBRARY: (stub / LIBRARY).read_bytes()}},
           [("cloud", "in/" + dtags, "carrier"), ("carrier", "#", "cloud")])
    assert ask(site, "in/" + dtags, '{"k":"v"}', "test/topic_results").startswith(b"Invoked on topic")


def test_every_byte_of_128_kilobytes_through_two_functions(site, stub, tmp_path):
    """relay.cpp has the other, echo.c with more room, transform the event, and publishes it."""
    echo = compile_function(tmp_path, stub, (SDK / "examples/echo.c").read_text().replace("1000 + 1", "200000 + 1"))
    relay = compile_function(tmp_path, stub, SDK / "examples/relay.cpp", "-std=c++17", compiler="g++")
    echo_arn = site.create_function("echo", make_zip({"echo": echo}), runtime=EXECUTABLE, handler="echo")
    relay_arn = site.create_function("relay", make_zip({"relay": relay}), runtime=EXECUTABLE, handler="relay")
    version = site.boto("lambda").get_alias(FunctionName="echo", Name="prod")["FunctionVersion"]
    qualified = "%s:%s" % (echo_arn.rsplit(":", 1)[0], version)
    settings = {"Timeout": 5, "EncodingType": "binary"}
    site.deploy({"echo": (echo_arn, settings),
                 "relay": (relay_arn, {**settings, "Environment": {"Variables": {"TRANSFORMER": qualified}}})},
                [("cloud", "relay/in", relay_arn), (relay_arn, "relayed", "cloud")])
    payload = bytes(range(256)) * 512
    assert ask(site, "relay/in", payload[:-1], "relayed") == payload[:-1]


def test_what_cannot_run_fails_the_deployment_by_name(site):
    arn = site.create_function("broken", make_zip({"broken": b"no program"}), runtime=EXECUTABLE, handler="broken")
    for settings, why in [({"EncodingType": "json"}, "binary"), ({"EncodingType": "binary", "Executable": "absent"}, "absent")]:
        group, version = site.create_group({"broken": (arn, settings)}, [], name="broken")
        try:
            status = site.finish_deployment(group, site.start_deployment(group, version))
            assert status["DeploymentStatus"] == "Failure" and why in status["ErrorMessage"], status
        except site.boto("greengrass").exceptions.ClientError as refused:
            assert why in str(refused)


@pytest.mark.skipif(not OFFICIAL, reason="FESCUE_OFFICIAL_C_SDK does not name a checkout of the official C SDK")
def test_the_official_samples_unchanged(site, tmp_path):
    """Built with their own header and stub; the ARN of Invokee:1 is in their source."""
    official = pathlib.Path(OFFICIAL)
    run("cmake", "-S", official / "aws-greengrass-core-sdk-c", "-B", tmp_path, "-DCMAKE_POLICY_VERSION_MINIMUM=3.5")
    run("cmake", "--build", tmp_path)
    examples = official / "aws-greengrass-core-sdk-c-example"
    flags = ("-std=c99", "-Wl,--enable-new-dtags", "-Wl,-rpath,%s" % tmp_path)
    include = official / "aws-greengrass-core-sdk-c/include"
    names = {"publish": "publish.c", "Invoker": "invoke/invoker.c", "Invokee": "invoke/invokee.c", "shadow": "shadow.c",
             "simple_handler": "simple_handler.c"}
    functions = {name: {name: compile_function(tmp_path, tmp_path, examples / file, *flags, include=include)}
                 for name, file in names.items()}
    rows = [("cloud", "do/" + name, name) for name in names] + [("publish", "to/cloud", "cloud")]
    arns = deploy(site, functions, rows)
    said = ask(site, "do/publish", b"", "to/cloud")
    assert said.rstrip(b"\0").decode().startswith("hello from: " + arns["publish"].rsplit(":", 1)[0])
    client = site.mqtt()
    for name, line in [("Invoker", "Response: hello world read: 11"), ("simple_handler", "Received message: [a message]"),
                       ("shadow", "gg_update_thing_shadow had result request_status")]:
        client.publish("do/" + name, "a message")
        wait_until(lambda: line in site.function_log(name), "%r in the log of %s" % (line, name))
    assert '{"custom":{"value":"key"}}' in site.function_log("Invokee").replace(" ", "")


def test_idle_workers_end_by_sigterm(own_site, stub, tmp_path):
    arn = deploy(own_site, {"first": {"first": compile_function(tmp_path, stub, MAIN_JOB)}},
                 [("cloud", "in", "first"), ("first", "#", "cloud")])["first"]
    ask(own_site, "in", '{"k":"v"}', "test/topic_results")
    group, version = own_site.create_group({"first": (arn, {"EncodingType": "binary", "Timeout": 9})}, [], name="again")
    own_site.deploy_version(group, version)
    wait_until(lambda: "Caught SIGTERM. Stopping runtime." in own_site.function_log("first"), "the worker's last words")
    assert "ungracefully" not in own_site.runtime_log()
