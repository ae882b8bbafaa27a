"""Wires the `logging` module to the worker's log at the moment it is first imported.

`logging` takes longer to import than all the rest of a worker's start, and many functions never use it. A finder at the
head of sys.meta_path waits for the name, lets the normal machinery load it, and puts V1's handler on the root logger.
"""
import sys


def install():
    if 'logging' in sys.modules:  # a sitecustomize or .pth file was faster
        wire(sys.modules['logging'])
    else:
        sys.meta_path.insert(0, _Finder())


def wire(logging):
    """The root logger passes everything on; LOG_LEVEL is the handler's, so that a function's own handlers see all."""
    from greengrass_common.common_log_appender import LocalwatchLogHandler
    root = logging.getLogger()
    root.addHandler(LocalwatchLogHandler())
    root.setLevel(logging.NOTSET)


class _Finder(object):
    def find_spec(self, name, path=None, target=None):
        if name != 'logging':
            return None
        sys.meta_path.remove(self)
        spec = _find(name)
        if spec is not None:
            _after_loading(spec.loader, wire)
        return spec

    # Python 2: this object is finder and loader.
    def find_module(self, name, path=None):
        return self if name == 'logging' else None

    def load_module(self, name):
        sys.meta_path.remove(self)
        __import__(name)
        wire(sys.modules[name])
        return sys.modules[name]


def _find(name):
    for finder in sys.meta_path:
        spec = finder.find_spec(name, None) if hasattr(finder, 'find_spec') else None
        if spec is not None:
            return spec
    return None


def _after_loading(loader, action):
    """Has `action` called with the module once this loader has run it."""
    run = loader.exec_module

    def run_and_act(module):
        del loader.exec_module
        run(module)
        action(module)

    loader.exec_module = run_and_act
