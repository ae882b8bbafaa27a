"""Client devices: things with certificates of the control plane's, and the real clients that they run."""
import queue
import socket
import ssl
import subprocess

import paho.mqtt.client

from fescue_site import DEADLINE


class Device:
    """A thing with a certificate, and files of both for clients."""

    def __init__(self, site, name):
        self.site, self.name = site, name
        iot = site.boto("iot")
        self.arn = iot.create_thing(thingName=name)["thingArn"]
        self.new_certificate()

    def new_certificate(self):
        made = self.site.boto("iot").create_keys_and_certificate(setAsActive=True)
        self.certificate_arn, self.certificate_id = made["certificateArn"], made["certificateId"]
        folder = self.site.root / "devices"
        folder.mkdir(exist_ok=True)
        self.certificate = folder / (self.certificate_id + ".pem")
        self.key = folder / (self.certificate_id + ".key")
        self.certificate.write_text(made["certificatePem"])
        self.key.write_text(made["keyPair"]["PrivateKey"])

    @property
    def entry(self):
        """For a device definition."""
        return {"Id": self.name, "ThingArn": self.arn, "CertificateArn": self.certificate_arn, "SyncShadow": False}

    def tls(self, version=ssl.TLSVersion.TLSv1_3):
        context = ssl.create_default_context(cafile=ca_file(self.site))
        context.load_cert_chain(self.certificate, self.key)
        context.minimum_version = context.maximum_version = version
        return context

    def mosquitto(self, tool, *arguments, client_id=None):
        port = self.site.endpoints["devices_mqtts"].rsplit(":", 1)[1]
        return ["stdbuf", "-oL", tool, "-h", "localhost", "-p", port, "--cafile", ca_file(self.site), "--cert",
                str(self.certificate), "--key", str(self.key), "-i", client_id or self.name, *arguments]

    def pub(self, *arguments, **options):
        """mosquitto_pub to its end; the finished process."""
        return subprocess.run(self.mosquitto("mosquitto_pub", *arguments, **options), capture_output=True, text=True,
                              timeout=DEADLINE)


def ca_file(site):
    return str(site.root / "core/ggc/var/state/server/ca.crt")


class DeviceClient:
    """A paho client over TLS, whose messages and end are taken from queues."""

    def __init__(self, device, client_id=None, version=ssl.TLSVersion.TLSv1_3, will=None):
        host, port = device.site.endpoints["devices_mqtts"].rsplit(":", 1)
        self.messages, self._acks, self._ends = queue.Queue(), queue.Queue(), queue.Queue()
        self._client = paho.mqtt.client.Client(client_id or device.name)
        self._client.tls_set_context(device.tls(version))
        self._client.on_connect = lambda c, u, f, rc: self._acks.put(rc)
        self._client.on_disconnect = self._ended
        self._client.on_subscribe = lambda c, u, mid, granted: self._acks.put(granted)
        self._client.on_message = lambda c, u, m: self.messages.put((m.topic, m.payload, m.qos, m.retain))
        if will:
            self._client.will_set(*will)
        self._client.connect("localhost", int(port))
        self._client.loop_start()
        self.code = self._acks.get(timeout=DEADLINE)

    def _ended(self, client, _user, code):
        client.disconnect()  # it does not come again
        self._ends.put(code)

    def subscribe(self, topic, qos=1):
        self._client.subscribe(topic, qos)
        return self._acks.get(timeout=DEADLINE)

    def publish(self, topic, payload, qos=1, retain=False):
        info = self._client.publish(topic, payload, qos, retain)
        info.wait_for_publish(DEADLINE)
        assert info.is_published()

    def message(self):
        return self.messages.get(timeout=DEADLINE)

    def wait_closed(self):
        return self._ends.get(timeout=DEADLINE)

    def connected(self):
        return self._client.is_connected()

    def drop(self):
        """Goes without DISCONNECT."""
        self._client.socket().shutdown(socket.SHUT_RDWR)
        self._client.loop_stop()

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()
