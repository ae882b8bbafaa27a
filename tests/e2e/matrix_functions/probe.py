# -*- coding: utf-8 -*-
"""The probe of the matrix in Python, 2.7 and 3: it does what the event says. `binary` is the same package's handler for bytes."""
import json
import logging
import os
import sys
import time

import greengrasssdk

logging.getLogger().setLevel(logging.INFO)
ME = os.environ['MY_FUNCTION_ARN'].split(':')[6]
iot = greengrasssdk.client('iot-data')
functions = greengrasssdk.client('lambda')
state = {'count': 0}


def say(topic, payload):
    iot.publish(topic='matrix/%s/%s' % (ME, topic), payload=payload)


def body_of(answer):
    payload = answer['Payload']
    return payload.read() if hasattr(payload, 'read') else payload


def call(kind, arn, text):
    answer = functions.invoke(FunctionName=arn, InvocationType=kind, Payload=text.encode('utf-8'))
    return [answer['FunctionError'], body_of(answer).decode('utf-8')]


def count(event):
    state['count'] += 1
    return state['count']


def fail(event):
    raise ValueError(event['text'].encode('utf-8') if sys.version_info[0] == 2 else event['text'])


def print_it(event):
    print('printed ' + event['mark'])
    sys.stderr.write('complained ' + event['mark'] + '\n')
    logging.warning('logged %s', event['mark'])


OPERATIONS = {
    'echo': lambda event: {'echo': event['value']},
    'note': lambda event: say('note', json.dumps(event['from'])),
    'invoke': lambda event: [call(event['type'], arn, text) for arn, text in event['calls']],
    'count': count,
    'raise': fail,
    'hang': lambda event: time.sleep(1000),
    'exit': lambda event: os._exit(7),
    'print': print_it,
}


def handler(event, context):
    custom = context.client_context.custom
    if 'subject' in custom:
        return say('subject', json.dumps([custom['subject'], event]))
    return OPERATIONS[event['op']](event)


def binary(event, context):
    say('bytes', event)
    arn = context.client_context.custom.get('next')
    return body_of(functions.invoke(FunctionName=arn, Payload=event)) if arn else event
