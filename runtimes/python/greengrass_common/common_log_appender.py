"""The `logging` handler of a worker, under its names of GGC 1.0 to 1.11."""
import logging

from fescue_runtime import log

LOCALWATCH_FORMAT = '%(filename)s:%(lineno)d,%(message)s'


class LocalwatchLogHandler(logging.Handler):
    """Writes each record to the pipe of its level. LOG_LEVEL is the lowest level written (ValueError if unknown)."""

    def __init__(self):
        logging.Handler.__init__(self, level=log.threshold())
        self.setFormatter(logging.Formatter(LOCALWATCH_FORMAT))

    def emit(self, record):
        try:
            log.write(record.levelno, self.format(record))
        except Exception:
            self.handleError(record)


# Functions of GGC 1.0 and 1.1 add it to loggers of their own and turn propagation off.
local_cloudwatch_handler = LocalwatchLogHandler()
