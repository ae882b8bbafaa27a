#!/usr/bin/env python3
"""What the Node.js runtime and SDK cost beside their floors: a start beside `node -e 0`, each warm event beside
floor_worker.js, and a publish beside a bare exchange of as many bytes with the same peer, by turns.

    bench/nodejs_worker.py [--node /usr/bin/node] [--starts 40] [--events 20000]
"""
import argparse
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile

from python_worker import BARE_BYTES, WORK, measure_events, measure_publish, milliseconds

ROOT = pathlib.Path(__file__).resolve().parent.parent
# As that of python_worker.py.
HANDLER = '''
let client = null;

function repeat(count, once, done) {
  const begin = process.hrtime();
  const next = (error) => {
    if (error) return done(error);
    if (--count >= 0) return once(next);
    const passed = process.hrtime(begin);
    return done(null, passed[0] * 1e6 + passed[1] / 1e3);
  };
  next();
}

exports.handler = (event, context, callback) => {
  if (typeof event !== 'string') return callback(null, event);
  const count = Number(event.split(' ')[1]);
  const done = (error, microseconds) => callback(error, microseconds / count);
  if (event.startsWith('publish')) {
    client = client || new (require('aws-greengrass-core-sdk').IotData)();
    const payload = Buffer.alloc(128, 'x');
    return repeat(count, (next) => client.publish({ topic: 'plant/1/status', payload }, next), done);
  }
  const bare = require('net').connect(process.env.IPC_SOCK_FILE);
  const request = Buffer.alloc(%d, 'x');
  return repeat(count, (next) => {
    bare.once('data', () => next());
    bare.write(request);
  }, (error, microseconds) => {
    bare.destroy();
    done(error, microseconds);
  });
};
''' % BARE_BYTES


class Peer:
    def __init__(self, node):
        self.directory = tempfile.mkdtemp(prefix='bench-')
        pathlib.Path(self.directory, 'index.js').write_text(HANDLER)
        shutil.copytree(ROOT / 'runtimes/nodejs', self.directory + '/runtime')  # as a core installs it
        subprocess.run([node, self.directory + '/runtime/rehearsal.js'], check=True)
        self.path, self.node = os.path.join(self.directory, 'ipc.sock'), node
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.environment = {
            'MY_FUNCTION_ARN': 'arn:aws:lambda:us-west-2:123456789012:function:echo:1', 'IPC_SOCK_FILE': self.path,
            'AWS_CONTAINER_AUTHORIZATION_TOKEN': 'Basic bench', 'ENCODING_TYPE': 'json',
            'GGC_MAX_INTERFACE_VERSION': '1.5', 'PATH': '/usr/bin:/usr/local/bin',
            'NODE_PATH': '%s:%s' % (ROOT / 'runtimes/nodejs/modules', ROOT / 'sdk/nodejs')}

    def begin(self):
        """Returns the worker and its connection, on which it has said that it is initialized."""
        command = [self.node, self.directory + '/runtime/lambda_nodejs_runtime.js', '--handler=index.handler']
        connection, theirs = socket.socketpair()
        environment = dict(self.environment, FESCUE_CONNECTION=str(theirs.fileno()))
        worker = subprocess.Popen(command, cwd=self.directory, env=environment, stdout=subprocess.DEVNULL,
                                  pass_fds=[theirs.fileno()])
        theirs.close()
        assert connection.recv(65536).startswith(b'PUT')
        return worker, connection

    def start(self):
        """Returns the worker and its connection, with a request for work on it."""
        worker, connection = self.begin()
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        assert connection.recv(65536).startswith(b'GET')
        return worker, connection

    def start_floor(self):
        worker = subprocess.Popen([self.node, ROOT / 'bench/floor_worker.js', self.path])
        connection, _ = self.listener.accept()
        assert connection.recv(65536).startswith(b'GET')
        return worker, connection


def measure_starts(peer, count):
    def start():
        worker, connection = peer.begin()
        connection.sendall(WORK)
        assert connection.recv(65536).startswith(b'POST')
        running.append((worker, connection))

    ours, floor = [], []
    for _ in range(count):
        running = []
        ours.append(milliseconds(start))
        running[0][0].kill()
        running[0][0].wait()
        floor.append(milliseconds(lambda: subprocess.run([peer.node, '-e', '0'], env=peer.environment, check=True)))
    print('start to first result      %6.1f ms' % statistics.median(ours))
    print('node -e 0                  %6.1f ms, ratio %.2f (pair by pair)' % (
        statistics.median(floor), statistics.median(a / b for a, b in zip(ours, floor))))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument('--node', default='/usr/bin/node')
    options.add_argument('--starts', type=int, default=40)
    options.add_argument('--events', type=int, default=20000)
    chosen = options.parse_args()
    peer = Peer(chosen.node)
    measure_starts(peer, chosen.starts)
    ours, floor = measure_events(peer.start, chosen.events), measure_events(peer.start_floor, chosen.events)
    for name, (median, p99, cpu) in (('event', ours), ('event, floor', floor)):
        print('%-26s %6.1f us median, %.1f us p99, %.1f us of CPU' % (name, median, p99, cpu))
    print('ratio of medians           %6.2f' % (ours[0] / floor[0]))
    measure_publish(peer.start, peer.listener, chosen.events)


if __name__ == '__main__':
    main()
