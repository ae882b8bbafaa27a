"""C functions, built with the stub as their users build them and started as the core starts them, against a fake core.
The library under test is the release build's; FESCUE_BUILD names another build."""
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'fakes'))

from worker_fixtures import core, launch  # noqa: E402, F401

BUILD = pathlib.Path(os.environ.get('FESCUE_BUILD', ROOT / 'build/release'))
NAME = 'libaws-greengrass-core-sdk-c.so'
LIBRARY = BUILD / 'runtimes/executable' / NAME
PROGRAMS = pathlib.Path(__file__).parent / 'programs'
SDK = ROOT / 'sdk/c'


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope='session')
def stub(tmp_path_factory):
    """The directory of our stub library."""
    directory = tmp_path_factory.mktemp('stub')
    run('gcc', '-shared', '-fPIC', '-I', SDK / 'include', '-Wl,-soname,' + NAME,
        '-Wl,--version-script=%s' % (SDK / 'stub/exports.map'), '-o', directory / NAME, SDK / 'stub/greengrasssdk_stub.c')
    return directory


@pytest.fixture(scope='session')
def build(stub, tmp_path_factory):
    """build(source, *flags) -> the program, linked to the stub."""
    def build_program(source, *flags, compiler='gcc'):
        program = tmp_path_factory.mktemp('program') / pathlib.Path(source).stem
        warnings = ['-Wall', '-Wextra', '-Werror', '-Wno-cast-function-type']
        run(compiler, '-g', '-O1', *warnings, '-I', SDK / 'include', '-o', program, PROGRAMS / source, '-L', stub,
            '-laws-greengrass-core-sdk-c', '-pthread', *flags)
        return program
    return build_program


@pytest.fixture(scope='session')
def probe(build):
    return build('probe.c')


def worker_variables(package, **more):
    """What the core adds for executables (src/functions/launch/worker_environment.cc)."""
    return dict({'ENCODING_TYPE': 'binary', 'LD_PRELOAD': str(LIBRARY),
                 'LD_LIBRARY_PATH': '%s:%s' % (LIBRARY.parent, package)}, **more)


@pytest.fixture
def start(core, launch):
    """start(program, *arguments, **variables) -> WorkerProcess"""
    def start_worker(program, *arguments, transport='unix', **variables):
        package = pathlib.Path(program).parent
        return launch([str(program), *arguments], package, core.environment(transport, **worker_variables(package, **variables)))
    return start_worker


@pytest.fixture
def worker(start, probe):
    """The probe, running."""
    return start(probe)


@pytest.fixture
def ask(core, worker):
    """ask(command, argument...) -> the answer of the probe as bytes; its function error must be ''."""
    def ask_probe(*words):
        event = b'\n'.join(word if isinstance(word, bytes) else word.encode() for word in words)
        function_error, payload = core.invoke(event).outcome()
        assert function_error == '', payload
        return payload
    return ask_probe
