"""Request and reply with a service by its function ARN, as the machine-learning SDK uses it."""
import collections

from greengrass_ipc_python_sdk.ipc_client import IPCClient, IPCException

GreengrassServiceCallOutput = collections.namedtuple('GreengrassServiceCallOutput', ['response', 'error_response'])
# `context` is base64 of JSON in a request and '' in a reply.
GreengrassServiceMessage = collections.namedtuple('GreengrassServiceMessage', ['context', 'payload'])


class GreengrassRuntimeException(Exception):
    """The call failed outside the service: no answer from the core, or the service's worker died."""


class GreengrassServiceClient(object):
    def __init__(self):
        self._ipc = IPCClient()

    def call(self, address, message):
        """Blocks for the reply. A service that failed by itself answers in `error_response`."""
        try:
            invocation_id = self._ipc.post_work(address, message.payload, message.context)
            result = self._ipc.get_work_result(address, invocation_id)
        except IPCException as error:
            raise GreengrassRuntimeException(str(error))
        reply = GreengrassServiceMessage('', result.payload)
        if not result.func_err:
            return GreengrassServiceCallOutput(reply, None)
        if result.func_err == 'Handled':
            return GreengrassServiceCallOutput(None, reply)
        raise GreengrassRuntimeException(result.func_err)
