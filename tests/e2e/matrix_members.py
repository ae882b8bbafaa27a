"""Who takes part in the matrix: one member for each interpreter and SDK that is here, each with a package that has the
probe of its language (matrix_functions/). What is not here is a member with a reason.

A new language needs a probe, and a function below that gives its members."""
import functools
import glob
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from fescue_site import BUILD, ROOT, make_zip

sys.path.append(str(ROOT / "tests/fakes"))
import fetched_nodes  # noqa: E402

FUNCTIONS = pathlib.Path(__file__).parent / "matrix_functions"
PYTHONS = ["2.7", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"]
NODES = ["6.10", "8.10", "12", "14", "16", "18", "20", "22"]
JVMS = ["8", "11", "17", "21", "25"]
LENT = pathlib.Path("/opt/fescue-test/lent")
EXECUTABLE = "arn:aws:greengrass:::runtime/function/executable"


class Member:
    """One interpreter with one SDK. It has a function for JSON, `name`; one that never has two calls at once, and therefore one
    worker, `state_name`; and one for bytes, `bytes_name`."""

    encoding = "json"

    def __init__(self, name, runtime, why_not=None, interpreter=None, package=None, handler="probe.handler",
                 binary_handler="probe.binary", official=False, exact_numbers=True):
        self.name, self.runtime, self.why_not = name, runtime, why_not
        self.interpreter = interpreter  # for the configuration; None where the core finds it by itself
        self.package = package          # a function that returns the files
        self.handler, self.binary_handler = handler, binary_handler
        self.official = official
        self.exact_numbers = exact_numbers  # big integers survive
        self.state_name, self.bytes_name = name + "-state", name + "-bytes"

    def functions(self):
        """[(name, handler, encoding)]"""
        return [(self.name, self.handler, self.encoding), (self.state_name, self.handler, self.encoding),
                (self.bytes_name, self.binary_handler, "binary")]

    def payload(self, op, **arguments):
        return json.dumps(dict(arguments, op=op)).encode()

    def invoke_payloads(self, kind, calls):
        """Events that have it make these calls, [(ARN, bytes)]."""
        return [self.payload("invoke", type=kind, calls=[[arn, payload.decode()] for arn, payload in calls])]

    def invoke_results(self, bodies):
        """[(function error, answer)] of all of them."""
        return [(error or "", answer.encode()) for error, answer in json.loads(bodies[0])]

    def echoed(self, body):
        return json.loads(body)["echo"]

    def subject(self, payload):
        """(topic, event) of what it published about a message that it got."""
        return tuple(json.loads(payload))

    def note(self, payload):
        return json.loads(payload)

    def __repr__(self):
        return self.name


class TextMember(Member):
    """An executable: its events and results are bytes, "OPERATION:ARGUMENT"."""
    STATUS = {b"0": "", b"1": "Handled", b"2": "Unhandled"}
    encoding = "binary"

    def payload(self, op, **arguments):
        value = next(iter(arguments.values()), "")
        text = json.dumps(value) if op == "echo" else value
        return ("%s:%s" % (op, text)).encode()

    def invoke_payloads(self, kind, calls):
        return [b"invoke:%s:%s\n%s" % (kind[0].encode(), arn.encode(), payload) for arn, payload in calls]

    def invoke_results(self, bodies):
        return [(self.STATUS[body[:1]], body[2:]) for body in bodies]

    def echoed(self, body):
        return json.loads(body)

    def subject(self, payload):
        context, event = payload.split(b"\n", 1)
        return json.loads(context)["custom"]["subject"], json.loads(event)

    def note(self, payload):
        return payload.decode()


def source(name, where=None):
    return {where or name: (FUNCTIONS / name).read_bytes()}


def find_python(version):
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    name = "python" + version
    places = ["/usr/bin/" + name, "/usr/local/bin/" + name, *glob.glob("%s/versions/%s.*/bin/%s" % (pyenv, version, name))]
    return next((path for path in places if os.access(path, os.X_OK)), None)


def lend(path):
    """The interpreter itself where containers show it and their users can run it, else one in LENT: a wrapper around links to its
    files. Runs beside this one may have made it, or be making it."""
    real = pathlib.Path(path).resolve()
    if os.getuid() != 0 or real.parts[1] in ("usr", "opt"):
        return str(path)
    version = hashlib.sha256(("%s %d" % (real, real.stat().st_mtime_ns)).encode()).hexdigest()[:8]
    home = LENT / ("%s-%s" % (real.name, version))
    if not home.exists():
        LENT.mkdir(parents=True, exist_ok=True)
        making = pathlib.Path(tempfile.mkdtemp(dir=LENT))
        making.chmod(0o755)
        copy_interpreter(real, making, home)
        try:
            making.rename(home)
        except OSError:
            shutil.rmtree(making)
    return str(home / "wrapper")


def copy_interpreter(real, making, home):
    """What shall be `home`, in `making`."""
    (making / "bin").mkdir()
    link = ["cp", "-a", "--link" if os.stat(making).st_dev == os.stat(real).st_dev else "--reflink=auto"]
    subprocess.run([*link, real, making / "bin"], check=True)
    if real.name.startswith("python"):
        subprocess.run([*link, real.parents[1] / "lib", making], check=True)
    (making / "wrapper").write_text('#!/bin/sh\nLD_LIBRARY_PATH=%s/lib exec %s "$@"\n' % (home, home / "bin" / real.name))
    (making / "wrapper").chmod(0o755)


def tree(folder, prefix):
    """The files below a folder, for a package."""
    return {prefix + str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def python_package(sdk):
    """With the official SDK of that checkout; or none, for the core's."""
    return {**source("probe.py"), **(tree(pathlib.Path(sdk) / "greengrasssdk", "greengrasssdk/") if sdk else {})}


def pythons():
    official = os.environ.get("FESCUE_OFFICIAL_PYTHON_SDK")
    for version in PYTHONS:
        path = find_python(version)
        for sdk in (None, official) if official else (None,):
            name = "python" + version.replace(".", "_") + ("-official" if sdk else "")
            yield Member(name, "python" + version, interpreter=path, why_not=None if path else "no CPython %s" % version,
                         package=lambda sdk=sdk: python_package(sdk), official=bool(sdk))


def node_versions():
    """{"20": path, "8.10": path}; the installed ones come first."""
    subprocess.run([ROOT / "tools/fetch_test_nodes"], check=True)
    found = {}
    for path in ["/usr/bin/node", "/usr/local/bin/node", *fetched_nodes.interpreters()]:
        if os.access(path, os.X_OK):
            said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
            major, minor = said[1:].split(".")[:2]
            found.setdefault(major if int(major) > 8 else major + "." + minor, path)
    return found


def with_official_sdk():
    return {**source("probe.js"), **tree(fetched_nodes.official_sdk(), "node_modules/")}


def nodes():
    found = node_versions()
    for version in NODES:
        path = found.get(version)
        runtime = "nodejs%s" % (version if "." in version else version + ".x")
        why_not = None if path else "no Node.js %s" % version
        name = "node" + version.replace(".", "_")
        yield Member(name, runtime, why_not, path, lambda: source("probe.js"), exact_numbers=False)
        if version == "6.10":
            why_not = "the official SDK that npm has, 1.7.0, cannot be read by Node.js 6"
        elif not fetched_nodes.official_sdk().is_dir():
            why_not = "npm did not give the official SDK"
        yield Member(name + "-official", runtime, why_not, path, with_official_sdk, official=True, exact_numbers=False)


def compiled(compiler, *options):
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "probe")
        subprocess.run([compiler, *options, "-O1", "-I", ROOT / "sdk/c/include", "-o", program, FUNCTIONS / "probe.c",
                        "-L", BUILD / "runtimes/executable", "-laws-greengrass-core-sdk-c"], check=True)
        return {"probe": (pathlib.Path(program).read_bytes(), 0o755)}


def executables():
    for name, compiler, options in (("c", "gcc", []), ("cpp", "g++", ["-x", "c++"])):
        yield TextMember(name, EXECUTABLE, package=lambda c=compiler, o=options: compiled(c, *o), handler="probe",
                         binary_handler="probe")


def custom_runtimes():
    yield Member("provided", "provided.al2023", package=lambda: {
        "bootstrap": ((FUNCTIONS / "bootstrap").read_bytes(), 0o755)})


def jvms():
    """{"17": path}, the first found of each."""
    found = {}
    for path in ["/usr/bin/java", "/usr/local/bin/java", *sorted(glob.glob("/usr/lib/jvm/*/bin/java"))]:
        if os.access(path, os.X_OK):
            said = subprocess.run([path, "-version"], capture_output=True, text=True).stderr
            version = re.search(r'version "(?:1\.)?(\d+)', said)
            if version:
                found.setdefault(version.group(1), path)
    return found


@functools.lru_cache(maxsize=None)
def java_classes():
    jars = BUILD / "runtimes/java"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["javac", "--release", "8", "-Xlint:-options", "-encoding", "UTF-8", "-d", folder, "-cp",
                        "%s/interfaces.jar:%s/runtime.jar:%s/sdk.jar" % (jars, jars, jars), FUNCTIONS / "Probe.java"], check=True)
        return {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}


def java_package(sdk):
    """With the official SDK as a package brings it, in its lib folder; or none, for the core's."""
    files = dict(java_classes())
    if sdk:
        files["lib/GreengrassJavaSDK.jar"] = pathlib.Path(sdk).read_bytes()
    return files


def java():
    found = jvms()
    checkout = os.environ.get("FESCUE_OFFICIAL_JAVA_SDK")
    official = checkout and os.path.join(checkout, "sdk/GreengrassJavaSDK.jar")
    missing = None if shutil.which("javac") and (BUILD / "runtimes/java/runtime.jar").exists() else "no Java runtime was built"
    for version in JVMS:
        path = found.get(version)
        why_not = missing or (None if path else "no Java %s" % version)
        for sdk in (None, official) if official else (None,):
            name = "java" + version + ("-official" if sdk else "")
            yield Member(name, "java" + version, why_not, path, lambda sdk=sdk: java_package(sdk), "Probe::handler", "Probe::binary",
                         official=bool(sdk))


def all_members():
    return [*pythons(), *nodes(), *executables(), *custom_runtimes(), *java()]


def package_of(member):
    return make_zip(member.package())
