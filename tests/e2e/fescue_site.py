"""A running `fescue up` and everything a test does to it, with real clients: the shipped binary, boto3, the AWS CLI, paho
and the mosquitto tools. Nothing here sleeps: it waits on lines, descriptors and messages, each with a deadline."""
import http.client
import io
import json
import os
import pathlib
import queue
import select
import shutil
import signal
import subprocess
import time
import uuid
import zipfile

import boto3
import botocore.config
import paho.mqtt.client

from core_admin import CoreAdmin

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("FESCUE_BUILD", ROOT / "build/release"))
RUNTIME = os.path.basename(os.path.realpath("/usr/bin/python3"))  # python3.11 on Debian 12
ROLE = "arn:aws:iam::123456789012:role/unused"
DEADLINE = 30.0


def wait_until(condition, what, deadline=DEADLINE):
    """Polls for what cannot be waited on otherwise (a file of another process). Returns the condition's value."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, "waited %gs in vain for: %s" % (deadline, what)
        select.select([], [], [], 0.02)


def make_zip(files):
    """A deployment package; a value may be text, bytes, or (bytes, mode)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, content in files.items():
            mode = 0o644
            if isinstance(content, tuple):
                content, mode = content
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o100000 | mode) << 16
            package.writestr(info, content)
    return buffer.getvalue()


class MqttClient:
    """A paho client whose messages are taken from a queue."""

    def __init__(self, address, client_id=""):
        host, port = address.rsplit(":", 1)
        self._messages = queue.Queue()
        self._acks = queue.Queue()
        self._client = paho.mqtt.client.Client(client_id)
        self._client.on_connect = lambda c, u, f, rc: self._acks.put(rc)
        self._client.on_subscribe = lambda c, u, mid, granted: self._acks.put(granted)
        self._client.on_message = lambda c, u, m: self._messages.put((m.topic, m.payload))
        self._client.connect(host, int(port))
        self._client.loop_start()
        assert self._acks.get(timeout=DEADLINE) == 0

    def subscribe(self, topic, qos=0):
        self._client.subscribe(topic, qos)
        return self._acks.get(timeout=DEADLINE)

    def publish(self, topic, payload, qos=1):
        if not isinstance(payload, (bytes, str)):
            payload = json.dumps(payload)
        self._client.publish(topic, payload, qos).wait_for_publish(DEADLINE)

    def message(self, timeout=DEADLINE):
        return self._messages.get(timeout=timeout)

    def payload(self, timeout=DEADLINE):
        return self.message(timeout)[1]

    def nothing_waits(self):
        return self._messages.empty()

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()


GATE = """
import os, time
def wait_for(gate):
    while not os.path.exists(gate):
        time.sleep(0.005)
"""


class Gate:
    """Closed until open() is called. str() is what a function's event carries; functions get in with GATE's wait_for."""

    def __init__(self, directory):
        directory.mkdir(exist_ok=True)
        directory.chmod(0o755)
        self._path = directory / uuid.uuid4().hex

    def open(self):
        self._path.touch()

    def close(self):
        self._path.unlink()

    def __str__(self):
        return str(self._path)


