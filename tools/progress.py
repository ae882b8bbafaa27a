#!/usr/bin/python3
"""Runs one step of ./dev and says what it does meanwhile.

  progress.py KIND NAME COMMAND...     KIND is who reports: ninja, ctest, pytest or lines ("[3/14] what" on a line)

On a terminal the command shows its progress itself. Elsewhere, as in CI, its lines of progress are replaced by one every ten
seconds, on standard error: what is being done, how far, for how long, and how long it takes if an earlier run told. All
other lines pass unchanged; so does the exit status. Times of earlier runs are in build/durations.json.
"""
import json
import os
import pathlib
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time

DURATIONS = pathlib.Path(__file__).resolve().parents[1] / "build/durations.json"
EVERY = float(os.environ.get("FESCUE_PROGRESS_SECONDS", "10"))

COUNTED = re.compile(r"^\[(?P<done>\d+)/(?P<total>\d+)\] (?P<what>.*)")
# For each runner its lines of progress, and what else only a terminal's reader wants to see.
PROGRESS = {
    "lines": [COUNTED],
    "ninja": [COUNTED, re.compile(r"^ninja: (Entering directory|no work to do)")],
    "ctest": [re.compile(r"^ *(?P<done>\d+)/(?P<total>\d+) Test +#\d+: (?P<what>\S+) \.* *(Passed|\*\*\*Skipped) "),
              re.compile(r"^ +Start +\d+: (?P<what>.*)")],
    "pytest": [re.compile(r"^(?P<what>\S+::.*?) (PASSED|SKIPPED|XFAIL)\b.*\[ *(?P<done>\d+)/(?P<total>\d+)\]$")],
}


class Step:
    """How far a step is, by what its runner prints."""

    def __init__(self, kind):
        self.patterns = PROGRESS[kind]
        self.done = self.total = None
        self.what = ""

    def takes(self, line):
        """Whether the line is one of progress, which need not be shown."""
        for pattern in self.patterns:
            match = pattern.match(line)
            if match:
                found = match.groupdict()
                self.what = found.get("what") or self.what
                if found.get("done"):
                    self.done, self.total = int(found["done"]), int(found["total"])
                return True
        return False

    def begins(self, text):
        """pytest names a test on a line that its outcome ends later."""
        if "::" in text and self.patterns is PROGRESS["pytest"]:
            self.what = re.split(r" (?:PASSED|SKIPPED|XFAIL|FAILED|ERROR)\b", text.strip())[0]


def clock(seconds):
    return "%d:%02d" % divmod(round(seconds), 60)


def expected(last, total):
    """Seconds that a run of `total` parts takes by the last one; None if nothing is known. A runner that did not say how
    many parts there were is taken to do as many again."""
    if not last:
        return None
    if total and last.get("total"):
        return last["seconds"] * total / last["total"]
    return last["seconds"]


def status(name, step, elapsed, last):
    """The line of every ten seconds."""
    far = "[%d/%d] " % (step.done, step.total) if step.total else ""
    whole = expected(last, step.total)
    times = clock(elapsed) + (" of about " + clock(whole) if whole and whole > elapsed else "")
    return "   %s: %s%s%s" % (name, far, times, ", " + step.what[:100] if step.what else "")


def durations():
    try:
        return json.loads(DURATIONS.read_text())
    except (OSError, ValueError):
        return {}


def remember(name, seconds, total):
    """For the next run. What is over at once needs no expectation, and tells nothing of a whole run."""
    if seconds < EVERY:
        return
    known = dict(durations(), **{name: {"seconds": round(seconds, 1), "total": total}})
    with tempfile.NamedTemporaryFile("w", dir=DURATIONS.parent, delete=False) as file:
        json.dump(known, file, indent=1)
    os.replace(file.name, DURATIONS)


def follow(process, step, tell):
    """Passes the command's lines on, without those of progress, until its end."""
    output = process.stdout.fileno()
    waiting = selectors.DefaultSelector()
    waiting.register(output, selectors.EVENT_READ)
    rest, next_time = b"", time.monotonic() + EVERY
    while True:
        if waiting.select(max(0, next_time - time.monotonic())):
            data = os.read(output, 1 << 16)
            *lines, rest = (rest + data).split(b"\n")
            show(lines, step)
            if not data:
                break
            step.begins(rest.decode("utf-8", "replace"))
        elif process.poll() is not None:
            break  # something that it left behind has its output still
        if time.monotonic() >= next_time:
            tell()
            next_time += EVERY
    show([rest] if rest else [], step)


def show(lines, step):
    for line in lines:
        if not step.takes(line.decode("utf-8", "replace").rstrip("\r")):
            sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def run(kind, name, command):
    terminal = sys.stdout.isatty()
    last, step, began = durations().get(name), Step(kind), time.monotonic()
    say = lambda text: print(text, file=sys.stderr, flush=True)
    say("== %s%s" % (name, " (%s the last time)" % clock(last["seconds"]) if last else ""))
    process = subprocess.Popen(command, stdout=None if terminal else subprocess.PIPE)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the command, too
    if not terminal:
        follow(process, step, lambda: say(status(name, step, time.monotonic() - began, last)))
    result = process.wait()
    seconds = time.monotonic() - began
    if result == 0:
        remember(name, seconds, step.total)
    if seconds >= EVERY:
        say("   %s: %s" % (name, clock(seconds)))
    return result if result >= 0 else 128 - result


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in PROGRESS:
        sys.exit(__doc__)
    sys.exit(run(sys.argv[1], sys.argv[2], sys.argv[3:]))
