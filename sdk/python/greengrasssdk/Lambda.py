"""Runs other functions of the group, and carries the calls of the other clients to the core's own services.

Outside a core (MY_FUNCTION_ARN is not set) nothing is sent and canned results are returned, so that functions can be
imported and tried on any machine.
"""
import io
import os

from greengrasssdk.client import required

_BASE64 = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$'
# As V1's cores parse it (docs/compatibility/local-api.md#names); not imported from the core, which may be absent.
_FUNCTION_ARN = (r'(arn:aws(?:-[a-z]+)*:lambda:[a-z]{2}(?:-[a-z]+)+-\d:[0-9a-zA-Z]*:function:[a-zA-Z0-9-_]+)'
                 r'(?::(\$LATEST|[a-zA-Z0-9-_]+))?')
_CANNED_RESULT = b'{}'


class InvocationException(Exception):
    """The core did not run the function: refused, unknown, or not reachable."""


class StreamingBody(object):
    """A result, to be read once like a file."""

    def __init__(self, payload):
        self._stream = io.BytesIO(payload)

    def read(self, amt=None):
        """At most `amt` bytes, or all that is left."""
        return self._stream.read(amt) if amt is not None else self._stream.read()

    def close(self):
        self._stream.close()


class Client(object):
    def __init__(self, endpoint='localhost', port=None):
        """`endpoint` counts only where the core gave the worker no socket of its own; `port` never does."""
        self.ipc, self._refusal = _ipc_client(endpoint)

    def invoke(self, **kwargs):
        """Runs a function of the group.

        FunctionName: its ARN, with its version unless Qualifier has it. InvocationType: 'RequestResponse' (the default;
        waits) or 'Event'. Payload: bytes or text. ClientContext: base64 as bytes.
        Returns {'FunctionError', 'Payload'}: '' and a StreamingBody; or 'Handled' or 'Unhandled' and the error as
        bytes; or, for an Event, '' and b''.
        Raises ValueError for bad arguments, InvocationException when the core does not run it.
        """
        function_arn = _qualified_arn(required(kwargs, 'FunctionName'), kwargs.get('Qualifier', ''))
        return self._invoke_internal(function_arn, kwargs.get('Payload', b''),
                                     _client_context(kwargs.get('ClientContext', b'')),
                                     kwargs.get('InvocationType', 'RequestResponse'))

    def _invoke_internal(self, function_arn, payload, client_context, invocation_type='RequestResponse'):
        """Any ARN, also of the core's services; `client_context` is base64 of JSON, bytes or str."""
        if self.ipc is None:
            return _canned(invocation_type)
        try:
            invocation_id = self.ipc.post_work(function_arn, payload, client_context, invocation_type)
            if invocation_type == 'Event':
                return {'Payload': b'', 'FunctionError': ''}
            result = self.ipc.get_work_result(function_arn, invocation_id)
        except self._refusal as error:
            raise InvocationException('Failed to invoke function due to ' + str(error))
        failure = result.func_err or ''
        return {'Payload': result.payload if failure else StreamingBody(result.payload), 'FunctionError': failure}


def _ipc_client(endpoint):
    """With the exception that it raises; nothing outside a core."""
    if 'MY_FUNCTION_ARN' not in os.environ:
        return None, ()
    from greengrass_ipc_python_sdk.ipc_client import IPCClient, IPCException
    return IPCClient(endpoint=endpoint), IPCException


def _canned(invocation_type):
    if invocation_type == 'RequestResponse':
        return {'Payload': StreamingBody(_CANNED_RESULT), 'FunctionError': ''}
    if invocation_type == 'Event':
        return {'Payload': b'', 'FunctionError': ''}
    raise Exception('There is no invocation type %r' % (invocation_type,))


def _qualified_arn(function_name, qualifier):
    import re
    match = re.match(_FUNCTION_ARN, function_name)
    if not match:
        raise ValueError('Cannot parse given string as a function ARN.')
    unqualified, own_qualifier = match.groups()
    if qualifier and own_qualifier and own_qualifier != qualifier:
        raise ValueError('FunctionName says version %s and Qualifier %s' % (own_qualifier, qualifier))
    qualifier = own_qualifier or qualifier
    return '%s:%s' % (unqualified, qualifier) if qualifier else unqualified


def _client_context(encoded):
    import re
    try:
        text = encoded.decode('ascii')
    except (AttributeError, UnicodeDecodeError):
        raise ValueError('ClientContext must be bytes of base64, not %r' % (encoded,))
    if text and not re.match(_BASE64, text):
        raise ValueError('ClientContext must be bytes of base64, not %r' % (encoded,))
    return text
