"""The core-provided modules by themselves (docs/compatibility/languages.md#python-modules), and the SDK where there is
no core."""
import subprocess
import textwrap

from conftest import ROOT

PATHS = ['runtimes/python', 'sdk/python']


def run(python, source, paths=PATHS, **environment):
    variables = dict(environment, PYTHONPATH=':'.join(str(ROOT / path) for path in paths))
    done = subprocess.run([python, '-c', textwrap.dedent(source)], env=variables, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=30)
    assert done.returncode == 0, done.stdout.decode()


def test_function_arn_fields(python):
    run(python, '''
        from greengrass_common.function_arn_fields import FunctionArnFields, ARN_FIELD_REGEX
        a = FunctionArnFields('arn:aws-cn:lambda:us-gov-east-1:123456789012:function:na-me_1:3')
        assert (a.region, a.account_id, a.name, a.qualifier) == ('us-gov-east-1', '123456789012', 'na-me_1', '3')
        assert a.unqualified_arn == 'arn:aws-cn:lambda:us-gov-east-1:123456789012:function:na-me_1'
        assert a.to_arn_string() == a.unqualified_arn + ':3'
        b = FunctionArnFields('arn:aws:lambda:us-east-1:aws:function:x')
        assert (b.account_id, b.qualifier, b.to_arn_string()) == ('aws', None, b.unqualified_arn)
        assert FunctionArnFields('arn:aws:lambda:us-east-1:1:function:x:$LATEST').qualifier == '$LATEST'
        assert FunctionArnFields.build_function_arn('u', '3') == 'u:3'
        assert FunctionArnFields.build_function_arn('u', '') == 'u'
        assert FunctionArnFields.build_arn_string('r', 'a', 'n', None) == 'arn:aws:lambda:r:a:function:n'
        for bad in ('', 'x', 'arn:aws:lambda:::function:GGRouter', 'arn:aws:sns:us-east-1:1:function:x'):
            try:
                FunctionArnFields(bad)
            except ValueError as error:
                assert str(error) == 'Cannot parse given string as a function ARN.'
            else:
                raise AssertionError(bad)
        ''')


def test_env_vars_and_small_modules(python):
    run(python, '''
        from greengrass_common import env_vars, encoding_type
        from greengrass_common.parse_version import parse_version
        from greengrass_common.greengrass_message import GreengrassMessage
        assert (env_vars.AUTH_TOKEN, env_vars.GG_DAEMON_PORT, env_vars.MY_FUNCTION_ARN) == ('t', '7', None)
        assert (encoding_type.JSON, encoding_type.BINARY) == ('json', 'binary')
        assert parse_version('1.5') == (1, 5) and parse_version('1.10') > parse_version('1.9')
        for bad in ('', '1', '1.x', '1.2.3'):
            try:
                parse_version(bad)
            except ValueError:
                continue
            raise AssertionError(bad)
        sent = GreengrassMessage(b'\\xff', subject='a')
        got = GreengrassMessage.decode(sent.encode())
        assert (got.payload, got.extension_map) == (b'\\xff', {'subject': 'a'})
        assert GreengrassMessage.decode('').payload is None
        for bad in ('{', '{}', '[]', '{"Payload": 1, "ExtensionMap_": {}}'):
            try:
                GreengrassMessage.decode(bad)
            except ValueError:
                continue
            raise AssertionError(bad)
        ''', AWS_CONTAINER_AUTHORIZATION_TOKEN='t', GG_DAEMON_PORT='7')


def test_ipc_client_values(python):
    run(python, '''
        from greengrass_ipc_python_sdk import ipc_client as c
        assert str(c.InitializationResult(None)) == '{"Success": true, "Response": ""}'
        assert str(c.InitializationResult('text')) == '{"Success": false, "Response": "text"}'
        assert str(c.InitializationResult(ValueError('x'))) == r'{"Success": false, "Response": "ValueError(\\"x\\")"}'
        assert c.WorkItem('i', b'p', 'c')._fields == ('invocation_id', 'payload', 'client_context')
        assert c.GetWorkResultOutput(b'p', '')._fields == ('payload', 'func_err')
        client = c.IPCClient()
        assert (client.endpoint, client.port, client.auth_token) == ('localhost', 8000, 't')
        assert c.IPCClient('localhost', 9000).port == 8000
        c.IPCClient.set_gg_daemon_port('8001')
        assert c.IPCClient().port == 8001 and c.IPCClient._GG_DAEMON_PORT == '8001'
        assert tuple(client.get_work_result('arn:aws:lambda:::function:GGRouter', 'i')) == ('', '')
        c.IPCClient.set_gg_daemon_port('1')
        try:
            c.IPCClient().post_work('arn', None, None)
        except c.IPCException as error:
            assert 'cannot connect to the core at localhost:1' in str(error)
        else:
            raise AssertionError()
        assert [c.HEADER_INVOCATION_ID, c.HEADER_CLIENT_CONTEXT, c.HEADER_AUTH_TOKEN, c.HEADER_INVOCATION_TYPE,
                c.HEADER_FUNCTION_ERR_TYPE, c.IPC_API_VERSION] == ['X-Amz-InvocationId', 'X-Amz-Client-Context',
                'Authorization', 'X-Amz-Invocation-Type', 'X-Amz-Function-Error', '2016-11-01']
        ''', AWS_CONTAINER_AUTHORIZATION_TOKEN='t')


