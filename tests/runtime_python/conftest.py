"""Every test that asks for `python` runs once for each CPython release that functions may use. Interpreters are looked
for in FESCUE_TEST_PYTHONS (paths, separated by colons), /usr/bin, /usr/local/bin and pyenv's versions."""
import glob
import os
import pathlib
import shutil
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'fakes'))

pytest.register_assert_rewrite('connection_tests', 'start_tests', 'worker_fixtures')
from worker_fixtures import core, launch, new_package  # noqa: E402, F401

RUNTIME = ROOT / 'runtimes' / 'python' / 'lambda_runtime.py'
ECHO = 'def handler(event, context): return event\n'
VERSIONS = ['2.7', '3.6', '3.7', '3.8', '3.9', '3.10', '3.11', '3.12', '3.13']


def find_python(version):
    name = 'python' + version
    pyenv = os.environ.get('PYENV_ROOT') or os.path.expanduser('~/.pyenv')
    candidates = [path for path in os.environ.get('FESCUE_TEST_PYTHONS', '').split(':') if path.endswith(name)]
    candidates += ['/usr/bin/' + name, '/usr/local/bin/' + name]
    candidates += sorted(glob.glob('%s/versions/%s.*/bin/%s' % (pyenv, version, name)))
    return next((path for path in candidates if os.access(path, os.X_OK)), None)


@pytest.fixture(params=VERSIONS)
def python(request):
    path = find_python(request.param)
    if path is None:
        pytest.skip('no CPython %s on this machine' % request.param)
    return path


def official_sdk():
    directory = os.environ.get('FESCUE_OFFICIAL_PYTHON_SDK')
    if not directory:
        pytest.skip('FESCUE_OFFICIAL_PYTHON_SDK does not name a copy of the official SDK')
    return pathlib.Path(directory)


@pytest.fixture
def any_python():
    """The interpreter of the tests themselves, where one will do."""
    return sys.executable


@pytest.fixture
def interpreter(python):
    return python


@pytest.fixture
def any_interpreter(any_python):
    return any_python


@pytest.fixture
def echo():
    """Source of a handler that returns its event."""
    return ECHO


@pytest.fixture
def start(core, launch, tmp_path):
    """start(python, source, ...) -> WorkerProcess that runs `source` as the package's function.py; `sdk` is a directory
    whose greengrasssdk the package brings along."""
    def start_worker(python, source='', handler='function.handler', files=None, sdk=None, transport='unix',
                     **variables):
        package = new_package(tmp_path, dict(files or {}, **{'function.py': source}))
        if sdk is not None:
            shutil.copytree(str(sdk / 'greengrasssdk'), str(package / 'greengrasssdk'))
        command = [python, '-u', str(RUNTIME)] + (['--handler=' + handler] if handler else [])
        return launch(command, package, core.environment(transport, **variables))
    return start_worker
