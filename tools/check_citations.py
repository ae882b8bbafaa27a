#!/usr/bin/env python3
"""Citations resolve: docs/compatibility/FILE.md#HEADING, and every link and document's name in the tree, leads somewhere."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RULES = "docs/compatibility/"

CITATION = re.compile(r"docs/compatibility/([\w.-]*)(?:#([\w-]*))?")
LINK = re.compile(r"\]\(([^)\s:#]*\.md)?(?:#([\w-]+))?\)")  # to another document, or to a heading of the same one
DOCUMENT = re.compile(r"(?<![\w./-])[\w./-]*\w\.md\b")
# Forms that name what no clone has: documents of before, and numbers of tasks.
UNKNOWN = re.compile(r"\breference:\s|\b(?:core-behaviour|function-runtime|control-api|aws-iot-broker|v1-on-disk)\b"
                     r"|\bstream-manager \d|\b[Ii]ssues? #?\d")


def slug(heading):
    """As hosting sites make anchors: `Node.js modules` is nodejs-modules."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def headings(text):
    """The anchors of a document; a `#` in a block of code is none."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    return [slug(heading) for heading in re.findall(r"^#+ (.*)$", prose, re.M)]


def problems_of(path, text, anchors):
    """(offset, sentence) for what leads nowhere. `anchors`: {document: [heading]}, by paths from the root."""
    is_document = path.endswith(".md")
    for match in CITATION.finditer(text):
        name, anchor = match.groups()
        if name == "FILE.md":  # tells the form
            continue
        document = RULES + name.rstrip(".")
        if document not in anchors and name:
            yield match.start(), f"there is no {document}"
        elif anchor is not None and anchor not in anchors.get(document, ()):
            yield match.start(), f"{document} has no heading #{anchor}"
        elif anchor is None and not is_document:
            yield match.start(), f"name the rule: {document}#HEADING"
    for match in LINK.finditer(text) if is_document else ():
        document = str(pathlib.PurePosixPath(path).parent / match[1]) if match[1] else path
        document = str((ROOT / document).resolve().relative_to(ROOT))
        if document not in anchors:
            yield match.start(), f"there is no {document}"
        elif match[2] and match[2] not in anchors[document]:
            yield match.start(), f"{document} has no heading #{match[2]}"
    for match in DOCUMENT.finditer(text) if ".md" in text else ():
        name = match[0].removeprefix("./").replace("../", "")
        if not name.startswith(RULES) and not any(known == name or known.endswith("/" + name) for known in anchors):
            yield match.start(), f"no document is called {match[0]}"
    for match in UNKNOWN.finditer(text):
        yield match.start(), f"\"{match[0].strip()}\" names what is not in this repository"


def files():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    for path in sorted(set(listed.stdout.splitlines())):
        full = ROOT / path
        if path.startswith("tests/fuzz/corpus/") or full == pathlib.Path(__file__).resolve() or not full.is_file():
            continue
        try:
            yield path, full.read_text()
        except UnicodeDecodeError:
            pass


def self_test():
    anchors = {"docs/compatibility/a.md": headings("# A\n\n## Node.js `x` rows\n```\n# no\n```\n")}
    assert anchors["docs/compatibility/a.md"] == ["a", "nodejs-x-rows"]

    def found(text, path="x.cc"):
        return [sentence for _, sentence in problems_of(path, text, anchors)]

    assert not found("// (docs/compatibility/a.md#nodejs-x-rows): see a.md.")
    assert not found("[a](a.md#a), [b](#nodejs-x-rows), `docs/compatibility/`", "docs/compatibility/a.md")
    for bad in ("docs/compatibility/b.md#a", "docs/compatibility/a.md#b", "docs/compatibility/a.md", "(reference:\n// V1)",
                "see b.md", "in issue 7", "stream-manager 3"):
        assert found("// " + bad), bad
    assert found("[a](a.md#c)", "docs/compatibility/a.md") and found("[a](#c)", "docs/compatibility/a.md")


def main():
    self_test()
    texts = dict(files())
    anchors = {path: headings(text) for path, text in texts.items() if path.endswith(".md")}
    found = [f"{path}:{text.count(chr(10), 0, offset) + 1}: {sentence}"
             for path, text in texts.items() for offset, sentence in problems_of(path, text, anchors)]
    citations = sum(len(CITATION.findall(text)) for text in texts.values())
    print("\n".join(found) or f"{citations} citations of {RULES}, every one resolves")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
