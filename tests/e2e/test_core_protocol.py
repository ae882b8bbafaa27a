"""docs/core-protocol.md, followed to the letter by a core written here: a second core of the control plane that speaks
MQTT with paho and HTTPS with requests. The JSON examples of the document are compared with what really comes."""
import base64
import hashlib
import json
import queue
import re
import subprocess

import paho.mqtt.client
import pytest
import requests

from fescue_site import DEADLINE, ROOT, make_zip, wait_until

DOCUMENT = (ROOT / "docs/core-protocol.md").read_text()
CODE = "def handler(event, context):\n    return event\n"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]})


def example(heading):
    """The JSON example below a heading of the document."""
    section = DOCUMENT.split(heading, 1)[1]
    return json.loads(re.search(r"```json\n(.*?)```", section, re.S).group(1))


class Core:
    """What a core has: a thing's name, a certificate that is attached to it, and the authority's certificate."""

    def __init__(self, site, name, directory):
        self.site, self.name = site, name
        iot = site.boto("iot")
        self.thing_arn = iot.create_thing(thingName=name)["thingArn"]
        made = iot.create_keys_and_certificate(setAsActive=True)
        self.certificate_arn = made["certificateArn"]
        iot.attach_thing_principal(thingName=name, principal=self.certificate_arn)
        iot.create_policy(policyName=name, policyDocument=POLICY)
        iot.attach_policy(policyName=name, target=self.certificate_arn)
        self.ca = str(site.root / "run/ca.pem")
        self.certificate, self.key = str(directory / "cert.pem"), str(directory / "key.pem")
        (directory / "cert.pem").write_text(made["certificatePem"])
        (directory / "key.pem").write_text(made["keyPair"]["PrivateKey"])
        self.heard = queue.Queue()

    @property
    def topics(self):
        return "$fescue/cores/%s/" % self.name

    def connect(self):
        answers = queue.Queue()
        self.client = paho.mqtt.client.Client(self.name)
        self.client.tls_set(self.ca, self.certificate, self.key)
        self.client.on_subscribe = lambda c, u, mid, granted: answers.put(granted)
        self.client.on_connect = lambda c, u, f, code: answers.put(code)
        self.client.on_message = lambda c, u, m: self.heard.put((m.topic, json.loads(m.payload)))
        host, port = self.site.endpoints["iot_mqtts"].rsplit(":", 1)
        self.client.connect(host, int(port))
        self.client.loop_start()
        assert answers.get(timeout=DEADLINE) == 0
        self.client.subscribe(self.topics + "deployments/notify", 1)
        assert answers.get(timeout=DEADLINE) == (1,)
        return self

    def say(self, what, **members):
        self.client.publish(self.topics + what, json.dumps({"protocol": 1, **members}), 1).wait_for_publish(DEADLINE)

    def notice(self):
        topic, notice = self.heard.get(timeout=DEADLINE)
        assert topic == self.topics + "deployments/notify"
        return notice

    def get(self, path, **headers):
        return requests.get("https://%s%s" % (self.site.endpoints["discovery"], path), cert=(self.certificate, self.key),
                            verify=self.ca, headers=headers, timeout=DEADLINE)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def core(site, tmp_path):
    made = Core(site, "written-in-python", tmp_path).connect()
    yield made
    made.close()


def create_deployment(site, core):
    """A group for that core: (group, deployment)."""
    client = site.boto("greengrass")
    arn = site.create_function("proto", CODE)
    cores = client.create_core_definition(Name="proto", InitialVersion={"Cores": [
        {"Id": "core", "ThingArn": core.thing_arn, "CertificateArn": core.certificate_arn, "SyncShadow": False}]})
    functions = client.create_function_definition(Name="proto", InitialVersion={
        "DefaultConfig": {"Execution": {"IsolationMode": "NoContainer"}},
        "Functions": [{"Id": "f", "FunctionArn": arn, "FunctionConfiguration": {"Timeout": 3}}]})
    group = client.create_group(Name="proto")["Id"]
    version = client.create_group_version(GroupId=group, CoreDefinitionVersionArn=cores["LatestVersionArn"],
                                          FunctionDefinitionVersionArn=functions["LatestVersionArn"])["Version"]
    return group, site.start_deployment(group, version)


