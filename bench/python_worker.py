#!/usr/bin/env python3
"""What the Python runtime and SDK cost by themselves: start to the first request for work, each event once warm, and a publish
beside a bare exchange of as many bytes with the same peer, by turns.

    bench/python_worker.py [--python /usr/bin/python3] [--starts 40] [--events 20000]

The peer is a socket that answers as fast as Python can, so the warm figures hold one Python peer's work too; `worker
CPU` is the worker's own. The start is set against the same interpreter importing what a stock runtime imports, run in
turn.
"""
import argparse
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

RUNTIME = pathlib.Path(__file__).resolve().parent.parent / 'runtimes' / 'python' / 'lambda_runtime.py'
FLOOR = 'import json,logging,urllib.request,http.client'
EVENT = b'{"sensor": 17, "temperature": 21.5}'
CONTEXT = b'eyJjdXN0b20iOnsic3ViamVjdCI6ImEvYiJ9fQ=='
WORK = (b'HTTP/1.1 200 OK\r\nX-Amz-InvocationId: 6f1c1f0e-0000-4000-8000-000000000001\r\nX-Amz-Client-Context: %s\r\n'
        b'Content-Length: %d\r\n\r\n%s' % (CONTEXT, len(EVENT), EVENT))
TAKEN = b'HTTP/1.1 202 Accepted\r\nX-Amz-InvocationId: 6f1c1f0e-0000-4000-8000-000000000001\r\nContent-Length: 0\r\n\r\n'
BARE_BYTES = 600  # about what a publish sends
# An event "publish N" or "bare N" is done N times; the answer is the microseconds that each took.
HANDLER = '''
import os, socket, time
import greengrasssdk
client = greengrasssdk.client('iot-data')

def handler(event, context):
    if not isinstance(event, str):
        return event
    kind, count = event.split()
    payload, request, bare = b'x' * 128, b'x' * %d, None
    if kind == 'bare':
        bare = socket.socket(socket.AF_UNIX)
        bare.connect(os.environ['IPC_SOCK_FILE'])
    begin = time.perf_counter()
    for _ in range(int(count)):
        if bare:
            bare.sendall(request)
            bare.recv(65536)
        else:
            client.publish(topic='plant/1/status', payload=payload)
    return (time.perf_counter() - begin) / int(count) * 1e6
''' % BARE_BYTES


class Peer:
    def __init__(self, python):
        self.directory = tempfile.mkdtemp(prefix='bench-')
        pathlib.Path(self.directory, 'function.py').write_text(HANDLER)
        path = os.path.join(self.directory, 'ipc.sock')
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.command = [python, '-u', str(RUNTIME), '--handler=function.handler']
        self.environment = {
            'MY_FUNCTION_ARN': 'arn:aws:lambda:us-west-2:123456789012:function:echo:1', 'IPC_SOCK_FILE': path,
            'AWS_CONTAINER_AUTHORIZATION_TOKEN': 'Basic bench', 'ENCODING_TYPE': 'json',
            'GGC_MAX_INTERFACE_VERSION': '1.5', 'PATH': '/usr/bin:/usr/local/bin'}

    def start(self):
        """Returns the worker and its connection, with a request for work on it."""
        worker = subprocess.Popen(self.command, cwd=self.directory, env=self.environment, stdout=subprocess.DEVNULL)
        connection, _ = self.listener.accept()
        assert connection.recv(65536).startswith(b'PUT')
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        assert connection.recv(65536).startswith(b'GET')
        return worker, connection


def milliseconds(action):
    begin = time.perf_counter()
    action()
    return (time.perf_counter() - begin) * 1e3


def measure_starts(peer, python, count):
    def start():
        worker, connection = peer.start()
        running.append((worker, connection))

    ours, floor, answered = [], [], []
    for _ in range(count):
        running = []
        ours.append(milliseconds(start))
        worker, connection = running[0]
        answered.append(ours[-1] + milliseconds(lambda: (connection.sendall(WORK), connection.recv(65536))))
        worker.kill()
        worker.wait()
        connection.close()
        floor.append(milliseconds(lambda: subprocess.run([python, '-c', FLOOR], check=True)))
    print('start to request for work  %6.1f ms' % statistics.median(ours))
    print('start to first result      %6.1f ms' % statistics.median(answered))
    print('%s -c "%s"  %6.1f ms, ratio %.2f (pair by pair)' % (
        os.path.basename(python), FLOOR, statistics.median(floor),
        statistics.median(a / b for a, b in zip(ours, floor))))


def measure_events(begin_worker, count):
    """(median, p99, CPU) of an event in microseconds, by a worker whose connection has a request for work on it."""
    worker, connection = begin_worker()
    times, before = [], 0
    for number in range(count + count // 5):
        if number == count // 5:  # warm
            before = cpu_seconds(worker.pid)
        begin = time.perf_counter()
        connection.sendall(WORK)
        connection.recv(65536)
        times.append(time.perf_counter() - begin)
    used = (cpu_seconds(worker.pid) - before) / count
    worker.kill()
    worker.wait()
    connection.close()
    times = sorted(times[count // 5:])
    return times[count // 2] * 1e6, times[count * 99 // 100] * 1e6, used * 1e6


def measure_publish(begin_worker, listener, count, event=b'"%s %d"', rounds=5):
    """Prints what a publish of 128 bytes takes beside a bare exchange, by a worker that does either by such events."""
    worker, connection = begin_worker()
    calls = {}

    def run(kind):
        """Microseconds, and of the worker's CPU, for each."""
        body = event % (kind, count)
        connection.sendall(b'HTTP/1.1 200 OK\r\nX-Amz-InvocationId: 1\r\nContent-Length: %d\r\n\r\n%s' % (len(body), body))
        if kind == b'bare' or kind not in calls:
            calls[kind] = listener.accept()[0]
        before = cpu_seconds(worker.pid)
        for _ in range(count):
            assert calls[kind].recv(65536)
            calls[kind].sendall(TAKEN)
        result = connection.recv(65536).rsplit(b'\r\n\r\n', 1)[1]
        return float(result), (cpu_seconds(worker.pid) - before) / count * 1e6

    for kind in (b'publish', b'bare'):
        run(kind)
    pairs = [(run(b'publish'), run(b'bare')) for _ in range(rounds)]
    for name, column in (('publish of 128 bytes', 0), ('a bare exchange', 1)):
        print('%-26s %6.1f us, %.1f us of CPU' % (name, *map(statistics.median, zip(*(pair[column] for pair in pairs)))))
    print('ratio, round by round      %6.2f, %.1f us more' % (statistics.median(a[0] / b[0] for a, b in pairs),
                                                            statistics.median(a[0] - b[0] for a, b in pairs)))
    worker.kill()
    worker.wait()


def cpu_seconds(pid):
    fields = open('/proc/%d/stat' % pid).read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument('--python', default='/usr/bin/python3')
    options.add_argument('--starts', type=int, default=40)
    options.add_argument('--events', type=int, default=20000)
    chosen = options.parse_args()
    peer = Peer(chosen.python)
    measure_starts(peer, chosen.python, chosen.starts)
    median, p99, used = measure_events(peer.start, chosen.events)
    print('event, round trip          %6.1f us median, %.1f us p99' % (median, p99))
    print('event, worker CPU          %6.1f us' % used)
    measure_publish(peer.start, peer.listener, chosen.events)


if __name__ == '__main__':
    sys.exit(main())
