"""What one device certificate may take of the broker, and whose client ids are whose: docs/security.md#mqtt."""
import struct

import pytest

from fescue_site import wait_until
from raw import Counted, client_tls, cloud_metrics, dial, read_exactly, read_to_end
from test_policies import Device, statement

REFUSED = 'fescue_mqtt_refused_total{cause="%s"}'
ACCEPTED, NOT_AUTHORIZED = b"\x20\x02\x00\x00", b"\x20\x02\x00\x05"


def packet(kind, body):
    length, size = b"", len(body)
    while True:
        size, digit = divmod(size, 128)
        length += bytes([digit | (128 if size else 0)])
        if not size:
            return bytes([kind]) + length + body


def text(value):
    return struct.pack("!H", len(value)) + value.encode()


def connect(client_id):
    return packet(0x10, text("MQTT") + b"\4\2\0\x3c" + text(client_id))


def subscribe(*filters):
    return packet(0x82, b"\0\1" + b"".join(text(each) + b"\0" for each in filters))


def publish(topic, payload, retain=False):
    """QoS 1, packet id 1."""
    return packet(0x33 if retain else 0x32, text(topic) + b"\0\1" + payload)


class Door:
    """Connections of a certificate, in bytes."""

    def __init__(self, device):
        self.address = device.site.endpoints["iot_mqtts"]
        self.tls = client_tls(*device.files[1:])
        self.doors = []

    def connect(self, client_id):
        """The connection, and what CONNECT was answered; b"" when it was closed at once."""
        connection = dial(self.address, self.tls)
        self.doors.append(connection)
        connection.sendall(connect(client_id))
        try:
            return connection, read_exactly(connection, 4)
        except (AssertionError, OSError):
            return connection, b""

    def close(self):
        for connection in self.doors:
            connection.close()


@pytest.fixture
def devices(site, tmp_path):
    """devices("name", *statements, thing="T") makes a certificate; without statements it may do everything."""
    made = []

    def make(name, *statements, thing=None):
        device = Device(site, tmp_path, name)
        device.allow(*(statements or (statement("Allow", "iot:*", "*"),)))
        if thing:
            device.iot.create_thing(thingName=thing)
            device.iot.attach_thing_principal(thingName=thing, principal=device.arn)
        made.append(Door(device))
        return made[-1]

    yield make
    for connection in made:
        connection.close()


def test_a_cores_client_id_is_its_own_whether_it_is_there_or_not(site, devices):
    core = site.endpoints["core_thing_name"]
    if core not in str(site.aws("greengrass", "list-core-definitions")):
        arn = "arn:aws:iot:%s:%s:thing/%s" % (site.endpoints["region"], site.endpoints["account"], core)
        version = {"Cores": [{"Id": "c", "ThingArn": arn, "CertificateArn": arn.replace("thing/" + core, "cert/" + "0" * 64),
                              "SyncShadow": False}]}
        site.boto("greengrass").create_core_definition(Name="bounds", InitialVersion=version)
    prefix = devices("prefix", thing=core.rsplit("-", 1)[0] if "-" in core else core[:-1])
    with Counted(lambda: cloud_metrics(site), REFUSED % "connect", 3):
        assert prefix.connect(core)[1] == NOT_AUTHORIZED
        assert prefix.connect(core + "-gda")[1] == NOT_AUTHORIZED
        site.boto("greengrass").create_core_definition(Name="away", InitialVersion={"Cores": [
            {"Id": "c", "ThingArn": "arn:aws:iot:%s:%s:thing/core-that-is-away" %
             (site.endpoints["region"], site.endpoints["account"]),
             "CertificateArn": "arn:aws:iot:%s:%s:cert/%s" % (site.endpoints["region"], site.endpoints["account"], "0" * 64),
             "SyncShadow": False}]})
        assert prefix.connect("core-that-is-away")[1] == NOT_AUTHORIZED
    wait_until(lambda: site.admin.status()["link"]["connected"], "the core to be connected")


def test_of_devices_the_newest_takes_the_client_id(devices):
    first, answer = devices("first", thing="sensor-of-somebody").connect("sensor-7")
    assert answer == ACCEPTED
    assert devices("second").connect("sensor-7")[1] == ACCEPTED
    assert read_to_end(first) == b""


