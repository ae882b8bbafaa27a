"""The examples of the README, docs/cli.md, docs/devices.md and docs/run-local.md, run as they stand there."""
import os
import re
import select
import subprocess
import time

from fescue_site import BUILD, DEADLINE, ROOT

DOCUMENT = ROOT / "docs/cli.md"


def examples(text):
    """[(command, expected output lines)] in the order of the document."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.S | re.M):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def matches(expected, said):
    """`...` stands for anything, a line of only `...` for any number of lines."""
    pattern = "".join("(?:[^\n]*\n)*" if line == "..." else re.escape(line).replace(r"\.\.\.", "[^\n]*") + "\n"
                      for line in expected)
    return re.fullmatch(pattern, said and said + "\n")


class Shell:
    """One bash that gets the commands one by one and says when each has ended, and how."""

    END = "-- end of command, status "

    def __init__(self, environment):
        self.bash = subprocess.Popen(["bash", "--norc"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, env=environment, cwd=ROOT)
        self.said = b""

    def send(self, text):
        self.bash.stdin.write(text.encode())
        self.bash.stdin.flush()

    def read_until(self, condition, what):
        end = time.monotonic() + DEADLINE
        while not condition(self.said.decode(errors="replace")):
            readable, _, _ = select.select([self.bash.stdout], [], [], max(0, end - time.monotonic()))
            assert readable, "waited in vain for %s; so far:\n%s" % (what, self.said.decode(errors="replace"))
            self.said += os.read(self.bash.stdout.fileno(), 65536)
        said, self.said = self.said.decode(errors="replace"), b""
        return said

    def run(self, command):
        """What it and the commands in the background said, with a last line for a status other than 0."""
        self.send("%s\nstatus=$?; wait; echo; echo '%s'$status\n" % (command, self.END))
        said = self.read_until(lambda text: re.search(re.escape(self.END) + r"\d+\n", text), command)
        said, status = re.fullmatch(r"(.*)\n" + re.escape(self.END) + r"(\d+)\n", said, re.S).groups()
        return said.rstrip("\n") + ("" if status == "0" else "\n[exit status %s]" % status)

    def start(self, command, expected):
        """A command for the background, up to what it says first."""
        self.send(command + "\n")
        self.read_until(lambda text: matches(expected, text.rstrip("\n")), command)

    def close(self):
        self.bash.stdin.close()
        self.bash.wait(DEADLINE)


def test_every_verb_has_an_example_that_is_run_and_help():
    helped = subprocess.run([BUILD / "fescue", "--help"], capture_output=True, text=True, check=True).stdout
    verbs = re.findall(r"^  ([a-z-]+) {2,}", helped.split("Subcommands:")[1], re.M)
    assert len(verbs) > 10
    commands = [command for command, _ in examples(DOCUMENT.read_text())]
    assert [verb for verb in verbs if not any("fescue " + verb in command for command in commands)] == []
    for verb in verbs:
        said = subprocess.run([BUILD / "fescue", verb, "--help"], capture_output=True, text=True, check=True).stdout
        assert "--help" in said and len(said.splitlines()) > 3, verb


def test_the_readme_runs(own_site):
    """Its five minutes, with this site's directory, ports and program in place of the defaults."""
    site = own_site
    text = (ROOT / "README.md").read_text().split("## Five minutes")[1].split("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M)
    assert "./dev build" in blocks[0] and "fescue up --root /var/lib/fescue" in blocks[0]
    script = "\n".join(blocks[1:]).replace("mosquitto_sub ", "stdbuf -oL mosquitto_sub -C 1 -W 30 ") + "wait\n"
    for written, here in (("build/release/fescue", str(BUILD / "fescue")), ("/var/lib/fescue", str(site.root)),
                          ("-p 1883", "-p " + site.endpoints["iot_mqtt"].rsplit(":", 1)[1])):
        assert written in script
        script = script.replace(written, here)
    # The subscriber is in the background; a message before its subscription would not reach it.
    subscribed = "for _ in $(seq 600); do grep -q SUBACK subscriber && break; read -t 0.05 <> <(:) || true; done\n"
    script = re.sub(r"(stdbuf .*) &\n", lambda match: match.group(1) + " -d >subscriber &\n" + subscribed, script)
    script = "shopt -s expand_aliases\nset -e\ncd '%s'\n" % site.root + script.replace("examples/", str(ROOT) + "/examples/")
    done = subprocess.run(["bash", "--norc", "-c", script + "cat subscriber\n"], env={**site.environment, "FESCUE_ROOT": ""},
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    expected = re.search(r"^# (Invoked on .*)$", blocks[2], re.M).group(1)
    assert expected in done.stdout
    places = re.findall(r"^\| [^|]+ \| `([^`]+)` \|$", text, re.M)
    assert len(places) == 5
    for place in places:
        path = place.replace("/var/lib/fescue", str(site.root)).replace("…", str(site.root))
        for name, value in (("region", "us-west-2"), ("account", "123456789012"), ("function", "Greengrass_FirstFunction")):
            path = path.replace("<%s>" % name, value)
        assert os.path.exists(path), place


def test_the_examples_run(site):
    environment = {**site.environment, "FESCUE_ROOT": str(site.root), "FESCUE_API": site.endpoints["api"],
                   "PATH": "%s:/usr/bin:/bin:/usr/sbin:/sbin" % BUILD}
    done = subprocess.run([ROOT / "examples/first_function/deploy.sh"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    run_examples(DOCUMENT, environment)
    run_examples(ROOT / "docs/devices.md", environment)


def test_the_examples_without_a_core_run(tmp_path):
    environment = {"PATH": "%s:/usr/bin:/bin" % BUILD, "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}
    run_examples(ROOT / "docs/run-local.md", environment)
    assert list(tmp_path.iterdir()) == []  # nothing is left behind


def without_warning(said):
    """Of a start without root, which the documents, whose commands root may give as well, do not have."""
    return "\n".join(line for line in said.splitlines() if "[WARN]-Started without root" not in line)


def run_examples(document, environment):
    shell = Shell(environment)
    shell.run("shopt -s expand_aliases")
    try:
        for command, expected in examples(document.read_text()):
            if command.endswith("&"):
                shell.start(command, expected)
                continue
            said = without_warning(shell.run(command))
            assert matches(expected, said), "$ %s\nsaid:\n%s\nthe document has:\n%s" % (command, said, "\n".join(expected))
    finally:
        shell.close()
