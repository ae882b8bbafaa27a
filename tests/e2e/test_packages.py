"""Packages of functions: links in them, those that come from a directory or an S3-compatible server, and too large ones."""
import base64
import hashlib
import http.server
import io
import os
import threading
import zipfile

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

from conftest import finish, new_site
from fescue_site import ROLE, RUNTIME, make_zip

LINKED = """
import os
from lib import helper
def handler(event, context):
    return [helper.SAID, os.readlink('lib'), open('current/data.txt').read()]
"""


def zip_with_links(files, links):
    buffer = io.BytesIO(make_zip(files))
    with zipfile.ZipFile(buffer, "a") as package:
        for name, target in links.items():
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = 0o120777 << 16
            package.writestr(info, target)
    return buffer.getvalue()


def create(site, name, **code):
    return site.boto("lambda").create_function(FunctionName=name, Runtime=RUNTIME, Role=ROLE, Handler="app.handler",
                                               Code=code)


def refusal(site, name, **code):
    client = site.boto("lambda")
    with pytest.raises(client.exceptions.ClientError) as refused:
        create(site, name, **code)
    return refused.value.response["Error"]


# ---- links

def test_links_that_stay_inside_are_kept(site):
    code = zip_with_links({"app.py": LINKED, "real/helper.py": "SAID = 'linked'\n", "data/2/data.txt": "two"},
                          {"lib": "real", "current": "data/2", "data/latest": "../data/2"})
    arn = site.create_function("linked", code)
    site.deploy({"linked": (arn, {"Timeout": 10})}, [])
    assert site.admin.call("linked") == ["linked", "real", "two"]


@pytest.mark.parametrize("links, name", [
    ({"passwd": "/etc/passwd"}, "passwd"),
    ({"a/up": "../../x"}, "a/up"),
    ({"d/e/up": "../..", "way": "d/e/up/../x"}, "way"),
    ({"ring": "ring"}, "ring"),
])
def test_links_that_lead_out_are_refused_by_name(site, links, name):
    error = refusal(site, "out", ZipFile=zip_with_links({"app.py": LINKED}, links))
    assert error["Code"] == "InvalidParameterValueException"
    assert 'zip entry "%s": symbolic link to' % name in error["Message"]


# ---- too large

def test_the_aws_cli_is_told_that_a_package_is_too_large(site, tmp_path):
    package = tmp_path / "big.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.bin", os.urandom(1 << 20) * 56)
    done = site.aws("lambda", "create-function", "--function-name", "big", "--runtime", RUNTIME, "--role", ROLE,
                    "--handler", "app.handler", "--zip-file", "fileb://%s" % package, check=False)
    assert done.returncode != 0
    assert "(RequestEntityTooLargeException) when calling the CreateFunction operation" in done.stderr, done.stderr
    assert "Request must be smaller than 69905067 bytes for the CreateFunction operation" in done.stderr


def test_without_a_source_it_is_said_how_to_have_one(site):
    error = refusal(site, "nowhere", S3Bucket="bucket", S3Key="f.zip")
    assert error["Code"] == "InvalidParameterValueException"
    assert "--package-dir" in error["Message"] and "--s3-endpoint" in error["Message"]


# ---- a directory

BIG = """
import os
def handler(event, context):
    return os.path.getsize('filler')
"""


@pytest.fixture(scope="module")
def drop(request):
    """A site with a directory of packages, which everybody may read."""
    site = new_site("packages")
    directory = site.root / "drop"
    (directory / "bucket/team").mkdir(parents=True)
    site.start("--package-dir", "file://%s" % directory)
    site.drop = directory
    yield site
    finish(request, site)


def test_a_package_of_more_than_50_mb_from_a_directory(drop):
    filler = os.urandom(1 << 20) * 60
    package = make_zip({"app.py": BIG, "filler": filler})
    (drop.drop / "bucket/team/big.zip").write_bytes(package)
    made = drop.aws("lambda", "create-function", "--function-name", "big", "--runtime", RUNTIME, "--role", ROLE,
                    "--handler", "app.handler", "--publish", "--code", "S3Bucket=bucket,S3Key=team/big.zip")
    assert made["CodeSize"] == len(package)
    assert made["CodeSha256"] == base64.b64encode(hashlib.sha256(package).digest()).decode()
    drop.deploy({"big": (made["FunctionArn"], {"Timeout": 30})}, [])
    assert drop.admin.call("big") == len(filler)
    drop.aws("lambda", "update-function-code", "--function-name", "big", "--s3-bucket", "bucket", "--s3-key", "team/big.zip")


def test_what_is_not_there_is_refused_as_lambda_does(drop):
    (drop.drop / "bucket/out.zip").symlink_to("/etc/hostname")
    assert refusal(drop, "f", S3Bucket="bucket", S3Key="none.zip") == {
        "Code": "InvalidParameterValueException",
        "Message": "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not "
                   "exist."}
    for key in ("out.zip", "../../run/credentials"):
        assert "S3 Error Code: AccessDenied" in refusal(drop, "f", S3Bucket="bucket", S3Key=key)["Message"]


# ---- a server