def test_a_device_has_fifty_filters_of_eight_levels(site, devices):
    connection, _ = devices("filters").connect("filters")
    with Counted(lambda: cloud_metrics(site), REFUSED % "subscription", 3):
        connection.sendall(subscribe(*["f/%d" % each for each in range(52)]))
        assert read_exactly(connection, 4 + 52)[4:] == b"\0" * 50 + b"\x80" * 2
        connection.sendall(packet(0xa2, b"\0\2" + text("f/0")))
        read_exactly(connection, 4)
        connection.sendall(subscribe("1/2/3/4/5/6/7/8/9", "1/2/3/4/5/6/7/8"))
        assert read_exactly(connection, 6)[4:] == b"\x80\0"


def test_a_certificate_has_so_much_memory_for_filters_and_so_many_connections(site, devices):
    greedy, refused, connections = devices("greedy"), 0, 0
    long = "/".join(["%s"] + ["x" * 30] * 7)
    while connections < 256:
        connection, answer = greedy.connect("greedy-%d" % connections)
        assert answer == ACCEPTED
        connections += 1
        if refused:
            continue
        connection.sendall(subscribe(*[long % ("%02d%03d" % (each, connections)) for each in range(50)]))
        refused = read_exactly(connection, 4 + 50)[4:].count(b"\x80")
    assert refused
    assert cloud_metrics(site)["fescue_mqtt_subscription_bytes"] < 5 * 1024 * 1024
    with Counted(lambda: cloud_metrics(site), REFUSED % "connection", 1):
        assert greedy.connect("one too many")[1] == b""
    other, answer = devices("modest").connect("modest")
    other.sendall(subscribe(long % "a"))
    assert read_exactly(other, 5)[4:] == b"\0"


def test_one_certificate_leaves_room_for_others_retained_messages(site, devices):
    flood, _ = devices("retain").connect("retain")
    before = cloud_metrics(site)["fescue_mqtt_retained_bytes"]
    with Counted(lambda: cloud_metrics(site), REFUSED % "retain", 16):
        for each in range(80):
            flood.sendall(publish("retained/%02d" % each, b"x" * 130_000, retain=True))
            assert read_exactly(flood, 4) == b"\x40\x02\0\1"
    assert cloud_metrics(site)["fescue_mqtt_retained_bytes"] - before == 64 * (11 + 130_000)
    site.aws("iot-data", "publish", "--topic", "retained/owners", "--retain", "--payload", "b24=", "--cli-binary-format",
             "base64")
    assert site.aws("iot-data", "get-retained-message", "--topic", "retained/owners")["payload"] == "b24="
    for each in range(80):
        flood.sendall(publish("retained/%02d" % each, b"", retain=True))
        read_exactly(flood, 4)


def test_no_client_id_widens_a_policy(devices, site):
    def arn(resource):
        return "arn:aws:iot:%s:%s:%s" % (site.endpoints["region"], site.endpoints["account"], resource)
    odd = devices("odd", statement("Allow", "iot:Connect", arn("client/*")),
                  statement("Allow", "iot:Subscribe", arn("topicfilter/dev/${iot:ClientId}/*")),
                  statement("Allow", "iot:Receive", arn("topic/dev/*")))
    for client_id, code in (("lamp", b"\0"), ("+", b"\x80"), ("#", b"\x80"), ("*", b"\x80"), ("a/b", b"\x80")):
        connection, answer = odd.connect(client_id)
        assert answer == ACCEPTED
        connection.sendall(subscribe("dev/%s/x" % client_id if client_id != "#" else "dev/#"))
        assert read_exactly(connection, 5)[4:] == code, client_id


def test_who_publishes_too_fast_is_heard_in_the_end(site, devices):
    connection, _ = devices("fast").connect("fast")
    before = cloud_metrics(site)["fescue_mqtt_publishes_slowed_total"]
    connection.sendall(publish("fast", b"x") * 1500)
    assert read_exactly(connection, 1500 * 4) == b"\x40\x02\0\1" * 1500
    assert cloud_metrics(site)["fescue_mqtt_publishes_slowed_total"] > before
