"""What untrusted peers may do to the HTTP ports: each gets its protocol's precise error, is counted, logged, and forgotten."""
import base64
import hashlib
import json
import os
import select
import ssl
import subprocess

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import pytest
import requests

from raw import Counted, client_tls, cloud_metrics, core_metrics, dial, read_to_end, send_and_read, status_of

ECHO = "def handler(event, context):\n    return event\n"
ARN = "arn:aws:lambda:us-west-2:123456789012:function:x:1"

HEAD = b"GET /nothing HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /nothing HTTP/1.1\r\nHost: x\r\n"

# (what is wrong, the request, the status)
BAD_HTTP = [
    ("not HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 400),
    ("no target", b"GET\r\n\r\n", 400),
    ("relative target", b"GET nothing HTTP/1.1\r\n\r\n", 400),
    ("another version", b"GET / HTTP/2.0\r\n\r\n", 505),
    ("bare line feeds", b"GET / HTTP/1.1\nHost: x\n\n", 400),
    ("no colon", HEAD + b"nonsense\r\n\r\n", 400),
    ("space before the colon", HEAD + b"Content-Length : 3\r\n\r\nabc", 400),
    ("folded header", HEAD + b"A: b\r\n c\r\n\r\n", 400),
    ("NUL in a value", HEAD + b"A: b\x00c\r\n\r\n", 400),
    ("two hosts", HEAD + b"Host: y\r\n\r\n", 400),
    ("endless header", HEAD + b"A: " + b"a" * 40000 + b"\r\n\r\n", 431),
    ("too many headers", HEAD + b"A: b\r\n" * 1000 + b"\r\n", 431),
    ("negative length", POST + b"Content-Length: -1\r\n\r\n", 400),
    ("length with a sign", POST + b"Content-Length: +3\r\n\r\nabc", 400),
    ("length beyond numbers", POST + b"Content-Length: 99999999999999999999\r\n\r\n", 400),
    ("two lengths", POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
    ("length and chunks", POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("smuggled coding", POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    ("two codings", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400),
    ("chunks in HTTP/1.0", b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("chunk size that is none", POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    ("negative chunk", POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
    ("chunk longer than its size", POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400),
    ("chunk larger than memory", POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 413),
    ("body larger than allowed", POST + b"Content-Length: 1000000000\r\n\r\n", 413),
    ("unknown expectation", POST + b"Expect: a-miracle\r\nContent-Length: 1\r\n\r\na", 417),
]


@pytest.fixture(scope="module")
def core_tls(site):
    """The identity of the site's own core."""
    certs = site.root / "core/certs"
    return client_tls(next(certs.glob("*cert*.pem")), certs / "core.private.key")


@pytest.fixture(scope="module")
def foreign_tls(tmp_path_factory):
    """A certificate that nobody of ours has signed."""
    directory = tmp_path_factory.mktemp("foreign")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-subj", "/CN=foreign", "-keyout", directory / "key", "-out", directory / "cert"],
                   check=True, capture_output=True)
    return client_tls(directory / "cert", directory / "key")


def api(site):
    return site.endpoints["api"].split("//", 1)[1]


# ---- HTTP

def test_bad_http_at_the_api(site):
    with Counted(lambda: cloud_metrics(site), 'fescue_refused_total{listener="api",cause="bad_request"}', len(BAD_HTTP)):
        for what, request, status in BAD_HTTP:
            assert status_of(send_and_read(api(site), request)) == status, what
    assert '"listener":"api","cause":"bad_request"' in site.log_of_cloud()


def test_bad_http_at_the_ipc_port(site):
    with Counted(lambda: core_metrics(site), 'fescue_ipc_refused_total{cause="bad_request"}', len(BAD_HTTP)):
        for what, request, status in BAD_HTTP:
            assert status_of(send_and_read(site.endpoints["ipc"], request)) == status, what
    assert "Refused a malformed local request." in site.runtime_log()


def test_bad_http_at_the_cores_listener(site, core_tls):
    with Counted(lambda: cloud_metrics(site), 'fescue_refused_total{listener="cores",cause="bad_request"}', len(BAD_HTTP)):
        for what, request, status in BAD_HTTP:
            assert status_of(send_and_read(site.endpoints["discovery"], request, core_tls)) == status, what


def test_a_request_smuggled_behind_another_is_never_answered(site):
    inner = b"GET /2015-03-31/functions HTTP/1.1\r\nHost: x\r\n\r\n"
    outer = POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner
    assert send_and_read(api(site), outer).count(b"HTTP/1.1 ") == 1


def test_slow_requests_run_out_of_time(site, core_tls):
    """All begin a header and never end it; side by side, since each waits for the same ten seconds."""
    connections = [dial(api(site)), dial(site.endpoints["ipc"]), dial(site.endpoints["discovery"], core_tls)]
    for connection in connections:
        connection.sendall(HEAD)
    for connection in connections:
        assert status_of(read_to_end(connection)) == 408
        connection.close()
    assert "408 the header took too long" in site.log_of_cloud()


def test_what_is_not_there(site, core_tls):
    for path in ("/", "/core", "/core/v2/deployments/x", "/core/v1/deployments/%2e%2e%2f", "/core/v1/artifacts/..",
                 "/core/v1/artifacts/" + "0" * 64, "/core/v1/deployments/%zz"):
        request = "GET %s HTTP/1.1\r\nConnection: close\r\n\r\n" % path
        with Counted(lambda: cloud_metrics(site), 'fescue_refused_total{listener="cores",cause="request"}', 1):
            assert status_of(send_and_read(site.endpoints["discovery"], request.encode(), core_tls)) == 404, path
    for path, status in (("/_artifacts/lambda/%s.zip?token=1-00" % ("0" * 64), 403), ("/_artifacts/lambda/x.zip", 404)):
        assert requests.get(site.endpoints["api"] + path, timeout=10).status_code == status
    assert cloud_metrics(site)['fescue_refused_total{listener="downloads",cause="link"}'] == 1


# ---- TLS

@pytest.mark.parametrize("name, listener", [("iot-tls", "iot_mqtts"), ("cores", "discovery")])
def test_tls_is_for_our_certificates(site, foreign_tls, name, listener):
    address = site.endpoints[listener]
    with Counted(lambda: cloud_metrics(site), 'fescue_refused_total{listener="%s",cause="handshake"}' % name, 3):
        assert send_and_read(address, b"GET / HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 400 ")  # plainly, and nothing else
        for context in (client_tls(), foreign_tls):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                with dial(address, context) as tls:
                    tls.sendall(b"\x10")  # in TLS 1.3 the client learns of the refusal with its first read
                    assert tls.recv(1) == b"", "served"
                    raise ConnectionResetError()
    assert '"listener":"%s","cause":"handshake"' % name in site.log_of_cloud()


def test_a_certificate_that_was_deactivated_is_nobody(site, tmp_path):
    iot = site.boto("iot")
    made = iot.create_keys_and_certificate(setAsActive=True)
    (tmp_path / "cert").write_text(made["certificatePem"])
    (tmp_path / "key").write_text(made["keyPair"]["PrivateKey"])
    iot.update_certificate(certificateId=made["certificateId"], newStatus="REVOKED")
    tls = client_tls(tmp_path / "cert", tmp_path / "key")
    request = b"GET /core/v1/deployments/x HTTP/1.1\r\nConnection: close\r\n\r\n"
    with Counted(lambda: cloud_metrics(site), 'fescue_refused_total{listener="cores",cause="certificate"}', 1):
        assert status_of(send_and_read(site.endpoints["discovery"], request, tls)) == 403
    with Counted(lambda: cloud_metrics(site), 'fescue_mqtt_refused_total{cause="connection"}', 1):
        assert send_and_read(site.endpoints["iot_mqtts"], b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01x", tls) == b""


# ---- SigV4

def sign(site, method="GET", path="/2015-03-31/functions", body=b"", service="lambda", headers=None):
    """The headers that botocore makes, to be spoiled."""
    key, secret = site.credentials()
    request = botocore.awsrequest.AWSRequest(method, site.endpoints["api"] + path, data=body, headers=headers or {})
    botocore.auth.SigV4Auth(botocore.credentials.Credentials(key, secret), service, "us-west-2").add_auth(request)
    return dict(request.prepare().headers)


def replaced(name, old, new):
    return lambda headers: {**headers, name: headers[name].replace(old, new, 1)}


def without(name):
    return lambda headers: {key: value for key, value in headers.items() if key != name}


def with_header(name, value):
    return lambda headers: {**headers, name: value}


MISSING, INCOMPLETE = (403, "MissingAuthenticationTokenException"), (400, "IncompleteSignatureException")
UNKNOWN, WRONG = (403, "UnrecognizedClientException"), (403, "InvalidSignatureException")

BAD_SIGNATURES = [
    ("none", without("Authorization"), MISSING),
    ("another scheme", with_header("Authorization", "Basic dTpw"), INCOMPLETE),
    ("empty", with_header("Authorization", ""), (None, None)),
    ("nothing but the algorithm", with_header("Authorization", "AWS4-HMAC-SHA256"), INCOMPLETE),
    ("another algorithm", replaced("Authorization", "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), INCOMPLETE),
    ("no credential", replaced("Authorization", "Credential=", "Cred="), INCOMPLETE),
    ("no signed headers", replaced("Authorization", "SignedHeaders=", "Signed="), INCOMPLETE),
    ("no signature", replaced("Authorization", "Signature=", "Sig="), INCOMPLETE),
    ("a scope of three parts", replaced("Authorization", "/aws4_request", ""), INCOMPLETE),
    ("a scope that ends otherwise", replaced("Authorization", "aws4_request", "aws5_request"), INCOMPLETE),
    ("host not signed", replaced("Authorization", "SignedHeaders=host;", "SignedHeaders="), INCOMPLETE),
    ("a signed header that is not there", replaced("Authorization", "SignedHeaders=host", "SignedHeaders=host;x-gone"),
     WRONG),
    ("no date", without("X-Amz-Date"), INCOMPLETE),
    ("a date that is none", with_header("X-Amz-Date", "yesterday"), INCOMPLETE),
    ("an old date", with_header("X-Amz-Date", "20200101T000000Z"), WRONG),
    ("an unknown key", replaced("Authorization", "Credential=", "Credential=X"), UNKNOWN),
    ("another region", replaced("Authorization", "us-west-2", "us-east-1"), WRONG),
    ("a cut signature", lambda headers: {**headers, "Authorization": headers["Authorization"][:-1]}, (None, None)),
    ("a hash that is not signed", with_header("x-amz-content-sha256", hashlib.sha256(b"x").hexdigest()), INCOMPLETE),
    ("a body in signed chunks", with_header("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), (None, None)),
    ("a header added on the way", with_header("x-amz-target", "other"), (None, None)),
]


def test_bad_signatures(site):
    before = cloud_metrics(site)["fescue_api_unverified_total"]
    for what, spoil, (status, name) in BAD_SIGNATURES:
        answer = requests.get(site.endpoints["api"] + "/2015-03-31/functions", headers=spoil(sign(site)), timeout=10)
        assert answer.status_code in ((400, 403) if status is None else (status,)), (what, answer.text)
        said = answer.headers["x-amzn-ErrorType"]
        assert said == (name or said) and said.endswith("Exception"), (what, answer.text)
        assert answer.json()["message"] and answer.headers["x-amzn-RequestId"], what
    assert cloud_metrics(site)["fescue_api_unverified_total"] == before + len(BAD_SIGNATURES)
    assert cloud_metrics(site)['fescue_api_errors_total{error="IncompleteSignatureException"}'] >= 8
    assert "Refused API request." in site.log_of_cloud(), "one line in a second, whatever the error"
    assert site.credentials()[1] not in site.log_of_cloud()


def test_a_good_signature_covers_what_was_signed(site):
    good = sign(site)
    for method, path in (("DELETE", "/2015-03-31/functions"), ("GET", "/2015-03-31/functions?Marker=x"),
                         ("GET", "/2015-03-31/functions/x")):
        answer = requests.request(method, site.endpoints["api"] + path, headers=good, timeout=10)
        assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == WRONG
    assert requests.get(site.endpoints["api"] + "/2015-03-31/functions", headers=good, timeout=10).status_code == 200


def test_a_good_signature_counts_for_its_body_and_its_region(site):
    url, path = site.endpoints["api"], "/topics/a"
    unsigned = sign(site, "POST", path, b"x", "iotdata", {"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
    answer = requests.post(url + path, headers=unsigned, data=b"x", timeout=10)
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == WRONG and "UNSIGNED-PAYLOAD" in answer.text
    other = site.boto("iot", region_name="eu-west-1")
    with pytest.raises(botocore.exceptions.ClientError, match="scoped to a valid region, not 'eu-west-1'"):
        other.list_things()
    good = "".join("%s: %s\r\n" % each for each in sign(site).items())
    twice = "GET /2015-03-31/functions HTTP/1.1\r\nHost: %s\r\n%sauthorization: x\r\n\r\n" % (api(site), good)
    assert status_of(send_and_read(api(site), twice.encode())) == INCOMPLETE[0]


def send_as(uid, url, headers, body):
    """The status of a POST that a process of that user sends."""
    script = ("import json, sys, urllib.error, urllib.request\n"
              "url, headers, body = json.load(sys.stdin)\n"
              "try: print(urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers)).status)\n"
              "except urllib.error.HTTPError as error: print(error.code)\n")
    done = subprocess.run(["/usr/bin/python3", "-c", script], input=json.dumps([url, headers, body]), text=True, user=uid,
                          capture_output=True, timeout=20, cwd="/", check=True)
    return int(done.stdout)


@pytest.mark.skipif(os.getuid() != 0, reason="sends as another user")
def test_a_captured_request_cannot_be_sent_again(site):
    path = "/topics/replayed"
    url, headers = site.endpoints["api"] + path, sign(site, "POST", path, b"open the gate", "iotdata")
    with Counted(lambda: cloud_metrics(site), "fescue_api_replayed_total", 1):
        assert requests.post(url, headers=headers, data=b"open the gate", timeout=10).status_code == 200
        assert send_as(65534, url, headers, "open the gate") == 403
    read, good = site.endpoints["api"] + "/2015-03-31/functions", sign(site)
    assert [requests.get(read, headers=good, timeout=10).status_code for _ in range(2)] == [200, 200]


# ---- bodies of unknown senders

def memory_of(pid):
    """Resident, in MB."""
    with open("/proc/%d/status" % pid) as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS:"))


def begin_upload(site, headers, announced, sent):
    """A CreateFunction whose body is begun; the connection."""
    connection = dial(api(site))
    lines = "".join("%s: %s\r\n" % each for each in headers.items() if each[0].lower() != "content-length")
    connection.sendall(("POST /2015-03-31/functions HTTP/1.1\r\nHost: %s\r\n%sContent-Length: %d\r\n\r\n"
                  % (api(site), lines, announced)).encode())
    try:
        connection.sendall(b"x" * sent)
    except ConnectionError:
        pass
    return connection


def test_no_body_is_read_of_who_is_nobody(site):
    cloud = site.child("cloud")
    before = memory_of(cloud)
    for spoil, expected in ((without("Authorization"), MISSING), (replaced("Authorization", "=", "=X"), UNKNOWN)):
        for _ in range(15):
            with begin_upload(site, spoil(sign(site, "POST")), 60_000_000, 1_000_000) as connection:
                answer = read_to_end(connection)
                assert status_of(answer) == expected[0] and expected[1].encode() in answer
    with begin_upload(site, sign(site, "POST", service="iot"), 2_000_000, 0) as connection:
        connection.sendall(b"")
        assert status_of(read_to_end(connection)) == 413, "more than any operation of that service takes"
    assert memory_of(cloud) - before < 30


def test_bodies_of_claimed_keys_have_a_budget(site):
    """Who knows the id of a key, but not the key, is found out only with the whole body."""
    cloud = site.child("cloud")
    before = memory_of(cloud)
    refused = 'fescue_unverified_bodies_refused_total{listener="api"}'
    count = cloud_metrics(site)[refused]
    connections = [begin_upload(site, sign(site, "POST"), 60_000_000, 50_000_000) for _ in range(6)]
    try:
        answers = [connection for connection in select.select(connections, [], [], 20)[0]]
        assert answers and b"ServiceUnavailableException" in read_to_end(answers[0])
        assert cloud_metrics(site)[refused] > count
        assert memory_of(cloud) - before < 300
        assert cloud_metrics(site)['fescue_unverified_body_bytes{listener="api"}'] <= 2 * 69_905_067
        site.boto("iot").list_things()
    finally:
        for connection in connections:
            connection.close()


def test_no_body_is_read_of_who_is_no_worker(site):
    for path in ("/2016-11-01/functions/" + ARN, "/v1/status"):
        with dial(site.endpoints["ipc"]) as connection:
            connection.sendall(("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 6000000\r\n\r\n" % path).encode() + b"x" * 10_000)
            assert status_of(read_to_end(connection)) == 403, path


# ---- the local API of functions

def ipc(site, method, path, headers=None, body=b""):
    return requests.request(method, "http://%s/2016-11-01%s" % (site.endpoints["ipc"], path), headers=headers or {},
                            data=body, timeout=10)


def test_wrong_tokens(site):
    tokens = [None, "", "Basic", "Basic " + base64.b64encode(b"x" * 32).decode(), "Bearer x", "Basic " + "A" * 8000,
              "Basic \xff\xfe", (site.root / "core/run/ipc-token").read_text().strip()]
    calls = [("GET", "/functions/%s/work" % ARN), ("POST", "/functions/%s" % ARN)]
    with Counted(lambda: core_metrics(site), 'fescue_ipc_refused_total{cause="token"}', len(tokens) * len(calls)):
        for token in tokens:
            headers = {} if token is None else {"Authorization": token.encode("latin-1")}
            for method, path in calls:
                assert ipc(site, method, path, headers).status_code == 403, token
    assert "Refused a local call." in site.runtime_log()
    assert tokens[3] not in site.runtime_log()


def test_calls_that_cannot_be(site):
    """What fails whoever asks: such ARNs, paths and methods are refused before the token is looked at."""
    cases = [("GET", "/functions/arn:aws:s3:::x/work", 400), ("GET", "/functions/%00/work", 400),
             ("POST", "/functions/" + "a" * 5000, 400), ("GET", "/functions/%zz/work", 400), ("GET", "/nothing", 404),
             ("PATCH", "/functions/" + ARN, 405), ("DELETE", "/health/workers", 405)]
    with Counted(lambda: core_metrics(site), 'fescue_ipc_refused_total{cause="call"}', len(cases) + 4):
        for method, path, status in cases:
            assert ipc(site, method, path).status_code == status, path
        for body in (b"", b"[", b"[" * 60000, b'{"FuncArns": [1]}'):
            answer = ipc(site, "POST", "/health/workers", body=body)
            assert (answer.status_code, answer.text) == (400, "Invalid request")
    assert "A local call failed." in site.runtime_log()


PROBE = """
import http.client, json, os
import greengrasssdk
client = greengrasssdk.client('iot-data')

def ask(method, path, headers, body=None):
    if body == 'too much':
        body = 'x' * (128 * 1024 + 1)
    connection = http.client.HTTPConnection('127.0.0.1', int(os.environ['GG_DAEMON_PORT']), timeout=10)
    connection.request(method, '/2016-11-01' + path, body, dict(headers, Authorization=os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN']))
    return connection.getresponse().status

def handler(event, context):
    client.publish(topic='out', payload=json.dumps([ask(*call) for call in event]))
"""


def test_a_function_with_a_good_token_and_wrong_ids(site):
    arn = site.create_function("probe", PROBE)
    site.deploy({"probe": (arn, {"Timeout": 20})}, [("cloud", "in", arn), (arn, "out", "cloud")])
    version = site.boto("lambda").get_alias(FunctionName="probe", Name="prod")["FunctionVersion"]
    me = "/functions/" + arn.rsplit(":", 1)[0] + ":" + version
    other = "/functions/" + ARN
    router = "/functions/arn:aws:lambda:::function:GGRouter"
    context = lambda value: {"X-Amz-Client-Context": base64.b64encode(value.encode()).decode(), "X-Amz-Invocation-Type": "Event"}
    topic = lambda name: context(json.dumps({"custom": {"subject": name}}))
    calls = [
        (("GET", other + "/work", {}), 403),
        (("POST", other + "/work", {"X-Amz-InvocationId": "x"}), 403),
        (("PUT", other + "/initialized", {}, "{}"), 403),
        (("POST", me + "/work", {"X-Amz-InvocationId": "00000000-0000-4000-8000-000000000000"}), 404),
        (("POST", me + "/work", {}), 400),
        (("GET", me, {"X-Amz-InvocationId": "00000000-0000-4000-8000-000000000000"}), 404),
        (("GET", me, {}), 400),
        (("PUT", me + "/initialized", {}, "["), 400),
        (("PUT", me + "/initialized", {}, '{"Success": "yes"}'), 400),
        (("POST", other, {}), 404),
        (("POST", other, {"X-Amz-Client-Context": "not base64!"}), 400),
        (("POST", router, {}), 400),
        (("POST", router, topic("a/#")), 400),
        (("POST", router, topic("")), 400),
        (("POST", router, topic("a" * 257)), 400),
        (("POST", router, context("[" * 200)), 400),
        (("POST", router, context('{"custom": 5}')), 400),
        (("POST", router, topic("a"), "too much"), 413),
        (("POST", "/cloudwatch/logs/", {}, "{}"), 400),
    ]
    client = site.mqtt()
    client.subscribe("out")
    client.publish("in", [call for call, _ in calls])
    answers = json.loads(client.payload())
    assert [(call[:2], answer) for (call, _), answer in zip(calls, answers)] == [(call[:2], status) for call, status in calls]


# ---- afterwards

def test_everything_still_works(site):
    arn = site.create_function("still", PROBE)
    site.deploy({"still": (arn, {"Timeout": 10})}, [("cloud", "in", arn), (arn, "out", "cloud")])
    client = site.mqtt()
    client.subscribe("out")
    client.publish("in", [])
    assert client.payload() == b"[]"
    assert "assertion failed" not in site.log_of_cloud() + site.runtime_log()
    assert os.path.exists(site.root / "run/endpoints.json")
