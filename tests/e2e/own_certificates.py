"""Certificates that Fescue has not made: an authority by the openssl command, and devices of its own."""
import subprocess

from raw import client_tls, dial, read_to_end, send_and_read
from test_policies import Client, document, statement

CONNECT = b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01z"


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)


class Authority:
    """A CA with a key and a certificate in a directory."""

    def __init__(self, directory, name):
        self.directory, self.name, self.signed = directory, name, 0
        self.cert, self.key = directory / (name + "-ca.pem"), directory / (name + "-ca.key")
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/O=Plant/CN=" + name, "-keyout",
                self.key, "-out", self.cert, "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def sign(self, common_name, key="ec", days=30, names=0):
        """A certificate for a new key; their paths."""
        self.signed += 1
        base = self.directory / ("%s-%d" % (self.name, self.signed))
        cert, request, key_file = base.with_suffix(".pem"), base.with_suffix(".csr"), base.with_suffix(".key")
        new = ["rsa:2048"] if key == "rsa" else ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        openssl("req", "-newkey", *new, "-nodes", "-subj", "/CN=" + common_name, "-keyout", key_file, "-out", request)
        extensions = base.with_suffix(".ext")
        extensions.write_text("basicConstraints=CA:FALSE\n" + ("subjectAltName=" if names else "") +
                              ",".join("DNS:host-%024d" % i for i in range(names)))
        openssl("x509", "-req", "-in", request, "-CA", self.cert, "-CAkey", self.key, "-CAcreateserial", "-days", days,
                "-extfile", extensions, "-out", cert)
        return cert, key_file


class OwnDevice:
    """A client with a certificate of `authority`."""

    def __init__(self, site, authority, name, **options):
        self.site, self.name = site, name
        self.cert, self.key = authority.sign(name, **options)
        self.files = [str(site.root / "run/ca.pem"), str(self.cert), str(self.key)]

    @property
    def tls(self):
        return client_tls(str(self.cert), str(self.key))

    def register(self, *arguments, operation="register-certificate-without-ca"):
        made = self.site.aws("iot", operation, "--certificate-pem", "file://%s" % self.cert, *arguments)
        self.arn, self.id = made["certificateArn"], made["certificateId"]

    def allow_all(self):
        iot, name = self.site.boto("iot"), "own-" + self.name
        iot.create_policy(policyName=name, policyDocument=document(statement("Allow", "iot:*", "*")))
        iot.attach_policy(policyName=name, target=self.arn)

    def set_status(self, status):
        self.site.aws("iot", "update-certificate", "--certificate-id", self.id, "--new-status", status)

    def publishes(self, topic="own/t", payload="x"):
        """Whether mosquitto_pub could."""
        host, port = self.site.endpoints["iot_mqtts"].rsplit(":", 1)
        ca, cert, key = self.files
        done = subprocess.run(["mosquitto_pub", "-h", host, "-p", port, "--cafile", ca, "--cert", cert, "--key", key, "-i",
                               self.name, "-q", "1", "-t", topic, "-m", payload], capture_output=True, text=True, timeout=60)
        return done.returncode == 0

    def connect(self):
        return Client(self, self.name, None)

    def is_closed_on(self):
        """Whether the server closes the connection before it has answered CONNECT."""
        try:
            with dial(self.site.endpoints["iot_mqtts"], self.tls) as connection:
                connection.sendall(CONNECT)
                return read_to_end(connection) == b""
        except OSError:
            return True

    def ask_as_core(self):
        """What the cores' HTTPS says to it; nothing when the handshake fails."""
        request = b"GET /core/v1/deployments/none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        try:
            return send_and_read(self.site.endpoints["discovery"], request, self.tls)
        except OSError:
            return b""
