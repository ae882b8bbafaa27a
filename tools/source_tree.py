"""The C++ sources as tools/check_layers.py and tools/check_names.py see them: files, includes, opening comments."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEST_FILES = ("_test.cc", "_test_support.h", "_test_support.cc")


class Sources:
    """All files below `src`, by their path in it ("sys/net/listener.h"), each with its text."""

    def __init__(self, src):
        paths = sorted(path for path in pathlib.Path(src).rglob("*") if path.suffix in (".cc", ".h"))
        self.text = {path.relative_to(src).as_posix(): path.read_text() for path in paths}

    @classmethod
    def of_text(cls, text):
        """For tests: {path: text}."""
        made = cls.__new__(cls)
        made.text = text
        return made

    def product(self):
        """The paths of all that is not a test."""
        return [path for path in self.text if not path.endswith(TEST_FILES)]

    def own_includes(self, path):
        return re.findall(r'^#include "([^"]+)"', self.text[path], re.M)

    def system_includes(self, path):
        return re.findall(r"^#include <([^>]+)>", self.text[path], re.M)

    def opening(self, path):
        """The comment that a file begins with."""
        lines = []
        for line in self.text[path].splitlines():
            if not line.startswith("//"):
                break
            lines.append(line[2:])
        return "".join(lines)


def folder_of(path):
    return path.rpartition("/")[0]


def is_below(path, prefix):
    """Whether `path` is `prefix` or lies in it; "folder/*" stands for what lies directly in it."""
    if prefix.endswith("/*"):
        return folder_of(path) == prefix[:-2]
    return path == prefix or path.startswith(prefix + "/")
