"""aws-greengrass-core-sdk and the core's modules below it, used from inside functions: ours, and the official one from npm."""
import json

import pytest

from conftest import ROOT, major
from fake_core import Refuse
from worker_fixtures import evaluator

OTHER = 'arn:aws:lambda:us-west-2:123456789012:function:other:2'
SHADOW = 'arn:aws:lambda:::function:GGShadowService'
SECRETS = 'arn:aws:lambda:::function:GGSecretManager:1'
ROUTER = 'arn:aws:lambda:::function:GGRouter'
SECRET = {'ARN': 'arn:x', 'Name': 'n', 'VersionId': 'v', 'SecretString': 's', 'VersionStages': ['AWSCURRENT'],
          'CreatedDate': 1500000000000}

# Runs the event, an expression that gives a call a callback `done`; answers [error text, data].
EVAL = '''
    const gg = require('aws-greengrass-core-sdk');
    const l = new gg.Lambda();
    const i = new gg.IotData();
    const s = new gg.SecretsManager();
    const plain = (data) => {
      if (Buffer.isBuffer(data)) return data.toString('latin1');
      if (data && data.Payload) return Object.assign({}, data, {Payload: plain(data.Payload)});
      return data;
    };
    exports.handler = (event, context, callback) => {
      const done = (error, data) => callback(null, [error ? error.message : null, plain(data)]);
      eval(event);
    };
'''


@pytest.fixture
def ask(node, core, start, sdk):
    return evaluator(core, lambda: start(node, EVAL, sdk=sdk))


@pytest.fixture
def ours(sdk):
    if sdk is not None:
        pytest.skip('the official SDK does otherwise here')


def test_publish(core, ask):
    error, invocation_id = ask('i.publish({topic: "a/b", payload: "text \\u20ac"}, done)')
    assert error is None and len(invocation_id) == 36
    assert ask('i.publish({topic: "a/b", payload: Buffer.from([255, 0]), queueFullPolicy: "AllOrError"}, done)')[0] is None
    assert ask('i.publish({topic: "\\u00e4", payload: "", queueFullPolicy: "BestEffort"}, done)')[0] is None
    calls = core.calls
    assert [call.arn for call in calls] == [ROUTER] * 3 and {call.type for call in calls} == {'Event'}
    assert [call.payload for call in calls] == ['text \u20ac'.encode(), b'\xff\x00', b'']
    own = {'source': core.function_arn}
    assert [call.context['custom'] for call in calls] == [
        dict(own, subject='a/b', queueFullPolicy=''), dict(own, subject='a/b', queueFullPolicy='AllOrError'),
        dict(own, subject='\u00e4', queueFullPolicy='BestEffort')]


def test_every_byte_and_128_kilobytes(core, ask):
    every = 'Buffer.from(Array.from({length: 256}, (_, i) => i))'
    assert ask('i.publish({topic: "t", payload: %s}, done)' % every)[0] is None
    big = 'Buffer.concat(Array.from({length: 512}, () => %s))' % every
    assert ask('i.publish({topic: "t", payload: %s}, done)' % big)[0] is None
    core.answer_call = lambda call: ('', call.payload)
    error, answer = ask('l.invoke({FunctionName: "%s", Payload: %s}, done)' % (OTHER, big))
    assert error is None and answer['Payload'].encode('latin-1') == bytes(range(256)) * 512
    assert [call.payload for call in core.calls] == [bytes(range(256)), bytes(range(256)) * 512, bytes(range(256)) * 512]


def test_publish_with_bad_arguments(core, ask):
    assert ask('i.publish({payload: "x"}, done)')[0] == '"topic" is a required parameter'
    assert ask('i.publish({topic: "t"}, done)')[0] == '"payload" is a required parameter'
    assert not core.calls


def test_a_policy_that_does_not_exist(core, ask, ours):
    assert ask('i.publish({topic: "t", payload: "", queueFullPolicy: "Never"}, done)')[0] == (
        'queueFullPolicy "Never" is not supported')
    assert not core.calls


def test_a_payload_that_is_none(core, ask):
    assert ask('i.publish({topic: "t", payload: {a: 1}}, done)')[0] == 'A payload is a string or bytes, not object'


def test_publish_to_a_full_queue(core, ask):
    def refuse(call):
        raise Refuse(429, 'the queue is full')
    core.answer_call = refuse
    assert ask('i.publish({topic: "t", payload: "x", queueFullPolicy: "AllOrError"}, done)')[0] == (
        'HTTP Error 429: Too Many Requests, the queue is full')


