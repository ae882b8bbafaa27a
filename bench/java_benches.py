"""The benches of Java functions."""
import contextlib
import pathlib
import subprocess
import tempfile

from container_benches import isolated, settled, timed
from harness import (BUILD, PYTHON, ROOT, AdminClient, Skipped, alternate, find_program, floor, floor_load, invocation_load, make_zip,
                     one_processor, picked, row, running_site)

SOURCES = {
    "Echo": "public class Echo { public Object handle(Object event) { return event; } }\n",
    "Hello": "public class Hello { public static void main(String[] words) { System.out.println(\"hello\"); } }\n"}
# Becomes the program with a connection as its standard input.
AS_INPUT = ("import os, socket, sys; connection = socket.socket(socket.AF_UNIX); connection.connect(sys.argv[1]); "
            "os.dup2(connection.fileno(), 0); os.execv(sys.argv[2], sys.argv[2:])")
FLOOR_OPTIONS = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xms8m", "-Xmx32m"]  # as ours in 64 MB


@contextlib.contextmanager
def classes():
    """The folder with the classes above and the floor's worker."""
    if not (BUILD / "runtimes/java/runtime.jar").exists():
        raise Skipped("this build has no Java runtime")
    with tempfile.TemporaryDirectory() as folder:
        for name, text in SOURCES.items():
            pathlib.Path(folder, name + ".java").write_text(text)
        subprocess.run([find_program("javac"), "--release", "8", "-Xlint:-options", "-d", folder,
                        ROOT / "bench/FloorWorker.java", *pathlib.Path(folder).glob("*.java")], check=True)
        yield pathlib.Path(folder)


def create(site, folder, name):
    package = make_zip({"Echo.class": (folder / "Echo.class").read_bytes()})
    return site.create_function(name, package, runtime="java8", handler="Echo::handle")


def javastart():
    """The first call of a Java function in a container, worker start included, beside a class that says hello."""
    count = 15
    with classes() as folder, one_processor(), running_site() as site:
        def starts(megabytes):
            names = ["java%dM%d" % (i, megabytes) for i in range(count)]
            site.deploy({name: (create(site, folder, name), isolated("GreengrassContainer", megabytes * 1024)) for name in names}, [])
            waiting = iter(names)
            return alternate(count - 1, settled(lambda: AdminClient(site).timed_call(next(waiting))),
                             settled(lambda: timed("/usr/bin/java", "-cp", folder, "Hello")))

        yield row("Java cold start in a container of 64 MB", "ms", "java Hello", *starts(64), 1.2)
        yield row("the same, 256 MB: with G1 on Java 17", "ms", "java Hello", *starts(256), 1.2)


def javainvoke():
    """Caller (TCP keep-alive) to core to Java function and back, beside the bare dispatcher and worker."""
    def worker(path):
        return [PYTHON, "-c", AS_INPUT, path, "/usr/bin/java", *FLOOR_OPTIONS, "-cp", folder, "FloorWorker"]

    with classes() as folder, one_processor(), running_site() as site, floor(command=worker) as where:
        site.deploy({"java": (create(site, folder, "java"), dict(isolated("GreengrassContainer"), Pinned=True))}, [])
        ours, base = alternate(15, lambda: invocation_load(site, "java", 1, 0.5), lambda: floor_load(where, 1, 0.5))
        yield row("warm invoke of Java, p50", "us", "floor", picked("p50", ours), picked("p50", base), 1.5)


ALL = (javastart, javainvoke)
