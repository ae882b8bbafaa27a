"""What becomes of a command whose standard output takes no more, or whose reader has gone."""
import json
import os
import signal
import subprocess

import pytest

from fescue_site import BUILD, DEADLINE

FULL = b"writing to standard output: No space left on device"


def run(*arguments, **options):
    with open("/dev/full", "wb") as full:
        return subprocess.run([BUILD / "fescue", *map(str, arguments)], stdout=full, stderr=subprocess.PIPE, timeout=60, **options)


@pytest.mark.parametrize("arguments", [["man"], ["completion", "bash"], ["--help"], ["--version"], ["up", "--help"],
                                       ["doctor", "--root", "/nonexistent"]])
def test_words_that_were_lost_are_a_failure(arguments):
    done = run(*arguments)
    assert done.returncode == 1 and FULL in done.stderr, done


def test_so_they_are_about_a_running_core(site):
    for arguments in (["status"], ["status", "--json"], ["env"], ["logs"], ["key", "list"], ["doctor"],
                      ["explain", "--from", "cloud", "--topic", "a"]):
        done = run(*arguments, "--root", site.root)
        assert done.returncode == 1 and FULL in done.stderr, (arguments, done)


def test_sub_ends_with_the_first_message_that_it_cannot_print(site):
    with open("/dev/full", "wb") as full:
        sub = subprocess.Popen([BUILD / "fescue", "sub", "cli/full", "--root", site.root], stdout=full, stderr=subprocess.PIPE)
    assert sub.stderr.readline().startswith(b"subscribed to cli/full")
    site.mqtt().publish("cli/full", "x")
    assert sub.wait(DEADLINE) == 1 and FULL in sub.stderr.read()


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_key_whose_secret_nobody_got_is_revoked_again(site, options):
    def names():
        return [key["name"] for key in json.loads(site.fescue("key", "list", "--json"))["keys"]]
    before = names()
    done = run("key", "create", "--name", "lost", *options, "--root", site.root)
    assert done.returncode == 1 and FULL in done.stderr and b"is revoked again" in done.stderr, done.stderr
    assert names() == before
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run([BUILD / "fescue", "key", "create", "--name", "lost", *options, "--root", site.root],
                          stdout=theirs, stderr=subprocess.PIPE, timeout=60)
    os.close(theirs)
    assert done.returncode == 1 and b"is revoked again" in done.stderr, done
    assert names() == before


@pytest.mark.parametrize("arguments, first", [(["logs", "-f", "-n", "1"], None), (["sub", "cli/gone"], b"subscribed")])
def test_what_goes_on_ends_when_its_reader_has_gone(site, arguments, first):
    """As in `fescue logs -f | head -1`, which must not wait for another line to notice."""
    command = subprocess.Popen([BUILD / "fescue", *arguments, "--root", site.root], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    assert command.stderr.readline().startswith(first) if first else command.stdout.readline()
    command.stdout.close()
    assert command.wait(DEADLINE) in (0, -signal.SIGPIPE) and not command.stderr.read()