def test_retry(python):
    run(python, '''
        from greengrass_ipc_python_sdk.utils.exponential_backoff import retry, RetryTimeoutException
        def attempts(fail, **changes):
            policy = dict(time_unit=0.0, multiplier=1, backoff_coefficient=2, max_delay=8, max_attempts=4,
                          expiration_duration=1, enable_jitter=True)
            policy.update(changes)
            made = []
            @retry(**policy)
            def task(value):
                made.append(value)
                if len(made) <= fail:
                    raise KeyError(len(made))
                return 'done'
            try:
                return task('v'), len(made)
            except RetryTimeoutException as error:
                assert len(error.retry_errors) == error.have_tried == len(made) and 'task' in str(error)
                return None, len(made)
        assert attempts(0) == ('done', 1) and attempts(3) == ('done', 4) and attempts(4) == (None, 4)
        assert attempts(4, time_unit=1.0, expiration_duration=0.5, enable_jitter=False) == (None, 1)
        ''')


def test_the_sdk_outside_a_core(python):
    """Functions can be imported and tried on a machine that has only the SDK."""
    run(python, '''
        import greengrasssdk
        assert greengrasssdk.INTERFACE_VERSION == '1.5' and greengrasssdk.__version__.startswith('1.6.1')
        iot = greengrasssdk.client('iot-data')
        assert iot.publish(topic='t', payload='x') is None
        assert iot.get_thing_shadow(thingName='t')['payload'] == b'{}'
        secret = greengrasssdk.client('secretsmanager').get_secret_value(SecretId='s')
        assert secret == {}
        greengrasssdk.client('lambda')
        ''', paths=['sdk/python'])


def test_lambda_client_outside_a_core(python):
    run(python, '''
        import greengrasssdk
        client = greengrasssdk.client('lambda')
        arn = 'arn:aws:lambda:us-west-2:123456789012:function:other:2'
        assert client.invoke(FunctionName=arn)['Payload'].read() == b'{}'
        assert client.invoke(FunctionName=arn, InvocationType='Event') == {'Payload': b'', 'FunctionError': ''}
        ''', paths=['sdk/python'])


def test_quick_json_is_json(python):
    """Value by value what the module json says, errors included."""
    run(python, """
        import collections, sys
        from fescue_runtime import quick_json
        texts = [u'{}', u' [1, 2.5, -0.0, 1e400, NaN, -Infinity, null, true, false] \\n', u'{"a": {"b": [{}]}, "a": 2}',
                 u'"\\\\ud83d\\\\ude00 \\u20ac"', u'9' * 40, u'""', u'', u'{', u'[1,]', u'{"a" 1}', u'"\\n"', u'1 2',
                 u'nul', u"{'a':1}", u'\\ufeff{}', u'\\x0b1', u'1.0E5', u'-', u'{"a":1}x', u'[' * 100000]
        values = [None, 1, 2.5, float('nan'), float('inf'), True, 'x', u'\\u00e4', [1, [2]], (1, 2), {1: 2}, {None: 3},
                  {2.5: 4}, {'a': {'b': []}}, object(), {(1,): 2}, set(), 10 ** 50, collections.OrderedDict(z=1)]
        values.append(values[:1])
        values[-1].append(values[-1])
        def outcome(function, argument):
            try:
                return repr(function(argument))
            except RuntimeError as error:  # recursion
                return 'RuntimeError'
            except Exception as error:
                return type(error).__name__, str(error).replace(hex(id(argument))[2:], '')
        def quick(function, argument):
            sys.modules.pop('json', None)
            return outcome(function, argument)
        got = [quick(quick_json.loads, text) for text in texts], [quick(quick_json.dumps, value) for value in values]
        import json
        assert got[0] == [outcome(json.loads, text) for text in texts]
        assert got[1] == [outcome(lambda value: json.dumps(value).encode('ascii'), value) for value in values]
        """)
