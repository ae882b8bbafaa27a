"""MQTT messages and device shadows, both carried by the core (docs/compatibility/local-api.md#system-functions)."""
import binascii
import os

from greengrasssdk import Lambda
from greengrasssdk.client import required

_ROUTER = 'arn:aws:lambda:::function:GGRouter'
_SHADOW_SERVICE = 'arn:aws:lambda:::function:GGShadowService'
# What publish() is told, and what the core is told.
_QUEUE_FULL_POLICIES = {'': '', 'BestEffort': 'BestEffort', 'AllOrException': 'AllOrError'}
_MOST_CONTEXTS = 32


class ShadowError(Exception):
    """The shadow service refused, or failed; the message holds its code and reason."""


class Client(object):
    def __init__(self):
        self.lambda_client = Lambda.Client()
        self._router = os.getenv('ROUTER_FUNCTION_ARN', _ROUTER)
        self._contexts = {}  # of publish, by topic and policy: a function publishes to the same few topics

    def publish(self, **kwargs):
        """Publishes to the targets that the group's subscriptions name for this function and topic; QoS 0.

        topic: required. payload: bytes or text. queueFullPolicy: '' or 'BestEffort' (a full queue loses the message),
        or 'AllOrException' (all targets take it, or none and InvocationException is raised). Returns None.
        """
        topic = required(kwargs, 'topic')
        policy = kwargs.get('queueFullPolicy', '')
        context = self._contexts.get((topic, policy))
        if context is None:
            context = self._publish_context(topic, policy)
        self.lambda_client._invoke_internal(self._router, kwargs.get('payload', b''), context, 'Event')

    def _publish_context(self, topic, policy):
        if policy not in _QUEUE_FULL_POLICIES:
            raise ValueError('queueFullPolicy cannot be %r' % (policy,))
        context = _encoded({'source': os.getenv('MY_FUNCTION_ARN'), 'subject': topic,
                            'queueFullPolicy': _QUEUE_FULL_POLICIES[policy]})
        if len(self._contexts) == _MOST_CONTEXTS:
            self._contexts.clear()
        self._contexts[topic, policy] = context
        return context

    def get_thing_shadow(self, **kwargs):
        """thingName. Returns {'payload': the document as bytes}; raises ShadowError, InvocationException."""
        return self._call_shadow('get', required(kwargs, 'thingName'), b'')

    def update_thing_shadow(self, **kwargs):
        """thingName, payload: the JSON document. Returns and raises as get_thing_shadow."""
        return self._call_shadow('update', required(kwargs, 'thingName'), required(kwargs, 'payload'))

    def delete_thing_shadow(self, **kwargs):
        """thingName. Returns and raises as get_thing_shadow."""
        return self._call_shadow('delete', required(kwargs, 'thingName'), b'')

    def _call_shadow(self, operation, thing_name, payload):
        context = {'subject': '$aws/things/%s/shadow/%s' % (thing_name, operation)}
        response = self.lambda_client._invoke_internal(os.getenv('SHADOW_FUNCTION_ARN', _SHADOW_SERVICE), payload,
                                                       _encoded(context))
        if response['FunctionError']:
            raise ShadowError('The shadow service failed (%s): %s' %
                              (response['FunctionError'], response['Payload'].decode('utf-8', 'replace')))
        document = response['Payload'].read()
        _raise_refusal(document)
        return {'payload': document}


def _encoded(custom):
    import json  # here, not above: a client is made during a worker's start
    return binascii.b2a_base64(json.dumps({'custom': custom}).encode('utf-8')).rstrip()


def _raise_refusal(document):
    import json
    try:
        fields = json.loads(document.decode('utf-8'))
    except ValueError as error:
        raise ShadowError('The shadow service answered what is not JSON: %s' % error)
    if isinstance(fields, dict) and 'code' in fields and 'message' in fields:
        raise ShadowError('The shadow service refused (%s): %s' % (fields['code'], fields['message']))
