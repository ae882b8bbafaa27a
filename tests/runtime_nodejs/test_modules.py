"""The modules that V1's cores provide, by themselves."""
import json

import pytest

RUN = '''
    const common = require('aws-greengrass-common-js');
    const IPCClient = require('aws-greengrass-ipc-sdk-js');
    exports.handler = (event, context, callback) => {
      try {
        const result = eval(event);
        if (result !== undefined) callback(null, result);
      } catch (error) {
        callback(null, 'threw ' + error.message);
      }
    };
'''


@pytest.fixture
def run(node, core, start):
    start(node, RUN)

    def evaluate(expression):
        function_error, payload = core.invoke(json.dumps(expression).encode()).outcome()
        assert function_error == '', payload
        return json.loads(payload)

    return evaluate


def test_variables(core, run):
    assert run('common.envVars') == {
        'AUTH_TOKEN': core.token, 'MY_FUNCTION_ARN': core.function_arn, 'ENCODING_TYPE': 'json',
        'SHADOW_FUNCTION_ARN': 'arn:aws:lambda:::function:GGShadowService',
        'ROUTER_FUNCTION_ARN': 'arn:aws:lambda:::function:GGRouter',
        'SECRETS_MANAGER_FUNCTION_ARN': 'arn:aws:lambda:::function:GGSecretManager:1',
        'GGC_MAX_INTERFACE_VERSION': '1.5', 'GG_DAEMON_PORT': str(core.port)}
    assert run('common.encodingType') == {'encodingTypeJSON': 'json', 'encodingTypeBinary': 'binary'}


def test_arns(run):
    assert run('new common.FunctionArnFields("arn:aws:lambda:us-west-2:123456789012:function:f_-1:7")') == {
        'region': 'us-west-2', 'accountId': '123456789012', 'name': 'f_-1', 'qualifier': '7',
        'unqualifiedArn': 'arn:aws:lambda:us-west-2:123456789012:function:f_-1'}
    assert run('new common.FunctionArnFields("arn:aws:lambda:::function:GGRouter")') == {
        'region': '', 'accountId': '', 'name': 'GGRouter', 'unqualifiedArn': 'arn:aws:lambda:::function:GGRouter'}
    assert run('new common.FunctionArnFields("arn:aws-cn:lambda:cn-north-1:aws:function:x:$LATEST").qualifier') == '$LATEST'
    for wrong in ('', 'f', 'arn:aws:lambda:us-west-2:1:function:', 'arn:aws:lambda:us-west-2:1:function:a b',
                  'arn:aws:lambda:us-west-2:1:function:a:1:2'):
        assert run('new common.FunctionArnFields(%s)' % json.dumps(wrong)) == (
            'threw Cannot parse given string as a function ARN.')
    assert run('[common.buildFunctionArn("a", "1"), common.buildFunctionArn("a")]') == ['a:1', 'a']


def test_versions(run):
    assert run('common.versionParser.parseVersion("1.5")') == [1, 5]
    assert run('common.versionParser.parseVersion("1")').startswith('threw "1" is not a version')


def test_logger(node, core, start):
    worker = start(node, '''
        const { logging } = require('aws-greengrass-common-js');
        const log = new logging.LocalWatchLogger('group', 'stream');
        exports.handler = (event, context, callback) => {
          log.debug('d'); log.info('i'); log.warn('w'); log.error(new Error('e'));
          callback();
        };
        ''', LOG_LEVEL='DEBUG')
    core.invoke().outcome()
    worker.terminate()
    worker.exit_status()
    assert 'd' in worker.texts('DEBUG') and 'i' in worker.texts('INFO') and worker.texts('WARN') == ['w']
    assert worker.texts('ERROR')[0] == 'Error: e'


def test_retry(run):
    assert run('''
        let attempts = 0;
        const task = (a, b, done) => ++attempts < 3 ? done(new Error('no')) : done(null, a + b, attempts);
        new common.BackoffRetry(task, null, callback, 1, 2, 4, 10, 3000, true)
          .tryOrThrowError(1, 2, (sum, count) => callback(null, [sum, count]));
        undefined''') == [3, 3]
    assert run('''
        const never = function (done) { this.count += 1; done(new Error('never')); };
        const self = {count: 0};
        const failed = (error) => callback(null, [error.message, self.count]);
        new common.BackoffRetry(never, self, failed, 1, 2, 4, 3, 3000, false).tryOrThrowError(() => {});
        undefined''') == ['never', 3]


def test_ipc_client(core, run):
    core.answer_call = lambda call: ('Handled', call.payload)
    context = 'eyJjdXN0b20iOnt9fQ=='
    assert run('''
        const client = new IPCClient(common.envVars.AUTH_TOKEN);
        client.postWork('arn:x:y', 'in', '%s', 'RequestResponse', (error, id) => {
          client.getWorkResult('arn:x:y', id, (failure, body, kind, status) => {
            callback(null, [error, failure, Buffer.isBuffer(body), body.toString(), kind, status]);
          });
        });
        undefined''' % context) == [None, None, True, 'in', 'Handled', 200]
    assert core.calls == [('arn:x:y', b'in', {'custom': {}}, 'RequestResponse')]


@pytest.mark.parametrize('call, part', [
    ("postWork('a b', '', '', 'Event', cb)", 'cannot be sent as the path'),
    ("postWork('arn', '', 'x\\r\\nInjected: 1', 'Event', cb)", 'cannot be sent as a header'),
    ("postWork('arn', 7, '', 'Event', cb)", 'A payload is a string or bytes, not number'),
    ("getWorkResult('arn', 'no-such-id', cb)", 'HTTP Error 404: Not Found, no such invocation'),
    ("postWorkResult('arn', 'x', 'no-such-id', cb)", 'HTTP Error 404: Not Found, no such path'),
    ("postHandlerErr('arn', '{}', 'no-such-id', cb)", 'HTTP Error 404: Not Found, no such path'),
    ("getWork('arn', cb)", 'HTTP Error 404: Not Found, no such path'),
])
def test_ipc_client_errors(core, run, call, part):
    assert part in run('''
        const cb = (error) => callback(null, error.message);
        new IPCClient(common.envVars.AUTH_TOKEN).%s;
        undefined''' % call)


def test_a_wrong_token(run):
    assert run('''
        new IPCClient('Basic wrong').postWork('arn', '', '', 'Event', (error) => callback(null, error.statusCode));
        undefined''') == 403
