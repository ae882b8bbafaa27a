"""Publish, invoke, shadows and secrets, as they go over the wire and as they come back."""
import base64
import json

import pytest

from fake_core import Refuse

EVERY_BYTE = bytes(range(256))
OTHER = 'arn:aws:lambda:us-west-2:123456789012:function:other'
CONTEXT = base64.b64encode(b'{"custom":{"k":"v"}}').decode()
SUCCESS, HANDLED, UNHANDLED, UNKNOWN, AGAIN = b'0 0', b'0 1', b'0 2', b'0 3', b'0 4'


def split(answer):
    """(b'<gg_error> <status>', body)"""
    return tuple(answer.split(b'\n', 1))


@pytest.mark.parametrize('payload', [b'', b'hello\0', EVERY_BYTE, EVERY_BYTE * 512], ids=['empty', 'nul', 'bytes', '128KB'])
def test_publish(core, ask, payload):
    assert split(ask('publish', 'a/"b"/\x01\u00e9', '-', payload)) == (SUCCESS, b'')
    call = core.calls[-1]
    assert call.arn == 'arn:aws:lambda:::function:GGRouter' and call.type == 'Event' and call.payload == payload
    assert call.context == {'custom': {'source': core.function_arn, 'subject': 'a/"b"/\x01\u00e9',
                                       'queueFullPolicy': 'BestEffort'}}
    assert ('GET', '/2016-11-01/functions/' + call.arn) not in core.requests


@pytest.mark.parametrize('policy, on_the_wire', [('a', 'AllOrError'), ('b', 'BestEffort')])
def test_queue_full_policies(core, ask, policy, on_the_wire):
    assert split(ask('publish', 't', policy, 'x'))[0] == SUCCESS
    assert core.calls[-1].context['custom']['queueFullPolicy'] == on_the_wire


@pytest.mark.parametrize('status, outcome', [(429, AGAIN), (404, UNKNOWN), (403, UNKNOWN), (503, UNKNOWN)])
def test_what_the_core_refuses(core, worker, ask, status, outcome):
    def refuse(call):
        raise Refuse(status, 'the reason')
    core.answer_call = refuse
    assert split(ask('publish', 't', 'a', 'x')) == (outcome, b'the reason')
    worker.wait_line('ERROR', 'HTTP Error %d: the reason' % status)
    core.answer_call = lambda call: ('', b'')
    assert split(ask('publish', 't', 'a', 'x')) == (SUCCESS, b'')


@pytest.mark.parametrize('payload', [b'', EVERY_BYTE, EVERY_BYTE * 512], ids=['empty', 'bytes', '128KB'])
def test_invoke_and_wait(core, ask, payload):
    core.answer_call = lambda call: ('', call.payload[::-1])
    assert split(ask('invoke', OTHER, '7', '1', CONTEXT, payload)) == (SUCCESS, payload[::-1])
    call = core.calls[-1]
    assert call == (OTHER + ':7', payload, {'custom': {'k': 'v'}}, 'RequestResponse')


def test_invoke_an_event(core, ask):
    assert split(ask('invoke', OTHER + ':3', '-', '0', '-', 'x')) == (SUCCESS, b'')
    assert core.calls[-1] == (OTHER + ':3', b'x', None, 'Event')


def test_qualifiers(core, ask):
    for arn, qualifier in [(OTHER + ':1', '1'), (OTHER + ':1', '-'), (OTHER, '1'), (OTHER + ':1', '')]:
        assert split(ask('invoke', arn, qualifier, '1', '-', ''))[0] == SUCCESS
        assert core.calls[-1].arn == OTHER + ':1'
    assert split(ask('invoke', OTHER + ':1', '2', '1', '-', ''))[0] == b'2 5'  # GGE_INVALID_PARAMETER, nothing sent


def test_system_functions_can_be_invoked(core, ask):
    assert split(ask('invoke', 'arn:aws:lambda:::function:GGShadowService', '-', '1', CONTEXT, ''))[0] == SUCCESS


@pytest.mark.parametrize('function_error, status', [('Handled', HANDLED), ('Unhandled', UNHANDLED), ('Odd', UNKNOWN)])
def test_function_errors(core, ask, function_error, status):
    core.answer_call = lambda call: (function_error, b'{"errorMessage":"why"}')
    assert split(ask('invoke', OTHER, '1', '1', '-', '')) == (status, b'{"errorMessage":"why"}')


