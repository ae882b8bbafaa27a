"""Packets and sequences that no MQTT client would send, on the owner's plain listener and with a core's certificate."""
import json
import os
import socket
import ssl
import struct
import threading
import time

import pytest
from botocore.exceptions import ClientError

from fescue_site import MqttClient
from raw import Counted, client_tls, cloud_metrics, core_metrics, dial, read_exactly, read_to_end


def packet(first, body=b"", length=None):
    left, size = b"", len(body) if length is None else length
    while True:
        size, digit = divmod(size, 128)
        left += bytes([digit | (128 if size else 0)])
        if not size:
            return bytes([first]) + left + body


def text(value):
    value = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(value)) + value


def connect(client_id=b"hostile", level=4, flags=2, name="MQTT", keep_alive=60, rest=b""):
    return packet(0x10, text(name) + bytes([level, flags]) + struct.pack(">H", keep_alive) + text(client_id) + rest)


CONNACK = b"\x20\x02\x00\x00"
ID = b"\x00\x01"

# (what is wrong, the bytes, what is answered before the connection ends): without a CONNECT before them ...
BEFORE_CONNECT = [
    ("no MQTT", b"GET / HTTP/1.1\r\n\r\n", b""),
    ("packet type 0", b"\x00\x00", b""),
    ("PUBLISH first", packet(0x30, text("a") + b"x"), b""),
    ("PINGREQ first", packet(0xc0), b""),
    ("a length of five bytes", b"\x10\xff\xff\xff\xff\x01", b""),
    ("a packet larger than allowed", packet(0x10, b"", 200_000_000), b""),
    ("MQTT 5", connect(level=5), b"\x20\x02\x00\x01"),
    ("MQTT 3.1", connect(name="MQIsdp", level=3), b"\x20\x02\x00\x01"),
    ("another protocol", connect(name="AMQP"), b""),
    ("the reserved connect flag", connect(flags=3), b""),
    ("a will of QoS 3", connect(flags=0x1e, rest=text("t") + text("p")), b""),
    ("a will that is absent", connect(flags=6), b""),
    ("a password without a user", connect(flags=0x42, rest=text("p")), b""),
    ("a will topic with a wildcard", connect(flags=6, rest=text("a/#") + text("p")), b""),
    ("a client id that is not UTF-8", connect(b"\xff\xfe"), b""),
    ("a client id with NUL", connect(b"a\0b"), b""),
    ("bytes behind the last field", connect(rest=b"more"), b""),
    ("CONNECT cut short", packet(0x10, text("MQTT") + b"\x04"), b""),
]
# ... and after one.
AFTER_CONNECT = [
    ("a second CONNECT", connect(), b""),
    ("CONNACK from a client", CONNACK, b""),
    ("PINGREQ with a body", packet(0xc0, b"x"), b""),
    ("PINGREQ with flags", packet(0xc1), b""),
    ("PUBLISH of QoS 3", packet(0x36, text("a") + ID), b""),
    ("PUBLISH of QoS 2", packet(0x34, text("a") + ID), b""),
    ("PUBLISH with DUP at QoS 0", packet(0x38, text("a")), b""),
    ("PUBLISH with id 0", packet(0x32, text("a") + b"\0\0"), b""),
    ("PUBLISH to a wildcard", packet(0x30, text("a/+")), b""),
    ("PUBLISH to nothing", packet(0x30, text("")), b""),
    ("PUBLISH to bytes", packet(0x30, text(b"\xc3\x28")), b""),
    ("PUBLISH to a topic of 257 bytes", packet(0x30, text("a" * 257)), b""),
    ("PUBLISH of 128 KB and one byte", packet(0x30, text("a") + b"x" * (128 * 1024 + 1)), b""),
    ("SUBSCRIBE without flags", packet(0x80, ID + text("a") + b"\0"), b""),
    ("SUBSCRIBE to nothing", packet(0x82, ID), b""),
    ("SUBSCRIBE with QoS 3", packet(0x82, ID + text("a") + b"\3"), b""),
    ("SUBSCRIBE to a misplaced #", packet(0x82, ID + text("a/#/b") + b"\0"), b""),
    ("SUBSCRIBE to a misplaced +", packet(0x82, ID + text("a+/b") + b"\0"), b""),
    ("SUBSCRIBE with id 0", packet(0x82, b"\0\0" + text("a") + b"\0"), b""),
    ("UNSUBSCRIBE from nothing", packet(0xa2, ID), b""),
    ("SUBACK from a client", packet(0x90, ID + b"\0"), b""),
    ("PUBREL that nobody waits for", packet(0x62, ID), b""),
    ("a reserved packet type", packet(0xf0), b""),
    ("a topic longer than its packet", packet(0x30, b"\xff\xff" + b"a"), b""),
]


