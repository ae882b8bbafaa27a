"""The worker's side of a core, for tests of language runtimes and SDKs without a core: the local HTTP API on a Unix
socket and on TCP, both loopback stacks (docs/compatibility/local-api.md#requests), one function, one worker at a time.

    with FakeCore(directory) as core:
        process = ...                        # a worker with core.environment()
        core.invoke(b'{}').outcome()         # -> ('', b'...')
        core.calls                           # what the worker sent to other ARNs
        core.answer_call = lambda call: ...  # and what it gets back

Every wait has a deadline and fails the test when it passes.
"""
import base64
import collections
import json
import os
import socket
import socketserver
import threading
import uuid
from http.server import BaseHTTPRequestHandler

DEADLINE = 30
FUNCTION_ARN = 'arn:aws:lambda:us-west-2:123456789012:function:probe:3'
API = '/2016-11-01'

Call = collections.namedtuple('Call', 'arn payload context type')


class Refuse(Exception):
    """Raised by `answer_call`: the request is answered with this HTTP status."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status, self.text = status, text


class Invocation:
    """A work item, and what comes of it."""

    def __init__(self, payload, context):
        self.id, self.payload = str(uuid.uuid4()), payload
        self.context = base64.b64encode(json.dumps(context).encode()).decode() if isinstance(context, dict) else context
        self._done, self._outcome = threading.Event(), None

    def finish(self, function_error, payload):
        self._outcome = (function_error, payload)
        self._done.set()

    def outcome(self):
        """(function error, payload): '' or 'Handled'."""
        assert self._done.wait(DEADLINE), 'the worker handed in no outcome'
        return self._outcome


class FakeCore:
    def __init__(self, directory, function_arn=FUNCTION_ARN, offers_next=True):
        self.function_arn, self.offers_next = function_arn, offers_next
        self.socket_path = os.path.join(str(directory), 'ipc.sock')
        self.token = 'Basic ' + base64.b64encode(os.urandom(12)).decode()
        self.port = 0
        self.calls, self.requests, self.initialized = [], [], []
        self.connections = 0
        self.answer_call = lambda call: ('', b'')  # -> (function error, payload), or raises Refuse
        self.spoil = None  # called with (handler, method, path) before a request is served; True: it did so itself
        self.refuse_result = None  # Refuse for the next posted results
        self._changed = threading.Condition()
        self._queue, self._given, self._answers = collections.deque(), {}, {}
        self._servers = []
        self._open = set()

    # -- life

    def __enter__(self):
        self.listen()
        return self

    def __exit__(self, *_):
        self.stop_listening()

    def listen(self):
        """On the same socket and port as before, if it listened before."""
        self._servers = _tcp_servers(self.port) + [_UnixServer(self.socket_path, _Handler)]
        self.port = self._servers[0].server_address[1]
        for server in self._servers:
            server.core = self
            threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.005}, daemon=True).start()

    def stop_listening(self):
        """Also ends every open connection, without an answer."""
        servers, self._servers = self._servers, []
        for server in servers:
            server.shutdown()
            server.server_close()
        if os.path.exists(self.socket_path):
            os.unlink(self.socket_path)
        self.drop_connections()

    def drop_connections(self):
        with self._changed:
            connections, self._open = self._open, set()
            self._changed.notify_all()
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def environment(self, transport='unix', **more):
        variables = {
            'MY_FUNCTION_ARN': self.function_arn, 'AWS_CONTAINER_AUTHORIZATION_TOKEN': self.token,
            'ENCODING_TYPE': 'json', 'GGC_MAX_INTERFACE_VERSION': '1.5', 'GG_DAEMON_PORT': str(self.port),
            'ROUTER_FUNCTION_ARN': 'arn:aws:lambda:::function:GGRouter',
            'SHADOW_FUNCTION_ARN': 'arn:aws:lambda:::function:GGShadowService',
            'SECRETS_MANAGER_FUNCTION_ARN': 'arn:aws:lambda:::function:GGSecretManager:1',
            'AWS_CONTAINER_CREDENTIALS_FULL_URI': 'http://localhost:%d%s/credentialprovider/' % (self.port, API),
            'PATH': '/usr/bin:/usr/local/bin',
        }
        if transport == 'unix':
            variables['IPC_SOCK_FILE'] = self.socket_path
        variables.update(more)
        return {name: value for name, value in variables.items() if value is not None}

    def connect(self):
        """A connection for a worker to be born with."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self.socket_path)
        return connection

    # -- what tests do and see

    def invoke(self, payload=b'{}', context=''):
        """Queues a work item. `context`: a dict, or the header's value."""
        item = Invocation(payload, context)
        with self._changed:
            self._queue.append(item)
            self._changed.notify_all()
        return item

    def wait_until(self, condition):
        """`condition` is called with the core locked; returns its first true value."""
        with self._changed:
            value = self._changed.wait_for(condition, DEADLINE)
            assert value, 'it did not come to pass'
            return value

    def wait_initialized(self):
        return self.wait_until(lambda: self.initialized)[-1]

    def wait_calls(self, count):
        return self.wait_until(lambda: len(self.calls) >= count and list(self.calls))

    # -- for the handler

    def note(self, request, connection):
        with self._changed:
            self.requests.append(request)
            self._open.add(connection)
            self._changed.notify_all()

    def note_connection(self):
        with self._changed:
            self.connections += 1

    def take_work(self, connection):
        """Blocks until there is work; None when the connection is over."""
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._queue or connection not in self._open, 0.2)
                if connection not in self._open or _has_ended(connection):
                    return None
                if self._queue:
                    item = self._queue.popleft()
                    self._given[item.id] = item
                    return item

    def take_waiting_work(self):
        """What is there already, or None."""
        with self._changed:
            if not self._queue:
                return None
            item = self._queue.popleft()
            self._given[item.id] = item
            return item

    def take_outcome(self, invocation_id, function_error, payload):
        if self.refuse_result and not function_error:
            raise self.refuse_result
        with self._changed:
            item = self._given.pop(invocation_id, None)
        if item is None:
            raise Refuse(404, 'no such invocation')
        item.finish(function_error, payload)

    def take_initialized(self, report):
        with self._changed:
            self.initialized.append(report)
            self._changed.notify_all()

    def take_call(self, call):
        """Returns the invocation id."""
        answer = self.answer_call(call)
        invocation_id = str(uuid.uuid4())
        with self._changed:
            self._answers[invocation_id] = answer
            self.calls.append(call)
            self._changed.notify_all()
        return invocation_id

    def take_answer(self, invocation_id):
        with self._changed:
            if invocation_id not in self._answers:
                raise Refuse(404, 'no such invocation')
            return self._answers.pop(invocation_id)


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64


