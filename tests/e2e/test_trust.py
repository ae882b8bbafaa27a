"""Loopback is not a credential: functions share the host's network."""
import http.client
import os
import socket

import pytest

from fescue_site import MqttClient, wait_until

DIAL = """
import json, os, socket
import greengrasssdk
client = greengrasssdk.client('iot-data')
CONNECT = bytes([0x10, 13, 0, 4]) + b'MQTT' + bytes([4, 2, 0, 60, 0, 1]) + b'x'

def handler(event, context):
    connection = socket.create_connection((event['host'], event['port']), timeout=5)
    try:
        connection.sendall(CONNECT)
        answer = connection.recv(4)
    except ConnectionError:
        answer = b''
    client.publish(topic='out', payload=json.dumps(answer.hex()))
"""

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="without root functions and owner are one user")


@needs_root
def test_a_function_cannot_use_the_owners_plain_mqtt(site):
    arn = site.create_function("dialler", DIAL)
    site.deploy({"dialler": (arn, {"Timeout": 10})}, [("cloud", "in", arn), (arn, "out", "cloud")])
    client = site.mqtt()
    client.subscribe("out")
    host, port = site.endpoints["iot_mqtt"].rsplit(":", 1)
    client.publish("in", {"host": host, "port": int(port)})
    assert client.payload() == b'""', "no CONNACK, the connection was closed"
    wait_until(lambda: "this listener is for the owner: uid" in site.log_of_cloud(), "the refusal in the control plane's log")


def test_the_owner_gets_in(site):
    client = MqttClient(site.endpoints["iot_mqtt"])
    client.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_ipc_refuses_unknown_tokens_on_both_stacks(site, host):
    port = int(site.endpoints["ipc"].rsplit(":", 1)[1])
    for headers in ({}, {"Authorization": "Basic bm90aGluZw=="}):
        connection = http.client.HTTPConnection(host, port, timeout=10)
        connection.request("GET", "/2016-11-01/functions/arn:aws:lambda:us-west-2:123456789012:function:x:1/work", headers=headers)
        assert connection.getresponse().status == 403
        connection.close()


def test_health_needs_no_token(site):
    connection = http.client.HTTPConnection("127.0.0.1", int(site.endpoints["ipc"].rsplit(":", 1)[1]), timeout=10)
    connection.request("GET", "/2016-11-01/health/workers")
    assert connection.getresponse().status == 200


def test_secrets_are_files_of_the_owner_alone(site):
    for path in (site.root / "run/credentials", site.root / "core/certs/core.private.key"):
        assert path.stat().st_mode & 0o077 == 0
    if os.getuid() == 0:
        assert (site.root / "cloud").stat().st_mode & 0o077 == 0


def test_core_topics_are_closed_to_the_owner(site):
    client = site.mqtt()
    assert client.subscribe("$fescue/cores/%s/#" % site.endpoints["core_thing_name"]) == (0x80,)


def test_cores_come_with_certificates_only(site):
    host, port = site.endpoints["iot_mqtts"].rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(bytes([0x10, 13, 0, 4]) + b"MQTT" + bytes([4, 2, 0, 60, 0, 1]) + b"x")
        assert not connection.recv(64).startswith(b"\x20")
