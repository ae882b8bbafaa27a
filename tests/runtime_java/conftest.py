"""Every test that asks for `java` runs once for each JVM found; see README.md."""
import functools
import glob
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'fakes'))

pytest.register_assert_rewrite('connection_tests')
from worker_fixtures import core, found_versions, launch  # noqa: E402, F401

JARS = pathlib.Path(os.environ.get('FESCUE_BUILD', ROOT / 'build/release')) / 'runtimes' / 'java'
HERE = pathlib.Path(__file__).resolve().parent
OFFICIAL = pathlib.Path(os.environ.get('FESCUE_OFFICIAL_JAVA_SDK') or '.')
OFFICIAL_JAR = OFFICIAL / 'sdk' / 'GreengrassJavaSDK.jar'
VERSIONS = ['8', '11', '17', '21', '25']
MAIN = 'com.amazonaws.greengrass.runtime.LambdaRuntime'
FLAGS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:-UsePerfData', '-Xmx64m', '-Dfile.encoding=UTF-8',
         '-Djdk.reflect.useNativeAccessorOnly=true']


@functools.lru_cache(maxsize=None)
def jvms():
    """{major version: path}, the first found of each."""
    paths = [path for path in os.environ.get('FESCUE_TEST_JVMS', '').split(':') if path]
    paths += ['/usr/bin/java', '/usr/local/bin/java'] + sorted(glob.glob('/usr/lib/jvm/*/bin/java'))
    return found_versions(paths, '-version', r'version "(?:1\.)?(\d+)')


@pytest.fixture(params=VERSIONS)
def java(request):
    path = jvms().get(request.param)
    if path is None:
        pytest.skip('no Java %s on this machine' % request.param)
    return path


@pytest.fixture
def any_java():
    """The oldest there is, where one will do."""
    if not jvms():
        pytest.skip('no Java on this machine')
    return jvms()[min(jvms(), key=int)]


@pytest.fixture
def interpreter(java):
    return java


@pytest.fixture
def any_interpreter(any_java):
    return any_java


def major(java):
    return next(int(version) for version, path in jvms().items() if path == java)


def compile_java(sources, target, class_path=(), release=8):
    """Once for Java 8, so that every JVM runs it."""
    javac = shutil.which('javac')
    if javac is None or not (JARS / 'runtime.jar').exists():
        pytest.skip('no javac, or no %s (./dev build)' % (JARS / 'runtime.jar'))
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run([javac, '--release', str(release), '-nowarn', '-Xlint:-options', '-encoding', 'UTF-8', '-d', str(target),
                    '-cp', ':'.join(map(str, class_path))] + list(map(str, sources)), check=True, timeout=120)
    return target


PROBES = sorted((HERE / 'functions').rglob('*.java'))


@pytest.fixture(scope='session')
def functions(tmp_path_factory):
    """The folder with the classes of functions/probe."""
    return compile_java(PROBES, tmp_path_factory.mktemp('functions'), [JARS / name for name in ('interfaces.jar', 'runtime.jar', 'sdk.jar')])


@pytest.fixture(scope='session')
def official_functions(tmp_path_factory):
    """The same, compiled against the official SDK."""
    if not os.environ.get('FESCUE_OFFICIAL_JAVA_SDK'):
        pytest.skip('FESCUE_OFFICIAL_JAVA_SDK does not name a checkout of the official Java SDK')
    return compile_java(PROBES, tmp_path_factory.mktemp('official'), [JARS / 'interfaces.jar', JARS / 'runtime.jar', OFFICIAL_JAR])


@pytest.fixture(params=['ours', 'official', 'built with the official'])
def package(request, tmp_path):
    """Packages with the functions: for our SDK, with the official one, and for ours although compiled against that."""
    if request.param == 'ours':
        return request.getfixturevalue('functions')
    functions = request.getfixturevalue('official_functions')
    if request.param != 'official':
        return functions
    made = tmp_path / 'package'
    (made / 'lib').mkdir(parents=True)
    (made / 'probe').symlink_to(functions / 'probe')
    (made / 'lib' / 'GreengrassJavaSDK.jar').symlink_to(OFFICIAL_JAR)
    return made


def is_ours(package):
    """Whether the functions use our SDK."""
    return not (package / 'lib').exists()


def class_path():
    """As the core sets it; the working directory is the package."""
    return '%s/runtime.jar:.:*:lib/*:%s/interfaces.jar:%s/sdk.jar' % (JARS, JARS, JARS)


@pytest.fixture
def start(core, launch, functions):
    """start(java, 'Class::method', ...) -> WorkerProcess; the class is one of functions/probe, or of `package`."""
    def start_worker(java, handler, package=None, transport='inherited', flags=(), **variables):
        package = package or functions
        name = handler if '.' in handler or not handler else 'probe.' + handler
        words = ['--handler=' + name] if handler else []
        command = [java] + FLAGS + list(flags) + ['-cp', class_path(), MAIN] + words
        connection = core.connect() if transport == 'inherited' else None
        environment = core.environment('unix', **dict({'LC_CTYPE': 'C.UTF-8'}, **variables))
        return launch(command, package, environment, connection, as_input=True)
    return start_worker
