"""Messages that are kept for later subscribers, by mosquitto's clients, the AWS CLI and boto3."""
import os
import signal
import subprocess
import threading

import paho.mqtt.client
import pytest

from fescue_site import DEADLINE, wait_until
from raw import cloud_metrics

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="mounts a small file system")


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


class Publisher:
    """Publishes with RETAIN at QoS 1, twenty on their way at a time, and notes what is acknowledged and what ends it."""

    def __init__(self, site):
        host, port = site.endpoints["iot_mqtt"].split("://")[-1].rsplit(":", 1)
        self.topics, self.acknowledged, self.ended = {}, set(), threading.Event()
        self.client = paho.mqtt.client.Client("publisher")
        self.client.max_inflight_messages_set(20)
        self.client.on_publish = lambda client, data, mid: self.acknowledged.add(mid)
        self.client.on_disconnect = lambda client, data, code: self.ended.set()
        self.client.connect(host, int(port))
        self.client.loop_start()

    def publish(self, topic, payload):
        message = self.client.publish(topic, payload, qos=1, retain=True)
        self.topics[message.mid] = topic
        return message

    def stored(self):
        return {self.topics[mid] for mid in self.acknowledged if mid in self.topics}

    def close(self):
        self.client.loop_stop()
        self.client._sock_close()


def retained_topics(site):
    pages = site.boto("iot-data").get_paginator("list_retained_messages").paginate()
    return set(pages.search("retainedTopics[].topic"))


def restarted_cloud(site, old):
    """Waits until `fescue up` has a new control plane that answers."""
    def answers():
        pid = site.child("cloud")
        try:
            return pid not in (None, old) and cloud_metrics(site) is not None
        except OSError:
            return False
    wait_until(answers, "the control plane to be back")


def test_what_is_acknowledged_outlives_a_kill_and_many_share_a_commit(own_site):
    before = cloud_metrics(own_site)["fescue_mqtt_retained_commits_total"]
    publisher = Publisher(own_site)
    for number in range(2000):
        publisher.publish("many/%d" % number, "1")
    wait_until(lambda: len(publisher.acknowledged) == 2000, "2000 acknowledgements")
    after = cloud_metrics(own_site)
    assert after["fescue_mqtt_retained_changes_total"] == 2000
    assert after["fescue_mqtt_retained_commits_total"] - before < 1000
    publisher.close()

    publisher = Publisher(own_site)
    cloud = own_site.child("cloud")
    for number in range(2000):
        publisher.publish("killed/%d" % number, "1")
    wait_until(lambda: len(publisher.acknowledged) > 200, "some acknowledgements")
    os.kill(cloud, signal.SIGKILL)
    assert publisher.ended.wait(DEADLINE)
    promised = publisher.stored()
    publisher.close()
    restarted_cloud(own_site, cloud)
    kept = retained_topics(own_site)
    assert promised <= kept, sorted(promised - kept)[:10]
    assert {"many/%d" % number for number in range(2000)} <= kept


@needs_root
def test_a_full_disk_acknowledges_nothing_and_is_made_up_for(own_site):
    """The control plane's directory on a small file system of its own, which is then filled up."""
    own_site.stop()
    cloud = own_site.root / "cloud"
    moved = own_site.root / "cloud.kept"
    cloud.rename(moved)
    cloud.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=755", "tmpfs", cloud], check=True)
    try:
        subprocess.run(["cp", "-a", "%s/." % moved, cloud], check=True)
        own_site.start()
        with open(cloud / "filler", "wb", buffering=0) as filler, pytest.raises(OSError):
            while True:
                filler.write(b"x" * 4096)
        publisher = Publisher(own_site)
        first = publisher.publish("full/disk", "x" * 100_000)
        assert publisher.ended.wait(DEADLINE)
        publisher.close()
        assert first.mid not in publisher.acknowledged
        assert cloud_metrics(own_site)["fescue_mqtt_retained_commit_failures_total"] >= 1
        (cloud / "filler").unlink()
        wait_until(lambda: cloud_metrics(own_site)["fescue_mqtt_retained_changes_total"] >= 1, "the store to catch up")
        own_site.stop()
        own_site.start()
        assert "full/disk" in retained_topics(own_site)
    finally:
        own_site.stop()
        subprocess.run(["umount", "-l", cloud], check=True)
        cloud.rmdir()
        moved.rename(cloud)
