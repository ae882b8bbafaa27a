"""Starts that fail in the same way whatever the interpreter. A language's test_start.py imports all of it; its conftest.py
has the fixtures `any_interpreter`, `start` and `echo`, the source of a handler that returns its event."""
import pytest


def test_no_handler_argument(any_interpreter, core, start, echo):
    worker = start(any_interpreter, echo, handler='')
    assert '--handler=<handler name> is a required argument' in core.wait_initialized()['Response']
    assert worker.exit_status() == 1


@pytest.mark.parametrize('variable, value', [('ENCODING_TYPE', 'xml'), ('LOG_LEVEL', 'LOUD')])
def test_variables_with_unknown_values(any_interpreter, core, start, echo, variable, value):
    worker = start(any_interpreter, echo, **{variable: value})
    assert variable in core.wait_initialized()['Response']
    assert worker.exit_status() == 1
    failure = 'Failed to initialize Lambda runtime due to exception: %s is "%s"' % (variable, value)
    assert failure in worker.texts('FATAL')[0]


def test_without_identity_it_cannot_even_report(any_interpreter, core, start, echo):
    worker = start(any_interpreter, echo, MY_FUNCTION_ARN=None)
    assert worker.exit_status() == 1
    assert 'MY_FUNCTION_ARN' in worker.texts('FATAL')[0]
