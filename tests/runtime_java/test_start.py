"""Starts: what fails them and how it is told, what a package may look like, the JVM's archives of classes."""
import json
import re
import shutil
import subprocess
import zipfile

import pytest

from conftest import JARS, compile_java, major


def failure(core, worker):
    """What the core and the log are told of a start that fails."""
    report = core.wait_initialized()
    assert worker.exit_status() == 1
    assert report['Success'] is False
    return report['Response'], worker.texts('FATAL')[0]


@pytest.mark.parametrize('handler, told', [
    ('Handlers$BrokenClass', 'no good'),
    ('Handlers$BrokenConstructor', 'no disk'),
    ('Handlers$NoConstructor', 'class probe.Handlers$NoConstructor has no constructor without parameters'),
    ('Handlers$Abstract', 'class probe.Handlers$Abstract is abstract'),
    ('Missing', 'class probe.Missing is neither in the package nor in a jar of its lib folder'),
    ('Handlers$Echo::missing', 'class probe.Handlers$Echo has no public method "missing" that can be a handler'),
    ('Handlers$Forms::hidden', 'has no public method "hidden" that can be a handler'),
    ('Handlers$Echo::', 'the handler is not of the form package.Class::method'),
])
def test_handlers_that_cannot_be_loaded(any_java, core, start, handler, told):
    response, logged = failure(core, start(any_java, handler))
    assert told in response
    assert logged.startswith('Failed to import handler function "probe.%s" due to exception: ' % handler) and told in logged


def test_a_class_that_the_handlers_class_needs_is_missing(any_java, core, start, functions, tmp_path):
    package = tmp_path / 'package'
    shutil.copytree(functions, package, ignore=shutil.ignore_patterns('Handlers$Missing.class'))
    response, logged = failure(core, start(any_java, 'Handlers$NeedsMissing', package=package))
    assert response == 'class probe.Handlers$Missing cannot be found or initialized'
    assert response in logged


def test_binary_needs_streams(any_java, core, start):
    response, _ = failure(core, start(any_java, 'Handlers$Echo', ENCODING_TYPE='binary'))
    assert 'that takes streams, as a function with binary encoding must' in response


@pytest.mark.parametrize('variables, told', [
    ({'ENCODING_TYPE': 'text'}, 'ENCODING_TYPE is "text"'), ({'LOG_LEVEL': 'LOUD'}, 'LOG_LEVEL is "LOUD"')])
def test_variables_that_make_no_sense(any_java, core, start, variables, told):
    response, _ = failure(core, start(any_java, 'Handlers$Echo', **variables))
    assert told in response


def test_words_and_variables_that_are_needed(any_java, start):
    worker = start(any_java, '')
    assert worker.exit_status() == 1
    assert '--handler=<handler name> is a required argument' in worker.texts('FATAL')[0]
    worker = start(any_java, 'Handlers$Echo', MY_FUNCTION_ARN=None)
    assert worker.exit_status() == 1
    assert 'MY_FUNCTION_ARN and AWS_CONTAINER_AUTHORIZATION_TOKEN must be set' in worker.texts('FATAL' if worker.texts('FATAL')
                                                                                           else 'ERROR')[0]


def test_classes_that_are_not_public(java, core, start):
    start(java, 'Handlers$NotPublic')
    assert core.invoke().outcome() == ('', b'"not public"')


def test_the_first_line_names_the_function(any_java, core, start):
    worker = start(any_java, 'Handlers$Count')
    assert worker.wait_line('INFO', 'Running') == 'Running [%s]' % core.function_arn
    worker.wait_line('INFO', 'constructed')


def make_jar(path, folder, prefix=''):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, 'w') as jar:
        for file in sorted(folder.rglob('*')):
            if file.is_file():
                jar.write(file, prefix + str(file.relative_to(folder)))


