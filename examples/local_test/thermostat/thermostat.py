"""Keeps a room warm: reads what is wanted from a shadow, asks another function for the price of energy, and says what it
does."""
import json
import os

import greengrasssdk

iot = greengrasssdk.client('iot-data')
functions = greengrasssdk.client('lambda')
PRICE = 'arn:aws:lambda:us-west-2:123456789012:function:EnergyPrice:1'


def handler(event, context):
    shadow = json.loads(iot.get_thing_shadow(thingName='Thermostat')['payload'])
    wanted = shadow['state']['desired']['temperature']
    answer = functions.invoke(FunctionName=PRICE, Payload=json.dumps({'hour': event['hour']}))
    if answer['FunctionError']:
        raise RuntimeError('no price for hour %s' % event['hour'])
    price = json.loads(answer['Payload'].read())
    heat = event['temperature'] < wanted and price <= float(os.environ['DEAREST'])
    print('%.1f degrees, %s wanted, %s to pay' % (event['temperature'], wanted, price))
    iot.publish(topic='room/heating', payload=json.dumps({'on': heat}))
    iot.update_thing_shadow(thingName='Thermostat', payload=json.dumps({'state': {'reported': {'heating': heat}}}))
    return {'heating': heat}
