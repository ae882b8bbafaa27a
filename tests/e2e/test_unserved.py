"""Clients of what is not here: services of AWS that Fescue does not have, and operations that it does not do. Each gets an
error that its own client reads, with the name of what was asked for."""
import botocore
import botocore.config
import botocore.exceptions
import pytest

from raw import cloud_metrics

# One or more of each protocol, old and new models: query, EC2's, rest-xml, JSON 1.0 and 1.1, rest-json.
STRANGERS = ["apigateway", "athena", "autoscaling", "batch", "cloudformation", "cloudfront", "cloudtrail", "cloudwatch",
             "codebuild", "cognito-idp", "dynamodb", "ec2", "ecr", "ecs", "efs", "elbv2", "events", "firehose", "glue",
             "greengrassv2", "iotanalytics", "iotevents", "iotfleetwise", "kinesis", "kms", "rds", "route53", "s3",
             "sagemaker", "ses", "sesv2", "sns", "sqs", "ssm", "stepfunctions", "xray"]
CODES = {"UnknownOperationException", "InvalidAction", "NotImplemented"}


def some_read(model):
    """The name of an operation that asks for something."""
    return next(name for name in model.operation_names if name.startswith(("List", "Describe", "Get"))
                and not model.operation_model(name).endpoint)


def value_of(shape, depth=0):
    """Something for a member: wrong for the most part, and of the right type."""
    kind = shape.type_name
    if kind == "structure":
        return {name: value_of(member, depth + 1) for name, member in shape.members.items()
                if name in shape.required_members and depth < 5}
    if kind == "list":
        return [value_of(shape.member, depth + 1)] if depth < 5 else []
    if kind == "map":
        return {}
    if kind == "string":
        return shape.enum[0] if shape.enum else "x" * max(1, shape.metadata.get("min", 1))
    return {"blob": b"x", "boolean": False, "timestamp": 1.0}.get(kind, max(1, shape.metadata.get("min", 1)))


def call(client, name):
    shape = client.meta.service_model.operation_model(name).input_shape
    return getattr(client, botocore.xform_name(name))(**(value_of(shape) if shape else {}))


@pytest.mark.parametrize("service", STRANGERS)
def test_a_service_that_is_not_here_is_named_in_its_own_protocol(site, service):
    client = site.boto(service, config=botocore.config.Config(retries={"max_attempts": 0}, parameter_validation=False))
    name = some_read(client.meta.service_model)
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call(client, name)
    assert error.value.response["Error"]["Code"] in CODES, error.value
    signed_as = client.meta.service_model.signing_name
    assert "There is no %s here" % {"greengrass": "greengrassv2"}.get(signed_as, signed_as) in str(error.value)


@pytest.mark.parametrize("command", [["cloudformation", "list-stacks"], ["s3", "ls"], ["dynamodb", "list-tables"],
                                     ["ec2", "describe-instances"], ["sqs", "list-queues"]])
def test_the_cli_prints_it(site, command):
    done = site.aws(*command, check=False)
    assert done.returncode in (254, 1) and "There is no %s here" % command[0] in done.stderr, done.stderr


def test_an_upload_to_s3_is_refused_before_it_is_sent(site, tmp_path):
    file = tmp_path / "large"
    file.write_bytes(bytes(2_000_000))
    before = cloud_metrics(site).get("fescue_api_unserved_total", 0)
    done = site.aws("s3", "cp", file, "s3://bucket/key", check=False)
    assert done.returncode == 1 and "NotImplemented" in done.stderr, done.stderr
    assert cloud_metrics(site)["fescue_api_unserved_total"] > before


# ---- operations

UNSIGNED = {"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"}
SERVICES = ["greengrass", "iot", "iot-data", "lambda", "sts"]
# What AWS's services answer without declaring it.
UNDECLARED = {"ValidationException", "ValidationError", "SerializationException", "IdNotFoundException",
              "VersionNotFoundException", "AccessDenied", "ResourceNotFoundException", "InvalidRequestException"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_served_or_refused_by_its_name(site, service):
    client = site.boto(service)
    model = client.meta.service_model
    wrong = []
    for name in model.operation_names:
        try:
            call(client, name)
            continue
        except botocore.exceptions.ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        declared = {shape.error_code or shape.name for shape in model.operation_model(name).error_shapes}
        unsigned = name in UNSIGNED and code == "MissingAuthenticationToken"
        if not (code in declared | UNDECLARED or name in message or unsigned):
            wrong.append((name, code, message))
    assert wrong == []


def test_refusals_name_the_operation(site):
    for service, name in (("iot", "CreateTopicRule"), ("lambda", "PutFunctionConcurrency"), ("iam", "CreateUser"),
                          ("sts", "GetFederationToken"), ("logs", "DescribeQueries")):
        with pytest.raises(botocore.exceptions.ClientError) as error:
            call(site.boto(service), name)
        assert name in error.value.response["Error"]["Message"], error.value
