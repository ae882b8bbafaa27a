"""Requests of the local API as bytes (docs/compatibility/local-api.md#requests): line, Host, the given headers."""
API_VERSION = '2016-11-01'

INVOCATION_ID = 'X-Amz-InvocationId'
CLIENT_CONTEXT = 'X-Amz-Client-Context'
AUTH_TOKEN = 'Authorization'
INVOCATION_TYPE = 'X-Amz-Invocation-Type'
FUNCTION_ERROR = 'X-Amz-Function-Error'
NEXT = 'Fescue-Next'  # ours: the answer to this POST .../work is the next work item


_NOT_IN_VALUE = b'\r\n\0'
_NOT_IN_PATH = _NOT_IN_VALUE + b' '


def function_path(function_arn, suffix=''):
    return '/%s/functions/%s%s' % (API_VERSION, function_arn, suffix)


def opening(method, path, headers):
    """All but the length: '<method> <path> HTTP/1.1', Host and `headers`, pairs of str or bytes. ValueError if one of
    them would break the request apart."""
    parts = [_ascii(method), b' ', _checked(path, _NOT_IN_PATH), b' HTTP/1.1\r\nHost: localhost\r\n']
    for name, value in headers:
        parts += [_ascii(name), b': ', _checked(value), b'\r\n']
    return b''.join(parts)


def head(opened, length):
    return opened + b'Content-Length: %d\r\n\r\n' % length


def _checked(value, forbidden=_NOT_IN_VALUE):
    data = _ascii(value)
    if len(data.translate(None, forbidden)) != len(data):
        raise ValueError('%r cannot be sent in a request' % value)
    return data


def _ascii(value):
    if value is None:
        return b''
    return value if isinstance(value, bytes) else value.encode('ascii')
