#!/usr/bin/env python3
"""What the Java runtime itself costs beside its floors: a start beside a class that says hello, with the JVM's own archive of
classes, and each warm event beside FloorWorker.java, in turn. As a core starts it: through `connect`, with the archive of
tools/archive_java. Of starts, the processor time is the steadier figure.

    bench/java_worker.py [--java /usr/bin/java] [--starts 40] [--events 20000]
"""
import argparse
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

from python_worker import WORK, measure_events

ROOT = pathlib.Path(__file__).resolve().parent.parent
JARS = ROOT / 'build/release/runtimes/java'
FLAGS = ['-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', '-Xshare:auto', '-Dfile.encoding=UTF-8',
         '-Djdk.reflect.useNativeAccessorOnly=true', '-XX:+UseSerialGC', '-Xms16m', '-Xmx48m']
SOURCES = {
    'Echo': 'import com.amazonaws.services.lambda.runtime.Context;\n'
            'public class Echo { public Object handleRequest(Object event, Context context) { return event; } }\n',
    'Hello': 'public class Hello { public static void main(String[] words) { System.out.println("hello"); } }\n'}


class Peer:
    def __init__(self, java):
        self.java, self.directory = java, pathlib.Path(tempfile.mkdtemp(prefix='bench-'))
        self.package = self.directory / 'lambda'  # beside `runtime`, as in a container
        self.package.mkdir()
        (self.directory / 'runtime').mkdir()
        (self.directory / 'runtime/java').symlink_to(JARS)
        for name, text in SOURCES.items():
            (self.directory / (name + '.java')).write_text(text)
        shutil.copy(ROOT / 'bench/FloorWorker.java', self.directory)
        subprocess.run(['javac', '--release', '8', '-Xlint:-options', '-d', self.package, '-cp', JARS / 'interfaces.jar',
                        *self.directory.glob('*.java')], check=True)
        self.path = str(self.directory / 'ipc.sock')
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.environment = {
            'MY_FUNCTION_ARN': 'arn:aws:lambda:us-west-2:123456789012:function:echo:1', 'IPC_SOCK_FILE': self.path,
            'AWS_CONTAINER_AUTHORIZATION_TOKEN': 'Basic bench', 'ENCODING_TYPE': 'json',
            'GGC_MAX_INTERFACE_VERSION': '1.5', 'PATH': '/usr/bin:/usr/local/bin'}

    def spawn(self, *words, through_connect=True):
        return subprocess.Popen([*([JARS / 'connect'] if through_connect else []), self.java, *words], cwd=self.package,
                                env=self.environment, stdout=subprocess.DEVNULL)

    def start(self):
        """Returns the worker and its connection, with a request for work on it."""
        archive = '../runtime/java/%s.jsa' % os.path.realpath(self.java)[1:].replace('/', '-')
        worker = self.spawn(*FLAGS, '-Xlog:disable', '-XX:SharedArchiveFile=' + archive, '-cp',
                            '../runtime/java/runtime.jar:.:*:lib/*:../runtime/java/interfaces.jar:../runtime/java/sdk.jar',
                            'com.amazonaws.greengrass.runtime.LambdaRuntime', '--handler=Echo::handleRequest')
        connection, _ = self.listener.accept()
        assert connection.recv(65536).startswith(b'PUT')
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        assert connection.recv(65536).startswith(b'GET')
        return worker, connection

    def start_floor(self):
        worker = self.spawn(*FLAGS, '-cp', '.', 'FloorWorker')
        connection, _ = self.listener.accept()
        assert connection.recv(65536).startswith(b'GET')
        return worker, connection


def measured(begin):
    """(milliseconds, milliseconds of CPU) until `begin` returns; it returns a process and whether to end it."""
    start = time.perf_counter()
    process, runs_on = begin()
    took = time.perf_counter() - start
    if runs_on:
        process.kill()
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return took * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3


def measure_starts(peer, count):
    def ours():
        worker, connection = peer.start()
        connection.sendall(WORK)
        assert connection.recv(65536).startswith(b'POST')
        connection.close()
        return worker, True

    def hello():
        process = peer.spawn('-cp', '.', 'Hello', through_connect=False)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        return process, False

    pairs = [(measured(ours), measured(hello)) for _ in range(count)]
    for name, column in (('start to first result', 0), ('a class that says hello', 1)):
        print('%-26s %6.1f ms, %6.1f ms of CPU' % (name, statistics.median(pair[column][0] for pair in pairs),
                                                  statistics.median(pair[column][1] for pair in pairs)))
    print('ratio (pair by pair)       %6.2f, of CPU %.2f' % tuple(
        statistics.median(a[i] / b[i] for a, b in pairs) for i in (0, 1)))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument('--java', default='/usr/bin/java')
    options.add_argument('--starts', type=int, default=40)
    options.add_argument('--events', type=int, default=20000)
    chosen = options.parse_args()
    peer = Peer(chosen.java)
    measure_starts(peer, chosen.starts)
    rounds = [(measure_events(peer.start, chosen.events), measure_events(peer.start_floor, chosen.events)) for _ in range(3)]
    for name, column in (('event', 0), ('event, floor', 1)):
        median, p99, cpu = (statistics.median(values) for values in zip(*(each[column] for each in rounds)))
        print('%-26s %6.1f us median, %.1f us p99, %.1f us of CPU' % (name, median, p99, cpu))
    print('ratio of medians           %6.2f (round by round)' % statistics.median(a[0] / b[0] for a, b in rounds))


if __name__ == '__main__':
    main()
