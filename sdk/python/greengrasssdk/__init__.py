"""Greengrass Core SDK for functions on a Fescue core, with the API of the official greengrasssdk 1.6.

    client = greengrasssdk.client('iot-data')
    client.publish(topic='plant/1/status', payload='ok')
"""
from greengrasssdk.client import client
from greengrasssdk.Lambda import StreamingBody

__all__ = ['client', 'StreamingBody']
__version__ = '1.6.1+fescue1'
INTERFACE_VERSION = '1.5'
