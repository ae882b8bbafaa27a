"""Client devices of the deployed group at the core's MQTT server, by mosquitto's tools and paho over TLS."""
import json
import os
import pathlib
import ssl
import subprocess

import pytest

from devices import Device, DeviceClient, ca_file
from fescue_site import wait_until
from raw import core_metrics, dial, read_to_end
from test_hostile_mqtt import AFTER_CONNECT, BEFORE_CONNECT, CONNACK, connect

ECHO = """
import greengrasssdk
data = greengrasssdk.client('iot-data')

def handler(event, context):
    data.publish(topic='answer/' + context.client_context.custom['subject'], payload=event)
"""
BOTH = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.fixture(scope="module")
def home(site):
    """lamp and door, an echo function, and the cloud: a row for each pair."""
    site.lamp, site.door = Device(site, "lamp"), Device(site, "door")
    site.echo = site.create_function("echo", ECHO)
    redeploy(site)
    return site


def rows(site):
    lamp, door = site.lamp.arn, site.door.arn
    return [(lamp, "ask/#", site.echo), (site.echo, "answer/#", lamp),
            (site.echo, "answer/ask/door/#", door), (lamp, "door/+", door), (lamp, "up/#", "cloud"),
            ("cloud", "down/#", lamp), (door, "up/#", "cloud"), (door, "lamp/+", lamp)]


def redeploy(site, devices=None, subscriptions=None):
    devices = [site.lamp, site.door] if devices is None else devices
    site.deploy({"echo": (site.echo, {"Timeout": 10, "EncodingType": "binary", "Pinned": True})},
                rows(site) if subscriptions is None else subscriptions, devices=[device.entry for device in devices])


def status(site):
    return site.admin.status()["devices"]


def metric(site, name):
    return core_metrics(site)[name]


def count(site, name):
    """How much a metric has grown since."""
    before = metric(site, name)
    return lambda: metric(site, name) - before


@pytest.fixture
def clients():
    made = []

    def make(*arguments, **options):
        made.append(DeviceClient(*arguments, **options))
        return made[-1]
    yield make
    for client in made:
        client.close()


@pytest.mark.parametrize("version", ["tlsv1.2", "tlsv1.3"])
def test_mosquittos_tools(home, version):
    listen = subprocess.Popen(home.door.mosquitto("mosquitto_sub", "-t", "answer/#", "-t", "door/1", "-C", "2", "-W", "30",
                                                  "-d", "-F", "got %t %p", "--tls-version", version),
                              stdout=subprocess.PIPE, text=True)
    said = []

    def until(words):
        while words not in (said[-1] if said else ""):
            said.append(listen.stdout.readline())
            assert said[-1], said
    until("received SUBACK")
    for topic in ("door/1", "ask/door/x"):
        done = home.lamp.pub("-t", topic, "-m", "hi", "-q", "1", "--tls-version", version)
        assert done.returncode == 0, done.stderr
        until("got %s hi" % ("door/1" if topic == "door/1" else "answer/ask/door/x"))
    assert listen.wait(30) == 0


@pytest.mark.parametrize("version", BOTH)
def test_every_pair(home, clients, version):
    lamp, door = clients(home.lamp, version=version), clients(home.door, version=version)
    assert (lamp.code, door.code) == (0, 0)
    assert lamp.subscribe("#") == (1,) and door.subscribe("door/+") == (1,)

    lamp.publish("ask/a/b", b"\x00\xff binary")  # device, function, device
    assert lamp.message() == ("answer/ask/a/b", b"\x00\xff binary", 0, 0)
    lamp.publish("door/1", "open")  # device, device
    assert door.message() == ("door/1", b"open", 0, 0)

    cloud = home.mqtt()
    cloud.subscribe("up/#")
    lamp.publish("up/x", "hello", qos=0)  # device, cloud, and back
    assert cloud.message() == ("up/x", b"hello")
    cloud.publish("down/y", "to you")
    assert lamp.message() == ("down/y", b"to you", 0, 0)


def test_the_largest_payload_passes_and_a_larger_one_ends_the_connection(home, clients):
    lamp, door = clients(home.lamp), clients(home.door)
    lamp.subscribe("answer/#"), door.subscribe("#")
    large = os.urandom(128 * 1024)
    lamp.publish("door/large", large)
    assert door.message()[1] == large
    lamp.publish("ask/large", large)
    assert lamp.message()[1] == large
    lamp._client.publish("door/larger", large + b"x", 0)
    lamp.wait_closed()
    assert door.connected()


