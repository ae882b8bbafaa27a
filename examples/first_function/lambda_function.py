"""V1's first function: tells the cloud what arrived, and on which topic."""
import greengrasssdk

client = greengrasssdk.client('iot-data')


def function_handler(event, context):
    topic = context.client_context.custom['subject']
    message = 'Invoked on topic "%s" with message "%s"' % (topic, event['test-key'])
    client.publish(topic='test/topic_results', payload=message)
