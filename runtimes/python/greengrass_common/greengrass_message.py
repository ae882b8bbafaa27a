"""The envelope of SDK 1.0: {"Payload": base64, "ExtensionMap_": {...}}."""
import base64
import json


class GreengrassMessage(object):
    def __init__(self, payload=b'', **extension_map):
        self.payload = payload
        self.extension_map = extension_map

    @classmethod
    def decode(cls, encoded_string):
        """ValueError if it is not such an envelope; an empty string is a message without payload."""
        if not encoded_string:
            return cls(None)
        try:
            envelope = json.loads(encoded_string)
            return cls(base64.b64decode(envelope['Payload']), **envelope['ExtensionMap_'])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError('not a Greengrass message: %s' % error)

    def encode(self):
        """ValueError if the payload is not bytes or the extension map not JSON."""
        try:
            payload = base64.b64encode(self.payload).decode('ascii')
            return json.dumps({'Payload': payload, 'ExtensionMap_': self.extension_map})
        except (TypeError, ValueError) as error:
            raise ValueError('cannot encode the Greengrass message: %s' % error)