def core_tls(site):
    certs = site.root / "core/certs"
    return client_tls(next(certs.glob("*cert*.pem")), certs / "core.private.key")


def plain_connection(site):
    return dial(site.endpoints["iot_mqtt"])


def tls_connection(site):
    return dial(site.endpoints["iot_mqtts"], core_tls(site))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_resumed_session_is_known_by_its_certificate(site, version):
    context = core_tls(site)
    context.minimum_version = context.maximum_version = version
    host, port = site.endpoints["iot_mqtts"].rsplit(":", 1)
    session = None
    for name in (b"first", b"resumed"):
        with socket.create_connection((host.strip("[]"), int(port)), timeout=10) as raw, \
                context.wrap_socket(raw, session=session) as connection:
            assert connection.session_reused == (session is not None)
            connection.sendall(connect(name))
            assert read_exactly(connection, 4) == CONNACK, "known by its certificate, and that may connect"
            session = connection.session


@pytest.mark.parametrize("open_connection", [plain_connection, tls_connection])
def test_bad_packets_close_and_are_counted(site, open_connection):
    cases = BEFORE_CONNECT + AFTER_CONNECT
    with Counted(lambda: cloud_metrics(site), 'fescue_mqtt_refused_total{cause="protocol_error"}', len(cases)):
        for what, sent, answer in cases:
            with open_connection(site) as connection:
                after = (what, sent, answer) in AFTER_CONNECT
                if after:
                    connection.sendall(connect(b"hostile"))
                    assert read_exactly(connection, 4) == CONNACK, what
                try:
                    connection.sendall(sent)
                except ConnectionError:
                    pass
                assert read_to_end(connection) == answer, what
    assert '"cause":"protocol error"' in site.log_of_cloud()


def with_the_handshake(site, first_flight, version):
    """A connection whose first packets are in one segment with the end of the TLS handshake."""
    context = core_tls(site)
    context.minimum_version = context.maximum_version = version
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing)
    connection = dial(site.endpoints["iot_mqtts"])
    while True:
        try:
            tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            connection.sendall(outgoing.read())
            incoming.write(connection.recv(65536))
    tls.write(first_flight)
    connection.sendall(outgoing.read())
    said = b""
    with connection:
        while True:
            try:
                piece = tls.read(65536)
            except ssl.SSLWantReadError:
                came = connection.recv(65536)
                incoming.write(came) if came else incoming.write_eof()
                continue
            except ssl.SSLError:
                piece = b""
            said += piece
            if not piece:
                return said


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2])
def test_packets_that_come_with_the_handshake(site, version):
    """TLS 1.3: with the client's Finished. In 1.2 they follow the server's; the client speaks as soon as it has that."""
    cloud = site.child("cloud")
    assert with_the_handshake(site, connect(b"x" * 129), version) == b"\x20\x02\x00\x02"
    flight = (connect(b"eager") + packet(0x82, ID + text("eager") + b"\0") + packet(0x30, text("eager") + b"x") +
              packet(0xe0))
    answer = CONNACK + packet(0x90, ID + b"\0") + packet(0x30, text("eager") + b"x")
    assert with_the_handshake(site, flight, version) == answer
    assert with_the_handshake(site, b"\xf0\x00", version) == b""
    assert site.child("cloud") == cloud, "it lives"


@pytest.mark.parametrize("open_connection", [plain_connection, tls_connection])
def test_a_first_flight_in_every_split(site, open_connection):
    flight = connect(b"split") + packet(0x32, text("s") + ID) + packet(0xe0)
    for at in range(1, len(flight)):
        with open_connection(site) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(flight[:at])
            connection.sendall(flight[at:])
            assert read_to_end(connection) == CONNACK + packet(0x40, ID), at


def test_a_crowd_that_says_nothing_keeps_no_core_out(site):
    """300 connections to the TLS listener, silent; the handshake of a core takes no longer than a moment."""
    crowd = [dial(site.endpoints["iot_mqtts"]) for _ in range(300)]
    began = time.monotonic()
    with tls_connection(site) as connection:
        connection.sendall(connect(b"late"))
        assert read_exactly(connection, 4) == CONNACK
    assert time.monotonic() - began < 5
    for each in crowd:
        each.close()


