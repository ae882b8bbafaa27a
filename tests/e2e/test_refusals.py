"""Refusals that name what was asked for and where this is, and lists of what there is none of."""
import json
import re

import botocore.exceptions
import pytest

from fescue_site import ROLE

HERE = "this instance is region us-west-2, account 123456789012"


def refused(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call(**arguments)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


@pytest.mark.parametrize("name", ["get_topic_rule_destination", "delete_topic_rule_destination"])
def test_operations_on_an_arn_with_slashes_are_refused_by_name(site, name):
    arn = "arn:aws:iot:us-west-2:123456789012:ruledestination/http/1"
    code, message = refused(getattr(site.boto("iot"), name), arn=arn)
    assert code == "NotImplementedException" and name.replace("_", "") in message.lower().replace(" ", "")


def test_roles_by_the_word_of_another_are_refused_by_name(site):
    """Both requests carry no signature."""
    sts = site.boto("sts")
    for call, name, arguments in (
            (sts.assume_role_with_web_identity, "AssumeRoleWithWebIdentity",
             {"RoleArn": ROLE, "RoleSessionName": "s", "WebIdentityToken": "x" * 19000}),
            (sts.assume_role_with_saml, "AssumeRoleWithSAML",
             {"RoleArn": ROLE, "PrincipalArn": ROLE, "SAMLAssertion": "x" * 90000})):
        code, message = refused(call, **arguments)
        assert code == "NotImplementedException" and name in message


def test_errors_about_another_region_or_account_say_where_this_is(site):
    code, message = refused(site.boto("lambda", region_name="eu-central-1").list_functions)
    assert code == "InvalidSignatureException" and "not 'eu-central-1'; the region here is us-west-2" in message
    for arn in ("arn:aws:lambda:eu-west-1:123456789012:function:f", "arn:aws:lambda:us-west-2:000000000001:function:f"):
        code, message = refused(site.boto("lambda").get_function, FunctionName=arn)
        assert code == "ResourceNotFoundException" and HERE in message
    code, message = refused(site.boto("sts").assume_role, RoleArn="arn:aws:iam::000000000001:role/r", RoleSessionName="s1")
    assert code == "AccessDenied" and HERE in message
    group, version = site.create_group({"f": ("arn:aws:lambda:us-east-1:123456789012:function:f:1", {})}, [])
    status = site.finish_deployment(group, site.start_deployment(group, version))
    assert HERE in json.dumps(status["ErrorDetails"])


def test_a_policy_that_is_no_json_is_told_so_once(site):
    code, message = refused(site.boto("iot").create_policy, policyName="p", policyDocument="{")
    assert code == "MalformedPolicyException" and len(re.findall("not valid JSON", message)) == 1, message


def test_an_unknown_system_function_is_refused_and_the_known_ones_are_named(site):
    group, version = site.create_group({"s": ("arn:aws:lambda:::function:GGNoSuch:1", {})}, [])
    status = site.finish_deployment(group, site.start_deployment(group, version))
    details = json.dumps(status["ErrorDetails"])
    assert status["DeploymentStatus"] == "Failure" and "GGNoSuch" in details and "GGIPDetector" in details


def test_an_alias_that_is_not_there_is_deleted(site):
    client = site.boto("lambda")
    assert client.delete_alias(FunctionName="nobody", Name="prod")["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_there_are_none(site):
    iot = site.boto("iot")
    iot.create_thing(thingName="alone")
    assert iot.list_thing_groups_for_thing(thingName="alone")["thingGroups"] == []
    assert refused(iot.list_thing_groups_for_thing, thingName="nobody")[0] == "ResourceNotFoundException"
    assert iot.list_thing_groups()["thingGroups"] == []
    assert iot.list_topic_rules()["rules"] == []
    assert site.boto("greengrass").list_bulk_deployments()["BulkDeployments"] == []
