"""`fescue run-local`: a handler of a package, run without a core. There is no site here."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import pytest

from fescue_site import BUILD, DEADLINE, ROOT, RUNTIME, make_zip, wait_until

APP = """
import json, logging, os, sys, time
import greengrasssdk

iot = greengrasssdk.client('iot-data')
functions = greengrasssdk.client('lambda')
secrets = greengrasssdk.client('secretsmanager')

def echo(event, context):
    print('seen')
    sys.stderr.write('trouble\\n')
    return {'event': event, 'custom': context.client_context.custom, 'arn': context.invoked_function_arn,
            'variable': os.environ.get('COLOUR'), 'uid': os.getuid()}

def fail(event, context):
    raise ValueError('as asked')

def leave(event, context):
    os._exit(5)

def hang(event, context):
    open(event, 'w').close()
    time.sleep(1000)

def double(event, context):
    return event + event

def ask(event, context):
    iot.publish(topic='a/b', payload=b'\\xff', queueFullPolicy='AllOrException')
    said = [functions.invoke(FunctionName='arn:aws:lambda:us-west-2:123456789012:function:Other:3', Payload=b'{}',
                             ClientContext=b'eyJjdXN0b20iOiB7ImsiOiAidiJ9fQ==')['FunctionError'] for _ in range(2)]
    functions.invoke(FunctionName='arn:aws:lambda:us-west-2:123456789012:function:Unknown:1', InvocationType='Event',
                     Payload=b'{"n": 1}')
    try:
        functions.invoke(FunctionName='arn:aws:lambda:us-west-2:123456789012:function:Unknown:1', Payload=b'{}')
    except Exception as refusal:
        said.append(type(refusal).__name__)
    iot.update_thing_shadow(thingName='T', payload=json.dumps({'state': {'reported': {'x': 1}}}))
    said.append(json.loads(iot.get_thing_shadow(thingName='T')['payload'])['state'])
    said.append(secrets.get_secret_value(SecretId='db')['SecretString'])
    return said
