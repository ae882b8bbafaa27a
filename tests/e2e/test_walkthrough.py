"""V1's walkthrough from the first package to the teardown, every step by the AWS CLI (docs/compatibility/api.md#walkthrough)."""
import json
import uuid

from fescue_site import ROLE, RUNTIME, make_zip, wait_until

CODE = """
import json
import greengrasssdk

def handler(event, context):
    if context.client_context is not None and 'subject' in context.client_context.custom:
        greengrasssdk.client('iot-data').publish(topic='echo/out', payload=json.dumps(event))
    return {'echo': event, 'code': CODE}
"""


def refused(site, code, *arguments):
    done = site.aws(*arguments, check=False)
    assert done.returncode == 254 and "(%s)" % code in done.stderr, (arguments, done.returncode, done.stderr)


def package(site, name, code):
    path = site.root / name
    path.write_bytes(make_zip({"app.py": CODE.replace("CODE", str(code))}))
    return "fileb://%s" % path


def invoked(site, expected):
    out = site.root / "out.json"
    answer = site.aws("lambda", "invoke", "--function-name", "echo:prod", "--payload", "fileb://%s" % (site.root / "in.json"),
                      "--log-type", "Tail", out)
    assert (answer["StatusCode"], answer.get("FunctionError"), answer["ExecutedVersion"]) == (200, None, str(expected))
    return json.loads(out.read_text())


def wait_for_success(site, group, deployment):
    def ended():
        status = site.aws("greengrass", "get-deployment-status", "--group-id", group, "--deployment-id", deployment)
        return status if status["DeploymentStatus"] in ("Success", "Failure") else None
    assert wait_until(ended, "the deployment", 60)["DeploymentStatus"] == "Success"


def test_from_the_first_package_to_the_teardown(site):
    aws = site.aws
    account = aws("sts", "get-caller-identity")["Account"]
    (site.root / "in.json").write_text('{"hello": 1}')

    # function, version, alias
    aws("lambda", "create-function", "--function-name", "echo", "--runtime", RUNTIME, "--role", ROLE, "--handler", "app.handler",
        "--zip-file", package(site, "one.zip", 1))
    aws("lambda", "wait", "function-active", "--function-name", "echo")
    first = aws("lambda", "publish-version", "--function-name", "echo", "--description", "first")["Version"]
    assert first == "1"
    alias = aws("lambda", "create-alias", "--function-name", "echo", "--name", "prod", "--function-version", first)["AliasArn"]

    # things of our own beside the core's
    thing = aws("iot", "create-thing", "--thing-name", "walk-1")["thingArn"]
    files = [site.root / name for name in ("walk.pem", "walk.pub", "walk.key")]
    certificate = aws("iot", "create-keys-and-certificate", "--set-as-active", "--certificate-pem-outfile", files[0],
                      "--public-key-outfile", files[1], "--private-key-outfile", files[2])["certificateArn"]
    aws("iot", "create-policy", "--policy-name", "walk", "--policy-document", json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["iot:*", "greengrass:*"], "Resource": ["*"]}]}))
    aws("iot", "attach-policy", "--policy-name", "walk", "--target", certificate)
    aws("iot", "attach-thing-principal", "--thing-name", "walk-1", "--principal", certificate)
    assert aws("iot", "describe-endpoint", "--endpoint-type", "iot:Data-ATS")["endpointAddress"]
    assert thing.endswith(":%s:thing/walk-1" % account) and all(file.exists() for file in files)

    # definitions
    def definition(kind, body):
        made = aws("greengrass", "create-%s-definition" % kind, "--name", "walk", "--initial-version", json.dumps(body))
        return made["Id"], made["LatestVersionArn"]
    _, core = definition("core", {"Cores": [{"Id": "core-1", "ThingArn": site.endpoints["core_thing_arn"], "SyncShadow": True,
                                             "CertificateArn": site.endpoints["core_certificate_arn"]}]})
    functions_id, functions = definition("function", {
        "DefaultConfig": {"Execution": {"IsolationMode": "NoContainer"}},
        "Functions": [{"Id": "echo", "FunctionArn": alias, "FunctionConfiguration": {
            "Pinned": True, "Timeout": 5, "EncodingType": "json", "Environment": {"Variables": {"MODE": "test"}}}}]})
    _, rows = definition("subscription", {"Subscriptions": [
        {"Id": "in", "Source": "cloud", "Subject": "echo/in", "Target": alias},
        {"Id": "out", "Source": alias, "Subject": "echo/out", "Target": "cloud"}]})
    _, loggers = definition("logger", {"Loggers": [
        {"Id": "sys", "Component": "GreengrassSystem", "Level": "INFO", "Space": 25600, "Type": "FileSystem"},
        {"Id": "fn", "Component": "Lambda", "Level": "DEBUG", "Space": 25600, "Type": "FileSystem"}]})

    # group, version, deployment
    group = aws("greengrass", "create-group", "--name", "walk")["Id"]
    version = aws("greengrass", "create-group-version", "--group-id", group, "--core-definition-version-arn", core,
                  "--function-definition-version-arn", functions, "--subscription-definition-version-arn", rows,
                  "--logger-definition-version-arn", loggers)["Version"]
    deployment = aws("greengrass", "create-deployment", "--group-id", group, "--group-version-id", version,
                     "--deployment-type", "NewDeployment")["DeploymentId"]
    wait_for_success(site, group, deployment)

    # use it
    assert invoked(site, 1) == {"echo": {"hello": 1}, "code": 1}
    client = site.mqtt()
    client.subscribe("echo/out")
    aws("iot-data", "publish", "--topic", "echo/in", "--qos", 1, "--payload", "fileb://%s" % (site.root / "in.json"))
    assert json.loads(client.payload()) == {"hello": 1}

    # new code, the alias moves, the same group version again
    aws("lambda", "update-function-code", "--function-name", "echo", "--zip-file", package(site, "two.zip", 2))
    aws("lambda", "wait", "function-updated", "--function-name", "echo")
    second = aws("lambda", "publish-version", "--function-name", "echo")["Version"]
    aws("lambda", "update-alias", "--function-name", "echo", "--name", "prod", "--function-version", second)
    again = aws("greengrass", "create-deployment", "--group-id", group, "--deployment-id", deployment,
                "--deployment-type", "Redeployment")["DeploymentId"]
    wait_for_success(site, group, again)
    assert invoked(site, 2)["code"] == 2
    listed = aws("greengrass", "list-deployments", "--group-id", group)["Deployments"]
    assert [(d["DeploymentId"], d["DeploymentType"]) for d in listed] == [(again, "Redeployment"), (deployment, "NewDeployment")]

    # what must fail, with its name
    refused(site, "ResourceConflictException", "lambda", "create-function", "--function-name", "echo", "--runtime", RUNTIME,
            "--role", ROLE, "--handler", "app.handler", "--zip-file", package(site, "three.zip", 3))
    refused(site, "ResourceNotFoundException", "lambda", "get-function", "--function-name", "nope")
    refused(site, "ResourceNotFoundException", "lambda", "create-alias", "--function-name", "echo", "--name", "x",
            "--function-version", "99")
    refused(site, "IdNotFoundException", "greengrass", "get-group", "--group-id", uuid.uuid4())
    refused(site, "BadRequestException", "greengrass", "create-group-version", "--group-id", group,
            "--core-definition-version-arn", "arn:aws:greengrass:us-west-2:%s:/greengrass/definition/cores/x/versions/y" % account)
    refused(site, "BadRequestException", "greengrass", "delete-group", "--group-id", group)

    # teardown
    reset = aws("greengrass", "reset-deployments", "--group-id", group)["DeploymentId"]
    wait_for_success(site, group, reset)
    aws("greengrass", "delete-group", "--group-id", group)
    aws("greengrass", "delete-function-definition", "--function-definition-id", functions_id)
    aws("lambda", "delete-alias", "--function-name", "echo", "--name", "prod")
    aws("lambda", "delete-function", "--function-name", "echo")
    refused(site, "ResourceNotFoundException", "lambda", "get-function", "--function-name", "echo")


