#!/usr/bin/env python3
"""Includes go only downward: the table below says which folder may name which, and CMake's links must agree."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"

# What each folder may include besides itself.
ALLOWED = {
    "base": set(),
    "model": {"base"},
    "mqtt": {"base"},
    "sys": {"base"},
    "sandbox": {"base"},
    "engine": {"model", "base"},
    "mqtt_io": {"mqtt", "sys", "base"},
    "devices": {"engine", "model", "mqtt_io", "mqtt", "sys", "base"},
    "ipc": {"engine", "model", "sys", "base"},
    "uplink": {"engine", "model", "mqtt_io", "mqtt", "sys", "base"},
    "functions": {"engine", "model", "sys", "sandbox", "base"},
    "shadow": {"engine", "model", "sys", "base"},
    "secrets": {"engine", "model", "sys", "base"},
    "streams": {"engine", "model", "sys", "base"},
    "deploy": {"engine", "model", "sys", "base"},
    "core": {"ipc", "uplink", "functions", "deploy", "devices", "shadow", "secrets", "streams", "engine", "model",
               "mqtt_io", "mqtt", "sys", "sandbox", "base"},
    "cloud": {"engine", "model", "mqtt_io", "mqtt", "sys", "base"},
    "cli": {"core", "cloud", "engine", "model", "mqtt_io", "mqtt", "sys", "base"},
}
# Programs: what the two mains may include.
MAINS = {"main.cc": {"cli", "base"}, "launcher_main.cc": {"sandbox", "base"}}
TEST_FILES = ("_test.cc", "_test_support.h")
# engine decides and model describes; neither touches the system.
PURE = {"model", "mqtt", "engine"}
IMPURE_HEADERS = re.compile(r"<(boost/asio|sys/socket|sys/stat|fcntl|unistd|thread|fstream|openssl/|sqlite3)")


def included_folders(text):
    return re.findall(r'^#include "([a-z_]+)/', text, re.M)


def check_includes(problems):
    for path in sorted(SRC.rglob("*.[ch]*")):
        relative = path.relative_to(SRC)
        folder = relative.parts[0]
        text = path.read_text()
        allowed = MAINS.get(folder) if len(relative.parts) == 1 else ALLOWED.get(folder)
        if allowed is None:
            problems.append(f"src/{relative}: the folder is not in the table of tools/check_layers.py")
            continue
        for other in included_folders(text):
            if other == "tests" and path.name.endswith(TEST_FILES):
                continue
            if other != folder and other not in allowed:
                problems.append(f"src/{relative}: {folder} may not include {other}")
        if folder in PURE and not path.name.endswith(TEST_FILES):
            for header in IMPURE_HEADERS.findall(text):
                problems.append(f"src/{relative}: {folder} is pure and may not include <{header}...>")


def check_links(problems):
    text = (ROOT / "CMakeLists.txt").read_text()
    for name, links in re.findall(r"^fescue_layer\((\w+)\s+LINK ([^)]*)\)", text, re.M):
        for other in re.findall(r"fescue_(\w+)", links):
            if other not in ALLOWED[name]:
                problems.append(f"CMakeLists.txt: {name} links {other}, which the table does not allow")


def check_readmes(problems):
    for folder in (SRC / name for name in sorted(ALLOWED) if (SRC / name).is_dir()):
        readme = folder / "README.md"
        if not readme.exists():
            problems.append(f"{folder.relative_to(ROOT)}: README.md is missing")
        elif len(readme.read_text().splitlines()) > 25:
            problems.append(f"{readme.relative_to(ROOT)}: longer than 25 lines")


def main():
    problems = []
    check_includes(problems)
    check_links(problems)
    check_readmes(problems)
    print("\n".join(problems) or f"{len(ALLOWED)} folders, every include goes downward")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