"""

ANSWERS = {"functions": {"Other": [{"error": "Handled", "payload": {"errorMessage": "no"}}, {"payload": 1}]},
           "shadows": {"T": {"desired": {"x": 2}}}, "secrets": {"db": "s3cret"}}


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "my app"
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    return folder


def run_local(*arguments, program=BUILD / "fescue", **options):
    """The finished process, standard output and error as text unless told otherwise."""
    options = {"capture_output": True, "text": True, "timeout": 60, **options}
    return subprocess.run([program, "run-local", *map(str, arguments)], **options)


def result(*arguments, **options):
    done = run_local(*arguments, **options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_directory_and_its_zip_answer_alike(package, tmp_path):
    zipped = tmp_path / "app.zip"
    zipped.write_bytes(make_zip({"app.py": APP}))
    for source, name in ((package, "my-app"), (zipped, "app")):
        said = result(source, "--handler", "app.echo", "--event", '{"text": "\U0001f600"}', "--env", "COLOUR=a=b",
                      "--client-context", '{"custom": {"subject": "s/t"}}')
        assert said == {"event": {"text": "\U0001f600"}, "custom": {"subject": "s/t"}, "variable": "a=b",
                        "uid": os.getuid(), "arn": "arn:aws:lambda:us-west-2:123456789012:function:%s:1" % name}
    assert [path.name for path in package.iterdir()] == ["app.py"]  # nothing is left in it


def test_what_the_function_prints_goes_to_standard_error(package):
    done = run_local(package, "--handler", "app.echo", "--event", "1", "--name", "Named:7")
    assert "[INFO]-app.py:10,seen\n" in done.stderr and "[ERROR]-app.py:11,trouble\n" in done.stderr
    assert json.loads(done.stdout)["arn"].endswith(":function:Named:7")


def test_the_event_comes_from_a_file_or_standard_input(package, tmp_path):
    (tmp_path / "event.json").write_text('["file"]')
    assert result(package, "--handler", "app.echo", "--event", "@%s/event.json" % tmp_path)["event"] == ["file"]
    assert result(package, "--handler", "app.echo", "--event", "-", input='["stdin"]')["event"] == ["stdin"]
    assert result(package, "--handler", "app.echo")["event"] == {}


def test_bytes(package):
    every = bytes(range(256)) * 512
    done = run_local(package, "--handler", "app.double", "--binary", "--event", "-", input=every, text=False)
    assert (done.returncode, done.stdout) == (0, every + every)


def test_calls_are_written_down_and_answered(package, tmp_path):
    answers, record = tmp_path / "answers.json", tmp_path / "record.json"
    answers.write_text(json.dumps(ANSWERS))
    said = result(package, "--handler", "app.ask", "--answers", answers, "--record", record)
    assert said == ["Handled", "", "InvocationException", {"desired": {"x": 2}, "reported": {"x": 1}, "delta": {"x": 2}},
                    "s3cret"]
    written = json.loads(record.read_text())
    other = {"call": "invoke", "function": "arn:aws:lambda:us-west-2:123456789012:function:Other:3",
             "type": "RequestResponse", "client_context": {"custom": {"k": "v"}}, "payload": {}}
    unknown = "arn:aws:lambda:us-west-2:123456789012:function:Unknown:1"
    calls = written["calls"]
    assert calls[:4] == [{"call": "publish", "topic": "a/b", "payload_base64": "/w==", "queue_full_policy": "AllOrError"},
                         other, other, {"call": "invoke", "function": unknown, "type": "Event", "payload": {"n": 1}}]
    assert calls[4]["function"] == unknown and "is not deployed" in calls[4]["refused"]
    assert [(call["call"], call.get("operation")) for call in calls[5:]] == [
        ("shadow", "update"), ("shadow", "get"), ("secret", None)]
    assert written["result"] == {"function_error": None, "timed_out": False, "payload": said}
    assert written["function"]["runtime"].startswith("python3.") and written["notes"] == []
    printed = json.loads(run_local(package, "--handler", "app.ask", "--answers", answers, "--json").stdout)
    assert {**printed, "duration_ms": 0} == {**written, "duration_ms": 0}


def test_how_it_ended_is_the_exit_status(package, tmp_path):
    failed = run_local(package, "--handler", "app.fail")
    assert (failed.returncode, json.loads(failed.stdout)["errorMessage"]) == (1, "as asked")
    assert "ValueError: as asked" in failed.stderr and failed.stderr.endswith("my-app failed (Handled)\n")
    died = run_local(package, "--handler", "app.leave")
    assert died.returncode == 1 and "exit status 5" in json.loads(died.stdout)["errorMessage"]
    broken = run_local(package, "--handler", "app.missing")
    assert broken.returncode == 1 and "has no attribute" in json.loads(broken.stdout)["errorMessage"]
    hung = run_local(package, "--handler", "app.hang", "--timeout", "1", "--event", json.dumps(str(tmp_path / "x")))
    assert hung.returncode == 3 and "timed out after 1 seconds" in json.loads(hung.stdout)["errorMessage"]
    assert json.loads(run_local(package, "--handler", "app.fail", "--json").stdout)["result"]["function_error"] == "Handled"


@pytest.mark.parametrize("wrong", [
    (["{tmp}/none", "--handler", "app.echo"], "there is no "),
    (["{package}", "--handler", "other.echo"], "has no module, program or bootstrap for the handler other.echo"),
    (["{package}", "--handler", "app.echo", "--event", "no"], "the event is not JSON: not valid JSON: syntax error at byte"),
    (["{package}", "--handler", "app"], "a handler is module.function"),
    (["{package}", "--handler", "app.echo", "--event", "@{tmp}/none"], "No such file"),
    (["{package}", "--handler", "app.echo", "--client-context", "{{"], "--client-context: "),
    (["{package}", "--handler", "app.echo", "--env", "x"], "--env takes NAME=VALUE"),
    (["{package}", "--handler", "app.echo", "--name", "a b"], "a b"),
    (["{package}", "--handler", "app.echo", "--interpreter", "/usr/bin/python3"], "--interpreter needs --runtime"),
    (["{package}", "--handler", "app.echo", "--answers", "{tmp}/answers"], "\"shadow\" is none of"),
    (["{tmp}/answers", "--handler", "app.echo"], "zip"),
    (["{package}"], "--handler is required"),
    (["{package}", "--handler", "app.echo", "--timeout", "0"], "--timeout"),
])
def test_what_is_wrong_is_said_with_status_2(package, tmp_path, wrong):
    arguments, said = wrong
    (tmp_path / "answers").write_text('{"shadow": {}}')
    done = run_local(*(word.format(package=package, tmp=tmp_path) for word in arguments))
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert said in done.stderr


def test_without_an_interpreter_it_is_not_run(package, tmp_path):
    done = run_local(package, "--handler", "app.echo", "--runtime", "python3.99")
    assert done.returncode == 4 and "there is no python3.99 in /usr/bin or /usr/local/bin" in done.stderr
    done = run_local(package, "--handler", "app.echo", "--runtime", "python3.99", "--interpreter", "/usr/bin/python3")
    assert done.returncode == 0, done.stderr


def test_a_program_without_its_execute_bit_is_not_run(tmp_path):
    (tmp_path / "program").write_bytes(b"")
    done = run_local(tmp_path, "--handler", "program")
    assert done.returncode == 4 and "program is not executable (mode 0644); chmod +x it" in done.stderr


def test_an_interpreter_that_stands_in_is_told(package):
    said = json.loads(run_local(package, "--handler", "app.echo", "--runtime", "python3.2", "--json").stdout)
    assert said["notes"][0].startswith("there is no python3.2; /usr/bin/" + RUNTIME)


def compiled(folder, source):
    program = folder / source.stem
    subprocess.run(["cc", "-I", ROOT / "sdk/c/include", "-o", program, source, "-L", BUILD / "runtimes/executable",
                    "-laws-greengrass-core-sdk-c"], check=True)
    return program


def test_the_other_languages(tmp_path):
    (tmp_path / "index.js").write_text("""
        const { IotData } = require('aws-greengrass-core-sdk');
        exports.handler = async (event) => {
          await new Promise((done) => new IotData().publish({ topic: 't', payload: 'hi' }, done));
          return { event, by: 'node' };
        };""")
    (tmp_path / "bootstrap").write_text("""#!/usr/bin/python3
