"""Terraform's aws provider makes what a V1 site has, finds nothing to change afterwards, and takes it all away again."""
import json
import os
import pathlib
import shutil
import subprocess

import pytest

from fescue_site import make_zip

# Where a copy of the provider may lie; it is never fetched.
MIRRORS = [pathlib.Path(path).expanduser() for path in (os.environ.get("TF_PLUGIN_MIRROR", ""), "/opt/tf-plugins",
                                                        "/usr/local/share/terraform/plugins",
                                                        "~/.terraform.d/plugins") if path]
PROVIDER = "registry.terraform.io/hashicorp/aws"

MAIN = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "api" { type = string }
provider "aws" {
  skip_metadata_api_check = true
  default_tags { tags = { site = "test" } }
  endpoints {
    iam    = var.api
    iot    = var.api
    lambda = var.api
    sts    = var.api
  }
}
data "aws_caller_identity" "me" {}
resource "aws_iam_role" "functions" {
  name               = "functions"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole",
                                    Principal = { Service = "lambda.amazonaws.com" } }] })
}
resource "aws_iam_role_policy_attachment" "functions" {
  role       = aws_iam_role.functions.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_iam_role_policy" "functions" {
  name   = "inline"
  role   = aws_iam_role.functions.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iot:*", Resource = "*" }] })
}
resource "aws_lambda_function" "echo" {
  function_name    = "echo"
  role             = aws_iam_role.functions.arn
  handler          = "app.handler"
  runtime          = "python3.11"
  filename         = "echo.zip"
  source_code_hash = filebase64sha256("echo.zip")
  publish          = true
  environment { variables = { MODE = "test" } }
}
resource "aws_lambda_alias" "prod" {
  name             = "prod"
  function_name    = aws_lambda_function.echo.function_name
  function_version = aws_lambda_function.echo.version
}
resource "aws_iot_thing_type" "pump" {
  name = "pump"
  properties { description = "A pump." }
}
resource "aws_iot_thing" "core" {
  name            = "tf-core"
  thing_type_name = aws_iot_thing_type.pump.name
  attributes      = { place = "cellar" }
}
resource "aws_iot_certificate" "core" { active = true }
resource "aws_iot_policy" "core" {
  name   = "tf-core"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["iot:*", "greengrass:*"],
                        Resource = "*" }] })
}
resource "aws_iot_policy_attachment" "core" {
  policy = aws_iot_policy.core.name
  target = aws_iot_certificate.core.arn
}
resource "aws_iot_thing_principal_attachment" "core" {
  thing     = aws_iot_thing.core.name
  principal = aws_iot_certificate.core.arn
}
resource "aws_iot_role_alias" "core" {
  alias    = "core"
  role_arn = aws_iam_role.functions.arn
}
data "aws_iot_endpoint" "data" { endpoint_type = "iot:Data-ATS" }
output "endpoint" { value = data.aws_iot_endpoint.data.endpoint_address }
"""


class Terraform:
    def __init__(self, site, mirror, folder):
        self.folder = folder
        (folder / "main.tf").write_text(MAIN)
        (folder / "rc").write_text('provider_installation { filesystem_mirror { path = "%s" } }\n' % mirror)
        key, secret = site.credentials()
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        self.environment = {**clean, "TF_CLI_CONFIG_FILE": str(folder / "rc"), "TF_IN_AUTOMATION": "1",
                            "CHECKPOINT_DISABLE": "1", "TF_VAR_api": site.endpoints["api"],
                            "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret,
                            "AWS_REGION": site.endpoints["region"]}

    def run(self, *arguments, status=0):
        done = subprocess.run(["terraform", *arguments], cwd=self.folder, env=self.environment, capture_output=True,
                              text=True, timeout=300)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def terraform(site, tmp_path):
    mirror = next((mirror for mirror in MIRRORS if (mirror / PROVIDER).is_dir()), None)
    if mirror is None or shutil.which("terraform") is None:
        pytest.skip("terraform and its aws provider are not installed")
    made = Terraform(site, mirror, tmp_path)
    made.run("init", "-input=false")
    return made


def write_code(terraform, text):
    (terraform.folder / "echo.zip").write_bytes(make_zip({"app.py": text}))


def test_terraform_makes_a_site_plans_nothing_more_and_destroys_it(site, terraform):
    write_code(terraform, "def handler(event, context):\n    return event\n")
    terraform.run("apply", "-auto-approve", "-input=false")
    assert site.boto("lambda").get_alias(FunctionName="echo", Name="prod")["FunctionVersion"] == "1"
    thing = site.boto("iot").describe_thing(thingName="tf-core")
    assert (thing["thingTypeName"], thing["attributes"]) == ("pump", {"place": "cellar"})
    principal, = site.boto("iot").list_thing_principals(thingName="tf-core")["principals"]
    attached = site.boto("iot").list_attached_policies(target=principal)["policies"]
    assert [policy["policyName"] for policy in attached] == ["tf-core"]
    terraform.run("plan", "-detailed-exitcode", "-input=false")

    write_code(terraform, "def handler(event, context):\n    return 2\n")
    planned = terraform.run("plan", "-detailed-exitcode", "-input=false", status=2)
    assert "aws_lambda_function.echo" in planned and "2 to change" in planned
    terraform.run("apply", "-auto-approve", "-input=false")
    assert site.boto("lambda").get_alias(FunctionName="echo", Name="prod")["FunctionVersion"] == "2"
    terraform.run("plan", "-detailed-exitcode", "-input=false")

    terraform.run("destroy", "-auto-approve", "-input=false")
    assert json.loads((terraform.folder / "terraform.tfstate").read_text())["resources"] == []
    assert site.boto("lambda").list_functions()["Functions"] == []
    assert [thing["thingName"] for thing in site.boto("iot").list_things()["things"]] == ["fescue-core"]
    assert site.boto("iam").list_roles()["Roles"] == []
