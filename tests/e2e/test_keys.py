"""Keys of the API and their roles, with the CLI, boto3 and `fescue key`."""
import json
import os
import sqlite3
import subprocess

import botocore.exceptions
import pytest

from fescue_site import BUILD, ROLE, RUNTIME, make_zip
from raw import cloud_metrics

CODE = make_zip({"app.py": "def handler(event, context):\n    return event\n"})


def make_key(site, name, role):
    made = json.loads(site.fescue("key", "create", "--name", name, "--role", role, "--json"))
    assert (made["name"], made["role"]) == (name, role)
    return made


def client(site, service, key, **more):
    return site.boto(service, aws_access_key_id=key["id"], aws_secret_access_key=key["secret"], **more)


def denied(call, action, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call(**arguments)
    assert error.value.response["Error"]["Code"] in ("AccessDeniedException", "AccessDenied")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert "is not authorized to perform: " + action in str(error.value)


def create_function(service, name):
    return service.create_function(FunctionName=name, Runtime=RUNTIME, Role=ROLE, Handler="app.handler",
                                   Code={"ZipFile": CODE})


def test_a_read_only_key_reads_and_changes_nothing(site):
    key = make_key(site, "reader", "read-only")
    create_function(site.boto("lambda"), "read")
    functions = client(site, "lambda", key).list_functions()["Functions"]
    assert [function["FunctionName"] for function in functions] == ["read"]
    assert client(site, "sts", key).get_caller_identity()["Arn"].endswith(":user/reader")
    denied(client(site, "iot", key).create_thing, "iot:CreateThing", thingName="t")
    denied(client(site, "lambda", key).invoke, "lambda:Invoke", FunctionName="read")
    denied(client(site, "iot-data", key).publish, "iot:Publish", topic="t", payload=b"x")
    denied(client(site, "greengrass", key).create_group, "greengrass:CreateGroup", Name="g")


def test_a_deployer_changes_code_and_deploys_and_defines_nothing(site):
    key = make_key(site, "ci", "deployer")
    functions = client(site, "lambda", key)
    create_function(functions, "by-ci")
    functions.update_function_code(FunctionName="by-ci", ZipFile=CODE)
    version = functions.publish_version(FunctionName="by-ci")["Version"]
    functions.create_alias(FunctionName="by-ci", Name="prod", FunctionVersion=version)
    arn = functions.update_alias(FunctionName="by-ci", Name="prod", FunctionVersion=version)["AliasArn"]
    group, group_version = site.create_group({"f": (arn, {})}, [])
    groups = client(site, "greengrass", key)
    deployment = groups.create_deployment(GroupId=group, GroupVersionId=group_version, DeploymentType="NewDeployment")
    assert site.finish_deployment(group, deployment["DeploymentId"])["DeploymentStatus"] == "Success"
    assert functions.invoke(FunctionName="by-ci:prod", Payload=b'"hi"')["Payload"].read() == b'"hi"'
    client(site, "iot-data", key).publish(topic="t", payload=b"x")
    denied(groups.create_function_definition, "greengrass:CreateFunctionDefinition", Name="f")
    denied(client(site, "iot", key).create_keys_and_certificate, "iot:CreateKeysAndCertificate")


def test_a_revoked_key_stops_at_once(site):
    key = make_key(site, "gone", "admin")
    things = client(site, "iot", key)
    things.create_thing(thingName="by-gone")
    assert "is revoked" in site.fescue("key", "revoke", key["id"])
    with pytest.raises(botocore.exceptions.ClientError) as error:
        things.list_things()
    assert error.value.response["Error"]["Code"] == "UnrecognizedClientException"
    again = site.fescue("key", "revoke", key["id"], check=False)
    assert again.returncode == 1 and b"There is no access key" in again.stderr


def test_what_create_prints_is_a_credentials_file(site, tmp_path):
    done = site.fescue("key", "create", "--name", "file", check=False)
    assert done.returncode == 0 and b"read-only" in done.stderr
    file = tmp_path / "credentials"
    file.write_bytes(done.stdout)
    key = done.stdout.decode().split("aws_access_key_id = ")[1].split("\n")[0]
    listed = json.loads(site.fescue("key", "list", "--json"))["keys"]
    assert [row["name"] for row in listed if row["id"] == key] == ["file"]
    assert "secret" not in json.dumps(listed)
    assert key in site.fescue("key", "list")
    environment = {**site.environment, "AWS_SHARED_CREDENTIALS_FILE": str(file)}
    said = subprocess.run(["/usr/bin/aws", "--endpoint-url", site.endpoints["api"], "iot", "create-thing", "--thing-name", "t"],
                          env=environment, capture_output=True, text=True, timeout=60)
    assert said.returncode == 254 and "(AccessDeniedException)" in said.stderr, said.stderr


def test_wrong_command_lines_are_told(site):
    assert site.fescue("key", "create", "--name", "x", "--role", "root", check=False).returncode == 2
    assert site.fescue("key", "destroy", check=False).returncode == 2
    for arguments, status, words in ((["create"], 2, b"--name"), (["revoke"], 2, b"fescue key list"),
                                     (["create", "--name", "local"], 1, b"owner"),
                                     (["list", "--api", "nonsense"], 2, b"is not http://host:port"),
                                     (["revoke", "AKIANOBODY"], 1, b"AKIANOBODY")):
        done = site.fescue("key", *arguments, check=False)
        assert done.returncode == status and words in done.stderr, done.stderr
        assert b"was answered" not in done.stderr


def test_half_an_address_is_told(tmp_path):
    for given, missing in (("--api=http://127.0.0.1:1", "--region"), ("--region=us-west-2", "--api")):
        done = subprocess.run([BUILD / "fescue", "key", "list", "--root", tmp_path, given], capture_output=True, text=True)
        assert done.returncode == 2 and missing + " is missing" in done.stderr, done.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="without root there is one user only")
