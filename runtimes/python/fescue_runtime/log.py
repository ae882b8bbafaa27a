"""The worker's log: one pipe for each level, named by _GG_LOG_FD_<LEVEL>; the core stamps time and level on each line.

A record is "<file>:<line>,<text>\\n", written at once. Levels are numbers of the `logging` module, which is not
imported here: it costs more than the rest of a worker's start (see logging_hook). LOG_LEVEL filters the runtime's
records and those of `logging`; what functions print is never filtered here.
"""
import errno
import os
import sys

TRACE, DEBUG, INFO, WARN, ERROR, FATAL = 0, 10, 20, 30, 40, 50

_THRESHOLDS = {
    'TRACE': TRACE, 'NOTSET': TRACE, 'DEBUG': DEBUG, 'INFO': INFO, 'WARN': WARN, 'ERROR': ERROR, 'FATAL': FATAL}
_DEFAULT_THRESHOLD = 'INFO'
_lowest = None  # threshold(), once it was asked for


def _descriptor(level_name, otherwise):
    value = os.environ.get('_GG_LOG_FD_' + level_name, '')
    return int(value) if value.isdigit() else otherwise


# Without the core's pipes, standard output and error have to do.
_DESCRIPTORS = (
    (FATAL, _descriptor('FATAL', 2)),
    (ERROR, _descriptor('ERROR', 2)),
    (WARN, _descriptor('WARN', 2)),
    (INFO, _descriptor('INFO', 1)),
    (DEBUG, _descriptor('DEBUG', 1)),
)
_TRACE_DESCRIPTOR = _descriptor('TRACE', 1)


def threshold():
    """The lowest level to log, from LOG_LEVEL. ValueError if that is not one of V1's names."""
    name = os.environ.get('LOG_LEVEL') or _DEFAULT_THRESHOLD
    if name not in _THRESHOLDS:
        raise ValueError('LOG_LEVEL is "%s", which is none of %s' % (name, ' '.join(sorted(_THRESHOLDS))))
    return _THRESHOLDS[name]


def descriptor(level):
    for lowest, number in _DESCRIPTORS:
        if level >= lowest:
            return number
    return _TRACE_DESCRIPTOR


def write(level, text):
    """Writes `text` and a newline. Never fails: a function must not die of its log."""
    data = to_bytes(text) + b'\n'
    number = descriptor(level)
    while data:
        try:
            data = data[os.write(number, data):]
        except OSError as failure:
            if failure.errno != errno.EINTR:
                return


def to_bytes(text):
    return text if isinstance(text, bytes) else text.encode('utf-8', 'backslashreplace')


def enabled(level):
    global _lowest
    if _lowest is None:
        try:
            _lowest = threshold()
        except ValueError:  # reported once, by the worker's start
            _lowest = _THRESHOLDS[_DEFAULT_THRESHOLD]
    return level >= _lowest


def record(level, message, depth=1):
    """Logs `message` as coming from the caller `depth` frames up, if LOG_LEVEL lets it."""
    if enabled(level):
        write(level, origin(depth + 1) + message)


def debug(message):
    record(DEBUG, message, 2)


def info(message):
    record(INFO, message, 2)


def warn(message):
    record(WARN, message, 2)


def error(message):
    record(ERROR, message, 2)


def fatal(message):
    record(FATAL, message, 2)


def origin(depth):
    """"<file>:<line>," of the frame `depth` above this function's."""
    try:
        frame = sys._getframe(depth)
    except ValueError:  # called by the interpreter itself
        return '<unknown>:0,'
    return '%s:%d,' % (os.path.basename(frame.f_code.co_filename), frame.f_lineno)
