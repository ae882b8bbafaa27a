"""Logs as people of V1 know them: the lines they grep for, levels and space from the group's loggers, rotation."""
import json
import re
import subprocess

import pytest

from fescue_site import BUILD, wait_until

LINE = re.compile(r"\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)\]\[(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\]-(.*)")

CODE = """
import os
import greengrasssdk
data = greengrasssdk.client('iot-data')

def handler(event, context):
    for n in range(event.get('print', 0)):
        print('%s %d %s' % (event['mark'], n, 'x' * 80))
    if event.get('publish'):
        data.publish(topic=event['publish'], payload='{}')
    if event.get('exit') is not None:
        os._exit(event['exit'])
    while event.get('hang'):
        pass
"""


def loggers(system=("INFO", 10240), functions=("INFO", 10240)):
    return [{"Id": component, "Component": component, "Level": level, "Space": space, "Type": "FileSystem"}
            for component, (level, space) in (("GreengrassSystem", system), ("Lambda", functions))]


@pytest.fixture(scope="module")
def functions(site):
    return {"talker": (site.create_function("talker", CODE), {"Timeout": 1})}


def records(text):
    """[(level, text, fields)] of log lines, every one of which has V1's form."""
    found = []
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        assert match, "not V1's form: %r" % line
        words, tab, fields = match.group(2).partition("\t")
        found.append((match.group(1), words, json.loads(fields) if tab else {}))
    return found


def system_records(site, words):
    return [(level, fields) for level, text, fields in records(site.runtime_log()) if text.startswith(words)]


def test_the_lines_people_grep_for(site, functions):
    site.deploy(functions, [], loggers=loggers())
    admin, arn = site.admin, site.admin.arn("talker")
    admin.call("talker", {})
    pid = admin.pids("talker")[0]
    assert ("INFO", {"functionArn": arn, "pid": pid}) in [
        (level, {name: fields[name] for name in ("functionArn", "pid")}) for level, fields in system_records(site, "Created worker.")]
    worker = next(fields["workerId"] for _, fields in system_records(site, "Created worker.") if fields["pid"] == pid)

    assert admin.invoke("talker", {"hang": True}).error == "Unhandled"
    level, fields = system_records(site, "Timing out work item")[0]
    assert fields["funcArn"] == arn and fields["workerId"] == worker
    killed = wait_until(lambda: system_records(site, "Worker is ungracefully killed."), "the end of the worker")
    assert killed[0][0] == "ERROR" and killed[0][1]["state"] == "signal: killed" and killed[0][1]["funcArn"] == arn
    assert system_records(site, "Worker Max Memory Usage (KB): ")[0][1]["workerId"] == worker

    admin.call("talker", {"publish": "no/where"})
    assert system_records(site, "Failed to get routes. Discarding message.")[0][1] == {"source": arn, "topic": "no/where"}
    admin.post("talker", {"exit": 3})
    wait_until(lambda: system_records(site, "WorkItem reached max retry limit."), "the event to be given up")

    broken = site.create_function("broken", "raise ImportError('not today')")
    group, version = site.create_group({**functions, "broken": (broken, {"Timeout": 3, "Pinned": True})}, [])
    deployment = site.start_deployment(group, version)
    site.finish_deployment(group, deployment)
    assert re.search(r"worker with \S+ failed to initialize with reason .*not today", site.runtime_log())
    level, fields = system_records(site, "Deployment failed.")[0]
    assert level == "ERROR" and fields["deploymentId"] == deployment and "not today" in fields["errorString"]
    assert system_records(site, "Deployment succeeded.")


def test_only_their_owner_can_read_them(site, functions):
    logs = [path for path in (site.root / "core/ggc/var/log").rglob("*.log")]
    assert len(logs) >= 2
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in logs)


def test_levels_are_the_groups(site, functions):
    site.deploy(functions, [], loggers=loggers(system=("DEBUG", 10240)))
    site.deploy(functions, [("cloud", "a", functions["talker"][0])], loggers=loggers(system=("DEBUG", 10240)))
    assert any(level == "DEBUG" for level, _, _ in records(site.runtime_log()))
    site.deploy(functions, [], loggers=loggers(system=("ERROR", 10240), functions=("ERROR", 10240)))
    before = len(records(site.runtime_log()))
    site.admin.call("talker", {"print": 1, "mark": "not to be seen"})
    site.admin.call("talker", {"publish": "no/where/else"})
    assert site.admin.invoke("talker", {"exit": 1}).error == "Unhandled"
    after = records(site.runtime_log())[before:]
    assert [level for level, _, _ in after if level not in ("ERROR", "FATAL")] == []
    assert "not to be seen" not in site.function_log("talker")


def total(directory, pattern):
    files = list(directory.rglob(pattern))
    return sum(file.stat().st_size for file in files), files


def test_a_functions_log_is_rotated_within_its_space(site, functions):
    site.deploy(functions, [], loggers=loggers(functions=("INFO", 16)))
    following = subprocess.Popen([BUILD / "fescue", "logs", "talker", "-f", "-n", "0", "--root", site.root],
                                 stdout=subprocess.PIPE, text=True)
    try:
        for mark in range(10):
            site.admin.call("talker", {"print": 20, "mark": "mark-%d" % mark})
            wait_until(lambda: "mark-%d 19" % mark in site.function_log("talker"), "the last line")
        size, files = total(site.root / "core/ggc/var/log/user", "talker*.log")
        assert size <= 16 * 1024 and len(files) == 2
        assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
        assert all(level == "INFO" for level, _, _ in records(site.function_log("talker")))
        said = []
        while not said or "mark-9 19" not in said[-1]:
            said.append(following.stdout.readline())
        numbered = [tuple(map(int, re.search(r"mark-(\d+) (\d+)", line).groups())) for line in said if "mark-" in line]
        assert numbered == sorted(set(numbered)) and numbered[-1] == (9, 19), "followed in order, nothing twice"
    finally:
        following.kill()
        following.wait()


def test_the_system_log_is_rotated_within_its_space(site, functions):
    site.deploy(functions, [], loggers=loggers(system=("DEBUG", 16)))
    for n in range(120):
        site.admin.call("talker", {"publish": "no/where/%d" % n})
    wait_until(lambda: "no/where/119" in site.runtime_log(), "the last line")
    size, files = total(site.root / "core/ggc/var/log/system", "runtime*.log")
    assert size <= 16 * 1024 and len(files) == 2
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert "no/where/119" in site.fescue("logs", "-n", "1")