def test_the_remaining_operations_by_boto3(site):
    """Telemetry's switch and shadows, as the SDK speaks of them."""
    greengrass, data = site.boto("greengrass"), site.boto("iot-data")
    core = site.endpoints["core_thing_name"]
    assert greengrass.get_thing_runtime_configuration(ThingName=core)["RuntimeConfiguration"] == {
        "TelemetryConfiguration": {"ConfigurationSyncStatus": "InSync", "Telemetry": "On"}}
    greengrass.update_thing_runtime_configuration(ThingName=core, TelemetryConfiguration={"Telemetry": "Off"})
    told = greengrass.get_thing_runtime_configuration(ThingName=core)["RuntimeConfiguration"]["TelemetryConfiguration"]
    assert told["Telemetry"] == "Off"

    client = site.mqtt()
    client.subscribe("$aws/things/lamp/shadow/#")
    made = json.loads(data.update_thing_shadow(thingName="lamp", payload=b'{"state":{"desired":{"on":true}}}')["payload"].read())
    assert made["version"] == 1
    assert sorted(client.message()[0].rsplit("/", 1)[1] for _ in range(3)) == ["accepted", "delta", "documents"]
    got = json.loads(data.get_thing_shadow(thingName="lamp")["payload"].read())
    assert got["state"] == {"desired": {"on": True}, "delta": {"on": True}}
    data.update_thing_shadow(thingName="lamp", shadowName="other", payload=b'{"state":{"reported":{"x":1}}}')
    assert data.list_named_shadows_for_thing(thingName="lamp")["results"] == ["other"]
    try:
        data.update_thing_shadow(thingName="lamp", payload=b'{"state":{},"version":7}')
        raise AssertionError("a version conflict was accepted")
    except data.exceptions.ConflictException:
        pass
    assert json.loads(data.delete_thing_shadow(thingName="lamp")["payload"].read())["version"] == 1
    try:
        data.get_thing_shadow(thingName="lamp")
        raise AssertionError("a deleted shadow was found")
    except data.exceptions.ResourceNotFoundException:
        pass
