#!/usr/bin/env python3
"""Budgets: file p90 200 lines (of tests 300), none over 600; function p90 20 lines, none over 60."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE_STOP, FILE_P90, TEST_P90, FUNCTION_STOP, FUNCTION_P90 = 600, 200, 300, 60, 20

# clang-format puts a function's head and its closing brace at the same indentation.
HEAD = re.compile(r"^(\s*)(?!namespace|class|struct|enum|union|if|for|while|switch|else|do|catch|try|extern|return|case|TEST)"
                  r"\S.*\)[^;=]*\{\s*$")


def cpp_files():
    for folder in ("src", "runtimes/executable", "bench", "tests/fuzz"):
        yield from sorted(p for p in (ROOT / folder).rglob("*") if p.suffix in (".cc", ".h"))


def other_files():
    for folder, suffix in (("sdk", ".py"), ("runtimes", ".py"), ("tests", ".py"), ("tools", ".py")):
        yield from sorted((ROOT / folder).rglob("*" + suffix))


def functions(path):
    """(lines, where) of each function body, from its head to the brace that closes at the head's indentation."""
    lines = path.read_text().splitlines()
    for i, line in enumerate(lines):
        head = HEAD.match(line)
        if not head or "[" in line.split("(")[0]:
            continue
        close = head.group(1) + "}"
        for j in range(i + 1, len(lines)):
            if lines[j].startswith(close):
                yield j - i + 1, f"{path.relative_to(ROOT)}:{i + 1}"
                break


def is_test(path):
    return path.is_relative_to(ROOT / "tests") or path.stem.endswith(("_test", "_test_support"))


def p90(sizes):
    return sorted(sizes)[int(len(sizes) * 0.9)] if sizes else 0


def main():
    problems, file_sizes, test_sizes, function_sizes = [], [], [], []
    for path in list(cpp_files()) + list(other_files()):
        size = len(path.read_text().splitlines())
        (test_sizes if is_test(path) else file_sizes).append(size)
        if size > FILE_STOP:
            problems.append(f"{path.relative_to(ROOT)}: {size} lines, the stop is {FILE_STOP}")
    for path in cpp_files():
        if path.name.endswith("_test.cc"):
            continue
        for size, where in functions(path):
            function_sizes.append(size)
            if size > FUNCTION_STOP:
                problems.append(f"{where}: a function of {size} lines, the stop is {FUNCTION_STOP}")
    if p90(file_sizes) > FILE_P90:
        problems.append(f"p90 of files is {p90(file_sizes)} lines, the budget {FILE_P90}")
    if p90(test_sizes) > TEST_P90:
        problems.append(f"p90 of tests is {p90(test_sizes)} lines, the budget {TEST_P90}")
    if p90(function_sizes) > FUNCTION_P90:
        problems.append(f"p90 of functions is {p90(function_sizes)} lines, the budget {FUNCTION_P90}")
    print("\n".join(problems) or
          f"{len(file_sizes)} files, p90 {p90(file_sizes)}, max {max(file_sizes)}; "
          f"{len(test_sizes)} tests, p90 {p90(test_sizes)}, max {max(test_sizes)}; "
          f"{len(function_sizes)} functions, p90 {p90(function_sizes)}, max {max(function_sizes)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