import os, urllib.request as http
base = 'http://%s/2018-06-01/runtime/invocation/' % os.environ['AWS_LAMBDA_RUNTIME_API']
while True:
    item = http.urlopen(base + 'next')
    http.urlopen(base + item.headers['Lambda-Runtime-Aws-Request-Id'] + '/response', data=b'{"by": "bootstrap"}')
""")
    (tmp_path / "bootstrap").chmod(0o755)
    assert result(tmp_path, "--handler", "anything") == {"by": "bootstrap"}
    if os.path.exists("/usr/bin/node"):
        said = json.loads(run_local(tmp_path, "--handler", "index.handler", "--event", "[1]", "--json").stdout)
        assert said["result"]["payload"] == {"event": [1], "by": "node"} and said["calls"][0]["payload_text"] == "hi"
    program = compiled(tmp_path, ROOT / "sdk/c/examples/echo.c")
    zipped = tmp_path / "echo.zip"
    zipped.write_bytes(make_zip({"echo": program.read_bytes()}))  # without the execute bit
    for source in (tmp_path, zipped):
        done = run_local(source, "--handler", "echo", "--event", "-", "--runtime",
                         "arn:aws:greengrass:::runtime/function/executable", input=b"\0\xff", text=False)
        assert (done.returncode, done.stdout) == (0, b"\0\xff"), done.stderr


def installed(folder):
    """The program, as it lies in a checkout, for those who may not look into this one."""
    for name in ("runtimes", "sdk"):
        shutil.copytree(ROOT / name, folder / name)
    build = folder / "build/release"
    shutil.copytree(BUILD / "runtimes", build / "runtimes")
    for name in ("fescue", "fescue-launcher"):
        shutil.copy(BUILD / name, build)
    return build / "fescue"


@pytest.mark.skipif(os.getuid() != 0, reason="nobody else to be")
def test_it_needs_no_root():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        path.chmod(0o755)
        (path / "package").mkdir()
        (path / "package/app.py").write_text(APP)
        stranger = {"user": "ggc_user", "group": "ggc_group", "extra_groups": [], "env": {"TMPDIR": "/tmp"}}
        said = result(path / "package", "--handler", "app.echo", program=installed(path), **stranger)
        assert said["uid"] != 0


def test_an_interruption_ends_function_and_all(package, tmp_path):
    sign = tmp_path / "running"
    (tmp_path / "tmp").mkdir()
    process = subprocess.Popen([BUILD / "fescue", "run-local", package, "--handler", "app.hang", "--timeout", "60",
                                "--event", json.dumps(str(sign))], stderr=subprocess.PIPE, text=True,
                               env={**os.environ, "TMPDIR": str(tmp_path / "tmp")})
    wait_until(sign.exists, "the function to run")
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=DEADLINE)[1]
    assert process.returncode == 4 and said.endswith("fescue run-local: interrupted\n")
    assert list((tmp_path / "tmp").iterdir()) == []
