"""A core whose control plane is out of reach, dead or not there at all: what is local goes on, what is for the cloud
waits."""
import json
import os
import signal
import subprocess

import pytest

from cable import Cable
from fescue_site import BUILD, GATE, wait_until

QUEUE_BYTES = 2621440  # V1's GG_CONFIG_MAX_SIZE_BYTES

TELLER = GATE + """
import json
import greengrasssdk
import greengrasssdk.Lambda
data = greengrasssdk.client('iot-data')

def handler(event, context):
    '''Numbered messages: `count` of them; or, until the gate opens, as fast as the target takes them.'''
    n = 0
    policy = 'AllOrException' if 'gate' in event else 'BestEffort'
    while n < event.get('count', 0) or ('gate' in event and not os.path.exists(event['gate'])):
        text = json.dumps({'n': n})
        payload = text + ' ' * max(0, event.get('size', 0) - len(text))
        try:
            data.publish(topic=event['topic'], payload=payload, queueFullPolicy=policy)
            n += 1
        except greengrasssdk.Lambda.InvocationException:
            time.sleep(0.001)
    return n
"""

KEEPER = """
import os
kept = []

def handler(event, context):
    '''Keeps the messages; a call gets them and has them forgotten.'''
    if 'n' in event:
        return kept.append(event['n'])
    said = {'kept': list(kept), 'pid': os.getpid()}
    del kept[:]
    return said
"""


@pytest.fixture(scope="module")
def far(site):
    """teller publishes to keeper (local/#) and to the cloud (up/#), whose end is reached through site.cable."""
    site.cable = Cable(site.endpoints["iot_mqtts"])
    site.configure(coreThing={"iotMqttPort": site.cable.port, "mqttMaxConnectionRetryInterval": 1})
    teller, keeper = site.create_function("teller", TELLER), site.create_function("keeper", KEEPER)
    site.deploy({"teller": (teller, {"Timeout": 60}), "keeper": (keeper, {"Timeout": 5, "Pinned": True})},
                [(teller, "local/#", keeper), (teller, "up/#", "cloud"), ("cloud", "down/#", keeper)])
    yield site
    site.cable.close()


def link(site):
    return site.admin.status()["link"]


def pull(site):
    site.cable.pull()
    wait_until(lambda: not link(site)["connected"], "the core to notice")


def plug_in(site):
    site.cable.plug_in()
    wait_until(lambda: link(site)["connected"], "the core to be back")


def kill_cloud(site):
    """SIGKILL to the control plane; returns when `fescue up` has it running again."""
    old = site.child("cloud")
    os.kill(old, signal.SIGKILL)

    def answers():
        if site.child("cloud") in (old, None):
            return False
        try:
            return site.boto("sts").get_caller_identity()
        except Exception:
            return False
    wait_until(answers, "the control plane to be back")


def numbers(payloads):
    return [json.loads(payload)["n"] for payload in payloads]


def test_messages_to_the_cloud_wait_for_it_and_go_out_in_order(far):
    listener = far.mqtt()
    listener.subscribe("up/#")
    pull(far)
    assert far.admin.call("teller", {"topic": "up/a", "count": 50}) == 50
    assert far.admin.call("teller", {"topic": "local/a", "count": 50}) == 50, "local messages mind nothing"
    assert far.admin.call("keeper", {})["kept"] == list(range(50))
    status = link(far)
    assert status["messages_waiting"] == 50 and status["last_failure"]
    assert "50 messages wait" in far.fescue("status")
    assert listener.nothing_waits()
    plug_in(far)
    assert numbers(listener.payload() for _ in range(50)) == list(range(50))
    wait_until(lambda: link(far)["messages_waiting"] == 0, "the acknowledgements")
    assert link(far)["messages_dropped"] == 0
    assert "Lost the connection to the control plane." in far.runtime_log()


