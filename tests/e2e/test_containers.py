"""Functions in containers, as a group asks for them: what they see, what they are given, and which settings contradict
each other. As root, on a host whose memory can be limited."""
import os
import pathlib
import pwd
import shutil
import signal
import stat
import subprocess

import pytest

from containers import CODE, attached, deploy, device, outcome, see, volume
from fescue_site import BUILD, MqttClient, wait_until

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="containers need root")


@pytest.fixture
def directory(request):
    """A directory of the host that volumes may come from."""
    path = pathlib.Path("/srv/fescue-test-%d" % os.getpid())
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    yield path
    shutil.rmtree(path, ignore_errors=True)


# ---- what is seen


def test_the_places_of_a_container(site):
    deploy(site)
    user = pwd.getpwnam("ggc_user")
    assert see(site, "[os.getuid(), os.getgid()]") == [user.pw_uid, user.pw_gid]
    assert see(site, "os.getcwd()") == "/lambda"
    assert see(site, "os.listdir('/lambda')") == ["app.py"]
    assert see(site, "[os.environ['AWS_GG_RESOURCE_PREFIX'], os.environ['IPC_SOCK_FILE']]") == \
        ["/", "/greengrass_ipc.sock"]
    assert see(site, "sys.modules['greengrass_common'].__file__.startswith('/runtime/python')"
                     " if 'greengrass_common' in sys.modules else sys.argv[0].startswith('/runtime/python')")
    assert see(site, "os.listdir('/root') + os.listdir('/home')") == []
    assert see(site, "attempt(lambda: os.listdir(%r))" % str(site.root / "core")) in ([], "FileNotFoundError")
    assert see(site, "len([p for p in os.listdir('/proc') if p.isdigit()])") < 10
    assert see(site, "attempt(lambda: write('/lambda/x', 'x'))") in ("OSError", "PermissionError")
    mine = "/tmp/fescue-container-%d" % os.getpid()
    assert see(site, "[write(%r, 'x'), read(%r)]" % (mine, mine)) == ["written", "x"]
    assert not os.path.exists(mine)


def test_what_is_left_in_one_container_is_not_in_a_new_one(site):
    deploy(site)
    leave = "[write(path, 'x') for path in ('/tmp/left', '/dev/shm/left', '/var/tmp/left')]"
    look = "[os.path.exists(path) for path in ('/tmp/left', '/dev/shm/left', '/var/tmp/left')]"
    assert see(site, leave) == ["written"] * 3
    assert see(site, look) == [True] * 3
    assert site.admin.invoke("boxed", "os._exit(1)").error == "Unhandled"
    assert see(site, look) == [False] * 3
    assert not os.path.exists("/var/tmp/left")


def test_sys_only_if_asked_for(site):
    deploy(site)
    assert see(site, "attempt(lambda: os.listdir('/sys'))") in ([], "PermissionError")
    deploy(site, {"Environment": {"AccessSysfs": True}})
    assert "class" in see(site, "os.listdir('/sys')")
    assert see(site, "attempt(lambda: write('/sys/kernel/mm/x', '1'))") in ("OSError", "PermissionError")


def test_the_group_default_and_the_functions_own(site):
    status = outcome(site, {
        "boxed": (CODE, {"Timeout": 10, "MemorySize": 65536, "Environment": {
            "Execution": {"IsolationMode": "GreengrassContainer"}}}),
        "free": (CODE, {"Timeout": 10})}, defaults={"IsolationMode": "NoContainer", "RunAs": {"Uid": 54399}})
    assert status["DeploymentStatus"] == "Success", status
    assert see(site, "[os.getuid(), os.getcwd()]") == [54399, "/lambda"]
    uid, cwd = see(site, "[os.getuid(), os.getcwd()]", "free")
    assert uid == 54399 and cwd.startswith(str(site.root))


# ---- resources


def test_volumes_with_the_group_of_their_owner(site, directory):
    (directory / "given").write_text("by the host")
    os.chown(directory, 0, 54388)
    directory.chmod(0o2770)
    deploy(site, attached(("disk", "rw")), resources=[volume("disk", directory, "/data", AutoAddGroupOwner=True)])
    assert see(site, "read('/data/given')") == "by the host"
    assert 54388 in see(site, "os.getgroups()")
    assert see(site, "write('/data/back', 'from inside')") == "written"
    assert (directory / "back").read_text() == "from inside"
    shown = site.fescue("status", "boxed")
    assert "/data" in shown and str(directory) in shown and "54388" in shown

    deploy(site, attached(("disk", "ro")), resources=[volume("disk", directory, "/data", AutoAddGroupOwner=True)])
    assert see(site, "read('/data/given')") == "by the host"
    assert see(site, "attempt(lambda: write('/data/back', 'x'))") == "OSError"


