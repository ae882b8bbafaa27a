"""The library as the loader sees it: its symbols, and that it wins over any stub."""
import os
import shutil
import subprocess
import sys

import pytest

from conftest import LIBRARY, NAME, ROOT, run

NEW, OLD = '-Wl,--enable-new-dtags', '-Wl,--disable-new-dtags'


def test_it_needs_libc_alone_and_exports_v1s_symbols(capsys):
    out = run(sys.executable, ROOT / 'tools/check_c_library.py', LIBRARY)
    print(out)
    highest = tuple(map(int, out.rsplit('needs glibc ', 1)[1].split('.')))
    assert highest <= (2, 17)  # of 2012; what moved to libc later is asked for by its first version


def test_threads_come_from_libpthread_where_libc_has_none():
    assert '[libpthread.so.0]' in run('readelf', '-d', LIBRARY)


def test_the_check_finds_what_it_looks_for(tmp_path):
    source = tmp_path / 'bad.cc'
    source.write_text('#include <string>\nextern "C" void gg_log(std::string& text) { text.append(99, 0); }\n')
    run('g++', '-shared', '-fPIC', '-o', tmp_path / NAME, source)
    done = subprocess.run([sys.executable, ROOT / 'tools/check_c_library.py', tmp_path / NAME], capture_output=True, text=True)
    assert done.returncode == 1
    assert 'needs libstdc++.so.6' in done.stdout and 'gg_log, which is not V1' in done.stdout
    assert 'does not export gg_invoke@@aws_greengrass_core_sdk_c_1.0' in done.stdout


def flags_of(case, stub):
    return {'runpath': [NEW, '-Wl,-rpath,%s' % stub], 'rpath': [OLD, '-Wl,-rpath,%s' % stub],
            'carried, runpath': [NEW, '-Wl,-rpath,$ORIGIN'], 'carried, rpath': [OLD, '-Wl,-rpath,$ORIGIN'],
            'carried in lib, rpath': [OLD, '-Wl,-rpath,$ORIGIN/lib'], 'none': []}[case]


CASES = ['runpath', 'rpath', 'carried, runpath', 'carried, rpath', 'carried in lib, rpath', 'none']


@pytest.fixture(params=CASES)
def program(request, build, stub):
    built = build('probe.c', *flags_of(request.param, stub))
    if 'carried' in request.param:
        target = built.parent / ('lib' if 'lib' in request.param else '.')
        target.mkdir(exist_ok=True)
        shutil.copy(stub / NAME, target / NAME)
    wanted = {True: '(RPATH)', False: '(RUNPATH)'}['rpath' in request.param.replace('runpath', '')]
    assert request.param == 'none' or wanted in run('readelf', '-d', built)
    return built


def test_it_wins_over_the_stub(core, start, program):
    start(program)
    assert core.invoke(b'echo\nthe real one').outcome() == ('', b'the real one')


def test_a_stub_says_that_it_is_one(build, stub):
    """So the test above can fail: without the core's variables these programs find the stub."""
    program = build('probe.c', *flags_of('rpath', stub))
    for variables in ({}, {'LD_LIBRARY_PATH': str(LIBRARY.parent)}):  # which an old-style RPATH defeats
        done = subprocess.run([program], env=dict(os.environ, **variables), capture_output=True, text=True)
        assert done.returncode == 96 and 'gg_global_init: this is the stub' in done.stderr


def test_children_of_a_function_can_be_functions(core, start, build, stub, tmp_path):
    """A script that prepares something and then becomes the program; the handler is the script."""
    program = build('probe.c', *flags_of('rpath', stub))
    script = program.parent / 'wrapper'
    script.write_text('#!/bin/sh\nexec ./probe\n')
    script.chmod(0o755)
    start(script)
    assert core.invoke(b'echo\nx').outcome() == ('', b'x')
