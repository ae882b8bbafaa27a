#!/usr/bin/env python3
"""What the C library itself costs beside its floors: a start beside a C program that connects and asks, each warm event
beside that program, and gg_publish beside a bare exchange of as many bytes, by turns. The peer is this script, so the medians are
mostly its own.

    bench/executable_worker.py [--build build/release] [--starts 100] [--events 20000]
"""
import argparse
import os
import pathlib
import socket
import statistics
import subprocess
import tempfile

from python_worker import BARE_BYTES, measure_events, measure_publish, milliseconds

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = 'libaws-greengrass-core-sdk-c.so'


class Peer:
    def __init__(self, build):
        self.directory = tempfile.mkdtemp(prefix='bench-')
        library = ROOT / build / 'runtimes/executable' / NAME
        self.function, self.floor = self.directory + '/function', self.directory + '/floor'
        subprocess.run(['gcc', '-O2', '-DBARE_BYTES=%d' % BARE_BYTES, '-o', self.function, ROOT / 'bench/executable_function.c', '-I', ROOT / 'sdk/c/include',
                        library], check=True)
        subprocess.run(['gcc', '-O2', '-o', self.floor, ROOT / 'bench/floor_executable.c'], check=True)
        self.path = os.path.join(self.directory, 'ipc.sock')
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.environment = {
            'MY_FUNCTION_ARN': 'arn:aws:lambda:us-west-2:123456789012:function:echo:1', 'IPC_SOCK_FILE': self.path,
            'AWS_CONTAINER_AUTHORIZATION_TOKEN': 'Basic bench', 'ENCODING_TYPE': 'binary', 'LD_PRELOAD': str(library)}

    def begin(self, *command):
        """Returns the worker and its connection, with a request for work on it."""
        worker = subprocess.Popen(command, cwd=self.directory, env=self.environment, stdout=subprocess.DEVNULL)
        connection, _ = self.listener.accept()
        assert connection.recv(65536).startswith(b'GET')
        return worker, connection

    def start(self):
        return self.begin(self.function)

    def start_floor(self):
        return self.begin(self.floor, self.path)


def measure_starts(peer, count):
    times = {peer.start: [], peer.start_floor: []}
    for _ in range(count):
        for begin in times:
            running = []
            times[begin].append(milliseconds(lambda: running.append(begin())))
            running[0][0].kill()
            running[0][0].wait()
            running[0][1].close()
    ours, floor = times.values()
    print('start to request for work  %6.2f ms' % statistics.median(ours))
    print('a C program that asks      %6.2f ms, ratio %.2f (pair by pair)' % (
        statistics.median(floor), statistics.median(a / b for a, b in zip(ours, floor))))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument('--build', default='build/release')
    options.add_argument('--starts', type=int, default=100)
    options.add_argument('--events', type=int, default=20000)
    chosen = options.parse_args()
    peer = Peer(chosen.build)
    measure_starts(peer, chosen.starts)
    ours, floor = measure_events(peer.start, chosen.events), measure_events(peer.start_floor, chosen.events)
    for name, (median, p99, cpu) in (('event', ours), ('event, floor', floor)):
        print('%-26s %6.1f us median, %.1f us p99, %.1f us of CPU' % (name, median, p99, cpu))
    print('ratio of medians           %6.2f' % (ours[0] / floor[0]))
    measure_publish(peer.start, peer.listener, chosen.events, event=b'%s %d')


if __name__ == '__main__':
    main()