def verify_signature(answer, core, group, directory):
    """The two conditions of the document on the signature, by the openssl tool."""
    (directory / "body").write_bytes(answer.content)
    (directory / "signature").write_bytes(base64.b64decode(answer.headers["Fescue-Signature"]))
    (directory / "signer.pem").write_bytes(base64.b64decode(answer.headers["Fescue-Signing-Certificate"]))

    def openssl(*arguments):
        return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, cwd=directory)
    chain = openssl("verify", "-CAfile", core.ca, "-purpose", "any", "signer.pem")
    assert chain.returncode == 0, chain.stderr
    described = openssl("x509", "-in", "signer.pem", "-noout", "-subject", "-ext", "extendedKeyUsage").stdout
    assert "fescue group " + group in described and "Code Signing" in described
    (directory / "public.pem").write_text(openssl("x509", "-in", "signer.pem", "-noout", "-pubkey").stdout)
    done = openssl("dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "body")
    assert done.returncode == 0 and "Verified OK" in done.stdout, done.stderr


def test_a_deployment_step_by_step(site, core, tmp_path):
    core.say("hello", version="0.0.1")
    group, deployment = create_deployment(site, core)
    notice = core.notice()
    assert set(notice) == set(example("### `$fescue/cores/<core>/deployments/notify`, to the core"))
    assert notice == {"protocol": 1, "deploymentId": deployment, "deploymentType": "NewDeployment", "groupId": group}

    answer = core.get("/core/v1/deployments/" + deployment)
    assert answer.status_code == 200
    verify_signature(answer, core, group, tmp_path)
    document = answer.json()
    assert document["fescue"] == {"protocol": 1, "deploymentId": deployment, "deploymentType": "NewDeployment"}
    assert document["Cores"][0]["thingArn"] == core.thing_arn
    core.say("deployments/report", deploymentId=deployment, status="InProgress")

    function = document["GroupDefinitions"]["Lambdas"]["Content"][0]
    assert function["FunctionArn"].endswith(":function:proto:1"), "aliases are resolved"
    hashed = function["DeploymentConfiguration"]["fescue"]["sha256"]
    package = core.get("/core/v1/artifacts/" + hashed).content
    assert hashlib.sha256(package).hexdigest() == hashed and package == make_zip({"app.py": CODE})
    part = core.get("/core/v1/artifacts/" + hashed, Range="bytes=10-19")
    assert part.status_code == 206 and part.content == package[10:20]
    assert part.headers["Content-Range"] == "bytes 10-19/%d" % len(package)
    assert core.get("/core/v1/artifacts/" + hashed, Range="bytes=10-").content == package[10:]
    assert core.get("/core/v1/artifacts/" + hashed, Range="bytes=%d-" % len(package)).status_code == 416

    failure = {**example("### `$fescue/cores/<core>/deployments/report`, from the core"), "deploymentId": deployment}
    core.client.publish(core.topics + "deployments/report", json.dumps(failure), 1).wait_for_publish(DEADLINE)
    status = site.finish_deployment(group, deployment)
    assert status["DeploymentStatus"] == "Failure" and status["ErrorMessage"] == failure["message"]
    assert status["ErrorDetails"] == [{"DetailedErrorCode": detail["code"], "DetailedErrorMessage": detail["message"]}
                                      for detail in failure["details"]]
    core.say("deployments/report", deploymentId=deployment, status="Success")
    site.boto("iot").describe_thing(thingName=core.name)  # time for it to be seen
    assert site.deployment_status(group, deployment)["DeploymentStatus"] == "Failure", "an outcome stays"

    version = site.boto("greengrass").list_group_versions(GroupId=group)["Versions"][0]["Version"]
    again = site.start_deployment(group, version)
    assert core.notice()["deploymentId"] == again
    # Its report was lost, but the core says with its next hello that it runs the deployment.
    core.say("hello", version="0.0.1", currentDeploymentId=again)
    assert site.finish_deployment(group, again)["DeploymentStatus"] == "Success"


def test_what_is_not_the_cores_does_not_exist_for_it(site, tmp_path):
    core = Core(site, "curious", tmp_path).connect()
    try:
        arn = site.create_function("other", CODE)
        group, version = site.create_group({"other": (arn, {"Timeout": 3})}, [])
        deployment = site.start_deployment(group, version)
        site.finish_deployment(group, deployment)
        hashed = hashlib.sha256(make_zip({"app.py": CODE})).hexdigest()
        for path in ("/core/v1/deployments/" + deployment, "/core/v1/artifacts/" + hashed, "/core/v1/nothing"):
            answer = core.get(path)
            assert answer.status_code == 404 and answer.headers["Content-Type"].startswith("text/plain"), path
        site.boto("iot").update_certificate(certificateId=core.certificate_arn.rsplit("/", 1)[1], newStatus="INACTIVE")
        assert core.get("/core/v1/nothing").status_code == 403
        wait_until(lambda: not core.client.is_connected(), "the end of its MQTT connection")
    finally:
        core.close()
