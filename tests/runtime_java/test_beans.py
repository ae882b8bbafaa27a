"""JSON as objects and objects as JSON, by the rules of V1's runtime."""
import json

import pytest

from conftest import compile_java


def outcome(item):
    function_error, payload = item.outcome()
    return function_error, json.loads(payload)


EVERYTHING = {
    'i': -1, 'l': 2 ** 62, 's': 3, 'b': 4, 'f': 1.5, 'd': 0.1, 'yes': True, 'maybe': None, 'c': 'x', 'text': '\u00e4',
    'big': 2 ** 100, 'exact': 0.5, 'number': 7, 'any': {'x': [1.5, 'y', None]}, 'bytes': 'AQID', 'ints': [1, 2],
    'table': [['a'], []], 'when': 1500, 'id': '00000000-0000-0001-0000-000000000002', 'unit': 'KELVIN',
    'units': ['CELSIUS'], 'byUnit': {'KELVIN': 2}, 'sorted': {'a': [1], 'b': []},
    'readings': {'r': {'name': 'n', 'value': 2.0, 'unit': None, 'parts': [{'name': None, 'value': 0.0, 'unit': None, 'parts': []}]}},
}


def test_one_of_everything(java, core, start):
    start(java, 'Beans$Handler::everything')
    assert outcome(core.invoke(json.dumps(EVERYTHING).encode())) == ('', EVERYTHING)
    assert outcome(core.invoke(b'{}'))[1] == dict.fromkeys(EVERYTHING, None) | {
        'i': 0, 's': 0, 'b': 0, 'f': 0.0, 'yes': False, 'c': '\0'}


def test_conversions(any_java, core, start):
    start(any_java, 'Beans$Handler::everything')
    event = {'i': '12', 'd': '2.5', 'l': 3.9, 'text': 5, 'yes': 'true', 'exact': 1e-30, 'unit': 1, 'when': '1970-01-01T00:00:01Z',
             'f': 'NaN', 'unknown': {}, 'maybe': 0}
    seen = outcome(core.invoke(json.dumps(event).encode()))[1]
    assert {name: seen[name] for name in event if name != 'unknown'} == {
        'i': 12, 'd': 2.5, 'l': 3, 'text': '5', 'yes': True, 'exact': 1e-30, 'unit': 'KELVIN', 'when': 1000, 'f': 'NaN',
        'maybe': False}


def test_rare_classes(java, core, start):
    start(java, 'Beans$Handler::rare')
    event = {'byUnit': {'KELVIN': 'k'}, 'line': ['a', None], 'calendar': 1500, 'stamp': 1500, 'counter': 3, 'total': 2 ** 40,
             'done': True, 'builder': 'b', 'zero': -0.0}
    error, payload = core.invoke(json.dumps(event).encode()).outcome()
    assert (error, json.loads(payload)) == ('', event) and b'"zero":-0.0' in payload


@pytest.mark.parametrize('text, milliseconds', [
    ('1970-01-01T00:00:01Z', 1000), ('1970-01-01T01:00:01.5+01:00', 1500), ('1970-01-01T01:00:01.500+0100', 1500),
    ('1970-01-01T00:00:01', 1000), ('1970-01-02', 86400000), ('1500', 1500), (-5, -5), ('', None), ('null', None)])
def test_dates(any_java, core, start, text, milliseconds):
    start(any_java, 'Beans$Handler::rare')
    seen = outcome(core.invoke(json.dumps({'calendar': text, 'stamp': text}).encode()))[1]
    assert (seen['calendar'], seen['stamp']) == (milliseconds, milliseconds)


def test_an_empty_text_is_nothing_where_no_text_is_wanted(any_java, core, start):
    start(any_java, 'Beans$Handler::everything')
    empty = dict.fromkeys(('i', 'l', 'd', 'yes', 'maybe', 'big', 'when', 'id', 'text', 'bytes'), '')
    seen = outcome(core.invoke(json.dumps(empty).encode()))[1]
    assert {name: seen[name] for name in empty} == {'i': 0, 'l': None, 'd': None, 'yes': False, 'maybe': None, 'big': None,
                                                    'when': None, 'id': None, 'text': '', 'bytes': ''}