class Site:
    """One `fescue up` with a directory of its own. Functions run as another user, who must be able to reach it."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.process = None
        self.endpoints = None
        self.group = None
        self._clients = {}
        self._mqtt = []

    # ---- the process

    def start(self, *arguments):
        self.root.mkdir(parents=True, exist_ok=True)
        ports = [word for name in ("api", "iot", "iot-tls", "devices", "discovery", "ipc", "streams")
                 if "--" + name not in arguments for word in ("--" + name, "127.0.0.1:0")]
        self.stderr = open(self.root / "stderr.log", "ab")
        self.process = subprocess.Popen([BUILD / "fescue", "up", "--root", self.root, *ports, *arguments],
                                        stdout=subprocess.PIPE, stderr=self.stderr, text=True)
        line = self._read_line(60)
        assert line.startswith("ready"), "fescue up said %r:\n%s" % (line, self.errors())
        self.endpoints = json.loads((self.root / "run/endpoints.json").read_text())
        self._clients = {}
        return self

    def _read_line(self, timeout):
        readable, _, _ = select.select([self.process.stdout], [], [], timeout)
        return self.process.stdout.readline() if readable else ""

    def stop(self):
        """Clean stop; returns the exit status."""
        for client in self._mqtt:
            client.close()
        self._mqtt = []
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        self.process = None
        self.stderr.close()
        return status

    def child(self, verb):
        """The pid of the process that `fescue up` runs as `fescue VERB`, or None while it is being started again."""
        children = pathlib.Path("/proc/%d/task/%d/children" % (self.process.pid, self.process.pid)).read_text().split()
        for pid in children:
            try:
                words = pathlib.Path("/proc/%s/cmdline" % pid).read_bytes().split(b"\0")
            except OSError:
                continue
            if words[1:2] == [verb.encode()]:
                return int(pid)
        return None

    def kill_core(self):
        """SIGKILL to the core; returns when `fescue up` has it running again with its group."""
        old, group = self.child("core"), self.admin.status()["group"]
        os.kill(old, signal.SIGKILL)
        wait_until(lambda: self.runs(group, besides=old), "the core to be back")

    def runs(self, group, besides=None):
        """Whether a core answers that is not the process `besides` and has taken up that group."""
        try:
            status = self.admin.status()
        except (OSError, ValueError, http.client.HTTPException):
            return False
        return status["core"]["pid"] != besides and status["group"] == group

    def configure(self, **sections):
        """Sets members of config.json's objects and starts the core anew with them."""
        path = self.root / "core/config/config.json"
        config = json.loads(path.read_text())
        for name, members in sections.items():
            config.setdefault(name, {}).update(members)
        path.write_text(json.dumps(config))
        self.kill_core()

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def errors(self):
        return (self.root / "stderr.log").read_text(errors="replace")

    # ---- clients

    @property
    def environment(self):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {**clean, "AWS_SHARED_CREDENTIALS_FILE": str(self.root / "run/credentials"),
                "AWS_DEFAULT_REGION": self.endpoints["region"], "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_MAX_ATTEMPTS": "1", "PATH": "/usr/bin:/bin"}

    def aws(self, *arguments, check=True):
        """The real CLI. Returns its parsed output; with check=False the finished process."""
        done = subprocess.run(["/usr/bin/aws", "--endpoint-url", self.endpoints["api"], "--output", "json",
                               *map(str, arguments)], env=self.environment, capture_output=True, text=True, timeout=60)
        if not check:
            return done
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def credentials(self):
        text = (self.root / "run/credentials").read_text()
        values = dict(line.split(" = ") for line in text.splitlines() if " = " in line)
        return values["aws_access_key_id"], values["aws_secret_access_key"]

    def boto(self, service, **overrides):
        if overrides or service not in self._clients:
            key, secret = self.credentials()
            options = dict(endpoint_url=self.endpoints["api"], region_name=self.endpoints["region"], aws_access_key_id=key,
                           aws_secret_access_key=secret,
                           config=botocore.config.Config(retries={"max_attempts": 0}, parameter_validation=False))
            options.update(overrides)
            client = boto3.client(service, **options)
            if overrides:
                return client
            self._clients[service] = client
        return self._clients[service]

    def mqtt(self):
        client = MqttClient(self.endpoints["iot_mqtt"])
        self._mqtt.append(client)
        return client

    @property
    def admin(self):
        return CoreAdmin(self.root / "core/run/core.sock")

    def fescue(self, *arguments, check=True, **options):
        """The command line, about this site. The finished process; with check, its standard output."""
        environment = {**os.environ, "FESCUE_ROOT": str(self.root)}
        done = subprocess.run([BUILD / "fescue", *map(str, arguments)], env=environment, capture_output=True, timeout=60,
                              **options)
        if not check:
            return done
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    # ---- what users do, with boto3

    def create_function(self, name, code, runtime=RUNTIME, handler="app.handler", alias="prod"):
        """Creates or updates the function, publishes it, points the alias at the new version. Returns the alias ARN."""
        client = self.boto("lambda")
        package = code if isinstance(code, bytes) else make_zip({"app.py": code} if isinstance(code, str) else code)
        try:
            client.create_function(FunctionName=name, Runtime=runtime, Role=ROLE, Handler=handler, Code={"ZipFile": package})
        except client.exceptions.ResourceConflictException:
            client.update_function_code(FunctionName=name, ZipFile=package)
        version = client.publish_version(FunctionName=name)["Version"]
        try:
            return client.create_alias(FunctionName=name, Name=alias, FunctionVersion=version)["AliasArn"]
        except client.exceptions.ResourceConflictException:
            return client.update_alias(FunctionName=name, Name=alias, FunctionVersion=version)["AliasArn"]

    def create_group(self, functions, subscriptions, name="group", loggers=None, sync_shadow=False, devices=()):
        """functions: {id: (arn, configuration)}; subscriptions: [(source, subject, target)]; devices: entries of a device
        definition. Returns (group, version)."""
        client = self.boto("greengrass")
        core = client.create_core_definition(Name=name, InitialVersion={"Cores": [
            {"Id": "core", "ThingArn": self.endpoints["core_thing_arn"],
             "CertificateArn": self.endpoints["core_certificate_arn"], "SyncShadow": sync_shadow}]})
        function = client.create_function_definition(Name=name, InitialVersion={
            "DefaultConfig": {"Execution": {"IsolationMode": "NoContainer"}},
            "Functions": [{"Id": id, "FunctionArn": arn, "FunctionConfiguration": configuration}
                          for id, (arn, configuration) in functions.items()]})
        rows = client.create_subscription_definition(Name=name, InitialVersion={"Subscriptions": [
            {"Id": "row-%d" % i, "Source": source, "Subject": subject, "Target": target}
            for i, (source, subject, target) in enumerate(subscriptions)]})
        arns = dict(CoreDefinitionVersionArn=core["LatestVersionArn"],
                    FunctionDefinitionVersionArn=function["LatestVersionArn"],
                    SubscriptionDefinitionVersionArn=rows["LatestVersionArn"])
        if loggers is not None:
            logger = client.create_logger_definition(Name=name, InitialVersion={"Loggers": loggers})
            arns["LoggerDefinitionVersionArn"] = logger["LatestVersionArn"]
        if devices:
            device = client.create_device_definition(Name=name, InitialVersion={"Devices": list(devices)})
            arns["DeviceDefinitionVersionArn"] = device["LatestVersionArn"]
        # A core belongs to one group until that is reset, so all versions are of one group.
        if self.group is None:
            self.group = client.create_group(Name=name)["Id"]
        group = self.group
        return group, client.create_group_version(GroupId=group, **arns)["Version"]

    def deployment_status(self, group, deployment):
        return self.boto("greengrass").get_deployment_status(GroupId=group, DeploymentId=deployment)

    def start_deployment(self, group, version):
        return self.boto("greengrass").create_deployment(GroupId=group, GroupVersionId=version,
                                                         DeploymentType="NewDeployment")["DeploymentId"]

    def finish_deployment(self, group, deployment):
        def finished():
            status = self.deployment_status(group, deployment)
            return status if status["DeploymentStatus"] in ("Success", "Failure") else None
        return wait_until(finished, "the end of deployment " + deployment, 60)

    def deploy(self, functions, subscriptions, **options):
        """A new version of the site's group, deployed with success. Returns (group, version)."""
        group, version = self.create_group(functions, subscriptions, **options)
        self.deploy_version(group, version)
        return group, version

    def deploy_version(self, group, version):
        status = self.finish_deployment(group, self.start_deployment(group, version))
        assert status["DeploymentStatus"] == "Success", status

    # ---- functions that wait for the test

    def gate(self):
        """A path for functions to wait for, with GATE's `wait_for`; the test opens it."""
        return Gate(self.root / "gates")

    # ---- what the core leaves behind

    def log(self, name):
        path = self.root / "core/ggc/var/log" / name
        return path.read_text(errors="replace") if path.exists() else ""

    def runtime_log(self):
        return self.log("system/runtime.log")

    def log_of_cloud(self):
        return self.errors() + "".join(p.read_text(errors="replace") for p in (self.root / "cloud").glob("*.log"))

    def function_log(self, name):
        return self.log("user/%s/%s/%s.log" % (self.endpoints["region"], self.endpoints["account"], name))
