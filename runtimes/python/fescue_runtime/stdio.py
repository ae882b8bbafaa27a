"""sys.stdout and sys.stderr of a worker: what is printed becomes log records, INFO and ERROR.

As on V1 a record carries the file and line that printed it, may hold several lines, and a newline alone makes no
record. Unlike V1, where each write was a record, text is collected until it ends with a newline (print(a, b) writes
four times), for each thread by itself; flush(), the end of an invocation and a length of 64 KiB end a record too.
"""
import io
import sys

from fescue_runtime import log

try:
    from _thread import get_ident
except ImportError:
    from thread import get_ident

_LONGEST_RECORD = 64 * 1024
_Text = type(u'')


class LogStream(object):
    encoding = 'utf-8'
    errors = 'backslashreplace'
    mode = 'w'
    newlines = None
    closed = False
    line_buffering = True

    def __init__(self, level, name):
        self.name = name
        self._level = level
        self._begun = {}  # thread id -> (origin, text) of the line it has begun

    def write(self, text):
        return self._write(text, log.origin(2))

    def writelines(self, lines):
        origin = log.origin(2)
        for line in lines:
            self._write(line, origin)

    def _write(self, text, here):
        if isinstance(text, bytes):
            text = text.decode('utf-8', 'replace')
        elif not isinstance(text, _Text):
            text = str(text)
        thread = get_ident()
        origin, begun = self._begun.pop(thread, None) or (here, '')
        begun += text
        if begun.endswith('\n') or len(begun) > _LONGEST_RECORD:
            self._emit(origin, begun)
        elif begun:
            self._begun[thread] = (origin, begun)
        return len(text)

    def flush(self):
        """Ends the line that this thread has begun."""
        self._end_line(get_ident())

    def end_lines(self):
        for thread in list(self._begun):
            self._end_line(thread)

    def _end_line(self, thread):
        self._emit(*self._begun.pop(thread, None) or ('', ''))

    def _emit(self, origin, text):
        text = text[:-1] if text.endswith('\n') else text
        if text:
            log.write(self._level, origin + text)

    @property
    def buffer(self):
        """The level's pipe itself, unbuffered."""
        return io.open(self.fileno(), 'wb', 0, closefd=False)

    def fileno(self):
        return log.descriptor(self._level)

    def isatty(self):
        return False

    def readable(self):
        return False

    def writable(self):
        return True

    def seekable(self):
        return False

    def close(self):
        self.flush()

    def reconfigure(self, **_):
        pass


_streams = (LogStream(log.INFO, '<stdout>'), LogStream(log.ERROR, '<stderr>'))


def replace_standard_streams():
    sys.stdout, sys.stderr = _streams


def end_lines_of_thread():
    for stream in _streams:
        if stream._begun:
            stream.flush()


def end_all_lines():
    for stream in _streams:
        stream.end_lines()
