"""SIGTERM, and waiting in such a way that no signal is overlooked.

The interpreter only notes a signal and calls the handler later, between two instructions. A signal that is noted just
before a blocking recv would therefore wait for the next event. So the work loop blocks in poll, on the socket and on a
wakeup descriptor that the interpreter writes to as it notes a signal.
"""
import os
import select

from fescue_runtime.channel import SocketError, socketpair

try:
    import _signal
except ImportError:
    import signal as _signal  # the C module on Python 2; on Python 3 it would import enum

_SIGTERM = 15


def on_terminate(action):
    _signal.signal(_SIGTERM, lambda number, frame: action())


def die_of_sigterm():
    _signal.signal(_SIGTERM, _signal.SIG_DFL)
    os.kill(os.getpid(), _SIGTERM)


class SignalWaiter(object):
    """Only one per process counts, and it is made on the main thread."""

    def __init__(self):
        self._wakeup, self._write_end = socketpair()
        self._wakeup.setblocking(False)
        self._write_end.setblocking(False)
        _signal.set_wakeup_fd(self._write_end.fileno())
        self._poll = select.poll()
        self._poll.register(self._wakeup.fileno(), select.POLLIN)
        self._watched = None

    def wait(self, descriptor):
        """Until `descriptor` is readable, has ended or failed."""
        if descriptor != self._watched:
            if self._watched is not None:
                self._poll.unregister(self._watched)
            self._poll.register(descriptor, select.POLLIN)
            self._watched = descriptor
        while True:
            try:
                ready = self._poll.poll()
            except select.error:  # Python 2: interrupted; the handler has run
                continue
            if len(ready) > 1 or ready[0][0] == descriptor:
                return
            try:
                self._wakeup.recv(4096)
            except SocketError:
                pass
