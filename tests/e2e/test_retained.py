"""Messages that are kept for later subscribers, by mosquitto's clients, the AWS CLI and boto3."""
import subprocess

import pytest


def mosquitto(site, program, *arguments):
    host, port = site.endpoints["iot_mqtt"].split("://")[-1].rsplit(":", 1)
    return subprocess.run([program, "-h", host, "-p", port, *arguments], stdout=subprocess.PIPE, check=True, timeout=30).stdout


def test_retained_messages_reach_later_subscribers_and_outlive_the_control_plane(site):
    mosquitto(site, "mosquitto_pub", "-q", "1", "-r", "-t", "plant/valve", "-m", "open")
    site.aws("iot-data", "publish", "--topic", "plant/pump", "--retain", "--qos", "1", "--payload", "b24=",
             "--cli-binary-format", "base64")
    site.stop()
    site.start()
    seen = mosquitto(site, "mosquitto_sub", "-q", "1", "-t", "plant/#", "-C", "2", "-F", "%t %p retained=%r")
    assert sorted(seen.decode().split("\n")[:2]) == ["plant/pump on retained=1", "plant/valve open retained=1"]

    one = site.aws("iot-data", "get-retained-message", "--topic", "plant/valve")
    assert (one["topic"], one["payload"], one["qos"]) == ("plant/valve", "b3Blbg==", 1)
    pages = site.boto("iot-data").get_paginator("list_retained_messages").paginate(PaginationConfig={"PageSize": 1})
    assert [each["topic"] for each in pages.search("retainedTopics")] == ["plant/pump", "plant/valve"]

    mosquitto(site, "mosquitto_pub", "-q", "1", "-r", "-n", "-t", "plant/valve")
    client = site.boto("iot-data")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_retained_message(topic="plant/valve")
