"""The client of the stream manager: there is none on the core yet, and functions that have one load and are told so. The
same function on ours and on the official SDK."""
import json
import re

import pytest

from conftest import is_ours

STATUS = {'eventType': 0, 'statusLevel': 1, 'status': 1, 'message': 'text', 'timestampEpochMs': 5, 'more': [],
          'statusContext': {'streamName': 's', 's3ExportTaskDefinition': {
              'inputUrl': 'file:/a', 'bucket': 'a.bucket', 'key': 'k', 'userMetadata': {'a': 'b'}}}}
TASK = {'inputUrl': 'file:/a', 'bucket': 'a.bucket', 'key': 'k/!{timestamp:yyyy/MM}', 'userMetadata': {'a': '\u00e4'}}
EXPORTS = {
    'http': [{'identifier': 'h', 'uri': 'http://a', 'exportFormat': 1}],
    'iotAnalytics': [{'identifier': 'a', 'iotChannel': 'c', 'iotMsgIdPrefix': ''}],
    'kinesis': [{'identifier': 'KinesisExport', 'kinesisStreamName': 'k', 'batchSize': 1, 'batchIntervalMillis': 60000,
                 'priority': 10, 'startSequenceNumber': 0, 'disabled': True}],
    'IotSitewise': [{'identifier': 'w', 'batchSize': 10}],
    's3TaskExecutor': [{'identifier': '3', 'priority': 1, 'statusConfig': {'statusLevel': 2, 'statusStreamName': 't'}}]}
MODELS = {
    'task': TASK, 'exports': EXPORTS,
    'definition': {'name': 's', 'maxSize': 1 << 20, 'streamSegmentSize': 1024, 'timeToLiveMillis': 60000, 'strategyOnFull': 1,
                   'persistence': 1, 'flushOnWrite': False, 'exportDefinition': EXPORTS},
    'bare': {'name': 's', 'maxSize': 268435456, 'streamSegmentSize': 16777216, 'strategyOnFull': 0, 'persistence': 0},
    'options': {'minMessageCount': 1, 'readTimeoutMillis': 0},
    'status': {'eventType': 0, 'statusLevel': 1, 'status': 1, 'message': 'text', 'timestampEpochMs': 5, 'statusContext': {
        's3ExportTaskDefinition': TASK, 'exportIdentifier': 'e', 'streamName': 's', 'sequenceNumber': 3}},
    'entry': {'entryId': 'e', 'propertyAlias': '/alias', 'propertyValues': [
        {'value': {'doubleValue': 1.5}, 'timestamp': {'timeInSeconds': 1, 'offsetInNanos': 2}, 'quality': 'GOOD'}]}}
FAULTS = {
    'nothing': ['inputUrl', 'bucket', 'key'], 'wrong task': ['bucket', 'key'],
    'wrong entry': ['entryId', 'propertyValues[0].timestamp.timeInSeconds'],
    'wrong export': ['iotSitewise[0].identifier', 'iotSitewise[0].batchSize']}


@pytest.fixture
def call(any_java, core, start, package):
    def invoke(method, *event):
        if not core.initialized:
            start(any_java, 'Streams::' + method, package=package)
        error, payload = core.invoke(json.dumps(event[0] if event else None).encode()).outcome()
        return error, json.loads(payload)

    return invoke


def test_there_is_none_yet(call, package):
    error, answer = call('use', 's')
    assert error == '' and (answer['error'], answer['status']) == ('ConnectException', 'FailedToConnect')
    if is_ours(package):
        assert answer['message'] == 'Stream manager is not available on this core yet'


def test_nor_by_default(call, package):
    error, answer = call('byDefault')
    assert error == 'Handled'
    assert answer['errorType'] == 'com.amazonaws.greengrass.streammanager.client.exception.ConnectException'


def test_models_as_json(call):
    for name, expected in MODELS.items():
        assert json.loads(call('json', name)[1]) == expected, name


def test_what_is_wrong_with_models(call):
    for name, fields in FAULTS.items():
        told = call('json', name)[1]
        assert list(dict.fromkeys(re.findall(r'(?:^invalid: |\. )([\w.\[\]]+?):? (?:must|is)', told))) == fields, told


def test_models_from_json(call):
    assert call('read', json.dumps(STATUS))[1] == ['S3Task', 'WARN', True, 'text', 5, 'a.bucket', {'a': 'b'}]
    for wrong in ('{', '{"status": 99}', '[]'):
        assert call('read', wrong)[0] == 'Handled'


def test_models_are_values(call):
    assert call('compare')[1] == [True, False, True, 'DEBUG', 4, 'BAD', 'BAD']