class S3(http.server.BaseHTTPRequestHandler):
    """GetObject of an S3-compatible server, which checks signatures with botocore's own code."""

    OBJECTS = {}
    KEY = botocore.credentials.Credentials("AKS3", "s3-secret")

    def expected(self):
        request = botocore.awsrequest.AWSRequest("GET", "http://%s%s" % (self.headers["Host"], self.path))
        request.headers["X-Amz-Content-SHA256"] = self.headers["X-Amz-Content-SHA256"]
        request.context["timestamp"] = self.headers["X-Amz-Date"]
        signer = botocore.auth.S3SigV4Auth(self.KEY, "s3", "eu-central-1")
        canonical = signer.canonical_request(request)
        request.headers["X-Amz-Date"] = self.headers["X-Amz-Date"]
        canonical = signer.canonical_request(request)
        return signer.signature(signer.string_to_sign(request, canonical), request)

    def do_GET(self):
        if not (self.headers["Authorization"] or "").endswith("Signature=" + self.expected()):
            return self.answer(403, b"<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>")
        found = self.OBJECTS.get(self.path)
        if found is None:
            return self.answer(404, b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>")
        self.answer(200, found)

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), S3)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield "http://127.0.0.1:%d" % server.server_port
    server.shutdown()


def with_server(server, secret):
    site = new_site("packages_s3")
    credentials = site.root / "s3-credentials"
    credentials.write_text("[default]\naws_access_key_id = AKS3\naws_secret_access_key = %s\n" % secret)
    credentials.chmod(0o600)
    return site.start("--s3-endpoint", server, "--s3-credentials", credentials, "--s3-region", "eu-central-1")


@pytest.fixture(scope="module")
def remote(request, server):
    site = with_server(server, "s3-secret")
    yield site
    finish(request, site)


def test_a_package_from_an_s3_server(remote):
    package = make_zip({"app.py": "def handler(event, context):\n    return 'from S3'\n"})
    S3.OBJECTS["/bucket/team%20a/f.zip"] = package
    S3.OBJECTS["/bucket/team%20a/f.zip?versionId=v1"] = package
    assert create(remote, "named", S3Bucket="bucket", S3Key="team a/f.zip")["CodeSize"] == len(package)
    remote.boto("lambda").update_function_code(FunctionName="named", S3Bucket="bucket", S3Key="team a/f.zip",
                                               S3ObjectVersion="v1")
    assert "NoSuchKey" in refusal(remote, "none", S3Bucket="bucket", S3Key="none")["Message"]


def test_what_the_server_refuses_is_passed_on(request, server):
    site = with_server(server, "wrong")
    message = refusal(site, "f", S3Bucket="bucket", S3Key="f.zip")["Message"]
    assert message.endswith("S3 Error Code: SignatureDoesNotMatch. S3 Error Message: no")
    finish(request, site)


def test_options_that_are_wrong_are_named(own_site):
    for arguments, why in ((("--package-dir", "/no/such/place"), "--package-dir /no/such/place"),
                           (("--s3-endpoint", "s3.example"), "--s3-endpoint"),
                           (("--s3-endpoint", "http://h", "--s3-credentials", "/no/such/file"), "--s3-credentials")):
        done = own_site.fescue("cloud", "--data", own_site.root / "other", "--run", own_site.root / "other-run", "--api",
                               "127.0.0.1:0", "--iot", "127.0.0.1:0", "--iot-tls", "127.0.0.1:0", "--discovery",
                               "127.0.0.1:0", *arguments, check=False)
        assert done.returncode != 0 and why in done.stderr.decode(), done.stderr
    done = own_site.fescue("up", "--package-dir", "/tmp", "--s3-endpoint", "http://h", check=False)
    assert done.returncode == 2 and "excludes" in done.stderr.decode()


# ---- what is refused when a function is created

def test_names_of_runtimes_and_variables_are_checked(site):
    client = site.boto("lambda")
    package = make_zip({"app.py": LINKED})

    def refused(**members):
        with pytest.raises(client.exceptions.ClientError) as error:
            client.create_function(**{"FunctionName": "f", "Runtime": RUNTIME, "Role": ROLE, "Handler": "app.handler",
                                      "Code": {"ZipFile": package}, **members})
        return error.value.response["Error"]
    error = refused(Runtime="python9.9")
    assert error["Code"] == "InvalidParameterValueException"
    assert "Value python9.9 at 'runtime' failed to satisfy constraint" in error["Message"]
    assert "Invalid environment key name" in refused(Environment={"Variables": {"a-b": "1"}})["Message"]
    assert refused(Environment={"Variables": {"AWS_REGION": "x"}})["Message"].endswith("this request: AWS_REGION")


def test_a_core_that_another_group_owns(drop):
    arn = drop.create_function("other", "def handler(event, context): pass\n")
    owner, drop.group = drop.group, None
    group, version = drop.create_group({"other": (arn, {"Timeout": 10})}, [], name="second")
    status = drop.finish_deployment(group, drop.start_deployment(group, version))
    assert status["DeploymentStatus"] == "Failure"
    assert 'runs the group "group" (%s)' % owner in status["ErrorMessage"]
    assert "aws greengrass reset-deployments --group-id %s" % owner in status["ErrorMessage"]
