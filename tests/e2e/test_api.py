"""The API as clients really speak it: the AWS CLI of Debian and boto3, on the documented paths and on the wrong ones."""
import base64
import datetime
import hashlib
import io
import json
import re
import zipfile

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import botocore.session
import pytest
import requests

from fescue_site import ROLE, RUNTIME, make_zip

CODE = make_zip({"app.py": "def handler(event, context):\n    return event\n"})
UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")


def code_of(error):
    return error.value.response["Error"]["Code"], error.value.response["ResponseMetadata"]["HTTPStatusCode"]


def refused(call, name, status, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call(**arguments)
    assert code_of(error) == (name, status)
    return error.value


def create(site, name, **more):
    return site.boto("lambda").create_function(FunctionName=name, Runtime=RUNTIME, Role=ROLE, Handler="app.handler",
                                               Code={"ZipFile": CODE}, **more)


# ---- signatures

def test_identity_by_the_cli(site):
    identity = site.aws("sts", "get-caller-identity")
    assert identity["Account"] == "123456789012"


def test_unsigned_and_wrongly_signed_requests_are_refused(site):
    unsigned = site.aws("--no-sign-request", "lambda", "list-functions", check=False)
    assert unsigned.returncode == 254 and "MissingAuthenticationToken" in unsigned.stderr
    key, secret = site.credentials()
    refused(site.boto("lambda", aws_secret_access_key="x" * 40).list_functions, "InvalidSignatureException", 403)
    refused(site.boto("lambda", aws_access_key_id="AKIAAAAAAAAAAAAAAAAA").list_functions, "UnrecognizedClientException", 403)
    refused(site.boto("sts", aws_secret_access_key="x" * 40).get_caller_identity, "SignatureDoesNotMatch", 403)


def signed(site, service, method, path, when=None, body=b"", headers=None):
    """A request signed by botocore as of another time, sent as it is."""
    key, secret = site.credentials()
    request = botocore.awsrequest.AWSRequest(method, site.endpoints["api"] + path, data=body, headers=headers or {})
    auth = botocore.auth.SigV4Auth(botocore.credentials.Credentials(key, secret), service, "us-west-2")
    real = botocore.auth.datetime
    if when is not None:
        class Clock(datetime.datetime):
            @classmethod
            def utcnow(cls):
                return when
        botocore.auth.datetime = type("module", (), {"datetime": Clock})
    try:
        auth.add_auth(request)
    finally:
        botocore.auth.datetime = real
    prepared = request.prepare()
    return requests.request(method, prepared.url, headers=dict(prepared.headers), data=body, timeout=30)


def test_clock_skew_is_refused_beyond_five_minutes(site):
    now = datetime.datetime.utcnow()
    path = "/2015-03-31/functions"
    assert signed(site, "lambda", "GET", path, now - datetime.timedelta(minutes=4)).status_code == 200
    late = signed(site, "lambda", "GET", path, now - datetime.timedelta(minutes=6))
    assert late.status_code == 403 and late.headers["x-amzn-ErrorType"].startswith("InvalidSignatureException")


@pytest.mark.parametrize("scope", ["iot", "execute-api"])
def test_iot_answers_to_both_scope_names(site, scope):
    assert signed(site, scope, "GET", "/endpoint").status_code == 200


def test_a_changed_body_is_noticed(site):
    answer = signed(site, "lambda", "POST", "/2015-03-31/functions", body=b"{}", headers={"x-amz-content-sha256": "0" * 64})
    assert answer.status_code == 403


def test_unknown_and_unbuilt_operations_are_4xx(site):
    assert signed(site, "lambda", "GET", "/2015-03-31/nonsense").status_code == 404
    error = refused(site.boto("lambda").create_event_source_mapping, "NotImplementedException", 400,
                    EventSourceArn="arn:aws:sqs:us-west-2:123456789012:q", FunctionName="x")
    assert "CreateEventSourceMapping" in str(error)


def test_malformed_json_is_a_serialization_error(site):
    for body in (b"{", b"[1]", b"[" * 5000, b'{"a":1}x'):
        answer = signed(site, "lambda", "POST", "/2015-03-31/functions", body=body)
        assert answer.status_code == 400
        assert answer.headers["x-amzn-ErrorType"].startswith("SerializationException")


# ---- Lambda

def test_versions_are_immutable_and_numbered_from_one(site):
    client = site.boto("lambda")
    created = create(site, "versions", Description="first")
    assert created["Version"] == "$LATEST" and created["State"] == "Active"
    assert created["CodeSha256"] == base64.b64encode(hashlib.sha256(CODE).digest()).decode()
    assert client.publish_version(FunctionName="versions")["Version"] == "1"
    assert client.publish_version(FunctionName="versions")["Version"] == "1", "nothing changed"
    client.update_function_configuration(FunctionName="versions", Description="second")
    assert client.publish_version(FunctionName="versions")["Version"] == "2"
    other = make_zip({"app.py": "def handler(event, context):\n    return 2\n"})
    client.update_function_code(FunctionName="versions", ZipFile=other)
    assert client.publish_version(FunctionName="versions")["Version"] == "3"
    first = client.get_function_configuration(FunctionName="versions", Qualifier="1")
    assert first["Description"] == "first" and first["CodeSha256"] == created["CodeSha256"]
    assert [v["Version"] for v in client.list_versions_by_function(FunctionName="versions")["Versions"]] == ["$LATEST", "1", "2", "3"]


def test_aliases(site):
    client = site.boto("lambda")
    create(site, "aliased", Publish=True)
    alias = client.create_alias(FunctionName="aliased", Name="prod", FunctionVersion="1")
    assert alias["AliasArn"].endswith(":function:aliased:prod")
    refused(client.create_alias, "ResourceConflictException", 409, FunctionName="aliased", Name="prod", FunctionVersion="1")
    refused(client.create_alias, "ResourceNotFoundException", 404, FunctionName="aliased", Name="x", FunctionVersion="99")
    refused(client.update_alias, "ResourceNotFoundException", 404, FunctionName="aliased", Name="prod", FunctionVersion="99")
    through = client.get_function_configuration(FunctionName="aliased:prod")
    assert through["Version"] == "1" and through["FunctionArn"].endswith(":prod")
    assert client.get_function(FunctionName=alias["AliasArn"])["Configuration"]["Version"] == "1"


def test_the_stored_package_comes_back(site):
    create(site, "stored")
    location = site.boto("lambda").get_function(FunctionName="stored")["Code"]["Location"]
    assert requests.get(location, timeout=10).content == CODE
    assert requests.get(location.split("?")[0], timeout=10).status_code == 403


def test_lambda_refusals(site):
    client = site.boto("lambda")
    create(site, "refusals")
    with pytest.raises(client.exceptions.ResourceConflictException):
        create(site, "refusals")
    refused(client.get_function, "ResourceNotFoundException", 404, FunctionName="nope")
    refused(client.create_function, "InvalidParameterValueException", 400, FunctionName="badzip", Runtime=RUNTIME, Role=ROLE,
            Handler="a.b", Code={"ZipFile": b"not a zip"})
    refused(client.publish_version, "PreconditionFailedException", 412, FunctionName="refusals", RevisionId="0" * 36)


@pytest.mark.parametrize("entry", ["../evil.py", "/etc/evil.py", "a/../../evil.py"])
def test_packages_that_reach_out_are_refused(site, entry):
    refused(site.boto("lambda").create_function, "InvalidParameterValueException", 400, FunctionName="evil", Runtime=RUNTIME,
            Role=ROLE, Handler="a.b", Code={"ZipFile": make_zip({entry: "x"})})


def test_packages_with_links_are_refused(site):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        link.create_system = 3
        package.writestr(link, "/etc/passwd")
    refused(site.boto("lambda").create_function, "InvalidParameterValueException", 400, FunctionName="linked",
            Runtime=RUNTIME, Role=ROLE, Handler="a.b", Code={"ZipFile": buffer.getvalue()})


# ---- Greengrass

FAMILIES = {
    "core": {"Cores": [{"Id": "c", "ThingArn": "arn:aws:iot:us-west-2:123456789012:thing/t",
                        "CertificateArn": "arn:aws:iot:us-west-2:123456789012:cert/" + "a" * 64}]},
    "device": {"Devices": []},
    "function": {"Functions": []},
    "subscription": {"Subscriptions": []},
    "resource": {"Resources": []},
    "logger": {"Loggers": []},
    "connector": {"Connectors": []},
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_definition_family(site, family):
    client = site.boto("greengrass")
    call = lambda verb, **arguments: getattr(client, verb.replace("X", family))(**arguments)  # noqa: E731
    label = family.capitalize() + "DefinitionId"
    empty = call("create_X_definition", Name="empty")
    assert UUID.match(empty["Id"]) and "LatestVersion" not in empty
    made = call("create_X_definition", Name="one", InitialVersion=FAMILIES[family])
    assert made["LatestVersionArn"] == made["Arn"] + "/versions/" + made["LatestVersion"]
    second = call("create_X_definition_version", **{label: made["Id"]}, **FAMILIES[family])
    assert second["Id"] == made["Id"] and second["Version"] != made["LatestVersion"]
    assert call("get_X_definition", **{label: made["Id"]})["LatestVersion"] == second["Version"]
    got = call("get_X_definition_version", **{label: made["Id"], family.capitalize() + "DefinitionVersionId": second["Version"]})
    assert got["Definition"] == FAMILIES[family]
    assert len(call("list_X_definition_versions", **{label: made["Id"]})["Versions"]) == 2
    call("update_X_definition", **{label: made["Id"]}, Name="renamed")
    assert "renamed" in [d["Name"] for d in call("list_X_definitions")["Definitions"]]
    call("delete_X_definition", **{label: made["Id"]})
    refused(lambda **a: call("get_X_definition", **a), "IdNotFoundException", 404, **{label: made["Id"]})


def test_latest_is_refused_in_a_group(site):
    create(site, "latest")
    arn = "arn:aws:lambda:us-west-2:123456789012:function:latest"
    for bad in (arn + ":$LATEST", arn):
        definition = None
        try:
            definition = site.boto("greengrass").create_function_definition(Name="f", InitialVersion={"Functions": [
                {"Id": "f", "FunctionArn": bad, "FunctionConfiguration": {"MemorySize": 16384, "Timeout": 3}}]})
        except botocore.exceptions.ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert definition is None, "V1 refuses " + bad


def test_group_versions_name_existing_versions_of_the_right_family(site):
    client = site.boto("greengrass")
    group = client.create_group(Name="g")["Id"]
    core = client.create_core_definition(Name="c", InitialVersion=FAMILIES["core"])
    assert client.create_group_version(GroupId=group, CoreDefinitionVersionArn=core["LatestVersionArn"])["Id"] == group
    refused(client.create_group_version, "BadRequestException", 400, GroupId=group, CoreDefinitionVersionArn=core["Arn"])
    refused(client.create_group_version, "BadRequestException", 400, GroupId=group,
            FunctionDefinitionVersionArn=core["LatestVersionArn"])
    refused(client.get_group, "IdNotFoundException", 404, GroupId="00000000-0000-4000-8000-000000000000")


def test_a_deployment_of_an_unbuilt_kind_fails_and_names_it(site):
    client = site.boto("greengrass")
    arn = site.create_function("kinds", "def handler(e, c): pass")
    group, version = site.create_group({"kinds": (arn, {"Timeout": 3})}, [])
    arns = client.get_group_version(GroupId=group, GroupVersionId=version)["Definition"]
    connectors = client.create_connector_definition(Name="c", InitialVersion={"Connectors": [
        {"Id": "sns", "ConnectorArn": "arn:aws:greengrass:us-west-2::/connectors/SNS/versions/4"}]})
    version = client.create_group_version(GroupId=group, ConnectorDefinitionVersionArn=connectors["LatestVersionArn"],
                                          **arns)["Version"]
    status = site.finish_deployment(group, site.start_deployment(group, version))
    assert status["DeploymentStatus"] == "Failure"
    assert "onnector" in json.dumps(status["ErrorDetails"])


# ---- IoT

def test_things_certificates_policies_by_the_cli(site, tmp_path):
    thing = site.aws("iot", "create-thing", "--thing-name", "t1", "--attribute-payload", json.dumps({"attributes": {"a": "b"}}))
    assert thing["thingArn"].endswith(":thing/t1")
    made = site.aws("iot", "create-keys-and-certificate", "--set-as-active", "--certificate-pem-outfile", tmp_path / "c.pem",
                    "--public-key-outfile", tmp_path / "p.pem", "--private-key-outfile", tmp_path / "k.pem")
    assert (tmp_path / "k.pem").read_text().startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert made["certificateArn"].endswith(made["certificateId"]) and len(made["certificateId"]) == 64
    site.aws("iot", "create-policy", "--policy-name", "p1", "--policy-document",
             '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iot:*"],"Resource":["*"]}]}')
    site.aws("iot", "attach-policy", "--policy-name", "p1", "--target", made["certificateArn"])
    site.aws("iot", "attach-thing-principal", "--thing-name", "t1", "--principal", made["certificateArn"])
    assert site.aws("iot", "list-thing-principals", "--thing-name", "t1")["principals"] == [made["certificateArn"]]
    assert site.aws("iot", "list-attached-policies", "--target", made["certificateArn"])["policies"][0]["policyName"] == "p1"
    refused(site.boto("iot").delete_policy, "DeleteConflictException", 409, policyName="p1")
    refused(site.boto("iot").describe_thing, "ResourceNotFoundException", 404, thingName="nope")
    assert site.aws("iot", "describe-endpoint", "--endpoint-type", "iot:Data-ATS")["endpointAddress"] == "127.0.0.1"


def test_iot_data_publish_reaches_mqtt_clients(site):
    client = site.mqtt()
    client.subscribe("from/the/+")
    site.boto("iot-data").publish(topic="from/the/api", qos=1, payload=b"\x00\xff raw")
    assert client.message() == ("from/the/api", b"\x00\xff raw")
    refused(site.boto("iot-data").publish, "InvalidRequestException", 400, topic="a/#", payload=b"x")
