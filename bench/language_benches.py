"""Warm invokes of functions in Node.js and C, each beside the bare dispatcher with a worker in that language."""
import os
import pathlib
import subprocess
import tempfile

from container_benches import isolated
from harness import (BUILD, ROOT, Skipped, alternate, find_program, floor, floor_load, invocation_load, make_zip, one_processor,
                     picked, row, running_site)

EXECUTABLE = "arn:aws:greengrass:::runtime/function/executable"


def warm(language, package, worker, encoding="json", **function):
    """`worker`: the words that start the floor's, given its socket."""
    with one_processor(), running_site() as site, floor(command=worker) as where:
        arn = site.create_function("echo", make_zip(package), **function)
        site.deploy({"echo": (arn, dict(isolated("GreengrassContainer"), Pinned=True, EncodingType=encoding))}, [])
        ours, base = alternate(15, lambda: invocation_load(site, "echo", 1, 0.5), lambda: floor_load(where, 1, 0.5))
        yield row("warm invoke of %s, p50" % language, "us", "floor", picked("p50", ours), picked("p50", base), 1.5)


def nodeinvoke():
    """Caller (TCP keep-alive) to core to Node.js function and back, beside the bare dispatcher and worker."""
    node = "/usr/bin/node"
    if not os.access(node, os.X_OK):
        raise Skipped("there is no " + node)
    handler = "exports.handler = (event, context, callback) => callback(null, event);\n"
    yield from warm("Node.js", {"index.js": handler}, lambda path: [node, ROOT / "bench/floor_worker.js", path],
                    runtime="nodejs12.x", handler="index.handler")


def cinvoke():
    """Caller (TCP keep-alive) to core to C function and back, beside the bare dispatcher and worker."""
    def build(name, *words):
        subprocess.run([find_program("gcc"), "-O2", "-o", folder + "/" + name, *words], check=True)
        return folder + "/" + name

    with tempfile.TemporaryDirectory() as folder:
        function = build("echo", ROOT / "bench/executable_function.c", "-DBARE_BYTES=1", "-I", ROOT / "sdk/c/include",
                         BUILD / "runtimes/executable/libaws-greengrass-core-sdk-c.so")
        bare = build("bare", ROOT / "bench/floor_executable.c")
        yield from warm("C", {"echo": pathlib.Path(function).read_bytes()}, lambda path: [bare, path], "binary",
                        runtime=EXECUTABLE, handler="echo")


ALL = (nodeinvoke, cinvoke)
