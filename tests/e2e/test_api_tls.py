"""The API by HTTPS (--api-tls): the AWS CLI, boto3 and our own tools, with the certificate that `fescue env` names."""
import os
import shlex
import ssl
import subprocess

import botocore.exceptions
import pytest
import requests

from conftest import finish, new_site
from fescue_site import BUILD
from raw import send_and_read


@pytest.fixture(scope="module")
def tls_site(request):
    site = new_site("api-tls")
    site.start("--api-tls")
    yield site
    finish(request, site)


def environment(site):
    """What `eval "$(fescue env)"` sets."""
    said = site.fescue("env")
    return dict(shlex.split(line)[1].split("=", 1) for line in said.splitlines() if line.startswith("export "))


def test_endpoints_and_env_say_so(tls_site):
    assert tls_site.endpoints["api"].startswith("https://127.0.0.1:")
    said = environment(tls_site)
    assert said["AWS_ENDPOINT_URL"] == tls_site.endpoints["api"]
    assert said["AWS_CA_BUNDLE"] == said["NODE_EXTRA_CA_CERTS"] == str(tls_site.root / "run/ca.pem")


def test_node_trusts_it(tls_site):
    script = "fetch(process.env.AWS_ENDPOINT_URL + '/things').then(answer => console.log(answer.status))"
    done = subprocess.run(["/usr/bin/node", "-e", script], env={**environment(tls_site), "PATH": "/usr/bin:/bin"},
                          capture_output=True, text=True, timeout=60)
    assert done.stdout == "403\n", done.stderr


def test_the_aws_cli_works(tls_site):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = ["/usr/bin/aws", "--endpoint-url", tls_site.endpoints["api"], "iot", "create-thing", "--thing-name", "by-cli"]
    done = subprocess.run(command, env={**clean, **environment(tls_site), "PATH": "/usr/bin:/bin"}, capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 0 and "by-cli" in done.stdout, done.stderr


def test_boto3_works_and_only_with_the_ca(tls_site):
    ca = str(tls_site.root / "run/ca.pem")
    client = tls_site.boto("lambda", verify=ca)
    assert client.list_functions()["Functions"] == []
    with pytest.raises(botocore.exceptions.SSLError):
        tls_site.boto("lambda", verify=True).list_functions()
    for host in ("localhost", "127.0.0.1"):
        url = tls_site.endpoints["api"].replace("127.0.0.1", host)
        assert requests.get(url + "/things", verify=ca, timeout=10).status_code == 403


def test_plain_http_is_not_served_there(tls_site):
    address = tls_site.endpoints["api"].split("//", 1)[1]
    said = send_and_read(address, b"GET /_fescue/metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 400 Bad Request\r\n") and said.endswith(b"use https://.\n"), said
    context = ssl.create_default_context(cafile=tls_site.root / "run/ca.pem")
    context.check_hostname = False  # dial() names none
    request = b"GET /_fescue/metrics HTTP/1.1\r\nConnection: close\r\n\r\n"
    assert b"HTTP/1.1 200" in send_and_read(address, request, tls=context)
