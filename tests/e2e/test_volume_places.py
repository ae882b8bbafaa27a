"""Where volumes are put in a container: a deployment fails by name, or its function runs. As root."""
import os
import pathlib
import shutil

import pytest

from containers import CODE, attached, group_version, outcome, see, volume
from fescue_site import make_zip

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="containers need root")

EXECUTABLE = "arn:aws:greengrass:::runtime/function/executable"
HIDES = "does a volume hide what the function runs with?"


@pytest.fixture
def sources():
    """What volumes show: a directory that all may write to, with a directory `sub` and a file in it."""
    directory = pathlib.Path("/srv/fescue-places-%d" % os.getpid())
    (directory / "sub").mkdir(parents=True)
    (directory / "file").write_text("42")
    directory.chmod(0o777)
    yield directory
    shutil.rmtree(directory)


def deployed(site, sources, places, configuration=None):
    """`places`: (source within `sources`, destination, permission) of each volume. How the deployment ended."""
    resources = [volume("r%d" % i, sources / source, destination) for i, (source, destination, _) in enumerate(places)]
    policies = attached(*[("r%d" % i, permission) for i, (_, _, permission) in enumerate(places)])
    return outcome(site, {"placed": (CODE, {"Timeout": 10, "MemorySize": 65536, **policies, **(configuration or {})})},
                   resources=resources)


def is_link(path):
    return pytest.mark.skipif(not os.path.islink(path), reason=path + " is a directory of its own here")


@pytest.mark.parametrize("places, why", [
    ([("", "/etc/hostname", "ro")], "/etc/hostname is not a directory on the host, so only a file"),
    ([("file", "/etc", "ro")], "/etc is a directory on the host, so only a directory"),
    ([("", "/etc/hostname/x", "ro")], "/etc/hostname is a file, so there is no /etc/hostname/x"),
    ([("", "/etc/hostname/x/y", "ro")], "/etc/hostname is a file, so there is no /etc/hostname/x/y"),
    ([("", "/x", "ro"), ("", "/x/y", "ro")], "there is no /x/y and none can be made: what it would lie in is read-only"),
    ([("", "/x", "ro"), ("file", "/x/y", "ro")], "there is no /x/y and none can be made"),
    ([("", "/x", "ro"), ("", "/x/file", "ro")], "/x/file is not a directory"),
    ([("", "/x", "ro"), ("", "/x/file/y", "ro")], "/x/file is a file"),
    ([("", "/x", "rw"), ("file", "/x/sub", "ro")], "/x/sub is a directory"),
    ([("", "/usr", "ro")], HIDES),
    ([("", "/usr/bin", "ro")], HIDES),
    ([("", "/usr/lib", "ro")], HIDES),
    ([("", os.path.dirname(os.__file__), "ro")], HIDES),
    pytest.param([("", "/bin", "ro")], HIDES, marks=is_link("/bin")),
    pytest.param([("", "/lib", "ro")], HIDES, marks=is_link("/lib")),
    pytest.param([("", "/lib/ncx", "ro"), ("", "/usr/lib/ncx", "ro")], "is the same place as", marks=is_link("/lib")),
])
def test_a_place_that_cannot_be_had_fails_the_deployment(site, sources, places, why):
    status = deployed(site, sources, places)
    assert status["DeploymentStatus"] == "Failure", see(site, "1 + 1", "placed")
    assert "group config is invalid: " in status["ErrorMessage"] and why in status["ErrorMessage"], status


@pytest.mark.parametrize("places", [
    [("", "/x/not/there", "ro")],
    [("", "/usr/lib/ncx", "ro")],
    pytest.param([("", "/lib/ncx", "ro")], marks=is_link("/lib")),
    pytest.param([("", "/bin/ncx", "ro")], marks=is_link("/bin")),
    pytest.param([("", "/sbin/ncx", "ro")], marks=is_link("/sbin")),
    pytest.param([("sub", "/lib/ncx/inner", "ro"), ("", "/usr/lib/ncx", "rw")], marks=is_link("/lib")),
    [("", "/x", "ro"), ("", "/x/sub", "ro")],
    [("", "/x", "rw"), ("", "/x/new", "ro")],
    [("file", "/etc/hostname", "ro")],
    [("", "/etc/alternatives", "ro")],
    [("", "/home/pi", "ro")],
    [("", "/tmp/x", "ro")],
    [("", "/opt", "ro")],
    [("", "/dev/shm/x", "rw")],
])
def test_a_place_that_can_be_had_has_its_volume(site, sources, places):
    status = deployed(site, sources, places)
    assert status["DeploymentStatus"] == "Success", status
    for source, destination, _ in places:
        wanted = sources / source
        here = "sorted(os.listdir(%r))" if wanted.is_dir() else "read(%r)"
        there = sorted(os.listdir(wanted)) if wanted.is_dir() else wanted.read_text()
        assert see(site, here % destination, "placed") == there


def test_a_long_lived_function_says_the_same(site, sources):
    status = deployed(site, sources, [("", "/etc/hostname", "ro")], {"Pinned": True})
    assert status["DeploymentStatus"] == "Failure"
    assert "group config is invalid: the resource %s: /etc/hostname is not a directory" % sources in status["ErrorMessage"]


@pytest.mark.parametrize("destination, outcome_and_text", [
    ("/usr/bin", ("Failure", "run /lambda/run: it needs /bin/sh, which is not there")),
    ("/data", ("Success", "")),
])
def test_an_executable_is_looked_at_and_not_run(site, sources, destination, outcome_and_text):
    client = site.boto("greengrass")
    arn = site.create_function("looked-at", make_zip({"run": ("#!/bin/sh\ntouch /data/ran\n", 0o755)}),
                               runtime=EXECUTABLE, handler="run")
    version = group_version(site, {}, resources=[volume("r", sources, destination)])
    group = client.get_group_version(GroupId=site.group, GroupVersionId=version)["Definition"]
    functions = client.create_function_definition(Name="x", InitialVersion={"Functions": [
        {"Id": "looked-at", "FunctionArn": arn, "FunctionConfiguration": {
            "MemorySize": 65536, "Timeout": 10, "EncodingType": "binary", **attached(("r", "rw"))}}]})
    group["FunctionDefinitionVersionArn"] = functions["LatestVersionArn"]
    version = client.create_group_version(GroupId=site.group, **group)["Version"]
    status = site.finish_deployment(site.group, site.start_deployment(site.group, version))
    wanted, text = outcome_and_text
    assert status["DeploymentStatus"] == wanted and text in status.get("ErrorMessage", ""), status
    assert not (sources / "ran").exists()
