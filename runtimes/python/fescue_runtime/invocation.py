"""What a handler is given and what is made of its result (docs/compatibility/languages.md#python-handlers)."""
import binascii

from fescue_runtime import quick_json


class PayloadError(Exception):
    """The event, its context or the result is not of the function's encoding."""


class Function(object):
    def __init__(self, arn):
        fields = arn.split(':')
        self.arn = arn
        self.name = fields[6] if len(fields) > 6 else None
        self.version = fields[7] if len(fields) > 7 else None


class Context(object):
    """The handler's second argument. V1's has no memory limit, log names or remaining time."""

    def __init__(self, function, invocation_id, client_context):
        """`function`: a Function."""
        self.invoked_function_arn = function.arn
        self.function_name = function.name
        self.function_version = function.version
        self.aws_request_id = invocation_id
        self.client_context = client_context
        self.identity = None


class ClientContext(object):
    """`custom`: dict, with `subject` when a message was routed here. `client`: None or a Client. `env`: dict."""

    def __init__(self, client=None, custom=None, env=None):
        self.client = client
        self.custom = {} if custom is None else custom
        self.env = {} if env is None else env


class Client(object):
    def __init__(self, description):
        self.installation_id = description.get('installation_id')
        self.app_title = description.get('app_title')
        self.app_version_name = description.get('app_version_name')
        self.app_version_code = description.get('app_version_code')
        self.app_version_package_name = description.get('app_version_package_name')


def parse_client_context(encoded):
    """`encoded`: base64 of a JSON object, as bytes; empty when there is none."""
    if not encoded:
        return ClientContext()
    try:
        fields = quick_json.loads_own(binascii.a2b_base64(encoded).decode('utf-8'))
        client = fields.get('client')
        return ClientContext(Client(client) if client else None, fields.get('custom'), fields.get('env'))
    except (ValueError, AttributeError) as error:  # binascii.Error is a ValueError
        raise PayloadError('The client context cannot be parsed as base64 of a JSON object: %s' % error)


class JsonEncoding(object):
    name = 'json'

    def decode(self, payload):
        """An empty payload is {}."""
        try:
            return quick_json.loads(payload.decode('utf-8')) if payload else {}
        except ValueError as error:  # UnicodeDecodeError too
            raise PayloadError('The payload cannot be parsed as JSON: %s' % error)

    def encode(self, result):
        try:
            return quick_json.dumps(result)
        except Exception as error:  # a key or value of any type, a reference to itself, too deep
            raise PayloadError('The result cannot be serialized as JSON: %s' % error)


class BinaryEncoding(object):
    name = 'binary'

    def decode(self, payload):
        return payload

    def encode(self, result):
        """bytes as they are, None as nothing, text as UTF-8."""
        if result is None:
            return b''
        if isinstance(result, type(u'')):
            return result.encode('utf-8')
        if isinstance(result, (bytes, bytearray, memoryview)):
            return bytes(result)
        raise PayloadError('The handler of a function with binary encoding must return bytes, not %s' %
                           type(result).__name__)


def encoding_named(name):
    """Of ENCODING_TYPE; None is 'json'."""
    for encoding in (JsonEncoding, BinaryEncoding):
        if encoding.name == (name or JsonEncoding.name):
            return encoding()
    raise ValueError('ENCODING_TYPE is "%s", which is neither json nor binary' % name)
