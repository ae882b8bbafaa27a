#!/usr/bin/env python3
"""One name, one thing: headers and classes; folders of a size that can be read; a README that covers what is in it."""
import collections
import re
import sys

from source_tree import ROOT, Sources, folder_of

MOST_FILES = 30  # in one folder, besides tests
README, README_LINES = "README.md", 40
# At namespace scope clang-format leaves no indentation. A forward declaration ends with a semicolon.
DEFINITION = re.compile(r"^(?:class|struct|union|enum class|enum) (\w+)(?: final)?(?: : .*)?(?: \{.*)?$", re.M)


def check_headers(sources):
    by_name = collections.defaultdict(list)
    for path in sources.text:
        if path.endswith(".h"):
            by_name[path.rpartition("/")[2]].append(path)
    for name, paths in by_name.items():
        if len(paths) > 1:
            yield f"{name}: {len(paths)} headers have this name: {', '.join(paths)}"


def check_classes(sources):
    by_name = collections.defaultdict(set)
    for path in sources.text:
        for name in DEFINITION.findall(sources.text[path]):
            by_name[name].add(path)
    for name, paths in sorted(by_name.items()):
        if len(paths) > 1:
            yield f"{name}: defined in {', '.join(sorted(paths))}"


def check_folders(sources):
    sizes = collections.Counter(folder_of(path) for path in sources.product())
    for folder, size in sorted(sizes.items()):
        if size > MOST_FILES:
            yield f"src/{folder}: {size} files besides tests, at most {MOST_FILES}"


def check_readmes(sources, read):
    """Every top folder has one; the files it names exist; each of its sub-folders is named, or has its own."""
    folders = {folder_of(path) for path in sources.text} - {""}
    for folder in sorted(folders):
        text = read(folder)
        if text is None:
            if "/" not in folder:
                yield f"src/{folder}: README.md is missing"
            continue
        if len(text.splitlines()) > README_LINES:
            yield f"src/{folder}/{README}: longer than {README_LINES} lines"
        for name in re.findall(r"`([\w./<>-]+\.(?:h|cc))`", text):
            if "<" not in name and not known(sources, folder, name):
                yield f"src/{folder}/{README}: no file {name}"
        for below in sorted(other for other in folders if folder_of(other) == folder):
            if f"`{below.rpartition('/')[2]}/" not in text:
                yield f"src/{folder}/{README}: does not speak of {below.rpartition('/')[2]}/"


def known(sources, folder, name):
    """A path from the folder or from src/; in a row on a sub-folder the file's name will do."""
    below = any(path.startswith(f"{folder}/") and path.endswith(f"/{name}") for path in sources.text)
    return below or name in sources.text


def read_readme(folder):
    path = ROOT / "src" / folder / README
    return path.read_text() if path.exists() else None


def main():
    sources = Sources(ROOT / "src")
    problems = [*check_headers(sources), *check_classes(sources), *check_folders(sources),
                *check_readmes(sources, read_readme)]
    print("\n".join(problems) or f"{len(sources.text)} files: no name means two things")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
