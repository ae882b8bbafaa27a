"""What keeps an edge at work when its disk, its control plane or its owner's hand has broken something: `fescue up` starts
the core whatever the control plane does, and damaged files are named, replaced or gone around."""
import json
import os
import select
import shutil
import signal
import sqlite3
import subprocess

import pytest

from fescue_site import BUILD, DEADLINE, wait_until

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="needs to mount, or another user to be kept out")

ECHO = """
def handler(event, context):
    return {'version': %d, 'event': event}
"""


def deploy(site, version=1, **configuration):
    arn = site.create_function("echo", ECHO % version)
    site.deploy({"echo": (arn, {"Timeout": 5, **configuration})}, [("cloud", "echo/in", arn)])


def invoke(site):
    return json.loads(site.fescue("invoke", "echo", "--payload", "1"))


def answers(site, version=1):
    done = site.fescue("invoke", "echo", "--payload", "1", check=False)
    return done.returncode == 0 and json.loads(done.stdout) == {"version": version, "event": 1}


def status(site):
    return json.loads(site.fescue("status", "--json"))


def stop(site):
    assert site.stop() == 0, site.errors()


def spoil(path, how):
    """Puts something in place of a file that a broken disk, or a hand, can leave there."""
    if how == "truncated":
        os.truncate(path, 30)
        return
    if how == "empty":
        os.truncate(path, 0)
        return
    if how == "edited":
        text = path.read_text()
        path.write_text(text.replace("app.handler", "app.another"))
        assert path.read_text() != text
        return
    path.unlink()
    if how == "directory":
        (path / "inside").mkdir(parents=True)
    elif how == "pipe":
        os.mkfifo(path)


# ---- the control plane does not start

CLOUD_DAMAGES = {
    "garbage in the database": ("fescue.db", lambda path: path.write_bytes(b"this is no database " * 1000),
                                "fescue.db is damaged (file is not a database)"),
    "a pipe as the database": ("fescue.db", lambda path: spoil(path, "pipe"), "fescue.db: it is not a regular file"),
    "a lost key of the authority": ("ca.key", lambda path: path.unlink(), "ca.key: No such file or directory"),
    "an empty key of the authority": ("ca.key", lambda path: os.truncate(path, 0), "ca.key"),
    "a damaged instance.json": ("instance.json", lambda path: path.write_text("{"), "instance.json"),
}


@pytest.mark.parametrize("damage", CLOUD_DAMAGES)
def test_the_edge_starts_without_its_control_plane(own_site, damage):
    name, spoil_it, said = CLOUD_DAMAGES[damage]
    deploy(own_site)
    stop(own_site)
    path = own_site.root / "cloud" / name
    kept = path.read_bytes()
    for extra in ("fescue.db-wal", "fescue.db-shm"):
        (own_site.root / "cloud" / extra).unlink(missing_ok=True)
    spoil_it(path)
    if os.getuid() == 0 and path.exists():
        shutil.chown(path, "fescue-cloud", "fescue-cloud")
    before = len(own_site.errors())
    own_site.start()
    wait_until(lambda: answers(own_site), "the function to answer")
    told = own_site.errors()[before:]
    lines = [line for line in told.splitlines() if said in line]
    assert len(lines) == 1 and "A process cannot start; it is tried again." in lines[0], told

    mended = path.with_suffix(".mended")
    mended.write_bytes(kept)
    mended.chmod(0o600)
    shutil.chown(mended, *(("fescue-cloud", "fescue-cloud") if os.getuid() == 0 else (os.getuid(), os.getgid())))
    mended.replace(path)
    wait_until(lambda: status(own_site)["link"]["connected"], "the control plane to come back", 90)
    assert own_site.errors()[before:].count(said) == 1, "the reason is said once, however often it is tried"
    deploy(own_site, version=2)
    assert invoke(own_site)["version"] == 2


