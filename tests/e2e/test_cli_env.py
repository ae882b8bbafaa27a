"""`fescue env` in a shell that is set up for another account."""
import subprocess

from fescue_site import BUILD

OTHER = {"AWS_ACCESS_KEY_ID": "AKIAOTHER", "AWS_SECRET_ACCESS_KEY": "other", "AWS_SESSION_TOKEN": "other",
         "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1", "AWS_DEFAULT_PROFILE": "work",
         "AWS_PROFILE": "work", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/other",
         "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1",
         "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}

ASK = """
import os, boto3
session = boto3.Session()
sts = session.client('sts', endpoint_url=os.environ['AWS_ENDPOINT_URL'])  # old ones do not know the variable
print(sts.get_caller_identity()['Account'], session.region_name)
"""


def in_shell(site, script, home):
    script = 'eval "$($1 env)" || exit 9\n' + script
    return subprocess.run(["sh", "-euc", script, "sh", str(BUILD / "fescue")], capture_output=True, text=True, timeout=60,
                          env={"PATH": "/usr/bin:/bin", "HOME": str(home), "FESCUE_ROOT": str(site.root), **OTHER})


def test_settings_of_another_account_do_not_get_in_the_way(site, tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text("[default]\nregion = eu-central-1\nsso_start_url = https://x.invalid\n"
                                          "sso_region = eu-central-1\nsso_account_id = 1\nsso_role_name = x\n"
                                          "[profile work]\nregion = eu-central-1\n")
    done = in_shell(site, "aws sts get-caller-identity --query Account --output text\n"
                          "printf '%s %s\\n' \"$AWS_REGION\" \"$AWS_DEFAULT_REGION\"\n", tmp_path)
    assert (done.returncode, done.stdout) == (0, "123456789012\nus-west-2 us-west-2\n"), done.stderr
    done = in_shell(site, "python3 - <<'END'\n%s\nEND\n" % ASK, tmp_path)
    assert (done.returncode, done.stdout) == (0, "123456789012 us-west-2\n"), done.stderr


def test_the_sdk_for_javascript_2_finds_the_credentials_file(site, tmp_path):
    """It reads AWS_SHARED_CREDENTIALS_FILE only with AWS_SDK_LOAD_CONFIG and a configuration file that exists."""
    done = in_shell(site, 'test -n "$AWS_SDK_LOAD_CONFIG" && test -r "$AWS_CONFIG_FILE" && echo found\n', tmp_path)
    assert done.stdout == "found\n"