def test_topics_with_a_dollar(site):
    """Nobody hears what is not served, and nobody says what the system says."""
    refused = [b"$SYS/#", b"$aws/rules/#", b"$share/g/t", b"$fescue/cores/+/hello"]
    with plain_connection(site) as connection:
        connection.sendall(connect(b"curious") + packet(0x82, ID + b"".join(text(f) + b"\1" for f in refused)))
        assert read_exactly(connection, 4 + 4 + len(refused)) == CONNACK + packet(0x90, ID + b"\x80" * len(refused))
    core = site.endpoints["core_thing_name"]
    for open_connection, topic in [(plain_connection, "$aws/events/presence/connected/x"), (plain_connection, "$SYS/x"),
                                   (tls_connection, "$fescue/cores/%s/deployments/notify" % core)]:
        with Counted(lambda: cloud_metrics(site), 'fescue_mqtt_refused_total{cause="publish"}', 1):
            with open_connection(site) as connection:
                connection.sendall(connect(b"forger") + packet(0x32, text(topic) + ID + b"{}"))
                assert read_to_end(connection) == CONNACK
    greengrass = site.boto("greengrass")
    for subject in ("$fescue/#", "$aws/rules/#"):
        row = {"Id": "1", "Source": "cloud", "Subject": subject, "Target": "GGShadowService"}
        with pytest.raises(ClientError, match="is reserved"):
            greengrass.create_subscription_definition(Name="r", InitialVersion={"Subscriptions": [row]})


def test_what_is_refused_by_a_code(site):
    with Counted(lambda: cloud_metrics(site), 'fescue_mqtt_refused_total{cause="connection"}', 1):
        with plain_connection(site) as connection:
            connection.sendall(connect(b"x" * 129))
            assert read_to_end(connection) == b"\x20\x02\x00\x02"
    core = site.endpoints["core_thing_name"].encode()
    filters = [b"$fescue/cores/" + core + b"/#", b"$fescue/#", b"a/" * 40 + b"b", b"a" * 300]
    with Counted(lambda: cloud_metrics(site), 'fescue_mqtt_refused_total{cause="subscription"}', len(filters)):
        with plain_connection(site) as connection:
            connection.sendall(connect(b"filters"))
            assert read_exactly(connection, 4) == CONNACK
            connection.sendall(packet(0x82, ID + b"".join(text(f) + b"\1" for f in filters) + text("fine") + b"\2"))
            wanted = packet(0x90, ID + b"\x80" * len(filters) + b"\1")
            assert read_exactly(connection, len(wanted)) == wanted
    with Counted(lambda: cloud_metrics(site), 'fescue_mqtt_refused_total{cause="publish"}', 1):
        with plain_connection(site) as connection:
            connection.sendall(connect(b"forger"))
            assert read_exactly(connection, 4) == CONNACK
            connection.sendall(packet(0x32, text(b"$fescue/cores/" + core + b"/deployments/report") + ID + b"{}"))
            assert read_to_end(connection) == b"", "not even acknowledged"
    assert "Refused an MQTT request." in site.log_of_cloud()


def test_a_core_cannot_speak_for_another(site):
    with Counted(lambda: cloud_metrics(site), 'fescue_mqtt_refused_total{cause="publish"}', 1):
        with tls_connection(site) as connection:
            connection.sendall(connect(b"other-name"))
            assert read_exactly(connection, 4) == CONNACK
            connection.sendall(packet(0x30, text("$fescue/cores/somebody-else/hello") + b"{}"))
            assert read_to_end(connection) == b""


def test_unreadable_reports_are_counted_and_change_nothing(site):
    """With the core's own certificate, but not as the core's own connection."""
    base = "$fescue/cores/%s/" % site.endpoints["core_thing_name"]
    with tls_connection(site) as connection:
        connection.sendall(connect(b"a-second-client"))
        assert read_exactly(connection, 4) == CONNACK
        for topic, cause in (("deployments/report", "report"), ("hello", "hello")):
            bodies = [b"", b"[" * 1000, b"\xff", b'{"protocol": 99}', b'{"protocol": "1"}', b"x" * 100_000]
            with Counted(lambda: cloud_metrics(site), 'fescue_refused_total{listener="reports",cause="%s"}' % cause, len(bodies)):
                for body in bodies:
                    connection.sendall(packet(0x32, text(base + topic) + ID + body))
                    assert read_exactly(connection, 4) == packet(0x40, ID)
        forged = b'{"protocol":1,"deploymentId":"00000000-0000-4000-8000-000000000000","status":"Success"}'
        with Counted(lambda: cloud_metrics(site), 'fescue_refused_total{listener="reports",cause="foreign_report"}', 1):
            connection.sendall(packet(0x32, text(base + "deployments/report") + ID + forged))
            assert read_exactly(connection, 4) == packet(0x40, ID)


