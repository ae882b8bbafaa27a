"""IAM and STS as V1's scripts use them, with the AWS CLI and boto3; and what tools ask in passing."""
import json

import botocore.exceptions
import pytest

from fescue_site import ROLE, RUNTIME, make_zip

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "greengrass.amazonaws.com"},
                                                "Action": "sts:AssumeRole"}]}
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSGreengrassResourceAccessRolePolicy"


def refused(call, name, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call(**arguments)
    assert error.value.response["Error"]["Code"] == name
    return error.value


def test_the_service_role_of_v1s_scripts(site):
    made = site.aws("iam", "create-role", "--role-name", "Greengrass_ServiceRole", "--path", "/service-role/",
                    "--assume-role-policy-document", json.dumps(TRUST), "--tags", "Key=a,Value=b")["Role"]
    assert made["AssumeRolePolicyDocument"] == TRUST and made["Tags"] == [{"Key": "a", "Value": "b"}]
    site.aws("iam", "attach-role-policy", "--role-name", "Greengrass_ServiceRole", "--policy-arn", MANAGED)
    site.aws("iam", "put-role-policy", "--role-name", "Greengrass_ServiceRole", "--policy-name", "inline",
             "--policy-document", json.dumps(TRUST))
    assert site.aws("iam", "get-role", "--role-name", "Greengrass_ServiceRole")["Role"]["Arn"] == made["Arn"]
    assert site.aws("iam", "list-attached-role-policies", "--role-name", "Greengrass_ServiceRole")[
        "AttachedPolicies"] == [{"PolicyName": "AWSGreengrassResourceAccessRolePolicy", "PolicyArn": MANAGED}]
    assert site.aws("iam", "list-role-policies", "--role-name", "Greengrass_ServiceRole")["PolicyNames"] == ["inline"]
    site.aws("greengrass", "associate-service-role-to-account", "--role-arn", made["Arn"])
    assert site.aws("greengrass", "get-service-role-for-account")["RoleArn"] == made["Arn"]
    site.aws("greengrass", "disassociate-service-role-from-account")
    conflict = site.aws("iam", "delete-role", "--role-name", "Greengrass_ServiceRole", check=False)
    assert conflict.returncode == 254 and "(DeleteConflict)" in conflict.stderr
    site.aws("iam", "detach-role-policy", "--role-name", "Greengrass_ServiceRole", "--policy-arn", MANAGED)
    site.aws("iam", "delete-role-policy", "--role-name", "Greengrass_ServiceRole", "--policy-name", "inline")
    site.aws("iam", "delete-role", "--role-name", "Greengrass_ServiceRole")
    missing = site.aws("iam", "get-role", "--role-name", "Greengrass_ServiceRole", check=False)
    assert missing.returncode == 254 and "(NoSuchEntity)" in missing.stderr


def test_policies_and_waiters_by_boto3(site):
    client = site.boto("iam")
    arn = client.create_policy(PolicyName="p", PolicyDocument=json.dumps(TRUST))["Policy"]["Arn"]
    client.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))
    client.get_waiter("role_exists").wait(RoleName="r")
    client.attach_role_policy(RoleName="r", PolicyArn=arn)
    assert client.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    assert client.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"] == TRUST
    names = [role["RoleName"] for page in client.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1})
             for role in page["Roles"]]
    assert "r" in names
    error = refused(client.get_role, "NoSuchEntity", RoleName="nobody")
    assert isinstance(error, client.exceptions.NoSuchEntityException)


def test_an_assumed_role_has_the_rights_of_its_key(site):
    site.boto("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps(TRUST))
    reader = json.loads(site.fescue("key", "create", "--name", "reader", "--json"))
    sts = site.boto("sts", aws_access_key_id=reader["id"], aws_secret_access_key=reader["secret"])
    made = sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/deploy", RoleSessionName="ci")
    keys = dict(zip(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"),
                    (made["Credentials"][name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))))
    assert site.boto("sts", **keys).get_caller_identity()["Arn"].endswith(":assumed-role/deploy/ci")
    assert "things" in site.boto("iot", **keys).list_things()
    refused(site.boto("iot", **keys).create_thing, "AccessDeniedException", thingName="t")
    refused(site.boto("iot", **{**keys, "aws_session_token": "x"}).list_things, "UnrecognizedClientException")
    site.fescue("key", "revoke", reader["id"])
    refused(site.boto("iot", **keys).list_things, "UnrecognizedClientException")
    refused(site.boto("sts").assume_role, "AccessDenied", RoleArn="arn:aws:iam::123456789012:role/nobody",
            RoleSessionName="s2")


def test_what_tools_ask_in_passing(site):
    functions = site.boto("lambda")
    functions.create_function(FunctionName="asked", Runtime=RUNTIME, Role=ROLE, Handler="app.handler",
                              Code={"ZipFile": make_zip({"app.py": "def handler(e, c):\n    pass\n"})})
    assert functions.get_function_code_signing_config(FunctionName="asked")["FunctionName"] == "asked"
    assert "ReservedConcurrentExecutions" not in functions.get_function_concurrency(FunctionName="asked")
    if hasattr(functions, "get_runtime_management_config"):  # botocore 1.29.33 and later
        assert functions.get_runtime_management_config(FunctionName="asked")["UpdateRuntimeOn"] == "Auto"
    assert functions.list_function_url_configs(FunctionName="asked")["FunctionUrlConfigs"] == []
    assert functions.list_event_source_mappings()["EventSourceMappings"] == []
    assert functions.get_account_settings()["AccountUsage"]["FunctionCount"] == 1
    refused(functions.get_policy, "ResourceNotFoundException", FunctionName="asked")
    refused(functions.get_function_event_invoke_config, "ResourceNotFoundException", FunctionName="asked")

    things = site.boto("iot")
    things.create_thing_type(thingTypeName="pump", tags=[{"Key": "a", "Value": "b"}])
    arn = things.describe_thing_type(thingTypeName="pump")["thingTypeArn"]
    assert things.list_tags_for_resource(resourceArn=arn)["tags"] == [{"Key": "a", "Value": "b"}]
    things.create_thing(thingName="t", thingTypeName="pump")
    assert things.describe_thing(thingName="t")["thingTypeName"] == "pump"
    things.create_role_alias(roleAlias="alias", roleArn="arn:aws:iam::123456789012:role/r")
    assert things.list_role_aliases()["roleAliases"] == ["alias"]
