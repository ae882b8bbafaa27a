"""Certificates of other authorities at the TLS listeners (docs/own-certificates.md), by the AWS CLI, boto3, mosquitto_pub and
paho."""
import json
import subprocess

import botocore.exceptions
import pytest

from fescue_site import wait_until
from own_certificates import Authority, OwnDevice
from raw import Counted, cloud_metrics, status_of

NOT_REGISTERED = 'fescue_certificates_not_registered_total{cause="%s"}'


@pytest.fixture(scope="module")
def maker(site, tmp_path_factory):
    """An authority that nobody has registered."""
    return Authority(tmp_path_factory.mktemp("maker"), "maker")


def refused(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call(**arguments)
    return error.value.response


def test_a_registered_certificate_connects_and_no_other(site, maker):
    device = OwnDevice(site, maker, "lamp", key="rsa")
    with Counted(lambda: cloud_metrics(site), 'fescue_refused_total{listener="iot-tls",cause="handshake"}', 1):
        assert not device.publishes()
    device.register("--status", "ACTIVE")
    assert not device.publishes(), "it has no policy"
    device.allow_all()
    owner = site.mqtt()
    owner.subscribe("own/#")
    assert device.publishes(payload="hello")
    assert owner.payload() == b"hello"

    assert not OwnDevice(site, maker, "bulb").publishes(), "the same authority"
    assert not OwnDevice(site, maker, "lamp").publishes(), "the same names, another key"
    late = OwnDevice(site, maker, "late", days=-1)
    late.register("--status", "ACTIVE")
    late.allow_all()
    assert not late.publishes(), "expired"
    again = refused(site.boto("iot").register_certificate_without_ca, certificatePem=device.cert.read_text())
    assert again["Error"]["Code"] == "ResourceAlreadyExistsException"
    assert (again["resourceId"], again["resourceArn"]) == (device.id, device.arn)


def test_an_inactive_one_waits_and_a_revoked_one_is_closed(site, maker):
    device = OwnDevice(site, maker, "pump")
    device.register()
    device.allow_all()
    assert not device.publishes()
    assert "certificate %s is INACTIVE" % device.id in site.log_of_cloud()
    device.set_status("ACTIVE")
    client = device.connect()
    assert client.code == 0
    client.publish("own/t")
    device.set_status("REVOKED")
    client.event("closed")
    client.close()
    assert not device.publishes()


def test_clients_are_not_told_whose_certificates_are_wanted(site):
    """Clients in Java and Go would show none of another authority's."""
    said = subprocess.run(["openssl", "s_client", "-connect", site.endpoints["iot_mqtts"]], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60).stdout
    assert "No client certificate CA names sent" in said


def test_the_cores_listener_knows_them_too(site, maker):
    device = OwnDevice(site, maker, "core-like")
    assert device.ask_as_core() == b""
    device.register("--status", "ACTIVE")
    assert status_of(device.ask_as_core()) == 404, "a deployment of another"
    device.set_status("INACTIVE")
    assert status_of(device.ask_as_core()) == 403


class Registered:
    """An authority that is registered with all proof."""

    def __init__(self, site, directory, name, *arguments):
        self.site, self.authority = site, Authority(directory, name)
        code = site.aws("iot", "get-registration-code")["registrationCode"]
        proof, _ = self.authority.sign(code)
        self.id = site.aws("iot", "register-ca-certificate", "--ca-certificate", "file://%s" % self.authority.cert,
                           "--verification-certificate", "file://%s" % proof, "--set-as-active", *arguments)["certificateId"]

    def describe(self):
        return self.site.aws("iot", "describe-ca-certificate", "--certificate-id", self.id)["certificateDescription"]


def test_an_authority_and_what_it_signed(site, maker, tmp_path):
    iot = site.boto("iot")
    fake = refused(iot.register_ca_certificate, caCertificate=maker.cert.read_text(),
                   verificationCertificate=maker.sign("no code")[0].read_text())
    assert fake["Error"]["Code"] == "RegistrationCodeValidationException"
    plant = Registered(site, tmp_path, "plant")
    assert plant.describe()["autoRegistrationStatus"] == "DISABLE"
    device = OwnDevice(site, plant.authority, "valve")
    assert not device.publishes(), "it does not register itself"
    ca = "file://%s" % plant.authority.cert
    device.register("--ca-certificate-pem", ca, "--status", "ACTIVE", operation="register-certificate")
    device.allow_all()
    assert device.publishes()
    assert not OwnDevice(site, plant.authority, "other").publishes()
    listed = site.aws("iot", "list-certificates-by-ca", "--ca-certificate-id", plant.id)["certificates"]
    assert [entry["certificateId"] for entry in listed] == [device.id]
    foreign = refused(iot.register_certificate, certificatePem=maker.sign("x")[0].read_text())
    assert foreign["Error"]["Code"] == "CertificateValidationException"
    kept = refused(iot.delete_ca_certificate, certificateId=plant.id)
    assert kept["Error"]["Code"] == "CertificateStateException"
    site.aws("iot", "update-ca-certificate", "--certificate-id", plant.id, "--new-status", "INACTIVE")
    site.aws("iot", "delete-ca-certificate", "--certificate-id", plant.id)
    assert plant.id not in json.dumps(site.aws("iot", "list-ca-certificates"))
    assert device.publishes(), "what it signed stays until it is revoked itself"
    site.aws("iot", "delete-registration-code")


def test_just_in_time_registration(site, tmp_path):
    fleet = Registered(site, tmp_path, "fleet", "--allow-auto-registration")
    topic = "$aws/events/certificates/registered/" + fleet.id
    owner = site.mqtt()
    assert owner.subscribe(topic, 1) == (1,)
    device = OwnDevice(site, fleet.authority, "truck")
    with Counted(lambda: cloud_metrics(site), "fescue_certificates_self_registered_total", 1):
        assert not device.publishes()
    heard, payload = owner.message()
    event = json.loads(payload)
    device.id = event["certificateId"]
    device.arn = "arn:aws:iot:%s:%s:cert/%s" % (site.endpoints["region"], site.endpoints["account"], device.id)
    assert heard == topic and isinstance(event.pop("timestamp"), int)
    assert event.pop("certificateRegistrationTimestamp").isdigit()
    assert event == {"certificateId": device.id, "caCertificateId": fleet.id, "certificateStatus": "PENDING_ACTIVATION",
                     "awsAccountId": site.endpoints["account"]}
    described = site.aws("iot", "describe-certificate", "--certificate-id", device.id)["certificateDescription"]
    assert (described["status"], described["caCertificateId"]) == ("PENDING_ACTIVATION", fleet.id)
    assert described["certificatePem"].split() == device.cert.read_text().split()
    assert device.is_closed_on() and json.loads(owner.payload())["certificateId"] == device.id, "told again"
    assert cloud_metrics(site)["fescue_certificates_pending"] == 1

    device.set_status("ACTIVE")
    device.allow_all()
    assert device.publishes()
    assert cloud_metrics(site)["fescue_certificates_pending"] == 0
    site.aws("iot", "update-ca-certificate", "--certificate-id", fleet.id, "--new-auto-registration-status", "DISABLE")
    with Counted(lambda: cloud_metrics(site), "fescue_certificates_self_registered_total", 0):
        assert not OwnDevice(site, fleet.authority, "late truck").publishes()
    assert device.publishes()


def test_what_is_too_large_is_not_registered(site, tmp_path):
    crowd = Registered(site, tmp_path, "crowd", "--allow-auto-registration")
    with Counted(lambda: cloud_metrics(site), NOT_REGISTERED % "size", 1):
        assert OwnDevice(site, crowd.authority, "large", names=500).is_closed_on()
    assert site.aws("iot", "list-certificates-by-ca", "--ca-certificate-id", crowd.id)["certificates"] == []
    assert "it is too large" in site.log_of_cloud()


def test_events_are_heard_and_never_said(site, maker):
    device = OwnDevice(site, maker, "liar")
    device.register("--status", "ACTIVE")
    device.allow_all()
    owner = site.mqtt()
    assert owner.subscribe("$aws/events/certificates/registered/+", 1) == (1,)
    assert owner.subscribe("$aws/events/presence/#", 1) == (128,)
    assert not device.publishes("$aws/events/certificates/registered/" + "0" * 64)
    client = device.connect()
    assert client.subscribe("$aws/events/certificates/registered/+") == 1
    assert client.subscribe("$aws/events/certificates/revoked/+") == 128
    client.close()
    assert owner.nothing_waits()
    wait_until(lambda: "the topic is reserved" in site.log_of_cloud(), "the refusal in the log")
