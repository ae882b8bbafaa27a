"""Options of `fescue up` that name what is not there: refused before anything starts, at the first start and later."""
import subprocess

import pytest

from conftest import finish, new_site
from fescue_site import BUILD, Site

PORTS = [word for name in ("api", "iot", "iot-tls", "discovery", "ipc") for word in ("--" + name, "127.0.0.1:0")]

WRONG = [(["--s3-endpoint", "foo"], "--s3-endpoint"),
         (["--package-dir", "/nonexistent"], "--package-dir /nonexistent: No such file or directory"),
         (["--package-dir", "/etc/passwd"], "--package-dir /etc/passwd: Not a directory"),
         (["--package-dir", ""], "--package-dir"),
         (["--s3-endpoint", "http://127.0.0.1:1", "--s3-credentials", "/nonexistent"], "--s3-credentials"),
         (["--s3-endpoint", "http://127.0.0.1:1", "--s3-credentials", "/etc/passwd"], "--s3-credentials"),
         (["--s3-endpoint", "https://127.0.0.1:1", "--s3-ca", "/etc/passwd"], "--s3-ca")]


def refused(*command):
    done = subprocess.run([BUILD / "fescue", *map(str, command)], capture_output=True, text=True, timeout=30)
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def stopped(request):
    """The directory of a site that has run."""
    site = new_site("up-options")
    site.start()
    site.stop()
    yield site
    finish(request, site)


@pytest.mark.parametrize("options, words", WRONG)
def test_what_is_not_there_stops_up_and_cloud(stopped, open_directory, options, words):
    for root in (stopped.root, open_directory / "new"):
        status, said = refused("up", "--root", root, *PORTS, *options)
        assert status == 2 and words in said and "A process" not in said, said
    assert not (open_directory / "new").exists()
    status, said = refused("cloud", "--data", open_directory / "data", "--run", open_directory / "run", *PORTS[:8], *options)
    assert status == 2 and words in said, said
    assert not (open_directory / "data").exists()


def test_what_is_there_is_taken(open_directory):
    site = Site(open_directory / "site")
    try:
        site.start("--package-dir", str(open_directory))
    finally:
        assert site.stop() == 0
