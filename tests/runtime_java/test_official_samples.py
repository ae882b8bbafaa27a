"""Our SDK beside the official one: what it offers to functions, and the official samples, unchanged, on both."""
import os
import re
import shutil
import subprocess
import zipfile

import pytest

from conftest import JARS, OFFICIAL, OFFICIAL_JAR, compile_java

pytestmark = pytest.mark.skipif(not os.environ.get('FESCUE_OFFICIAL_JAVA_SDK'),
                                reason='FESCUE_OFFICIAL_JAVA_SDK does not name a checkout of the official Java SDK')
PREFIX = 'com.amazonaws.greengrass.'
# The official client's own parts, which no function has to do with.
PARTS = re.compile(r'streammanager\.(client\.(codec|connection|logging|response|version)\.|protocol\.|util\.|model\.GreenlakeModel'
                   r'|client\.(StreamManagerClientImpl|InputValidation)$)')
# Ours takes any object, so that it needs no Slf4J, and has no logger of the client's own.
LOGGERS = re.compile(r'org\.slf4j\.Logger|StreamManagerLogger')
OF_EVERY_OBJECT = re.compile(r' (equals\(java\.lang\.Object\)|hashCode\(\)|toString\(\));$')  # ours may inherit them


def public_api(jar):
    """{class: {its public members as javap prints them}}; of classes their parents too, but for ours."""
    with zipfile.ZipFile(jar) as archive:
        names = [name[:-6].replace('/', '.') for name in archive.namelist() if name.endswith('.class')]
    names = [name for name in names if name.startswith(PREFIX) and not PARTS.search(name)]
    listing = subprocess.run([shutil.which('javap'), '-public', '-constants', '-cp', jar] + names, check=True,
                             capture_output=True, text=True).stdout
    api = {}
    for head, body in re.findall(r'^(\w[^\n]*) \{\n(.*?)^\}', listing, re.S | re.M):
        if head.startswith('public'):
            name = re.search(r'(?:class|interface) (\S+)', head).group(1)
            head = re.sub(r' (extends|implements) fescue\.sdk\.\w+|(?<=>) implements \S+', '', head)
            members = [line.strip() for line in body.splitlines() if not LOGGERS.search(line) and not OF_EVERY_OBJECT.search(line)]
            api[name] = {head.split('<')[0]} | {re.sub(r'\babstract |synchronized ', '', line) for line in members}
    return api


def test_our_sdk_offers_what_the_official_one_does():
    theirs, ours = public_api(OFFICIAL_JAR), public_api(JARS / 'sdk.jar')
    assert len(theirs) > 60
    internal = {name for name in theirs if 'GGSecretsManagerErrorResponse' in name or 'SecretsManagerInternal' in name}
    missing = {name: members - ours.get(name, set()) for name, members in theirs.items() if name not in internal}
    assert {name: members for name, members in missing.items() if members} == {}


SAMPLES = ['HelloWorld', 'LambdaInvoke', 'BinaryLambdaInvoke', 'ShadowOperation', 'StreamManagerKinesis', 'StreamManagerS3',
           'StreamManagerIoTSiteWise']


def build(sample, target, sdk):
    """LambdaInvoke's build brings Jackson; here the official jar's does for both. TES needs the AWS SDK and nothing of ours."""
    path = [JARS / 'interfaces.jar', sdk] + ([OFFICIAL_JAR] if sample == 'LambdaInvoke' else [])
    return compile_java(sorted((OFFICIAL / 'samples' / sample).rglob('*.java')), target, path)


@pytest.fixture(params=['ours', 'official'])
def sample(request, any_java, start, tmp_path):
    """sample(name, class) -> worker, built against the SDK that it runs on."""
    def start_sample(name, handler='', **variables):
        is_official = request.param == 'official'
        package = build(name, tmp_path / name, OFFICIAL_JAR if is_official else JARS / 'sdk.jar')
        if is_official or name == 'LambdaInvoke':
            (package / 'lib').mkdir()
            (package / 'lib' / 'sdk.jar').symlink_to(OFFICIAL_JAR)
        handler = 'com.amazonaws.greengrass.examples.%s::handleRequest' % (handler or name)
        return start(any_java, handler, package=package, **variables)

    return start_sample


def test_all_of_them_are_known():
    assert {path.name for path in (OFFICIAL / 'samples').iterdir()} == {*SAMPLES, 'TES'}


def test_hello_world(core, sample):
    sample('HelloWorld')
    call = core.wait_calls(1)[0]
    assert call.payload.startswith(b'{"message":"Hello world! Sent from Greengrass Core')
    assert call.context['custom']['subject'] == 'hello/world' and call.context['custom']['queueFullPolicy'] == 'AllOrError'
    assert core.invoke().outcome() == ('', b'"Hello from java"')


def test_shadow_operations(core, sample):
    core.answer_call = lambda call: ('', b'{"of": "%s"}' % call.context['custom']['subject'].encode())
    worker = sample('ShadowOperation', 'ShadowOperations')
    assert core.invoke().outcome() == ('', b'"Shadow Operation"')
    for operation in ('update', 'get'):
        worker.wait_line('INFO', '{"of": "$aws/things/javaPlatform/shadow/%s"}' % operation)


@pytest.mark.parametrize('name', ['LambdaInvoke', 'BinaryLambdaInvoke'])
def test_invokers(core, sample, name):
    """As they come they name no function: the user is to put one there."""
    worker = sample(name, 'Invoker')
    assert core.invoke().outcome() == ('', b'null')
    worker.wait_line('INFO', 'GGLambdaException: Invoke Request is invalid')


def test_invokee(core, sample):
    worker = sample('LambdaInvoke', 'Invokee')
    item = core.invoke(b'{"message": "payload message"}', {'custom': {'customData': 'customData'}})
    assert item.outcome() == ('', b'{"message":"return message"}')
    worker.wait_line('INFO', 'payload message')
    worker.wait_line('INFO', '{customData=customData}')


def test_binary_invokee(core, sample):
    sample('BinaryLambdaInvoke', 'Invokee', ENCODING_TYPE='binary')
    assert core.invoke(b'abcdefg').outcome() == ('', b'ABCDEFG')


@pytest.mark.parametrize('name, handler, answer', [
    ('StreamManagerKinesis', '', b'"Hello from java"'), ('StreamManagerS3', '', b'"Hello from java"'),
    ('StreamManagerIoTSiteWise', 'StreamManagerIotSiteWise', b'""')])
def test_stream_manager(core, sample, name, handler, answer):
    """They print that there is none, or keep it to themselves, and go on."""
    worker = sample(name, handler)
    assert core.invoke().outcome() == ('', answer)
    if name != 'StreamManagerS3':
        worker.wait_line('INFO', 'streammanager.client.')
