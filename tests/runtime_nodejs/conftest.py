"""Every test that asks for `node` runs once for each Node.js release that functions may use. Interpreters are looked for in
FESCUE_TEST_NODES (paths, separated by colons), /usr/bin, /usr/local/bin and where tools/fetch_test_nodes puts them from npm."""
import functools
import glob
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'fakes'))

pytest.register_assert_rewrite('connection_tests', 'start_tests', 'worker_fixtures')
import fetched_nodes  # noqa: E402
from worker_fixtures import core, found_versions, launch, new_package  # noqa: E402, F401

RUNTIME = ROOT / 'runtimes' / 'nodejs' / 'lambda_nodejs_runtime.js'
OFFICIAL_SDK = fetched_nodes.official_sdk()
ECHO = 'exports.handler = (event, context, callback) => callback(null, event);\n'
VERSIONS = ['6', '8', '12', '14', '16', '18', '20', '22']


@functools.lru_cache(maxsize=None)
def interpreters():
    """{major version: path}, the first found of each."""
    paths = [path for path in os.environ.get('FESCUE_TEST_NODES', '').split(':') if path]
    paths += sorted(glob.glob('/usr/bin/node*') + glob.glob('/usr/local/bin/node*'))
    paths += fetched_nodes.interpreters()
    return found_versions(paths, '--version', r'^v(\d+)')


@pytest.fixture(params=VERSIONS)
def node(request):
    path = interpreters().get(request.param)
    if path is None:
        pytest.skip('no Node.js %s on this machine' % request.param)
    return path


@pytest.fixture
def any_node():
    """The newest there is, where one will do."""
    if not interpreters():
        pytest.skip('no Node.js on this machine')
    return interpreters()[max(interpreters(), key=int)]


def major(node):
    return next(int(version) for version, path in interpreters().items() if path == node)


@pytest.fixture(params=['ours', 'official'])
def sdk(request, node):
    """The folder that a package takes its SDK from, or None for the core's."""
    if request.param == 'ours':
        return None
    if major(node) < 8:
        pytest.skip('the official SDK that npm has, 1.7.0, cannot be read by Node.js %d' % major(node))
    if not (OFFICIAL_SDK / 'aws-greengrass-core-sdk').is_dir():
        pytest.skip("the official SDK is not in %s (tools/fetch_test_nodes)" % OFFICIAL_SDK)
    return OFFICIAL_SDK


@pytest.fixture
def interpreter(node):
    return node


@pytest.fixture
def any_interpreter(any_node):
    return any_node


@pytest.fixture
def echo():
    """Source of a handler that returns its event."""
    return ECHO


@pytest.fixture
def start(core, launch, tmp_path):
    """start(node, source, ...) -> WorkerProcess that runs `source` as the package's index.js; `sdk` is a node_modules folder
    that the package brings along."""
    def start_worker(node, source='', handler='index.handler', files=None, sdk=None, transport='inherited',
                     runtime=RUNTIME, **variables):
        package = new_package(tmp_path, dict({'index.js': source} if source else {}, **files or {}))
        if sdk is not None:
            (package / 'node_modules').symlink_to(sdk)
        command = [node, str(runtime)] + (['--handler=' + handler] if handler else [])
        environment = core.environment('tcp' if transport == 'tcp' else 'unix', NODE_PATH=node_path(package), **variables)
        return launch(command, package, environment, core.connect() if transport == 'inherited' else None)
    return start_worker


def node_path(package):
    """As the core sets it, for a checkout instead of an installation."""
    return ':'.join(map(str, [package, ROOT / 'runtimes/nodejs/modules', ROOT / 'sdk/nodejs', package / 'node_modules']))