def test_invoke_waits_for_the_result(core, ask):
    core.answer_call = lambda call: ('', b'got ' + call.payload)
    ok = {'FunctionError': '', 'StatusCode': 200}
    assert ask('l.invoke({FunctionName: "%s", Payload: "x"}, done)' % OTHER) == [None, dict(ok, Payload='got x')]
    context = 'Buffer.from(JSON.stringify({custom: {a: 1}})).toString("base64")'
    assert ask('l.invoke({FunctionName: "%s", Qualifier: "2", ClientContext: %s}, done)' % (OTHER[:-2], context)) == [
        None, dict(ok, Payload='got ')]
    assert core.calls[0] == (OTHER, b'x', None, 'RequestResponse')
    assert core.calls[1] == (OTHER, b'', {'custom': {'a': 1}}, 'RequestResponse')


def test_invoke_that_fails_in_the_function(core, ask):
    core.answer_call = lambda call: (call.payload.decode(), b'{"errorMessage": "x"}')
    for kind in ('Handled', 'Unhandled'):
        error, answer = ask('l.invoke({FunctionName: "%s", Payload: "%s"}, done)' % (OTHER, kind))
        assert error is None and (answer['FunctionError'], answer['Payload']) == (kind, '{"errorMessage": "x"}')


def test_invoke_as_an_event(core, ask):
    error, invocation_id = ask('l.invoke({FunctionName: "%s", InvocationType: "Event"}, done)' % OTHER)
    assert error is None and len(invocation_id) == 36 and core.calls[0].type == 'Event'


@pytest.mark.parametrize('params, part', [
    ('{}', '"FunctionName" is a required parameter'),
    ('{FunctionName: "other"}', 'FunctionName is malformed'),
    ('{FunctionName: "%s", InvocationType: "Sync"}' % OTHER, "InvocationType 'Sync' is incorrect"),
    ('{FunctionName: "%s", Qualifier: "3"}' % OTHER, "Qualifier '3' does not match the version in FunctionName"),
    ('{FunctionName: "%s", ClientContext: "no base64"}' % OTHER, 'Client Context is invalid'),
])
def test_invoke_with_bad_arguments(core, ask, params, part):
    assert part in ask('l.invoke(%s, done)' % params)[0]
    assert not core.calls


def test_calls_that_run_at_the_same_time(core, ask):
    core.answer_call = lambda call: ('', call.payload)
    error, results = ask('''
        let left = 40;
        const results = [];
        for (let n = 0; n < 40; ++n) {
          l.invoke({FunctionName: "%s", Payload: String(n)}, (error, data) => {
            results[n] = error ? error.message : Number(data.Payload.toString());
            if (--left === 0) done(null, results);
          });
        }''' % OTHER)
    assert error is None and results == list(range(40))


def test_connections_are_kept_and_bounded(core, ask):
    for _ in range(5):
        ask('i.publish({topic: "t", payload: "x"}, done)')
    assert core.connections == 2  # the work loop's and one for calls
    ask('let left = 100; for (let n = 0; n < 100; ++n) i.publish({topic: "t", payload: ""}, () => --left || done());')
    assert core.connections <= 1 + 8


def test_a_call_in_flight_keeps_the_invocation_open(node, core, start, sdk):
    """Neither the pending call nor, after it, the idle connections count as work of the event loop."""
    start(node, '''
        const gg = require('aws-greengrass-core-sdk');
        exports.handler = (event, context, callback) => {
          new gg.Lambda().invoke({FunctionName: "%s"}, (error, data) => callback(null, data.Payload.toString()));
        };
        ''' % OTHER, sdk=sdk)
    core.answer_call = lambda call: ('', b'answer')
    assert core.invoke().outcome() == ('', b'"answer"')
    assert core.invoke().outcome() == ('', b'"answer"')


def test_shadows(core, ask):
    core.answer_call = lambda call: ('', b'{"state": {}}')
    assert ask('i.getThingShadow({thingName: "lamp"}, done)')[1]['Payload'] == '{"state": {}}'
    assert ask('i.updateThingShadow({thingName: "lamp", payload: "{}"}, done)')[0] is None
    assert ask('i.deleteThingShadow({thingName: "lamp"}, done)')[0] is None
    assert [(call.arn, call.payload, call.type) for call in core.calls] == [
        (SHADOW, payload, 'RequestResponse') for payload in (b'', b'{}', b'')]
    assert [call.context for call in core.calls] == [
        {'custom': {'subject': '$aws/things/lamp/shadow/' + name}} for name in ('get', 'update', 'delete')]
    assert '"thingName" is a required parameter' in ask('i.getThingShadow({}, done)')[0]
    assert '"payload" is a required parameter' in ask('i.updateThingShadow({thingName: "lamp"}, done)')[0]


