"""sdk/c as its users take it: the header under each standard, both ways to find it, the examples."""
import json
import os
import shutil

import pytest

from conftest import NAME, SDK, run

EXAMPLES = ('echo', 'ticker', 'relay')


@pytest.mark.parametrize('compiler', ['gcc', 'clang'])
@pytest.mark.parametrize('standard', ['c89', 'c99', 'c11', 'c++98', 'c++20'])
def test_the_header_compiles_without_a_word(tmp_path, compiler, standard):
    if not shutil.which(compiler):
        pytest.skip('no ' + compiler)
    language = 'c++' if '+' in standard else 'c'
    source = tmp_path / 'use.c'
    source.write_text('#include <greengrasssdk.h>\nint use(void);\nint use(void) { return gg_global_init(0); }\n')
    long_long = ['-Wno-long-long'] if standard == 'c++98' else []
    run(compiler, '-x', language, '-std=' + standard, '-pedantic-errors', '-Wall', '-Wextra', '-Werror', *long_long, '-I',
        SDK / 'include', '-c', '-o', tmp_path / 'use.o', source)


@pytest.mark.parametrize('standard', ['c++17', 'c++20'])
def test_the_cpp_header_compiles_without_a_word(tmp_path, standard):
    source = tmp_path / 'use.cc'
    source.write_text('#include <greengrasssdk.hpp>\n#include <greengrasssdk.hpp>\n'
                      'void use() { greengrass::get_thing_shadow("a"); greengrass::update_thing_shadow("a", "{}");\n'
                      'greengrass::delete_thing_shadow("a"); greengrass::get_secret_value("a", "b");\n'
                      'greengrass::start([](const greengrass::Event& e) { return e.payload; }); }\n')
    run('g++', '-std=' + standard, '-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Wconversion', '-Werror', '-I',
        SDK / 'include', '-c', '-o', tmp_path / 'use.o', source)


@pytest.fixture(scope='module')
def installed(tmp_path_factory):
    """Where the SDK is installed; its build directory is beside it, in `build`."""
    directory = tmp_path_factory.mktemp('sdk')
    run('cmake', '-S', SDK, '-B', directory / 'build', '-G', 'Ninja', '-DCMAKE_INSTALL_PREFIX=%s' % (directory / 'prefix'))
    run('cmake', '--build', directory / 'build')
    run('cmake', '--install', directory / 'build')
    return directory / 'prefix'


@pytest.fixture(scope='module', params=['installed', 'build directory'])
def examples(request, installed, tmp_path_factory):
    """The directory of the built examples."""
    built = tmp_path_factory.mktemp('examples')
    where = ('-DCMAKE_PREFIX_PATH=%s' % installed if request.param == 'installed' else
             '-Daws-greengrass-core-sdk-c_DIR=%s' % (installed.parent / 'build'))
    run('cmake', '-S', SDK / 'examples', '-B', built, '-G', 'Ninja', where)
    run('cmake', '--build', built)
    return built


def test_pkg_config(installed, tmp_path):
    libraries = next(installed.rglob('pkgconfig'))
    flags = run('pkg-config', '--cflags', '--libs', 'aws-greengrass-core-sdk-c',
                env=dict(os.environ, PKG_CONFIG_PATH=str(libraries))).split()
    run('gcc', '-std=c89', '-pedantic', '-Wall', '-Wextra', '-Werror', '-o', tmp_path / 'echo', SDK / 'examples/echo.c', *flags)
    assert NAME in run('readelf', '-d', tmp_path / 'echo')


def test_echo(core, start, examples):
    worker = start(examples / 'echo')
    assert core.invoke(bytes(range(256)), {'custom': {}}).outcome() == ('', bytes(range(256)))
    function_error, payload = core.invoke(b'x' * 1001).outcome()
    assert function_error == 'Handled' and json.loads(payload) == {'errorMessage': 'an event of more than 1000 bytes'}
    assert core.invoke(b'x' * 1000).outcome() == ('', b'x' * 1000)
    worker.wait_line('INFO', '256 bytes with the context {"custom": {}}')
    worker.terminate()
    assert worker.exit_status() == 0


def test_ticker(core, start, examples):
    worker = start(examples / 'ticker')
    core.wait_calls(1)
    core.invoke(b'').outcome()
    counts = [json.loads(call.payload)['events'] for call in core.wait_calls(2)]
    assert counts == [0, 1]
    worker.terminate()
    assert worker.exit_status() == 0
    worker.wait_line('INFO', 'no more ticks')


def test_relay(core, start, examples):
    transformer = 'arn:aws:lambda:us-west-2:123456789012:function:upper:1'
    core.answer_call = lambda call: ('', call.payload.upper())
    worker = start(examples / 'relay', TRANSFORMER=transformer)
    assert core.invoke(b'text').outcome() == ('', b'TEXT')
    assert [(call.arn, call.payload, call.type) for call in core.calls] == [
        (transformer, b'text', 'RequestResponse'), ('arn:aws:lambda:::function:GGRouter', b'TEXT', 'Event')]
    assert core.calls[1].context['custom']['queueFullPolicy'] == 'AllOrError'

    assert core.invoke(b'').outcome() == ('Handled', b'{"errorMessage": "an empty event"}')
    core.answer_call = lambda call: ('Unhandled', b'it died')
    assert core.invoke(b'x').outcome() == ('Handled', b'{"errorMessage": "the transformer failed: it died"}')
    worker.wait_line('ERROR', 'The handler failed: an empty event')
    worker.terminate()
    assert worker.exit_status() == 0


def test_errors_of_the_sdk_are_exceptions(core, start, examples):
    start(examples / 'relay')  # without TRANSFORMER: no ARN
    function_error, payload = core.invoke(b'x').outcome()
    assert function_error == 'Handled' and json.loads(payload) == {'errorMessage': 'gg_invoke: gg_error 2'}