def test_the_first_start_without_a_control_plane_fails_and_says_why(tmp_path, open_directory):
    root = open_directory / "site"
    (root / "cloud").mkdir(parents=True)
    (root / "cloud/fescue.db").write_bytes(b"this is no database " * 1000)
    if os.getuid() == 0:
        for path in (root / "cloud", root / "cloud/fescue.db"):
            shutil.chown(path, "fescue-cloud", "fescue-cloud")
    ports = [word for name in ("api", "iot", "iot-tls", "devices", "discovery", "ipc")
             for word in ("--" + name, "127.0.0.1:0")]
    done = subprocess.run([BUILD / "fescue", "up", "--root", root, *ports], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.count("fescue.db is damaged (file is not a database)") == 1, done.stderr


def test_children_end_with_a_killed_up(own_site):
    deploy(own_site, Pinned=True)
    wait_until(lambda: status(own_site)["functions"][0]["workers"], "a worker")
    pids = [own_site.child("cloud"), own_site.child("core"), status(own_site)["functions"][0]["workers"][0]["pid"]]
    ends = [os.pidfd_open(pid) for pid in pids]
    own_site.process.kill()
    own_site.process.wait()
    for end in ends:
        assert select.select([end], [], [], DEADLINE)[0], "a process goes on"
        os.close(end)
    assert "The core has stopped." in own_site.runtime_log(), "it ended in order"
    own_site.process = None
    own_site.stderr.close()
    own_site.start()
    wait_until(lambda: answers(own_site), "the function to answer")


# ---- the core does not answer


def test_status_of_a_core_that_is_stopped(own_site):
    os.kill(own_site.child("core"), signal.SIGSTOP)
    try:
        done = own_site.fescue("status", check=False)
    finally:
        os.kill(own_site.child("core"), signal.SIGCONT)
    assert done.returncode != 0
    assert "has not answered for 5 seconds: it is stopped (a debugger, SIGSTOP) or overloaded" in done.stderr.decode()


# ---- the core's files

@pytest.mark.parametrize("how", ["truncated", "edited", "empty", "lost", "directory", "pipe"])
def test_a_damaged_group_runs_from_its_copy(own_site, how):
    deploy(own_site)
    stop(own_site)
    spoil(own_site.root / "core/ggc/deployment/group/group.json", how)
    own_site.start()
    wait_until(lambda: answers(own_site), "the function to answer")
    warning, = [w for w in status(own_site)["warnings"] if "group.json" in w]
    assert "the last good deployment" in warning
    assert "group.json" in own_site.fescue("status") and "The deployed group's file was damaged." in own_site.runtime_log()
    deploy(own_site, version=2)
    assert invoke(own_site)["version"] == 2
    assert [w for w in status(own_site)["warnings"] if "group.json" in w] == []


def test_without_a_copy_the_core_starts_and_says_what_is_wrong(own_site):
    deploy(own_site)
    stop(own_site)
    group = own_site.root / "core/ggc/deployment/group"
    (group / "group.json.backup").unlink()
    spoil(group / "group.json", "empty")
    own_site.start()
    warning, = status(own_site)["warnings"]
    assert "group.json: is empty" in warning and "the next deployment mends it" in warning
    deploy(own_site, version=2)
    assert invoke(own_site)["version"] == 2 and status(own_site)["warnings"] == []


def test_packages_that_are_gone_are_fetched_again(own_site):
    deploy(own_site, Pinned=True)
    stop(own_site)
    for tree in (own_site.root / "core/ggc/deployment/lambda").iterdir():
        shutil.rmtree(tree)
    own_site.start()
    wait_until(lambda: answers(own_site), "the function to answer")
    wait_until(lambda: status(own_site)["warnings"] == [], "the warning to go")
    assert "A package that was gone is there again." in own_site.runtime_log()


@pytest.mark.parametrize("name", ["config/config.json", "certs/core.cert.pem", "certs/core.private.key", "certs/root.ca.pem"])
@pytest.mark.parametrize("how", ["pipe", "directory"])
def test_what_is_no_file_is_named_and_not_waited_for(own_site, name, how):
    deploy(own_site)
    stop(own_site)
    path = own_site.root / "core" / name
    kept = path.read_bytes()
    spoil(path, how)
    done = subprocess.run([BUILD / "fescue", "core", "--root", own_site.root / "core", "--ipc", "127.0.0.1:0"],
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stderr.count("%s: is not a regular file" % path) == 1, done.stderr
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    path.write_bytes(kept)
    os.chmod(path, 0o600)
    own_site.start()


# ---- the control plane's database

def test_damaged_rows_fail_their_requests_alone(own_site):
    deploy(own_site)
    client = own_site.boto("lambda")
    own_site.create_function("other", "")
    own_site.boto("iot").create_thing(thingName="lamp")
    data = own_site.boto("iot-data")
    data.update_thing_shadow(thingName="lamp", payload=b'{"state": {"desired": {"on": 1}}}')
    definition = own_site.boto("greengrass").list_core_definitions()["Definitions"][0]
    cloud = own_site.child("cloud")
    database = sqlite3.connect(own_site.root / "cloud/fescue.db")
    for statement in ("UPDATE lambda_version SET configuration = '{\"runtime\": 1e99999}' WHERE name = 'other'",
                      "UPDATE thing SET attributes = '{' WHERE name = 'lamp'",
                      "UPDATE shadow SET body = '{\"desired\": {\"on\": 1e99999}}'",
                      "UPDATE definition_version SET body = 'no JSON' WHERE definition = '%s'" % definition["Id"],
                      "UPDATE deployment SET details = '{'"):
        assert database.execute(statement).rowcount > 0, statement
    database.commit()
    database.close()

    def failure(call, **arguments):
        with pytest.raises(Exception) as raised:
            call(**arguments)
        answer = raised.value.response
        return answer["ResponseMetadata"]["HTTPStatusCode"], str(answer["Error"])
    greengrass = own_site.boto("greengrass")
    for code, said in (failure(client.get_function, FunctionName="other"),
                       failure(own_site.boto("iot").describe_thing, thingName="lamp"),
                       failure(data.get_thing_shadow, thingName="lamp"),
                       failure(greengrass.get_core_definition_version, CoreDefinitionId=definition["Id"],
                               CoreDefinitionVersionId=definition["LatestVersion"])):
        assert code == 500 and "damaged in the database" in said, (code, said)
    assert client.get_function(FunctionName="echo")["Configuration"]["FunctionName"] == "echo"
    assert own_site.child("cloud") == cloud, "the control plane is the same process"
    assert len(greengrass.list_deployments(GroupId=own_site.group)["Deployments"]) == 1


# ---- two cores with one identity

def test_twin_cores_are_told(own_site, open_directory):
    deploy(own_site)
    twin = open_directory / "twin"
    subprocess.run(["cp", "-a", own_site.root / "core", twin], check=True)
    config = twin / "config/config.json"
    document = json.loads(config.read_text())
    config.write_text(json.dumps(document).replace(str(own_site.root / "core"), str(twin)))
    core = subprocess.Popen([BUILD / "fescue", "core", "--root", twin, "--ipc", "127.0.0.1:0"], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: "Two cores use one identity" in own_site.log_of_cloud(), "the twins to be told", 60)
        wait_until(lambda: any("another core seems to use" in w for w in status(own_site)["warnings"]), "the warning", 90)
    finally:
        core.terminate()
        core.wait(30)
    lines = [line for line in (own_site.root / "cloud/cloud.log").read_text().splitlines() if "Two cores use" in line]
    assert len(lines) == 1, lines


# ---- a full disk

@needs_root
def test_a_core_starts_on_a_full_disk(own_site):
    """The core's directory on a small file system of its own, which is then filled up."""
    deploy(own_site)
    stop(own_site)
    core = own_site.root / "core"
    moved = own_site.root / "core.kept"
    core.rename(moved)
    core.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m,mode=755", "tmpfs", core], check=True)
    try:
        subprocess.run(["cp", "-a", "%s/." % moved, core], check=True)
        own_site.start()
        wait_until(lambda: answers(own_site), "the function to answer")
        stop(own_site)
        with open(core / "filler", "wb", buffering=0) as filler, pytest.raises(OSError):
            while True:
                filler.write(b"x" * 4096)
        assert os.statvfs(core).f_bavail == 0
        own_site.start()
        wait_until(lambda: answers(own_site), "the function to answer on a full disk")
        stop(own_site)
    finally:
        own_site.stop()
        subprocess.run(["umount", "-l", core], check=True)
        core.rmdir()
        moved.rename(core)