def test_devices_are_only_there_when_attached(site):
    deploy(site)
    assert see(site, "os.path.exists('/dev/full')") is False or see(
        site, "attempt(lambda: write('/dev/full', 'x'))") != "written"
    deploy(site, attached(("full", "rw")), resources=[device("full", "/dev/full")])
    assert see(site, "attempt(lambda: write('/dev/full', 'x'))") == "OSError"  # no space left on device
    assert stat.S_ISCHR(see(site, "os.stat('/dev/full').st_mode"))


def test_the_hosts_proc_for_reading(site):
    deploy(site, attached(("host", "ro")), resources=[volume("host", "/proc", "/host-proc")])
    assert see(site, "os.path.exists('/host-proc/%d')" % os.getpid())


@pytest.mark.parametrize("resource, why", [
    (volume("r", "/srv/fescue-not-there", "/data"), "group config is invalid: file doesn't exist: /srv/fescue-not-there"),
    (volume("r", "/etc/hostname", "/data", GroupOwner="no-such-group"), 'no group "no-such-group"'),
    (volume("r", "/etc/shadow", "/data"), "don't have ro permission on the file: /etc/shadow"),
    (device("r", "/dev/not-there"), "group config is invalid: file doesn't exist: /dev/not-there"),
])
def test_what_cannot_be_attached_fails_the_deployment_by_name(site, resource, why):
    deploy(site)
    status = outcome(site, {"boxed": (CODE, {"MemorySize": 65536, **attached(("r", "ro"))})}, resources=[resource])
    assert status["DeploymentStatus"] == "Failure"
    assert why in status["ErrorMessage"], status
    assert see(site, "1 + 1") == 2  # the former group goes on


@pytest.fixture
def closed(directory):
    """A directory that root alone may look into, with a volume for functions in it."""
    (directory / "home/data").mkdir(parents=True)
    (directory / "home/data/value").write_text("42")
    (directory / "home/private").mkdir(mode=0o700)
    (directory / "home/link").symlink_to(directory / "home/data")
    (directory / "home").chmod(0o700)
    return directory / "home"


def test_a_source_below_a_closed_home(site, closed):
    group = pwd.getpwnam("ggc_user").pw_gid + 1000
    os.chown(closed / "data", 0, group)
    (closed / "data").chmod(0o750)
    (closed / "data/value").chmod(0o644)
    disk = volume("disk", closed / "data", "/data", AutoAddGroupOwner=True)
    deploy(site, attached(("disk", "ro")), resources=[disk])
    assert see(site, "read('/data/value')") == "42"
    assert see(site, "%d in os.getgroups()" % group)
    site.kill_core()  # it asks again
    wait_until(lambda: site.admin.status()["functions"], "the functions to be taken up")
    assert see(site, "read('/data/value')") == "42"


@pytest.mark.parametrize("name, why", [
    ("gone", "group config is invalid: file doesn't exist: "),
    ("private", "group config is invalid: ggc_user or [ggc_group] don't have ro permission on the file: "),
    ("link", "group config is invalid: resource "),
])
def test_what_only_root_sees_fails_the_deployment_too(site, closed, name, why):
    deploy(site)
    status = outcome(site, {"boxed": (CODE, {"MemorySize": 65536, **attached(("r", "ro"))})},
                     resources=[volume("r", closed / name, "/data")])
    assert status["DeploymentStatus"] == "Failure"
    assert why in status["ErrorMessage"] and str(closed / name) in status["ErrorMessage"], status
    assert see(site, "1 + 1") == 2


@pytest.mark.parametrize("source", ["/var/lib", "/sys", "/dev/ttyS0"])
def test_sources_that_v1_forbade_are_refused_at_once(site, source):
    client = site.boto("greengrass")
    with pytest.raises(client.exceptions.BadRequestException) as refusal:
        client.create_resource_definition(Name="r", InitialVersion={"Resources": [volume("r", source, "/data")]})
    assert "Resources[0]" in str(refusal.value.response) and source in str(refusal.value.response)


@pytest.mark.parametrize("destination, why", [("/" + "a" * 256, "has a name of 256 bytes in it"),
                                              ("/a" * 2048, "has 4096 bytes; a path has at most 4095")])
def test_places_too_long_for_linux_are_refused_at_once(site, destination, why):
    client = site.boto("greengrass")
    with pytest.raises(client.exceptions.BadRequestException) as refusal:
        client.create_resource_definition(Name="r", InitialVersion={"Resources": [volume("r", "/srv", destination)]})
    assert "DestinationPath" in str(refusal.value.response) and why in str(refusal.value.response)


