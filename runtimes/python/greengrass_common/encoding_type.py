"""Values of ENCODING_TYPE: how payloads are handed to and taken from the handler."""
JSON = 'json'
BINARY = 'binary'