@pytest.mark.parametrize('operation', ['get', 'update', 'delete'])
def test_shadows(core, ask, operation):
    core.answer_call = lambda call: ('', b'{"state":{"code":1,"message":[{"code":2}]},"version":4}')
    status, document = split(ask(operation + '-shadow', 'thing "x"', '{"state":{}}'))
    assert status == SUCCESS and json.loads(document)['version'] == 4
    call = core.calls[-1]
    assert call.arn == 'arn:aws:lambda:::function:GGShadowService' and call.type == 'RequestResponse'
    assert call.context == {'custom': {'subject': '$aws/things/thing "x"/shadow/' + operation}}
    assert call.payload == (b'{"state":{}}' if operation == 'update' else b'')


@pytest.mark.parametrize('document, status', [
    (b'{"code":404,"message":"No shadow exists","timestamp":1}', HANDLED),
    (b' { "message" : "a \\" code" , "code" : 404 }', HANDLED),
    (b'{"code":404}', SUCCESS), (b'["code","message"]', SUCCESS), (b'{"a":{"code":1,"message":2}}', SUCCESS),
    (b'{"a":"code","b":"message"}', SUCCESS), (b'{"code', SUCCESS), (b'"code', SUCCESS), (b'}{', SUCCESS), (b'', SUCCESS),
    (b'{"code\\', SUCCESS), (b'{"code":1,"message"', SUCCESS)])
def test_a_shadow_that_was_refused(core, ask, document, status):
    core.answer_call = lambda call: ('', document)
    assert split(ask('get-shadow', 'thing')) == (status, document)


def test_secrets(core, ask):
    core.answer_call = lambda call: ('', b'{"ARN":"a","SecretString":"Status Message"}')
    assert split(ask('secret', 'name', '-', '-')) == (SUCCESS, b'{"ARN":"a","SecretString":"Status Message"}')
    assert core.calls[-1].arn == 'arn:aws:lambda:::function:GGSecretManager:1'
    assert json.loads(core.calls[-1].payload) == {'SecretId': 'name'}
    ask('secret', 'name', 'v1', 'AWSCURRENT')
    assert json.loads(core.calls[-1].payload) == {'SecretId': 'name', 'VersionId': 'v1', 'VersionStage': 'AWSCURRENT'}
    core.answer_call = lambda call: ('', b'{"Status":404,"Message":"no"}')
    assert split(ask('secret', 'name', '-', '-')) == (HANDLED, b'{"Status":404,"Message":"no"}')


def test_one_handle_serves_several_requests(core, ask):
    core.answer_call = lambda call: ('', call.context['custom']['subject'].encode())
    assert ask('reuse') == b'$aws|0 0\n0 0\n'
    assert 'second' in core.calls[-1].context['custom']['subject']


def test_threads_have_connections_of_their_own(core, ask):
    assert ask('threads') == b'0 0\n'
    assert len([call for call in core.calls if call.payload == b'x']) == 200
    assert core.connections <= 6  # the work loop's and one for each thread, kept from request to request


def test_a_connection_that_was_cut_while_idle_is_no_error(core, ask):
    ask('publish', 't', '-', 'x')
    core.drop_connections()
    assert split(ask('publish', 't', '-', 'x')) == (SUCCESS, b'')


def test_a_core_that_cannot_be_reached(core, worker, ask):
    def cut(handler, method, path):
        if 'GGRouter' not in path:
            return False
        handler.close_connection = True
        return True
    core.spoil = cut
    assert split(ask('publish', 't', '-', 'x')) == (b'4 3', b'')  # GGE_INTERNAL_FAILURE
    worker.wait_line('ERROR', 'closed the connection without an answer')


def test_children_have_connections_of_their_own(core, ask):
    assert ask('fork') == b'7 0\n'
    assert [call.payload for call in core.calls] == [b'1', b'2', b'3']


def test_parameters_that_are_refused(start, build):
    worker = start(build('parameters.c'))
    assert worker.exit_status() == 0
    assert worker.texts('INFO') == ['before init', 'checked']