@pytest.mark.parametrize('where', ['function.jar', 'lib/function.jar'])
def test_packages_of_jars(any_java, core, start, functions, tmp_path, where):
    package = tmp_path / 'package'
    make_jar(package / where, functions)
    (package / 'settings.txt').write_text('from the package')
    start(any_java, 'Handlers$Environment', package=package)
    assert json.loads(core.invoke().outcome()[1]) == {
        'charset': 'UTF-8', 'directory': str(package), 'loader': True, 'resource': 'from the package'}


LIBRARY = '''
package com.fasterxml.jackson.databind;
public class ObjectMapper { public static String VERSION = "%s"; }
'''
USER = '''
package mine;
import com.amazonaws.services.lambda.runtime.*;
public class Handler implements RequestHandler<Object, String> {
  public String handleRequest(Object event, Context context) {
    return com.fasterxml.jackson.databind.ObjectMapper.VERSION + " " + Context.class.getMethods().length;
  }
}
'''
CONTEXT = 'package com.amazonaws.services.lambda.runtime; public interface %s { %s }'


def test_what_a_package_brings_wins(any_java, core, start, tmp_path):
    """Its own JSON library, and an interface of another age than ours."""
    sources = {'Handler': USER, 'ObjectMapper': LIBRARY % 'its own',
               'Context': CONTEXT % ('Context', 'String getAwsRequestId(); LambdaLogger getLogger();'),
               'LambdaLogger': CONTEXT % ('LambdaLogger', 'void log(String text);'),
               'RequestHandler': CONTEXT % ('RequestHandler<I, O>', 'O handleRequest(I input, Context context);')}
    files = []
    for name, text in sources.items():
        files.append(tmp_path / (name + '.java'))
        files[-1].write_text(text)
    classes = compile_java(files, tmp_path / 'classes')
    package = tmp_path / 'package'
    make_jar(package / 'lib' / 'library.jar', classes / 'com', 'com/')
    shutil.copytree(classes / 'mine', package / 'mine')
    start(any_java, 'mine.Handler', package=package)
    assert core.invoke().outcome() == ('', b'"its own 2"')


NAMES = '''
package gr\u00f6\u00dfe;
public class Z\u00e4hler {
  public String z\u00e4hle() { return System.getenv("ORT") + " " + new java.io.File("\u20ac.txt").length(); }
}
'''


def test_names_in_any_script(java, core, start, tmp_path):
    """Of classes, methods, files and the values of variables."""
    source = tmp_path / 'Z\u00e4hler.java'
    source.write_text(NAMES)
    package = compile_java([source], tmp_path / 'package')
    (package / '\u20ac.txt').write_bytes(b'abc')
    start(java, 'gr\u00f6\u00dfe.Z\u00e4hler::z\u00e4hle', package=package, ORT='K\u00f6ln \U0001f600')
    assert core.invoke().outcome() == ('', '"K\u00f6ln \U0001f600 3"'.encode())


RECORDS = '''
package mine;
import java.util.List;
public class Handler {
  public record Part(int number, String text) {}
  public record Whole(String name, List<Part> parts) {}
  public Object handleRequest(Whole event) { return event; }
}
'''


def test_records(java, core, start, tmp_path):
    if major(java) < 16:
        pytest.skip('Java %d has no records' % major(java))
    (tmp_path / 'Handler.java').write_text(RECORDS)
    package = compile_java([tmp_path / 'Handler.java'], tmp_path / 'package', release=17)
    start(java, 'mine.Handler', package=package)
    event = {'name': 'n', 'parts': [{'number': 1, 'text': 't'}]}
    assert json.loads(core.invoke(json.dumps(event).encode()).outcome()[1]) == event


def test_class_files_are_of_java_8():
    with zipfile.ZipFile(JARS / 'runtime.jar') as jar:
        names = [name for name in jar.namelist() if name.endswith('.class')]
        assert {jar.read(name)[7] for name in names} == {52}
    assert not [name for name in names if re.match(r'(java|sun)/', name)]
