#!/usr/bin/python3
"""A soak: very many on-demand invocations, of which a random part crashes, runs out of time or memory, or leaves
processes behind. Each must be answered with what happened to it; afterwards there is no process, namespace, cgroup,
mount or descriptor more than before, nor memory. `./dev soak` runs it; as root."""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import random
import sys
import time

import footprint
from containers import outcome
from fescue_site import Site, wait_until

CALLERS = 6
CALM = 60.0  # seconds until what was killed must be gone

CODE = """
import ctypes, os, signal, time
libc = ctypes.CDLL(None)

def leave_a_runaway():
    if os.fork():
        return os.wait()
    os.setsid()
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(1000)

def handler(event, context):
    kind, number = event
    if kind == 'exit': os._exit(number % 255 + 1)
    if kind == 'signal': os.kill(os.getpid(), signal.SIGSEGV)
    if kind == 'kill': os.kill(os.getpid(), signal.SIGKILL)
    if kind == 'memory': bytearray(100 << 20)
    if kind == 'time': time.sleep(1000)
    if kind == 'raise': raise ValueError(number)
    if kind == 'refused': libc.syscall(165, 0, 0, 0, 0, 0)
    if kind == 'runaway': leave_a_runaway()
    if kind == 'files': open('/tmp/%d' % number, 'w').write('x' * 4096)
    if kind == 'print': print('x' * 1000)
    return number
"""

# Of a hundred invocations: kind, how many, and what its caller must be told; None: the answer.
KINDS = [("answer", 64, None), ("refused", 2, None), ("runaway", 3, None), ("files", 3, None), ("print", 3, None),
         ("raise", 3, "errorMessage"), ("exit", 6, "exit status"), ("signal", 4, "segmentation fault"),
         ("kill", 3, "signal: killed"), ("memory", 6, "out of memory: the limit is 32768 KB"),
         ("time", 3, "timed out after 1 seconds")]
TOLD = {kind: told for kind, _, told in KINDS}
DEADLY = ("exit", "signal", "kill", "memory", "time")

BOXED = {"MemorySize": 32768, "Timeout": 60}
FUNCTIONS = {"boxed": BOXED, "impatient": {**BOXED, "Timeout": 1},
             "free": {"Timeout": 60, "Environment": {"Execution": {"IsolationMode": "NoContainer"}}}}


def places(kind):
    """Memory is limited in containers alone; only one function is impatient."""
    return {"time": ["impatient"], "memory": ["boxed"], "files": ["boxed"]}.get(kind, ["boxed", "boxed", "boxed", "free"])


def draw(generator, number):
    """[(function, kind, number)]"""
    kinds = generator.choices([kind for kind, _, _ in KINDS], [share for _, share, _ in KINDS], k=number)
    return [(generator.choice(places(kind)), kind, i) for i, kind in enumerate(kinds)]


def invoke(site, step):
    function, kind, number = step
    answer = site.admin.invoke(function, [kind, number])
    told = TOLD[kind]
    if told is None:
        assert (answer.error, answer.body) == ("", str(number).encode()), (step, answer)
    else:
        assert answer.error and told in answer.body.decode(), (step, answer)


def invoke_all(site, steps):
    with concurrent.futures.ThreadPoolExecutor(CALLERS) as callers:
        for done in callers.map(lambda step: invoke(site, step), steps):
            pass


def workers(site):
    return [worker["pid"] for function in site.admin.status()["functions"] for worker in function["workers"]]


def end_idle_workers(site):
    """Returns when the launcher has nothing but its two spare monitors, and how many there were to end."""
    ended = set()
    def none_left():
        pids = workers(site)
        for pid in pids:
            if pid and pid not in ended:
                ended.add(pid)
                os.kill(pid, 9)
        return not pids
    wait_until(none_left, "the end of the idle workers", CALM)
    return len(ended)