class _Ipv6Server(_Server):
    address_family = socket.AF_INET6

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        super().server_bind()


class _UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64


def _tcp_servers(port):
    """127.0.0.1 and, where the machine has it, ::1, on one port."""
    for _ in range(50):
        first = _Server(('127.0.0.1', port), _Handler)
        try:
            return [first, _Ipv6Server(('::1', first.server_address[1]), _Handler)]
        except OSError as error:
            if not _has_ipv6():
                return [first]
            first.server_close()
            if port:
                raise error
    raise OSError('no port that is free on both loopback stacks')


def _has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(('::1', 0))
        return True
    except OSError:
        return False


def _has_ended(connection):
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b''
    except BlockingIOError:
        return False
    except OSError:
        return True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    wbufsize = -1  # one write for head and body, as the core does

    def setup(self):
        super().setup()
        self.server.core.note_connection()

    def handle(self):
        try:
            super().handle()
        except OSError:  # the worker went away, or the test cut the connection
            pass

    def do_GET(self):
        self._serve('GET')

    def do_POST(self):
        self._serve('POST')

    def do_PUT(self):
        self._serve('PUT')

    def _serve(self, method):
        core = self.server.core
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        core.note((method, self.path), self.connection)
        if core.spoil and core.spoil(self, method, self.path):
            return
        try:
            if self.headers.get('Authorization') != core.token:
                raise Refuse(403, 'unknown token')
            self._route(core, method, body)
        except Refuse as refusal:
            self.answer(refusal.text.encode(), refusal.status)

    def _route(self, core, method, body):
        own = '%s/functions/%s' % (API, core.function_arn)
        if self.path == own + '/work':
            return self._work(core, method, body)
        if self.path == own + '/initialized' and method == 'PUT':
            report = json.loads(body)
            core.take_initialized(report)
            wants_item = report['Success'] and self.headers.get('Fescue-Next') == '1' and core.offers_next
            return self._answer_with(core.take_waiting_work() if wants_item else None)
        if self.path.startswith(API + '/functions/') and not self.path.endswith('/work'):
            return self._call(core, method, self.path[len(API + '/functions/'):], body)
        raise Refuse(404, 'no such path')

    def _work(self, core, method, body):
        if method == 'POST':
            core.take_outcome(self.headers['X-Amz-InvocationId'], self.headers.get('X-Amz-Function-Error', ''), body)
            if self.headers.get('Fescue-Next') != '1' or not core.offers_next:
                return self.answer(b'')
        item = core.take_work(self.connection)
        if item is None:
            self.close_connection = True
            return
        self._answer_with(item)

    def _answer_with(self, item):
        if item is None:
            return self.answer(b'')
        self.answer(item.payload, 200, ('X-Amz-InvocationId', item.id), ('X-Amz-Client-Context', item.context))

    def _call(self, core, method, arn, body):
        if method == 'GET':
            function_error, payload = core.take_answer(self.headers.get('X-Amz-InvocationId'))
            return self.answer(payload, 200, ('X-Amz-Function-Error', function_error))
        encoded = self.headers.get('X-Amz-Client-Context', '')
        context = json.loads(base64.b64decode(encoded)) if encoded else None
        invocation_type = self.headers.get('X-Amz-Invocation-Type')
        invocation_id = core.take_call(Call(arn, body, context, invocation_type))
        self.answer(b'', 202 if invocation_type == 'Event' else 200, ('X-Amz-InvocationId', invocation_id))

    def answer(self, body, status=200, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_):
        pass
