"""Stream manager's client is not part of this SDK yet. Modules that name what the official one exports can be imported,
and their stream definitions be made; a client cannot: it raises ConnectFailedException, as where no stream manager runs.
"""
import sys
import types

_UNAVAILABLE = 'Stream manager is not available on this core yet'


class StreamManagerException(Exception):
    def __init__(self, message='', status=None, request_id=None):
        super(StreamManagerException, self).__init__(message)
        self.message, self.status, self.request_id = message, status, request_id


class ClientException(StreamManagerException):
    pass


class ConnectFailedException(ClientException):
    pass


class StreamManagerClient(object):
    def __init__(self, *_, **__):
        raise ConnectFailedException(_UNAVAILABLE)


class _Named(type):
    """Members of what may be an enumeration are their names."""

    def __getattr__(cls, name):
        if not name[:1].isupper():
            raise AttributeError(name)
        return '%s.%s' % (cls.__name__, name)


class _Data(object):
    def __init__(self, *_, **fields):
        self.__dict__.update(fields)


class _StreamManager(types.ModuleType):
    """Anything else that begins with a capital is made when it is asked for."""

    def __getattr__(self, name):
        if not name[:1].isupper():
            raise AttributeError(name)
        made = type(name, (StreamManagerException,), {}) if name.endswith('Exception') else _Named(name, (_Data,), {})
        setattr(self, name, made)
        return made


def _take_the_place_of_this_module():
    module = _StreamManager(__name__, __doc__)
    module.__dict__.update((name, value) for name, value in globals().items() if name[0].isupper())
    module.replaced = sys.modules[__name__]  # Python 2 would empty it
    sys.modules[__name__] = module
    for part in ('data', 'exceptions', 'streammanagerclient', 'util'):  # the official one is a package
        sys.modules['%s.%s' % (__name__, part)] = module
        setattr(module, part, module)


_take_the_place_of_this_module()
