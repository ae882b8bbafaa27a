#!/usr/bin/env python3
"""What the Java runtime itself costs beside its floors: a start beside a class that says hello, with the JVM's own archive of
classes, each warm event beside FloorWorker.java, and the SDK's publish beside a bare exchange of as many bytes with the same
peer, by turns. As a core starts it: with a connection as its standard input and the archive of tools/archive_java. Of starts,
the processor time is the steadier figure. The peer is this script, so of a publish the worker's CPU says most.

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

from python_worker import BARE_BYTES, WORK, measure_events, measure_publish

ROOT = pathlib.Path(__file__).resolve().parent.parent
JARS = ROOT / 'build/release/runtimes/java'
FLAGS = ['-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', '-Xshare:auto', '-Dfile.encoding=UTF-8',
         '-Djdk.reflect.useNativeAccessorOnly=true', '-Xms8m', '-Xmx128m']  # as in a container of 256 MB
SERIAL = ['-XX:+UseSerialGC']
G1 = ['-XX:+UseG1GC', '-XX:ParallelGCThreads=1', '-XX:ConcGCThreads=1', '-XX:G1ConcRefinementServiceIntervalMillis=10000']
SOURCES = {
    'Echo': 'import com.amazonaws.services.lambda.runtime.Context;\n'
            'public class Echo { public Object handleRequest(Object event, Context context) { return event; } }\n',
    'Publish': """
import com.amazonaws.greengrass.javasdk.IotDataClient;
import com.amazonaws.greengrass.javasdk.model.PublishRequest;
import java.net.Socket;
import java.nio.ByteBuffer;

/** "publish N" publishes 128 bytes N times, "bare N" exchanges as many as that sends; the answer is the microseconds of each. */
public class Publish {
  public double handle(String event) throws Exception {
    int count = Integer.parseInt(event.split(" ")[1]);
    long begin = System.nanoTime();
    if (event.startsWith("publish")) publish(count); else exchange(count);
    return (System.nanoTime() - begin) / 1e3 / count;
  }

  private static void publish(int count) throws Exception {
    IotDataClient client = new IotDataClient();
    byte[] payload = new byte[128];
    while (count-- > 0) client.publish(new PublishRequest().withTopic("plant/1/status").withPayload(ByteBuffer.wrap(payload)));
  }

  private static void exchange(int count) throws Exception {
    byte[] request = new byte[%d], answer = new byte[65536];
    try (Socket bare = new Socket("127.0.0.1", Integer.parseInt(System.getenv("GG_DAEMON_PORT")))) {
      bare.setTcpNoDelay(true);
      while (count-- > 0) {
        bare.getOutputStream().write(request);
        bare.getInputStream().read(answer);
      }
    }
  }
}
""" % BARE_BYTES,
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
        subprocess.run(['javac', '--release', '8', '-Xlint:-options', '-d', self.package, '-cp',
                        '%s/interfaces.jar:%s/sdk.jar' % (JARS, JARS),
                        *self.directory.glob('*.java')], check=True)
        self.calls = socket.create_server(('127.0.0.1', 0))
        self.environment = {
            'GG_DAEMON_PORT': str(self.calls.getsockname()[1]), 'ROUTER_FUNCTION_ARN': 'arn:aws:lambda:::function:GGRouter',
            'MY_FUNCTION_ARN': 'arn:aws:lambda:us-west-2:123456789012:function:echo:1',
            'AWS_CONTAINER_AUTHORIZATION_TOKEN': 'Basic bench', 'ENCODING_TYPE': 'json',
            'GGC_MAX_INTERFACE_VERSION': '1.5', 'PATH': '/usr/bin:/usr/local/bin'}

    def spawn(self, *words, connection=None):
        environment, inherited = dict(self.environment), []
        if connection is not None:
            environment['FESCUE_CONNECTION'] = str(connection.fileno())
            inherited.append(connection.fileno())
        return subprocess.Popen([self.java, *words], cwd=self.package, env=environment, stdin=connection, pass_fds=inherited,
                                stdout=subprocess.DEVNULL)

    def start(self, handler='Echo::handleRequest'):
        """Returns the worker and its connection, with a request for work on it."""
        name = os.path.realpath(self.java)[1:].replace('/', '-')
        for_g1 = (JARS / (name + '.g1.jsa')).exists()
        archive = '-XX:SharedArchiveFile=../runtime/java/' + name + ('.g1.jsa' if for_g1 else '.jsa')
        connection, theirs = socket.socketpair()
        worker = self.spawn(*FLAGS, *(G1 if for_g1 else SERIAL), '-Xlog:disable', archive, '-cp',
                            '../runtime/java/runtime.jar:.:*:lib/*:../runtime/java/interfaces.jar:../runtime/java/sdk.jar',
                            'com.amazonaws.greengrass.runtime.LambdaRuntime', '--handler=' + handler,
                            connection=theirs)
        theirs.close()
        assert connection.recv(65536).startswith(b'PUT')
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        assert connection.recv(65536).startswith(b'GET')
        return worker, connection

    def start_floor(self):
        connection, theirs = socket.socketpair()
        worker = self.spawn(*FLAGS, *SERIAL, '-cp', '.', 'FloorWorker', connection=theirs)
        theirs.close()
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
        process = peer.spawn('-cp', '.', 'Hello')
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
    measure_publish(lambda: peer.start('Publish::handle'), peer.calls, chosen.events)


if __name__ == '__main__':
    main()
