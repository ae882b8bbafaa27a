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
        others = [finder for finder in sys.meta_path if finder is not self and hasattr(finder, 'find_spec')]
        found = (finder.find_spec(name, None) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and hasattr(spec.loader, 'exec_module'):
            self._act_after_loading(spec.loader)
        return spec

    def _act_after_loading(self, loader):
        run = loader.exec_module

        def run_and_wire(module):
            del loader.exec_module
            sys.meta_path.remove(self)
            run(module)
            wire(module)

        loader.exec_module = run_and_wire

    # Python 2: this object is finder and loader.
    def find_module(self, name, path=None):
        return self if name == 'logging' else None

    def load_module(self, name):
        sys.meta_path.remove(self)
        __import__(name)
        wire(sys.modules[name])
        return sys.modules[name]
