"""Fixtures of the tests of every runtime."""
import shutil
import tempfile

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
