"""Fixtures of the tests of every runtime, and what its conftest.py makes its own of."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import textwrap

import pytest

from fake_core import FakeCore
from worker_process import WorkerProcess


@pytest.fixture
def core():
    directory = tempfile.mkdtemp(prefix='fake-core-')  # short: socket paths are limited
    try:
        with FakeCore(directory) as running:
            yield running
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def launch():
    """launch(command, package, environment, ...) -> WorkerProcess, which does not outlive the test."""
    running = []

    def launch_worker(command, package, environment, connection=None, as_input=False):
        running.append(WorkerProcess(command, package, environment, connection, as_input))
        return running[-1]

    yield launch_worker
    for worker in running:
        worker.__exit__()


def found_versions(paths, option, pattern):
    """{major version: path}, the first found of each; `pattern` finds it in what the program says."""
    found = {}
    for path in paths:
        if os.access(path, os.X_OK):
            said = subprocess.run([path, option], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
            version = re.search(pattern, said.stdout)
            if version:
                found.setdefault(version.group(1), path)
    return found


def new_package(tmp_path, files):
    """A new directory with {name: text or bytes}."""
    package = tmp_path / ('package%d' % len(list(tmp_path.glob('package*'))))
    for name, content in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).encode())
    return package


def evaluator(core, start_worker):
    """evaluate(expression) -> what a function that evaluates its event answers; it is started at the first."""
    started = []

    def evaluate(expression):
        if not started:
            started.append(start_worker())
        function_error, payload = core.invoke(json.dumps(expression).encode()).outcome()
        assert function_error == '', payload
        return json.loads(payload)

    return evaluate