# ---- settings that contradict each other


@pytest.mark.parametrize("configuration, why", [
    ({"MemorySize": 4096}, "MemorySize configuration for function with arn"),
    ({"Environment": {"AccessSysfs": True}}, "Access Sysfs configuration for function with arn"),
])
def test_what_no_container_forbids(site, configuration, why):
    client = site.boto("greengrass")
    arn = site.create_function("boxed", CODE)
    with pytest.raises(client.exceptions.BadRequestException) as refusal:
        client.create_function_definition(Name="f", InitialVersion={
            "DefaultConfig": {"Execution": {"IsolationMode": "NoContainer"}},
            "Functions": [{"Id": "f", "FunctionArn": arn, "FunctionConfiguration": configuration}]})
    assert why in str(refusal.value.response)


def test_resources_need_a_container(site, directory):
    status = outcome(site, {"boxed": (CODE, attached(("disk", "ro")))}, resources=[volume("disk", directory, "/data")],
                     defaults={"IsolationMode": "NoContainer"})
    assert status["DeploymentStatus"] == "Failure"
    assert "refers to resource of type Local.Volume that is not allowed in IsolationMode=NoContainer." in \
        status["ErrorMessage"]


def test_root_functions_are_refused_in_v1s_words(site):
    status = outcome(site, {"boxed": (CODE, {"MemorySize": 65536})}, defaults={"RunAs": {"Uid": 0}})
    assert status["DeploymentStatus"] == "Failure"
    assert "are configured to run as root while Greengrass is not configured to run lambdas with root permissions" in \
        status["ErrorMessage"]


def test_system_accounts_need_their_names_in_the_configuration(own_site):
    """Uid 1 is in every Linux, and below 1000. The launcher refuses it whatever the group says."""
    status = outcome(own_site, {"boxed": (CODE, {"MemorySize": 65536})}, defaults={"RunAs": {"Uid": 1}})
    assert status["DeploymentStatus"] == "Failure"
    assert "uid 1 is a system account's (below 1000), which functions run as only if root names it: " \
        '"fescue": {"runAs": [1]} in config.json' in status["ErrorMessage"], status
    own_site.configure(fescue={"runAs": [1]})
    deploy(own_site, defaults={"RunAs": {"Uid": 1}})
    assert see(own_site, "os.getuid()") == 1


# ---- functions that run as root


@pytest.fixture
def root_site(own_site):
    """Where functions may run as root."""
    own_site.configure(runtime={"allowFunctionsToRunAsRoot": "yes"})
    return own_site


MQTT_CONNECT = bytes([0x10, 13, 0, 4]) + b"MQTT" + bytes([4, 2, 0, 60, 0, 1]) + b"x"


def said_by(address, sent, size=4):
    """Python that dials, sends, and has what came back."""
    host, port = address.rsplit(":", 1)
    return "attempt(lambda: (lambda s: s.sendall(%r) or s.recv(%d).decode('latin-1'))" \
           "(socket.create_connection((%r, %s), 10)))" % (sent, size, host, port)


def test_a_root_function_is_root_and_not_the_owner(root_site):
    site = root_site
    deploy(site, {"MemorySize": 65536}, defaults={"RunAs": {"Uid": 0, "Gid": 0}})
    assert see(site, "[os.getuid(), os.getgid()]") == [0, 0]
    assert see(site, said_by(site.endpoints["iot_mqtt"], MQTT_CONNECT)) in ("", "ConnectionResetError")
    wait_until(lambda: "it is a function, which runs as uid 0" in site.log_of_cloud(), "the reason in the log")
    metrics = b"GET /_fescue/metrics HTTP/1.1\r\nHost: x\r\n\r\n"
    assert see(site, said_by(site.endpoints["api"].removeprefix("http://"), metrics, 12)) == "HTTP/1.1 403"
    assert see(site, "attempt(lambda: os.listdir(%r))" % str(site.root / "run")) in ([], "FileNotFoundError")
    MqttClient(site.endpoints["iot_mqtt"]).close()  # root of the host is
    site.fescue("status")


