"""IoT policies at the TLS listener, by the AWS CLI, mosquitto's clients and paho: docs/policies.md."""
import json
import queue
import sqlite3
import subprocess

import paho.mqtt.client
import pytest

from fescue_site import DEADLINE, wait_until
from raw import Counted, cloud_metrics

REFUSED = 'fescue_mqtt_refused_total{cause="%s"}'


def statement(effect, action, *resources, **more):
    return {"Effect": effect, "Action": action, "Resource": list(resources), **more}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Device:
    """A certificate of its own, with clients that use it."""

    def __init__(self, site, directory, name):
        self.site, self.name, self.directory = site, name, directory / name
        self.directory.mkdir()
        self.iot = site.boto("iot")
        made = self.iot.create_keys_and_certificate(setAsActive=True)
        self.arn, self.id = made["certificateArn"], made["certificateId"]
        (self.directory / "cert.pem").write_text(made["certificatePem"])
        (self.directory / "key.pem").write_text(made["keyPair"]["PrivateKey"])
        self.files = [str(site.root / "run/ca.pem"), str(self.directory / "cert.pem"), str(self.directory / "key.pem")]
        self.policies, self.clients = 0, []

    def arn_of(self, kind, name):
        return "arn:aws:iot:%s:%s:%s/%s" % (self.site.endpoints["region"], self.site.endpoints["account"], kind, name)

    def allow(self, *statements):
        """Makes a policy of these and attaches it; gives its name."""
        self.policies += 1
        name = "%s-%d" % (self.name, self.policies)
        self.iot.create_policy(policyName=name, policyDocument=document(*statements))
        self.iot.attach_policy(policyName=name, target=self.arn)
        return name

    def mosquitto(self, program, *arguments):
        host, port = self.site.endpoints["iot_mqtts"].rsplit(":", 1)
        ca, cert, key = self.files
        return subprocess.run([program, "-h", host, "-p", port, "--cafile", ca, "--cert", cert, "--key", key, *arguments],
                              capture_output=True, text=True, timeout=60)

    def connect(self, client_id=None, will=None):
        client = Client(self, client_id or self.name, will)
        self.clients.append(client)
        return client

    def close(self):
        for client in self.clients:
            client.close()


class Client:
    """A paho client that does not come back when it is closed."""

    def __init__(self, device, client_id, will):
        self.events, self.messages = queue.Queue(), queue.Queue()
        self.paho = paho.mqtt.client.Client(client_id, reconnect_on_failure=False)
        self.paho.tls_set(*device.files)
        if will:
            self.paho.will_set(will, "gone", 1)
        self.paho.on_connect = lambda c, u, f, code: self.events.put(("connected", code))
        self.paho.on_disconnect = lambda c, u, code: self.events.put(("closed", None))
        self.paho.on_subscribe = lambda c, u, mid, granted: self.events.put(("subscribed", granted[0]))
        self.paho.on_publish = lambda c, u, mid: self.events.put(("published", None))
        self.paho.on_message = lambda c, u, m: self.messages.put((m.topic, m.payload.decode()))
        host, port = device.site.endpoints["iot_mqtts"].rsplit(":", 1)
        self.paho.connect(host, int(port))
        self.paho.loop_start()
        self.code = self.event("connected")

    def event(self, wanted):
        kind, value = self.events.get(timeout=DEADLINE)
        assert kind == wanted, "%s instead of %s" % (kind, wanted)
        return value

    def subscribe(self, topic):
        self.paho.subscribe(topic, 1)
        return self.event("subscribed")

    def publish(self, topic, payload="x", retain=False, outcome="published"):
        self.paho.publish(topic, payload, 1, retain)
        self.event(outcome)

    def message(self):
        return self.messages.get(timeout=DEADLINE)

    def close(self):
        self.paho.disconnect()
        self.paho.loop_stop()


@pytest.fixture
def device(site, tmp_path, request):
    made = Device(site, tmp_path, request.node.name.removeprefix("test_")[:40])
    yield made
    made.close()


def test_without_a_policy_nothing_is_allowed(site, device):
    with Counted(lambda: cloud_metrics(site), REFUSED % "connect", 2):
        done = device.mosquitto("mosquitto_sub", "-i", "bare", "-t", "#", "-W", "5")
        assert done.returncode != 0 and "not authorised" in done.stdout + done.stderr
        assert device.connect().code == 5
    assert "no policy is attached to the certificate" in site.log_of_cloud()