def counts(site):
    """What must be the same before and after."""
    core, cloud = site.child("core"), site.child("cloud")
    launcher = footprint.launcher_of(core)
    everyone = footprint.family(site.process.pid)
    return {"processes": len(everyone), "launcher and monitors": len(footprint.named(everyone, "fescue-launcher")),
            "mount namespaces": len(footprint.namespaces(everyone)), "cgroups": len(footprint.cgroups(launcher)),
            "host mounts": len(footprint.mounts(site.root)), "descriptors of the core": footprint.descriptors(core),
            "of the launcher": footprint.descriptors(launcher), "of the control plane": footprint.descriptors(cloud),
            "of up": footprint.descriptors(site.process.pid), "pid of the core": core, "pid of the launcher": launcher}


def calm_counts(site, ended):
    """Once they are the same twice over: exits are reported a moment before the last cgroup is gone."""
    ended[0] += end_idle_workers(site)
    seen = []
    def settled():
        seen.append(counts(site))
        return len(seen) > 5 and all(each == seen[-1] for each in seen[-5:])
    wait_until(settled, "the footprint to settle", CALM)
    return seen[-1]


def memory(site):
    core = site.child("core")
    return {"core": footprint.memory_kb(core), "launcher": footprint.memory_kb(footprint.launcher_of(core)),
            "control plane": footprint.memory_kb(site.child("cloud"))}


def deploy(site):
    status = outcome(site, {name: (CODE, configuration) for name, configuration in FUNCTIONS.items()})
    assert status["DeploymentStatus"] == "Success", status


def soak(site, invocations, seed, memory_bound_kb, say=print):
    """Raises AssertionError where something is left, or an answer is wrong."""
    say("seed %d" % seed)
    generator = random.Random(seed)
    warm = [(place, kind, 0) for kind in TOLD for place in places(kind)] + draw(generator, invocations // 20)
    ended = [0]
    deploy(site)
    invoke_all(site, warm)
    before, memory_before = calm_counts(site, ended), memory(site)
    steps = draw(generator, invocations)
    drawn = collections.Counter(kind for _, kind, _ in steps)
    say("%d invocations: %s" % (invocations, ", ".join("%d %s" % (drawn[kind], kind) for kind in TOLD)))

    began = time.monotonic()
    invoke_all(site, steps)
    say("%.1f s, %d workers started" % (time.monotonic() - began, site.admin.metric("fescue_workers_started_total")))

    deaths = sum(kind in DEADLY for _, kind, _ in warm + steps)
    after, memory_after = calm_counts(site, ended), memory(site)
    for name in before:
        say("%-28s %8d -> %d" % (name, before[name], after[name]))
    for name in memory_before:
        say("%-28s %8d -> %d KB" % ("memory of the " + name, memory_before[name], memory_after[name]))
    assert after == before
    for name in memory_before:
        assert memory_after[name] - memory_before[name] <= memory_bound_kb, name
    assert site.admin.metric("fescue_workers_died_total") == deaths + ended[0], (deaths, ended)
    stop(site, say)


def stop(site, say):
    """The end of the site: nothing of it is left."""
    everyone = footprint.family(site.process.pid)
    launcher = footprint.launcher_of(site.child("core"))
    namespaces = footprint.namespaces(everyone)
    assert site.stop() == 0, site.errors()
    left = footprint.alive(everyone)
    assert not left, footprint.commands(left)
    assert not footprint.cgroups(launcher) and not footprint.mounts(site.root)
    assert not footprint.still_there(namespaces, site.root)
    say("stopped; nothing is left")


def main():
    parser = argparse.ArgumentParser(prog="./dev soak", description=__doc__)
    parser.add_argument("--invocations", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31), help="of an earlier run")
    parser.add_argument("--memory-bound", type=int, default=2048, metavar="KB", help="what each process may grow by")
    options = parser.parse_args()
    if os.getuid() != 0:
        sys.exit("./dev soak: containers need root")
    site = Site(pathlib.Path("/var/lib/fescue-dev") / ("soak-%d" % os.getpid()))
    site.start()
    try:
        soak(site, options.invocations, options.seed, options.memory_bound, lambda line: print(line, flush=True))
    finally:
        site.stop()
    site.remove()


if __name__ == "__main__":
    main()