def test_what_no_row_names_is_dropped_and_counted(home, clients):
    lamp, door = clients(home.lamp), clients(home.door)
    lamp.subscribe("#"), door.subscribe("#")
    no_route = count(home, 'fescue_messages_dropped_total{cause="no_route"}')
    reserved = count(home, 'fescue_messages_dropped_total{cause="reserved"}')
    lamp.publish("nowhere", "x")
    door.publish("door/1", "not from here")
    lamp.publish("$aws/things/fescue-core/jobs/notify", "x")
    door.publish("lamp/1", "marker")
    assert lamp.message()[:2] == ("lamp/1", b"marker")
    assert door.messages.empty() and lamp.messages.empty()
    assert (no_route(), reserved()) == (2, 1)
    assert "Failed to get routes. Discarding message." in home.runtime_log()
    said = home.fescue("explain", "--from", home.lamp.arn, "--topic", "nowhere")
    assert "goes nowhere" in said and "Dropped 1 times" in said
    assert home.door.arn in home.fescue("explain", "--from", home.lamp.arn, "--topic", "door/1")


def test_who_is_away_or_has_not_subscribed_misses_it(home, clients):
    lamp = clients(home.lamp)
    away = count(home, 'fescue_device_messages_lost_total{cause="not_connected"}')
    deaf = count(home, 'fescue_device_messages_lost_total{cause="not_subscribed"}')
    lamp.publish("door/1", "x")
    wait_until(lambda: away() == 1, "the count")
    door = clients(home.door)
    lamp.publish("door/1", "x")
    wait_until(lambda: deaf() == 1, "the count")
    door.subscribe("door/#")
    lamp.publish("door/1", "y")
    assert door.message()[1] == b"y"


def test_a_wrong_client_id_is_told_which_one_is_right(home):
    done = home.lamp.pub("-t", "up/x", "-m", "x", client_id="door")
    assert done.returncode == 5 and "not authorised" in done.stderr
    wait_until(lambda: 'not allowed to connect as \\"door\\": its certificate allows the client id \\"lamp\\"'
               in home.runtime_log(), "the line")


@pytest.mark.parametrize("version", BOTH)
def test_certificates_of_others_are_of_no_use(home, version):
    refused = count(home, 'fescue_mqtt_refused_total{cause="connection"}')
    other = Device(home, "other-%d" % version)

    def knock():
        with pytest.raises((ConnectionError, ssl.SSLError, EOFError)):
            with other.tls(version).wrap_socket(dial(home.endpoints["devices_mqtts"]),
                                                server_hostname="localhost") as connection:
                connection.sendall(connect(b"lamp"))
                if not read_to_end(connection):
                    raise EOFError

    def is_told():
        return "certificate %s is that of no device" % other.certificate_id in home.runtime_log()

    knock()
    assert refused() == 1
    wait_until(lambda: is_told() or knock(), "the line, of which there is one in a second at most")

    shaken = count(home, "fescue_device_handshakes_refused_total")
    anonymous = ssl.create_default_context(cafile=ca_file(home))
    anonymous.minimum_version = anonymous.maximum_version = version
    with pytest.raises((ConnectionError, ssl.SSLError, EOFError)):
        with anonymous.wrap_socket(dial(home.endpoints["devices_mqtts"]), server_hostname="localhost") as connection:
            connection.sendall(connect(b"lamp"))
            if not read_to_end(connection):
                raise EOFError
    wait_until(lambda: shaken() == 1, "the count")


def test_a_deployment_expels_who_is_out_and_nobody_else(home, clients):
    bell = Device(home, "bell")
    redeploy(home, [home.lamp, home.door, bell])
    lamp, door, ring = clients(home.lamp), clients(home.door), clients(bell)
    lamp.subscribe("#")
    assert status(home)["connected"] == 3
    bell.new_certificate()
    revoked = count(home, 'fescue_mqtt_refused_total{cause="revoked"}')
    redeploy(home, [home.lamp, bell], [row for row in rows(home) if home.door.arn not in row])
    door.wait_closed(), ring.wait_closed()
    assert revoked() == 2
    lamp.publish("ask/still", "here")
    assert lamp.message()[:2] == ("answer/ask/still", b"here") and lamp.connected()
    assert clients(bell).code == 0  # the new certificate
    done = home.door.pub("-t", "up/x", "-m", "x")
    assert done.returncode != 0
    redeploy(home)
    assert clients(home.door).code == 0


def test_a_device_that_comes_again_takes_over(home, clients):
    first = clients(home.lamp)
    second = clients(home.lamp)
    first.wait_closed()
    assert second.connected()


def test_wills_go_where_rows_say_and_nothing_is_retained(home, clients):
    cloud = home.mqtt()
    cloud.subscribe("up/#")
    kept = count(home, 'fescue_mqtt_refused_total{cause="retain"}')
    door = DeviceClient(home.door, will=("up/will", "gone", 1, False))
    door.publish("up/kept", "x", retain=True)
    assert cloud.message() == ("up/kept", b"x")
    assert kept() == 1
    door.drop()
    assert cloud.message() == ("up/will", b"gone")