@pytest.mark.parametrize('event, text', [
    ({'when': 1.5}, 'when: it is a number and no java.util.Date'), ({'when': '1970-13-01'}, 'when: "1970-13-01" is no java.util.Date'),
    ({'sorted': [1]}, 'sorted: it is an array and no java.util.SortedMap'),
    ({'i': 2 ** 40}, 'i: 1099511627776 is no int'), ({'i': 'x'}, 'i: x is no int'), ({'i': []}, 'i: it is an array and no int'),
    ({'text': {}}, 'text: it is an object and no java.lang.String'), ({'unit': 'F'}, 'unit: "F" is none of the constants of'),
    ({'ints': 1}, 'ints: it is a number and no int[]'), ({'id': 'x'}, 'id: "x" is no java.util.UUID'),
    ({'byUnit': {'F': 1}}, 'byUnit: F: "F" is none'), ({'table': [['a'], 1]}, 'table: [1]: it is a number and no java.lang.String[]'),
    ({'readings': {'r': {'parts': [{'value': 'v'}]}}}, 'readings: r: parts: [0]: value: v is no double'),
    ([], 'it is an array and no probe.Beans$Everything'), ('x', 'it is a string and no probe.Beans$Everything'),
    ({'l': 1e300}, 'l: 1'), ({'s': 70000}, 's: 70000 is no short')])
def test_what_does_not_fit_says_where(any_java, core, start, event, text):
    start(any_java, 'Beans$Handler::everything')
    function_error, body = outcome(core.invoke(json.dumps(event).encode()))
    assert function_error == 'Handled'
    assert body['errorMessage'].startswith('The payload is no probe.Beans$Everything: ' + text)


def test_names(java, core, start):
    start(java, 'Beans$Handler::names')
    assert outcome(core.invoke(b'{"url": "v", "on": true, "inner": "set", "writeOnly": "!"}')) == (
        '', {'url': 'v', 'on': True, 'inner': 'set!'})


def test_generic_beans(any_java, core, start):
    start(any_java, 'Beans$Handler::box')
    assert outcome(core.invoke(b'{"content": {"name": "n"}}')) == ('', 'Reading n')


def test_null_and_nothing(any_java, core, start):
    start(any_java, 'Beans$Handler::reading')
    assert outcome(core.invoke(b'null'))[1] == {'null': True, 'name': None}
    assert outcome(core.invoke(b''))[1] == {'null': False, 'name': None}


def test_results(java, core, start):
    start(java, 'Beans$Handler::results')
    assert core.invoke(b'"numbers"').outcome() == (
        '', b'[1,-2,3,4,1.5,1.0E300,1.0E-7,"NaN",123456789012345678901,0.10,"Infinity"]')
    assert outcome(core.invoke(b'"texts"'))[1] == [
        '\0\x1f"\\/\b\f\n\r\t\x7f', '\u00e4\u20ac\U0001f600', '\ud800', 'c', 'ab', 'KELVIN', 'sb',
        '00000000-0000-0001-0000-000000000002']
    assert outcome(core.invoke(b'"containers"'))[1] == [{'KELVIN': 1.5}, [[1], []], [None], 'AQID', 1, 1500, 'BAU=', {}]
    assert outcome(core.invoke(b'"of the JDK"'))[1] == [{}, {'k': 1}, 'java.lang.String', 'UTC', '/a', 'en_US']
    assert outcome(core.invoke(b'"bean"'))[1] == {'url': 'u', 'on': False, 'inner': 'i'}
    function_error, body = outcome(core.invoke(b'"picky"'))
    assert function_error == 'Handled' and 'the getter of "bad" failed: java.lang.IllegalStateException' in body['errorMessage']


ANNOTATION = """
package com.fasterxml.jackson.annotation;
import java.lang.annotation.*;
@Retention(RetentionPolicy.RUNTIME) public @interface %s { %s }
"""
ANNOTATIONS = {'JsonProperty': 'String value() default "";', 'JsonIgnore': 'boolean value() default true;',
               'JsonInclude': 'Include value(); enum Include { ALWAYS, NON_NULL }'}
ANNOTATED = """
package mine;
import com.fasterxml.jackson.annotation.*;
@JsonInclude(JsonInclude.Include.NON_NULL)
public class Handler {
  @JsonProperty("first name") public String name;
  @JsonProperty private int count;
  @JsonIgnore public String secret = "s";
  public String absent;
  private String hidden = "h";
  @JsonIgnore public String getHidden() { return hidden; }
  public static class Event extends Handler {}
  public Event handleRequest(Event event) { return event; }
}
"""


def test_annotations_that_a_package_brings(java, core, start, tmp_path):
    files = [tmp_path / 'Handler.java'] + [tmp_path / (name + '.java') for name in ANNOTATIONS]
    texts = [ANNOTATED] + [ANNOTATION % each for each in ANNOTATIONS.items()]
    for file, text in zip(files, texts):
        file.write_text(text)
    start(java, 'mine.Handler', package=compile_java(files, tmp_path / 'package'))
    event = {'first name': 'n', 'count': 2, 'secret': 'x', 'hidden': 'x', 'name': 'x'}
    assert outcome(core.invoke(json.dumps(event).encode())) == ('', {'first name': 'n', 'count': 2})
