#!/usr/bin/env python3
"""Checks libaws-greengrass-core-sdk-c.so: nothing but libc is needed, nothing but V1's versioned symbols is exported.
Prints the highest glibc version that it needs.

usage: check_c_library.py LIBRARY
"""
import pathlib
import re
import subprocess
import sys

MAP = pathlib.Path(__file__).resolve().parent.parent / "sdk/c/stub/exports.map"
SONAME = "libaws-greengrass-core-sdk-c.so"
LIBRARIES = re.compile(r"libc\.so\.|libpthread\.so\.|ld-linux.*\.so\.|ld64?\.so\.")
# Weak hooks of the C compiler's start-up files, which are absent everywhere but in special programs.
UNVERSIONED = {"__gmon_start__", "_ITM_deregisterTMCloneTable", "_ITM_registerTMCloneTable"}


def readelf(option, library):
    return subprocess.run(["readelf", "-W", option, library], check=True, capture_output=True, text=True).stdout


def expected_exports():
    """{"gg_log@@aws_greengrass_core_sdk_c_1.0", ...} of the version script."""
    exports, node = set(), None
    for line in MAP.read_text().splitlines():
        if line.startswith("aws_"):
            node = line.split()[0]
        elif re.match(r"\s+gg_\w+;", line):
            exports.add("%s@@%s" % (line.strip(" ;"), node))
    return exports


def dynamic_symbols(library):
    """(name with version, defined?) of every symbol but the version nodes themselves."""
    for line in readelf("--dyn-syms", library).splitlines():
        fields = line.split()
        if len(fields) >= 8 and fields[0].rstrip(":").isdigit() and fields[6] != "ABS":
            yield fields[7], fields[6] != "UND"


def problems_of(library):
    symbols = list(dynamic_symbols(library))
    exported = {name for name, defined in symbols if defined}
    for name in sorted(exported ^ expected_exports()):
        yield ("exports %s, which is not V1's" if name in exported else "does not export %s") % name
    for name, defined in symbols:
        if not defined and "@GLIBC_" not in name and name not in UNVERSIONED:
            yield "needs %s, which is no symbol of libc" % name
    dynamic = readelf("-d", library)
    for needed in re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic):
        if not LIBRARIES.match(needed):
            yield "needs %s" % needed
    if re.findall(r"\(SONAME\).*\[(.*)\]", dynamic) != [SONAME]:
        yield "its SONAME is not %s" % SONAME
    if re.search(r"\((RPATH|RUNPATH|TEXTREL)\)", dynamic):
        yield "it has an RPATH, RUNPATH or TEXTREL entry"


def highest_glibc(library):
    versions = re.findall(r"GLIBC_([0-9.]+)", readelf("-V", library))
    return max(versions, key=lambda version: tuple(map(int, version.split("."))))


def main():
    library = sys.argv[1]
    problems = list(problems_of(library))
    for problem in problems:
        print("%s: %s" % (SONAME, problem))
    print("%s: needs glibc %s" % (SONAME, highest_glibc(library)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
