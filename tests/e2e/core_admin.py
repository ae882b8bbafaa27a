"""The admin server of a core by its Unix socket: what it says of itself, and Lambda's Invoke without any signature."""
import base64
import collections
import concurrent.futures
import http.client
import json
import socket
import urllib.parse

DEADLINE = 30.0

Answer = collections.namedtuple("Answer", ["status", "headers", "body"])


class Outcome(collections.namedtuple("Outcome", ["status", "error", "body", "headers"])):
    """Of an invocation: `error` is '' or the function error, `body` the payload's bytes."""

    @property
    def value(self):
        return json.loads(self.body)


class _Connection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("core", timeout=timeout)
        self._path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class CoreAdmin:
    def __init__(self, path):
        self.path = path
        self._callers = concurrent.futures.ThreadPoolExecutor(64)

    def request(self, method, target, body=None, headers=None):
        connection = _Connection(self.path, DEADLINE)
        try:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    # ---- what it says of itself

    def status(self):
        return json.loads(self.request("GET", "/v1/status").body)

    def function(self, name):
        """The deployed function of that name; of several versions the one that serves."""
        found = [f for f in self.status()["functions"] if f["name"] == name]
        return next((f for f in found if f["deployed"]), found[0])

    def arn(self, name):
        return self.function(name)["arn"]

    def pids(self, name):
        return [worker["pid"] for f in self.status()["functions"] if f["name"] == name for worker in f["workers"]]

    def metric(self, name):
        lines = self.request("GET", "/v1/metrics").body.decode().splitlines()
        return next(int(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name + " "))

    # ---- Lambda's Invoke

    def invoke(self, function, event=None, kind="RequestResponse", qualifier="", custom=None):
        """`event` is bytes, or a value that becomes JSON."""
        headers = {"X-Amz-Invocation-Type": kind}
        if custom is not None:
            headers["X-Amz-Client-Context"] = base64.b64encode(json.dumps({"custom": custom}).encode()).decode()
        target = "/2015-03-31/functions/%s/invocations" % urllib.parse.quote(function, safe=":$")
        if qualifier:
            target += "?Qualifier=" + urllib.parse.quote(qualifier)
        payload = event if isinstance(event, bytes) else json.dumps(event).encode()
        answer = self.request("POST", target, payload, headers)
        return Outcome(answer.status, answer.headers.get("X-Amz-Function-Error", ""), answer.body, answer.headers)

    def call(self, function, event=None, **options):
        """The value of an invocation that must succeed."""
        outcome = self.invoke(function, event, **options)
        assert (outcome.status, outcome.error) == (200, ""), outcome
        return outcome.value

    def start(self, function, event=None, **options):
        """The same in the background: a future of the Outcome."""
        return self._callers.submit(self.invoke, function, event, **options)

    def post(self, function, event=None):
        """An event, for which nobody waits."""
        outcome = self.invoke(function, event, kind="Event")
        assert outcome.status == 202, outcome