def test_what_is_allowed_and_nothing_else(site, device):
    device.allow(statement("Allow", "iot:Connect", device.arn_of("client", "${iot:ClientId}"),
                           Condition={"StringLike": {"iot:ClientId": "lamp-*"}}),
                 statement("Allow", ["iot:Publish", "iot:Receive"], device.arn_of("topic", "rooms/*")),
                 statement("Allow", "iot:Subscribe", device.arn_of("topicfilter", "rooms/+/state"),
                           device.arn_of("topicfilter", "rooms/hall/*")),
                 statement("Deny", "iot:Publish", device.arn_of("topic", "rooms/*/secret"), Sid="NoSecrets"))
    assert device.connect("table").code == 5
    lamp = device.connect("lamp-1")
    assert lamp.code == 0
    with Counted(lambda: cloud_metrics(site), REFUSED % "subscription", 4):
        assert [lamp.subscribe(filter) for filter in ("rooms/+/state", "rooms/hall/#", "rooms/+/+", "rooms/#", "#",
                                                      "rooms/attic/state")] == [1, 1, 128, 128, 128, 128]
    lamp.publish("rooms/hall/state", "on")
    assert lamp.message() == ("rooms/hall/state", "on")
    with Counted(lambda: cloud_metrics(site), REFUSED % "publish", 2):
        lamp.publish("rooms/hall/secret", outcome="closed")
        again = device.connect("lamp-2")
        again.publish("elsewhere", outcome="closed")
    assert 'statement \\"NoSecrets\\" of policy %s-1 denies iot:Publish' % device.name in site.log_of_cloud()


def test_what_may_not_be_received_is_left_out(site, device):
    device.allow(statement("Allow", ["iot:Connect", "iot:Subscribe"], "*"),
                 statement("Allow", "iot:Receive", device.arn_of("topic", "open/*")))
    client = device.connect()
    assert client.subscribe("#") == 1
    owner = site.mqtt()
    with Counted(lambda: cloud_metrics(site), REFUSED % "delivery", 2):
        owner.publish("closed/a", "no")
        owner.publish("closed/a", "nor that")
        owner.publish("open/a", "yes")
        assert client.message() == ("open/a", "yes")
    assert client.messages.empty()


def test_to_retain_is_a_right_of_its_own(site, device):
    device.allow(statement("Allow", ["iot:Connect", "iot:Publish"], "*"))
    client = device.connect()
    client.publish("kept/t", "passing")
    client.publish("kept/t", "kept", retain=True, outcome="closed")
    device.allow(statement("Allow", "iot:RetainPublish", device.arn_of("topic", "kept/*")))
    device.connect().publish("kept/t", "kept", retain=True)
    assert site.aws("iot-data", "get-retained-message", "--topic", "kept/t")["payload"] == "a2VwdA=="


def test_things_and_their_attributes(site, device):
    iot = site.boto("iot")
    iot.create_thing(thingName="pump", attributePayload={"attributes": {"hall": "north"}})
    device.allow(statement("Allow", "iot:Connect", device.arn_of("client", "${iot:Connection.Thing.ThingName}"),
                           Condition={"Bool": {"iot:Connection.Thing.IsAttached": ["true"]}}),
                 statement("Allow", "iot:Publish", device.arn_of("topic", "halls/${iot:Connection.Thing.Attributes[hall]}")))
    assert device.connect("pump").code == 5
    iot.attach_thing_principal(thingName="pump", principal=device.arn)
    pump = device.connect("pump")
    assert pump.code == 0
    pump.publish("halls/north")
    iot.update_thing(thingName="pump", attributePayload={"attributes": {"hall": "south"}})
    pump.publish("halls/south")
    pump.publish("halls/north", outcome="closed")


