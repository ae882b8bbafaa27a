"""What an idle MQTT client over TLS with a certificate of its own costs the broker, beside Mosquitto."""
import contextlib
import json
import pathlib
import socket
import ssl
import subprocess
import tempfile
import time

from harness import await_port, daemon, find_program, free_port, process_of, pss_mb, row, running_site

CLIENTS = 1000
VERSIONS = (("TLS 1.3", ssl.TLSVersion.TLSv1_3), ("TLS 1.2", ssl.TLSVersion.TLSv1_2))
ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}

MOSQUITTO_CONFIG = """
listener %d 127.0.0.1
cafile %s
certfile %s
keyfile %s
require_certificate true
use_identity_as_username true
allow_anonymous false
"""


def device(site, directory):
    """The files of a certificate that may do everything."""
    iot = site.boto("iot")
    made = iot.create_keys_and_certificate(setAsActive=True)
    iot.create_policy(policyName="idle", policyDocument=json.dumps(ALLOW_ALL))
    iot.attach_policy(policyName="idle", target=made["certificateArn"])
    certificate, key = directory / "device.pem", directory / "device.key"
    certificate.write_text(made["certificatePem"])
    key.write_text(made["keyPair"]["PrivateKey"])
    return certificate, key


@contextlib.contextmanager
def mosquitto_with_tls(authority, directory):
    """Mosquitto, which trusts the site's authority and has a certificate of it. Yields (port, pid)."""
    openssl = dict(check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=directory)
    subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                    "server.key", "-subj", "/CN=localhost", "-out", "server.csr"], **openssl)
    subprocess.run(["openssl", "x509", "-req", "-in", "server.csr", "-CA", authority / "ca.pem", "-CAkey", authority / "ca.key",
                    "-set_serial", "7", "-days", "2", "-out", "server.pem"], **openssl)
    port, config = free_port(), directory / "mosquitto.conf"
    (directory / "ca.pem").write_bytes((authority / "ca.pem").read_bytes())  # it reads as a user of its own
    config.write_text(MOSQUITTO_CONFIG % (port, *(directory / name for name in ("ca.pem", "server.pem", "server.key"))))
    directory.chmod(0o755)
    (directory / "server.key").chmod(0o644)
    quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with daemon(find_program("mosquitto"), "-c", config, **quiet) as process:
        await_port(port)
        yield port, process.pid


def connect(context, port, name):
    door = context.wrap_socket(socket.create_connection(("127.0.0.1", port)))
    client_id = name.encode()
    body = b"\x00\x04MQTT\x04\x02\x04\xb0" + len(client_id).to_bytes(2, "big") + client_id
    door.sendall(bytes([0x10, len(body)]) + body)
    assert door.recv(4) == b"\x20\x02\x00\x00", name
    return door


def cost(port, pid, files, version):
    """KiB for each client of many."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(*files)
    with contextlib.ExitStack() as stack:
        stack.enter_context(connect(context, port, "first"))  # what the first of all costs is not counted
        before = pss_mb(pid)
        for number in range(CLIENTS):
            stack.enter_context(connect(context, port, "idle-%d" % number))
        time.sleep(0.5)  # the server's last turn
        return (pss_mb(pid) - before) * 1024 / CLIENTS


def idleclients():
    """Memory of an idle MQTT client over TLS with a client certificate, beside Mosquitto."""
    for name, version in VERSIONS:
        with tempfile.TemporaryDirectory() as made, running_site() as site:  # a new heap on both sides
            directory = pathlib.Path(made)
            files = device(site, directory)
            authority = next(site.root.rglob("ca.key")).parent
            ours = cost(int(site.endpoints["iot_mqtts"].rsplit(":", 1)[1]), process_of(site, "cloud"), files, version)
            with mosquitto_with_tls(authority, directory) as theirs:
                other = cost(*theirs, files, version)
            yield row("idle client, " + name, "KiB", "mosquitto", [ours], [other], 0.8)


ALL = (idleclients,)
