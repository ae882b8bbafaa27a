"""Groups of functions in containers, as tests ask for them."""
from fescue_site import wait_until

# What handlers are made of: `event` is Python to evaluate, with these at hand.
CODE = """
import glob, os, socket, sys, threading, time

def attempt(action):
    try:
        return action()
    except OSError as error:
        return error.__class__.__name__

def read(path):
    with open(path) as file:
        return file.read()

def write(path, text):
    with open(path, 'w') as file:
        file.write(text)
    return 'written'

def handler(event, context):
    return eval(event)
"""


def group_version(site, functions, resources=None, defaults=None):
    """functions: {name: (code, configuration)}. A version of the site's group; containers unless told otherwise."""
    client = site.boto("greengrass")
    core = client.create_core_definition(Name="c", InitialVersion={"Cores": [
        {"Id": "core", "ThingArn": site.endpoints["core_thing_arn"],
         "CertificateArn": site.endpoints["core_certificate_arn"]}]})
    version = {"Functions": [
        {"Id": name, "FunctionArn": site.create_function(name, code), "FunctionConfiguration": configuration}
        for name, (code, configuration) in functions.items()]}
    if defaults:
        version["DefaultConfig"] = {"Execution": defaults}
    function = client.create_function_definition(Name="f", InitialVersion=version)
    arns = dict(CoreDefinitionVersionArn=core["LatestVersionArn"],
                FunctionDefinitionVersionArn=function["LatestVersionArn"])
    if resources is not None:
        definition = client.create_resource_definition(Name="r", InitialVersion={"Resources": resources})
        arns["ResourceDefinitionVersionArn"] = definition["LatestVersionArn"]
    if site.group is None:
        site.group = client.create_group(Name="containers")["Id"]
    return client.create_group_version(GroupId=site.group, **arns)["Version"]


def outcome(site, functions, **options):
    version = group_version(site, functions, **options)
    return site.finish_deployment(site.group, site.start_deployment(site.group, version))


def deploy(site, configuration=None, name="boxed", code=CODE, **options):
    status = outcome(site, {name: (code, {"Timeout": 10, "MemorySize": 65536, **(configuration or {})})}, **options)
    assert status["DeploymentStatus"] == "Success", status


def see(site, expression, name="boxed"):
    return site.admin.call(name, expression)


def volume(id, source, destination, **owner):
    return {"Id": id, "Name": id, "ResourceDataContainer": {"LocalVolumeResourceData": {
        "SourcePath": str(source), "DestinationPath": destination, "GroupOwnerSetting": owner}}}


def device(id, source, **owner):
    return {"Id": id, "Name": id, "ResourceDataContainer": {"LocalDeviceResourceData": {
        "SourcePath": source, "GroupOwnerSetting": owner}}}


def attached(*policies):
    return {"Environment": {"ResourceAccessPolicies": [{"ResourceId": id, "Permission": p} for id, p in policies]}}


def why(site, name="boxed"):
    """The newest record of a worker's end, as `fescue logs --why` tells it."""
    return site.fescue("logs", name, "--why", "-n", "1")


def record(site, cause, name="boxed"):
    """The newest record, once it is one of that cause."""
    return wait_until(lambda: (lambda told: cause in told and told)(why(site, name)), "the record of " + cause)
