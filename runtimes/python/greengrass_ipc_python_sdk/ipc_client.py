"""Client of the core's local API, with the names that SDKs and connectors use (docs/compatibility/languages.md#python-modules).

Each thread keeps a connection of its own alive. Any failure is an IPCException.
"""
import collections

from fescue_runtime import errors, log, requests
from fescue_runtime.channel import Connection, ConnectionLost
from greengrass_common.env_vars import AUTH_TOKEN, GG_DAEMON_PORT

try:
    from _thread import _local
except ImportError:
    from thread import _local

HEADER_INVOCATION_ID = requests.INVOCATION_ID
HEADER_CLIENT_CONTEXT = requests.CLIENT_CONTEXT
HEADER_AUTH_TOKEN = requests.AUTH_TOKEN
HEADER_INVOCATION_TYPE = requests.INVOCATION_TYPE
HEADER_FUNCTION_ERR_TYPE = requests.FUNCTION_ERROR
IPC_API_VERSION = requests.API_VERSION

_ROUTER_ARN = 'arn:aws:lambda:::function:GGRouter'
_DEFAULT_PORT = 8000
_MOST_OPENINGS = 32  # remembered by a client

_connections = _local()  # by_address: {(endpoint, port): Connection}

WorkItem = collections.namedtuple('WorkItem', ['invocation_id', 'payload', 'client_context'])
GetWorkResultOutput = collections.namedtuple('GetWorkResultOutput', ['payload', 'func_err'])


class IPCException(Exception):
    pass


class InitializationResult(collections.namedtuple('InitializationResult', ['function_error'])):
    """Outcome of a worker's start: `function_error` is None, an exception or a text. str() is the report's body."""
    __slots__ = ()

    def __str__(self):
        import json
        error = self.function_error
        if isinstance(error, BaseException):
            error = '%s("%s")' % (type(error).__name__, errors.text_of(error))
        return '{"Success": %s, "Response": %s}' % ('false' if error else 'true', json.dumps(error or ''))


class IPCClient(object):
    """`endpoint` and port count only where the worker has no socket of its own. `port` is ignored, as on V1."""

    _GG_DAEMON_PORT = GG_DAEMON_PORT or _DEFAULT_PORT

    @staticmethod
    def set_gg_daemon_port(port):
        """The port of clients made from now on."""
        IPCClient._GG_DAEMON_PORT = port

    def __init__(self, endpoint='localhost', port=None):
        self.endpoint = endpoint
        self.port = int(IPCClient._GG_DAEMON_PORT)
        self.auth_token = AUTH_TOKEN
        self._openings = {}  # of post_work: a function says much the same again and again
        if port is not None:
            log.warn('IPCClient: port=%s is ignored, the core says where it listens' % port)

    def post_work(self, function_arn, payload, client_context, invocation_type='RequestResponse'):
        """Asks for a run of `function_arn`; returns its invocation id. `client_context`: base64 of JSON."""
        key = (function_arn, client_context, invocation_type, self.auth_token)
        opened = self._openings.get(key)
        if opened is None:
            opened = self._opening('POST', function_arn, '', [
                (HEADER_CLIENT_CONTEXT, client_context), (HEADER_INVOCATION_TYPE, invocation_type)])
            if len(self._openings) == _MOST_OPENINGS:
                self._openings.clear()
            self._openings[key] = opened
        return self._exchange(opened, payload).header(b'x-amz-invocationid')

    def get_work_result(self, function_arn, invocation_id):
        """Waits for the result of post_work. `func_err` is '' on success, else 'Handled' or 'Unhandled'."""
        if function_arn == _ROUTER_ARN:
            return GetWorkResultOutput(payload='', func_err='')
        answer = self._call('GET', function_arn, '', None, [(HEADER_INVOCATION_ID, invocation_id)])
        return GetWorkResultOutput(payload=answer.body, func_err=answer.header(b'x-amz-function-error'))

    def get_work(self, function_arn):
        """Waits for the next WorkItem of this worker's function."""
        answer = self._call('GET', function_arn, '/work', None, [])
        return WorkItem(invocation_id=answer.header(b'x-amz-invocationid'), payload=answer.body,
                        client_context=answer.header(b'x-amz-client-context'))

    def post_work_result(self, function_arn, work_item):
        """Hands in the result of a work item: a WorkItem whose payload is the result."""
        self._call('POST', function_arn, '/work', work_item.payload, [(HEADER_INVOCATION_ID, work_item.invocation_id)])

    def post_handler_err(self, function_arn, invocation_id, handler_err):
        """Hands in that the handler failed, with the text `handler_err`."""
        import json
        self._call('POST', function_arn, '/work', json.dumps({'errorMessage': handler_err}), [
            (HEADER_INVOCATION_ID, invocation_id), (HEADER_FUNCTION_ERR_TYPE, 'Handled')])

    def put_initialization_result(self, function_arn, func_error):
        """Reports the outcome of the worker's start: None for success, else an exception or a text."""
        self._call('PUT', function_arn, '/initialized', str(InitializationResult(func_error)), [])

    def _call(self, method, function_arn, suffix, payload, headers):
        return self._exchange(self._opening(method, function_arn, suffix, headers), payload)

    def _opening(self, method, function_arn, suffix, headers):
        path = requests.function_path(function_arn, suffix)
        return requests.opening(method, path, headers + [(HEADER_AUTH_TOKEN, self.auth_token)])

    def _exchange(self, opened, payload):
        body = _prepare_payload(payload)
        if log.enabled(log.DEBUG):
            request = opened[:opened.index(b' HTTP/')].decode('ascii').replace(' ', ' http://%s:%d' %
                                                                               (self.endpoint, self.port))
            log.debug(request)
        try:
            answer = _connection(self.endpoint, self.port).exchange(requests.head(opened, len(body)), body)
        except ConnectionLost as error:
            log.error(str(error))
            raise IPCException(str(error))
        if not answer.ok():
            log.error('HTTP Error %d:%s, %s' % (answer.status, answer.reason, answer.body.decode('utf-8', 'replace')))
            raise IPCException('HTTP Error %d: %s' % (answer.status, answer.reason))
        return answer


def _connection(endpoint, port):
    try:
        return _connections.by_address[endpoint, port]
    except AttributeError:
        _connections.by_address = {}
    except KeyError:
        pass
    made = _connections.by_address[endpoint, port] = Connection(endpoint, port)
    return made


def _prepare_payload(payload):
    """None is empty and text is UTF-8; bytes, and whatever Python 2 calls str, go as they are; files are read."""
    if payload is None:
        return b''
    if isinstance(payload, bytes):
        return payload
    if isinstance(payload, type(u'')):
        return payload.encode('utf-8')
    if hasattr(payload, 'read'):
        return _prepare_payload(payload.read())
    return memoryview(payload).tobytes()  # TypeError for what is not bytes-like
