"""JSON by CPython's C module alone, until the function itself imports `json`.

Importing `json` (and `re` with it) takes a third as long as starting the interpreter, and every on-demand worker's
first event would wait for it. Results are those of json.loads and json.dumps: whatever is out of the ordinary, errors
above all, is left to them.
"""
import sys

try:
    import _json
except ImportError:  # an interpreter without it
    _json = None


class _Defaults(object):
    """What make_scanner reads from a JSONDecoder."""
    strict = True
    encoding = 'utf-8'  # Python 2
    object_hook = object_pairs_hook = None
    parse_float, parse_int, memo = float, int, {}

    @staticmethod
    def parse_constant(name):
        return {'-Infinity': float('-inf'), 'Infinity': float('inf'), 'NaN': float('nan')}[name]


_scan = None if _json is None else _json.make_scanner(_Defaults)


def _refuse(value):
    raise TypeError()


def loads(text):
    """`text`: unicode. ValueError if it is not one JSON value."""
    if 'json' in sys.modules:  # with whatever the function has done to it
        return sys.modules['json'].loads(text)
    return loads_own(text)


def loads_own(text):
    """The same for what is no business of the function's: never by a `json` that it may have changed, if that can be."""
    if _scan is not None:
        try:
            value, end = _scan(text, len(text) - len(text.lstrip(u' \t\r\n')))
            if end == len(text) or not text[end:].strip(u' \t\r\n'):
                return value
        except Exception:
            pass
    import json
    return json.loads(text)


def dumps(value):
    """Bytes, all ASCII."""
    if _json is not None and 'json' not in sys.modules:
        try:
            quote = _json.encode_basestring_ascii
            encode = _json.make_encoder({}, _refuse, quote, None, ': ', ', ', False, False, True)
            return ''.join(encode(value, 0)).encode('ascii')
        except Exception:
            pass
    import json
    return json.dumps(value).encode('ascii')