def test_another_user_is_told_whose_the_key_is(site):
    done = site.fescue("key", "list", check=False, user="nobody", group="nogroup", extra_groups=[])
    assert done.returncode == 1 and b"the credentials are for whoever started" in done.stderr


def test_refusals_by_role_show_in_the_metrics(site):
    key = make_key(site, "counted", "read-only")
    denied(client(site, "iot", key).delete_thing, "iot:DeleteThing", thingName="t")
    metrics = cloud_metrics(site)
    assert metrics['fescue_api_denied_total{role="read-only"}'] >= 1
    assert metrics['fescue_api_errors_total{error="AccessDeniedException"}'] >= 1


def test_the_owners_own_key_is_replaced_at_the_next_start(own_site):
    old, _ = own_site.credentials()
    done = own_site.fescue("key", "revoke", old, check=False)
    assert done.returncode == 0 and b"run/credentials" in done.stderr
    assert own_site.fescue("key", "list", check=False).returncode == 1
    own_site.stop()
    own_site.start()
    new, _ = own_site.credentials()
    assert new != old
    assert [row["id"] for row in json.loads(own_site.fescue("key", "list", "--json"))["keys"]] == [new]


def test_what_the_database_holds_does_not_reach_the_file_that_roots_tools_obey(own_site):
    path, planted = own_site.root / "run/credentials", own_site.root / "planted"
    written = path.read_text()
    own_site.stop()
    with sqlite3.connect(own_site.root / "cloud/fescue.db") as database:
        database.execute("UPDATE access_key SET secret = secret || ?",
                         ("\n[evil]\ncredential_process = touch %s\n" % planted,))
    database.close()
    own_site.start()
    assert path.read_text() == written and path.stat().st_mode & 0o777 == 0o600
    assert own_site.aws("sts", "get-caller-identity")["Account"] and not planted.exists()