def test_devices_come_back_after_the_core_was_killed(home, clients):
    lamp = clients(home.lamp)
    certificate = (home.root / "core/ggc/var/state/server/server.crt").read_bytes()
    home.kill_core()
    lamp.wait_closed()
    again = clients(home.lamp)
    again.subscribe("#")
    again.publish("ask/again", "x")
    assert again.message()[:2] == ("answer/ask/again", b"x")
    assert (home.root / "core/ggc/var/state/server/server.crt").read_bytes() == certificate


def test_the_files_of_the_server_are_their_owners(home):
    folder = home.root / "core/ggc/var/state/server"
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == {"ca.crt": 0o644, "ca.key": 0o600, "server.crt": 0o644, "server.pem": 0o600}
    text = subprocess.run(["openssl", "x509", "-in", folder / "server.crt", "-noout", "-text"], capture_output=True,
                          text=True, check=True).stdout
    assert "DNS:localhost" in text and "IP Address:127.0.0.1" in text and "ecdsa-with-SHA256" in text
    done = subprocess.run(["openssl", "verify", "-CAfile", folder / "ca.crt", folder / "server.crt"], capture_output=True)
    assert done.returncode == 0


def test_status_counts_devices(home, clients):
    clients(home.lamp)
    said = status(home)
    assert (said["configured"], said["connected"], said["address"]) == (2, 1, home.endpoints["devices_mqtts"])
    assert {entry["thing"]: entry["connected"] for entry in said["things"]} == {"lamp": True, "door": False}
    assert "devices: 1 of 2 connected, at 127.0.0.1:" in home.fescue("status")


def speak(site, data):
    """What lamp's device is answered until its connection ends."""
    with site.lamp.tls().wrap_socket(dial(site.endpoints["devices_mqtts"]), server_hostname="localhost") as connection:
        try:
            connection.sendall(data)
        except (ConnectionError, ssl.SSLError):
            pass
        try:
            return read_to_end(connection)
        except ssl.SSLError:
            return b""


def test_hostile_first_flights_end_one_connection(home, clients):
    door = clients(home.door)
    door.subscribe("#")
    for what, data, answer in BEFORE_CONNECT:
        assert speak(home, data) == answer, what
    for what, data, answer in AFTER_CONNECT:
        assert speak(home, connect(b"lamp") + data) == CONNACK + answer, what
    lamp = clients(home.lamp)
    lamp.publish("door/1", "alive")
    assert door.message()[1] == b"alive"


def test_bytes_that_are_no_tls_end_one_connection(home, clients):
    door = clients(home.door)
    for data in (b"\x16\x03\x01\xff\xff" + b"x" * 100, connect(b"lamp"), b"\x00" * 4096, b"\x16\x03"):
        with dial(home.endpoints["devices_mqtts"]) as connection:
            connection.sendall(data)
            connection.shutdown(1)
            read_to_end(connection)
    assert door.connected() and door.subscribe("a") == (1,)


def test_a_group_that_names_no_such_device_is_refused_by_name(home):
    nobody = dict(home.lamp.entry, ThingArn=home.lamp.arn.replace("/lamp", "/nobody"), CertificateArn=home.lamp.certificate_arn[:-1])
    group, version = home.create_group({}, [(home.lamp.arn, "a", "cloud")], devices=[nobody])
    ended = home.finish_deployment(group, home.start_deployment(group, version))
    text = json.dumps(ended)
    assert ended["DeploymentStatus"] == "Failure"
    assert "device nobody: the thing does not exist" in text and "not registered" in text
    assert "is not a client device of the group" in text


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give the machine an address")
def test_a_new_address_comes_into_the_certificate_and_ends_no_connection(home, clients):
    lamp = clients(home.lamp)
    lamp.subscribe("#")
    certificate = home.root / "core/ggc/var/state/server/server.crt"
    authority = pathlib.Path(ca_file(home)).read_bytes()
    address = "192.0.2.77"  # of documentation

    def names_it():
        said = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-text"], capture_output=True, text=True)
        return "IP Address:" + address in said.stdout
    assert not names_it()
    subprocess.run(["ip", "address", "add", address + "/32", "dev", "lo"], check=True)
    try:
        wait_until(names_it, "the new certificate", 90)
        wait_until(lambda: metric(home, "fescue_device_certificate_renewals_total") >= 1, "the count")
        with home.lamp.tls().wrap_socket(dial(home.endpoints["devices_mqtts"]), server_hostname=address):
            pass  # which has checked the name
    finally:
        subprocess.run(["ip", "address", "del", address + "/32", "dev", "lo"], check=True)
    lamp.publish("ask/still", "here")
    assert lamp.message()[:2] == ("answer/ask/still", b"here") and lamp.connected()
    assert pathlib.Path(ca_file(home)).read_bytes() == authority