def test_a_root_function_leaves_the_hosts_devices_and_volumes_as_they_are(root_site, directory):
    deploy(root_site, attached(("disk", "rw")), resources=[volume("disk", directory, "/data")],
           defaults={"RunAs": {"Uid": 0, "Gid": 0}})
    before = os.stat("/dev/null").st_mode
    assert see(root_site, "attempt(lambda: os.chmod('/dev/null', 0o600))") == "OSError"  # read-only
    assert see(root_site, "write('/dev/null', 'x')") == "written"
    assert os.stat("/dev/null").st_mode == before
    assert see(root_site, "write('/data/program', 'x')") == "written"
    assert see(root_site, "attempt(lambda: os.chmod('/data/program', 0o4755))") == "PermissionError"
    assert see(root_site, "attempt(lambda: os.open('/data/other', os.O_CREAT, 0o4755))") == "PermissionError"
    assert not [path for path in directory.iterdir() if path.stat().st_mode & 0o6000]


# ---- what others of the machine get


def test_deployed_code_is_for_its_functions_alone(site):
    status = outcome(site, {
        "boxed": (CODE, {"Timeout": 10, "MemorySize": 65536}),
        "free": (CODE, {"Timeout": 10, "Environment": {"Execution": {
            "IsolationMode": "NoContainer", "RunAs": {"Uid": 54399}}}})})
    assert status["DeploymentStatus"] == "Success", status
    assert see(site, "1 + 1") == see(site, "1 + 1", "free") == 2
    code = see(site, "os.getcwd()", "free")
    assert "def handler" in see(site, "read('app.py')", "free")
    assert os.path.exists(code + "/app.py")
    for path in (code + "/app.py", code, os.path.dirname(code)):
        tool = "cat" if path.endswith(".py") else "ls"
        assert subprocess.run([tool, path], user=54398, group=54398, extra_groups=[], capture_output=True).returncode, path
    assert subprocess.run(["cat", code + "/app.py"], user=54399, group=54398, extra_groups=[],
                          capture_output=True).returncode == 0


def test_a_configuration_that_others_may_write_is_refused(own_site):
    path = own_site.root / "core/config/config.json"
    group = own_site.admin.status()["group"]
    for changed, mode in ((path, 0o666), (path.parent, 0o777)):
        kept = changed.stat().st_mode & 0o7777
        changed.chmod(mode)
        told = len(own_site.errors())
        os.kill(own_site.child("core"), signal.SIGKILL)
        wait_until(lambda: "%s can be written by others than root" % changed in own_site.errors()[told:], "the refusal")
        changed.chmod(kept)
        wait_until(lambda: own_site.runs(group), "the core to be back")


def test_a_start_makes_no_word_of_roots_of_what_others_wrote(own_site):
    """Other ports than before would have `fescue up` write the file anew."""
    path = own_site.root / "core/config/config.json"
    own_site.stop()
    path.chmod(0o666)
    written = path.read_bytes()
    ports = [word for name in ("api", "iot", "iot-tls", "devices", "discovery", "ipc")
             for word in ("--" + name, "127.0.0.1:0")]
    done = subprocess.run([BUILD / "fescue", "up", "--root", own_site.root, *ports], capture_output=True, text=True,
                          timeout=30)
    assert done.returncode == 1 and "%s can be written by others than root" % path in done.stderr, done.stderr
    assert path.read_bytes() == written and path.stat().st_mode & 0o777 == 0o666
    path.chmod(0o644)
    own_site.start()


def test_the_default_memory_is_v1s_and_said(site):
    deploy(site, {"MemorySize": 0})
    assert "V1's default of 16384 KB" in site.fescue("status")
    assert "limits: memory 16.0 MB" in site.fescue("status", "boxed")


def test_megabytes_in_place_of_kilobytes_get_one_warning(site):
    status = outcome(site, {"boxed": (CODE, {"Timeout": 10, "MemorySize": 128})})
    assert status["DeploymentStatus"] == "Success", status
    assert "MemorySize of 128 counts KB" in status["ErrorMessage"]
    assert "for 128 MB set it to 131072" in status["ErrorMessage"]
    assert see(site, "1 + 1") == 2
    assert site.runtime_log().count("MemorySize of 128 counts KB") == 1
    assert "Device or resource busy" not in site.runtime_log()


def test_a_strict_core_demands_a_memory_size(own_site):
    own_site.configure(fescue={"strict": True})
    status = outcome(own_site, {"boxed": (CODE, {})})
    assert status["DeploymentStatus"] == "Failure"
    assert "is required in IsolationMode=GreengrassContainer." in status["ErrorMessage"]
    deploy(own_site)
    assert see(own_site, "1 + 1") == 2


def test_doctor_tells_what_a_container_does_not_show(site):
    deploy(site, {"Environment": {"Variables": {"MODEL": "/root/model", "PORT": "/dev/ttyS0"}}})
    found = site.fescue("doctor", check=False).stdout.decode()
    assert "boxed:" in found and "names /root/model, which its container does not show" in found
    assert "make it a local device resource" in found