def test_a_full_queue_drops_the_oldest_counts_and_says_so(far):
    listener = far.mqtt()
    listener.subscribe("up/#")
    pull(far)
    size, count = 100000, 40
    assert far.admin.call("teller", {"topic": "up/b", "count": count, "size": size}) == count
    status = link(far)
    kept = status["messages_waiting"]
    assert kept == QUEUE_BYTES // (size + len("up/b") + 64) and status["bytes_waiting"] <= QUEUE_BYTES
    assert status["messages_dropped"] == count - kept
    lines = [line for line in far.runtime_log().splitlines() if "The queue for the control plane is full" in line]
    assert len(lines) == 1
    plug_in(far)
    assert numbers(listener.payload() for _ in range(kept)) == list(range(count - kept, count))
    total = next(line for line in far.runtime_log().splitlines() if "dropped for want of room" in line)
    assert '"total":%d' % (count - kept) in total
    assert "fescue_link_dropped_total %d" % (count - kept) in far.admin.request("GET", "/v1/metrics").body.decode()


def test_a_killed_control_plane_does_not_disturb_local_messages(far):
    core, gate = far.admin.status()["core"]["pid"], far.gate()
    streaming = far.admin.start("teller", {"topic": "local/s", "gate": str(gate)})
    wait_until(lambda: far.admin.status()["messages"]["delivered"] > 100, "local messages to flow")
    before = link(far)["connections"]
    kill_cloud(far)
    wait_until(lambda: link(far)["connections"] > before and link(far)["connected"], "the link")
    gate.open()
    count = streaming.result(30).value
    wait_until(lambda: far.admin.function("keeper")["waiting"] == 0, "the last message to be taken")
    said = far.admin.call("keeper", {})
    assert said["kept"] == list(range(count)) and count > 100
    assert far.admin.status()["core"]["pid"] == core
    group = far.boto("greengrass").get_group(GroupId=far.group)
    assert group["Name"] == "group", "it remembers what it was told"


def test_messages_for_a_dead_control_plane_go_out_when_it_is_back(far):
    pull(far)
    kill_cloud(far)
    assert far.admin.call("teller", {"topic": "up/c", "count": 20}) == 20
    listener = far.mqtt()
    listener.subscribe("up/#")
    plug_in(far)
    assert numbers(listener.payload() for _ in range(20)) == list(range(20))
    far.mqtt().publish("down/c", {"n": "from the cloud"})
    wait_until(lambda: far.admin.call("keeper", {})["kept"] == ["from the cloud"], "a message from the cloud")


def test_a_deployment_that_was_wanted_meanwhile_is_fetched_later(far):
    pull(far)
    versions = far.boto("greengrass").list_group_versions(GroupId=far.group)["Versions"]
    deployment = far.start_deployment(far.group, versions[-1]["Version"])
    wait_until(lambda: far.deployment_status(far.group, deployment)["DeploymentStatus"] == "InProgress", "the notice")
    pid = far.admin.call("keeper", {})["pid"]
    plug_in(far)
    assert far.finish_deployment(far.group, deployment)["DeploymentStatus"] == "Success"
    assert far.admin.call("keeper", {})["pid"] == pid


def test_a_core_starts_its_group_with_no_control_plane_at_all(far):
    group = far.admin.status()["group"]
    assert far.stop() == 0
    core = subprocess.Popen([BUILD / "fescue", "core", "--root", far.root / "core", "--ipc", "127.0.0.1:0"],
                            stderr=open(far.root / "stderr.log", "ab"))
    try:
        wait_until(lambda: far.runs(group), "the core")
        wait_until(lambda: far.admin.function("keeper")["state"] == "running", "its long-lived function")
        assert far.admin.call("teller", {"topic": "local/d", "count": 100}) == 100
        assert far.admin.call("keeper", {})["kept"] == list(range(100))
        assert far.admin.call("teller", {"topic": "up/d", "count": 3}) == 3
        assert link(far)["messages_waiting"] == 3 and link(far)["connected"] is False
    finally:
        core.send_signal(signal.SIGTERM)
        status = core.wait(30)
    assert status == 0


def test_all_of_it_comes_back_after_a_restart(far):
    far.start()
    client = far.mqtt()
    wait_until(lambda: link(far)["connected"], "the link")
    client.subscribe("up/#")
    assert far.admin.call("teller", {"topic": "up/e", "count": 2}) == 2
    assert numbers(client.payload() for _ in range(2)) == [0, 1]
    status = far.boto("greengrass").list_deployments(GroupId=far.group)["Deployments"]
    assert len(status) == 2