def test_changes_count_at_once(site, device):
    everything = statement("Allow", "iot:*", "*")
    name = device.allow(everything)
    client = device.connect()
    assert client.subscribe("news/#") == 1 and client.subscribe("other/#") == 1
    no_news = document(everything, statement("Deny", "iot:Subscribe", device.arn_of("topicfilter", "news/*")))
    with Counted(lambda: cloud_metrics(site), REFUSED % "revoked", 2):
        site.aws("iot", "create-policy-version", "--policy-name", name, "--policy-document", no_news, "--set-as-default")
        client.publish("news/1", "not heard")
        client.publish("other/1", "heard")
        assert client.message() == ("other/1", "heard")
        site.aws("iot", "set-default-policy-version", "--policy-name", name, "--policy-version-id", "1")
        assert client.subscribe("news/#") == 1
        site.aws("iot", "detach-policy", "--policy-name", name, "--target", device.arn)
        client.event("closed")
    assert device.connect().code == 5
    site.aws("iot", "attach-policy", "--policy-name", name, "--target", device.arn)
    back = device.connect()
    assert back.code == 0
    site.aws("iot", "update-certificate", "--certificate-id", device.id, "--new-status", "INACTIVE")
    back.event("closed")


def test_a_will_is_judged_when_it_is_due(site, device):
    device.allow(statement("Allow", "iot:*", "*"))
    owner = site.mqtt()
    owner.subscribe("wills/#")
    client = device.connect(will="wills/device")
    with Counted(lambda: cloud_metrics(site), REFUSED % "publish", 1):
        site.boto("iot").update_certificate(certificateId=device.id, newStatus="REVOKED")
        client.event("closed")
    owner.publish("wills/owner", "last")
    assert owner.message()[0] == "wills/owner"


def test_test_authorization_decides_as_the_broker(site, device):
    name = device.allow(statement("Allow", ["iot:Connect", "iot:Publish"], "*"),
                        statement("Deny", "iot:Publish", device.arn_of("topic", "secret/${iot:ClientId}")))
    client = device.connect()

    def test(action, kind, resource, *more):
        return site.aws("iot", "test-authorization", "--principal", device.arn, "--client-id", device.name, "--auth-infos",
                        json.dumps([{"actionType": action, "resources": [device.arn_of(kind, resource)]}]),
                        *more)["authResults"][0]
    allowed = test("PUBLISH", "topic", "open")
    assert allowed["authDecision"] == "ALLOWED" and allowed["allowed"]["policies"][0]["policyName"] == name
    client.publish("open")
    denied = test("PUBLISH", "topic", "secret/" + device.name)
    assert denied["authDecision"] == "EXPLICIT_DENY"
    assert denied["denied"]["explicitDeny"]["policies"][0]["policyName"] == name
    implied = test("SUBSCRIBE", "topicfilter", "t")
    assert implied["authDecision"] == "IMPLICIT_DENY"
    assert implied["denied"]["implicitDeny"]["policies"][0]["policyName"] == name
    assert client.subscribe("t") == 128
    client.publish("secret/" + device.name, outcome="closed")
    effective = site.aws("iot", "get-effective-policies", "--principal", device.arn)["effectivePolicies"]
    assert [each["policyName"] for each in effective] == [name]


def test_a_core_has_its_policy_and_needs_it(own_site):
    site = own_site
    iot, core = site.boto("iot"), site.endpoints["core_certificate_arn"]
    attached = iot.list_attached_policies(target=core)["policies"]
    assert [each["policyName"] for each in attached] == ["fescue-core-" + site.endpoints["core_thing_name"]]
    is_connected = lambda: site.admin.status()["link"]["connected"]  # noqa: E731
    wait_until(is_connected, "the core's link")
    iot.detach_policy(policyName=attached[0]["policyName"], target=core)
    wait_until(lambda: not is_connected(), "the link to break")
    iot.attach_policy(policyName=attached[0]["policyName"], target=core)
    wait_until(is_connected, "the core to be back", 60)


def test_cores_of_before_get_a_policy(own_site):
    """A database as an older version left it: a group's core whose certificate has no policy."""
    site = own_site
    iot, core = site.boto("iot"), site.endpoints["core_certificate_arn"]
    site.create_group({}, [])
    name = iot.list_attached_policies(target=core)["policies"][0]["policyName"]
    iot.detach_policy(policyName=name, target=core)
    site.stop()
    database = sqlite3.connect(site.root / "cloud/fescue.db")
    database.execute("DELETE FROM upgrade")
    database.commit()
    database.close()
    site.start()
    attached = site.boto("iot").list_attached_policies(target=core)["policies"]
    assert [each["policyName"] for each in attached] == ["fescue-cores-of-before"]
    assert "had no policy and got one" in site.log_of_cloud()
    wait_until(lambda: site.admin.status()["link"]["connected"], "the core's link")
