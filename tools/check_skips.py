#!/usr/bin/python3
"""Holds the reasons for which tests were skipped against tests/expected_skips.txt: what cannot be tested on a machine of
CI's kind, all of it and no more. A capability that a machine loses would otherwise be a test that is passed over in
silence.

  check_skips.py DIRECTORY     of JUnit files, one for each suite

A line that begins with "? " is a reason that may be there or not. Differences are told; with FESCUE_EXPECTED_SKIPS=strict,
as in CI, they are a failure.
"""
import os
import pathlib
import sys
import xml.etree.ElementTree

EXPECTED = pathlib.Path(__file__).resolve().parents[1] / "tests/expected_skips.txt"


def skips_of(file):
    """("e2e: why", "test") of each test that was skipped; GoogleTest's files and pytest's."""
    suite = "unit" if file.parent.name == "unit" else file.stem
    for case in xml.etree.ElementTree.parse(file).iter("testcase"):
        skipped = case.find("skipped")
        if skipped is None:
            continue
        why = skipped.get("message", "").strip().splitlines() or [""]
        yield "%s: %s" % (suite, why[-1]), "%s.%s" % (case.get("classname"), case.get("name"))


def main():
    files = sorted(pathlib.Path(sys.argv[1]).rglob("*.xml"))
    if not files:
        sys.exit("check_skips: no results in " + sys.argv[1])
    lines = [line for line in EXPECTED.read_text().splitlines() if line and not line.startswith("#")]
    possible = {line[2:] for line in lines if line.startswith("? ")}
    expected = {line for line in lines if not line.startswith("? ")}
    found = {}
    for file in files:
        for reason, test in skips_of(file):
            found.setdefault(reason, []).append(test)
    for reason in sorted(set(found) - expected - possible):
        print("skipped, unlike on CI's machines: %s (%s)" % (reason, ", ".join(found[reason])))
    for reason in sorted(expected - set(found)):
        print("not skipped, unlike on CI's machines: %s" % reason)
    if set(found) - possible == expected:
        print("%d reasons to skip a test, as expected" % len(found))
    elif os.environ.get("FESCUE_EXPECTED_SKIPS") == "strict":
        sys.exit("check_skips: correct the machine, or tests/expected_skips.txt")


if __name__ == "__main__":
    main()
