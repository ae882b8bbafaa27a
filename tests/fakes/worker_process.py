"""A worker process as the core starts it: one log pipe for each level, the package as working directory."""
import os
import signal
import subprocess
import threading

from fake_core import DEADLINE

LEVELS = ('TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL')


class WorkerProcess:
    """`lines`: [(level, text)] as they come. Leaving the `with` block kills what is still there. `deaf`: once true, the next
    line of a level closes its pipe. `connection`: a socket that the worker is born with; see FESCUE_CONNECTION; with
    `as_input` it is the standard input, too."""

    def __init__(self, command, package, environment, connection=None, as_input=False):
        pipes = {level: os.pipe() for level in LEVELS}
        variables = dict(environment)
        for level, (_, write_end) in pipes.items():
            variables['_GG_LOG_FD_' + level] = {'INFO': '1', 'ERROR': '2'}.get(level, str(write_end))
        self.lines, self._changed, self._readers = [], threading.Condition(), []
        self.deaf = False
        passed = [write_end for _, write_end in pipes.values()]
        if connection is not None:
            variables['FESCUE_CONNECTION'] = str(connection.fileno())
            passed.append(connection.fileno())
        self.process = subprocess.Popen(command, cwd=str(package), env=variables,
                                        stdin=connection if as_input and connection else subprocess.DEVNULL,
                                        stdout=pipes['INFO'][1], stderr=pipes['ERROR'][1], pass_fds=passed,
                                        start_new_session=True)
        if connection is not None:
            self.connection_inode = os.fstat(connection.fileno()).st_ino
            connection.close()
        for level, (read_end, write_end) in pipes.items():
            os.close(write_end)
            self._readers.append(threading.Thread(target=self._read, args=(level, read_end), daemon=True))
            self._readers[-1].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(DEADLINE)

    def _read(self, level, descriptor):
        with os.fdopen(descriptor, 'rb') as pipe:
            for line in pipe:
                if self.deaf:
                    return
                with self._changed:
                    self.lines.append((level, line.rstrip(b'\n').decode('utf-8', 'replace')))
                    self._changed.notify_all()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def exit_status(self):
        """Waits for the end, and for the last line of its log."""
        status = self.process.wait(DEADLINE)
        for reader in self._readers:
            reader.join(DEADLINE)
        return status

    def wait_line(self, level, part):
        """The first line of that level that contains `part`."""
        def found():
            return next((text for at, text in self.lines if at == level and part in text), None)
        with self._changed:
            line = self._changed.wait_for(found, DEADLINE)
            assert line is not None, 'no %s line with %r in %r' % (level, part, self.lines)
            return line

    def texts(self, level):
        with self._changed:
            return [text for at, text in self.lines if at == level]