def test_a_client_that_says_nothing(site):
    """No CONNECT within the deadline of ten seconds; beside it, a keep-alive of one second that is not kept."""
    with Counted(lambda: cloud_metrics(site), 'fescue_mqtt_refused_total{cause="connection"}', 1):
        with plain_connection(site) as silent, plain_connection(site) as sleepy:
            sleepy.sendall(connect(b"sleepy", keep_alive=1))
            assert read_exactly(sleepy, 4) == CONNACK
            assert read_to_end(sleepy) == b""
            assert read_to_end(silent) == b""


def test_a_reader_that_does_not_read(site):
    """QoS 0 is dropped for it, and nobody else notices."""
    with plain_connection(site) as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.sendall(connect(b"lazy") + packet(0x82, ID + text("flood") + b"\0"))
        assert read_exactly(lazy, 9)[:4] == CONNACK
        client = site.mqtt()
        client.subscribe("flood")
        before = cloud_metrics(site)["fescue_mqtt_messages_dropped_total"]
        for _ in range(300):
            client.publish("flood", b"x" * 60_000, 0)
            client.message()
        assert cloud_metrics(site)["fescue_mqtt_messages_dropped_total"] > before


def test_a_crowd_of_garbage_disturbs_nobody(site):
    """Four threads of random bytes, while a real client's messages come through in order."""
    client = site.mqtt()
    client.subscribe("calm")

    def rage():
        for _ in range(50):
            with plain_connection(site) as connection:
                try:
                    connection.sendall(connect(os.urandom(6).hex().encode()) + os.urandom(2000))
                    connection.shutdown(socket.SHUT_WR)  # it may be the beginning of a long packet
                except OSError:
                    pass
                read_to_end(connection)
    crowd = [threading.Thread(target=rage) for _ in range(4)]
    for each in crowd:
        each.start()
    for n in range(200):
        client.publish("calm", str(n))
    assert [client.payload() for _ in range(200)] == [str(n).encode() for n in range(200)]
    for each in crowd:
        each.join(60)


FORGER = """
import greengrasssdk
data = greengrasssdk.client('iot-data')

def handler(event, context):
    refused = 0
    for topic in event['topics']:
        try:
            data.publish(topic=topic, payload='{}')
        except Exception:
            refused += 1
    return refused
"""


def test_a_function_does_not_speak_as_its_core(site):
    """Its row lets everything pass to the cloud, and still: what is the core's is refused, and the link stands."""
    forger = site.create_function("forger", FORGER)
    site.deploy({"forger": (forger, {"Timeout": 20})}, [(forger, "#", "cloud")])
    base = "$fescue/cores/%s/" % site.endpoints["core_thing_name"]
    topics = [base + "hello", base + "deployments/report", base + "deployments/notify", "$aws/events/x", "$SYS/x"]
    client = site.mqtt()
    client.subscribe("#")
    before = core_metrics(site)
    with Counted(lambda: core_metrics(site), 'fescue_messages_dropped_total{cause="reserved"}', 4):
        with Counted(lambda: core_metrics(site), "fescue_link_refused_total", 1):
            answer = site.boto("lambda").invoke(FunctionName="forger", Qualifier="prod",
                                                Payload=json.dumps({"topics": topics + ["fine"]}))
            assert json.loads(answer["Payload"].read()) == 4
    assert client.message()[0] == "fine"
    assert core_metrics(site)["fescue_link_connections_total"] == before["fescue_link_connections_total"]
    assert "Refused a message: its topic is reserved." in site.runtime_log()


def test_everything_still_works(site):
    client = MqttClient(site.endpoints["iot_mqtt"])
    client.subscribe("still")
    client.publish("still", "here")
    assert client.payload() == b"here"
    client.close()
    assert "assertion failed" not in site.log_of_cloud() + site.runtime_log()
    assert core_metrics(site)["fescue_link_connected"] == 1