def test_secrets(core, ask):
    core.answer_call = lambda call: ('', json.dumps(SECRET).encode())
    error, text = ask('s.getSecretValue({SecretId: "n", VersionStage: "AWSCURRENT"}, done)')
    assert error is None and json.loads(text) == SECRET
    assert ask('s.getSecretValue({SecretId: "n", DeStringifyResultFlag: true}, done)') == [None, SECRET]
    assert core.calls[0].arn == SECRETS and core.calls[0].context is None
    assert json.loads(core.calls[0].payload) == {'SecretId': 'n', 'VersionStage': 'AWSCURRENT'}
    assert ask('s.getSecretValue({}, done)')[0] == '"SecretId" is a required parameter'
    assert ask('s.getSecretValue({SecretId: "n", VersionId: "1"}, done)')[0] == 'Query by VersionId is not yet supported'


def test_a_secret_that_is_refused(core, ask, ours):
    core.answer_call = lambda call: ('', b'{"Status": 404, "Message": "not available on this core yet"}')
    assert 'not available on this core yet' in ask('s.getSecretValue({SecretId: "n"}, done)')[0]


def test_promises_where_there_is_no_callback(core, ask, ours):
    core.answer_call = lambda call: ('', b'x')
    assert ask('l.invoke({FunctionName: "%s"}).then((data) => done(null, data), done)' % OTHER)[1]['Payload'] == 'x'
    assert ask('i.publish({}).then(done, done)')[0] == '"topic" is a required parameter'


def test_stream_manager_says_that_it_is_not_there(core, ask, ours):
    assert ask('''
        const { StreamManagerClient, ExportDefinition, StrategyOnFull } = gg.StreamManager;
        const texts = [typeof StrategyOnFull.OverwriteOldestData];
        try { new ExportDefinition(); } catch (error) { texts.push(error.message); }
        const client = new StreamManagerClient({onErrorCb: (error) => texts.push(error.message)});
        client.listStreams().catch((error) => { texts.push(error.message); }).then(() => client.close())
          .then(() => setImmediate(() => done(null, texts.sort())));
        ''') == [None, ['Stream manager is not available on this core yet',
                        'Stream manager is not available on this core yet',
                        'Stream manager is not available on this core yet (ExportDefinition)', 'undefined']]


def test_the_names_of_the_official_sdk(core, ask):
    names = ask('done(null, Object.keys(gg).sort())')[1]
    assert set(names) >= {'GreengrassInterfaceVersion', 'IotData', 'Lambda', 'SecretsManager'}
    assert ask('done(null, gg.GreengrassInterfaceVersion)')[1] == '1.5'


def test_deep_paths(node, core, start, sdk):
    start(node, '''
        const IotData = require('aws-greengrass-core-sdk/iotdata');
        const names = ['lambda', 'secretsmanager'].map((name) => typeof require('aws-greengrass-core-sdk/' + name));
        exports.handler = (event, context, callback) => callback(null, names.concat(typeof IotData));
        ''', sdk=sdk)
    assert core.invoke().outcome() == ('', b'["function","function","function"]')


def test_outside_a_core(any_node, core, tmp_path):
    import subprocess
    script = tmp_path / 'alone.js'
    script.write_text('''
        const gg = require('aws-greengrass-core-sdk');
        new gg.IotData().publish({topic: 't', payload: ''}, (error) => console.log(error.message));
        new gg.StreamManager.StreamManagerClient();
        ''')
    said = subprocess.run([any_node, str(script)], env={'NODE_PATH': str(ROOT / 'sdk/nodejs')}, capture_output=True,
                          text=True, timeout=30)
    assert said.stdout == 'There is no core to ask: this process is not a function on a Greengrass core\n' and not said.stderr


def test_the_example_of_the_readme(node, core, start, sdk):
    text = (ROOT / 'sdk/nodejs/README.md').read_text()
    code = '\n'.join(line[4:] for line in text.splitlines() if line.startswith('    '))
    start(node, code, sdk=sdk)
    function_error, payload = core.invoke(b'{"ok": true}').outcome()
    assert function_error == '' and len(json.loads(payload)) == 36
    assert core.calls[0].payload == b'{"ok":true}' and core.calls[0].context['custom']['subject'] == 'plant/1/status'


def test_async_handlers_with_the_official_sdk_wrapped(node, core, start, sdk):
    if major(node) < 8:
        pytest.skip('Node.js %d has no async functions' % major(node))
    start(node, '''
        const gg = require('aws-greengrass-core-sdk');
        const { promisify } = require('util');
        const lambda = new gg.Lambda();
        const invoke = promisify(lambda.invoke.bind(lambda));
        exports.handler = async () => (await invoke({FunctionName: "%s"})).Payload.toString();
        ''' % OTHER, sdk=sdk)
    core.answer_call = lambda call: ('', b'answer')
    assert core.invoke().outcome() == ('', b'"answer"')
