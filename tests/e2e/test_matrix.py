"""Every interpreter and SDK that is here, in one deployed group: what functions may do, each by each, and between any two
languages; in containers, and on the host as it is. The members are in matrix_members.py, their functions in
matrix_functions/."""
import concurrent.futures
import json
import os
import queue
import uuid

import pytest

from fescue_site import DEADLINE, ROLE, wait_until
from matrix_members import all_members, lend, package_of

MEMBERS = all_members()
PRESENT = [member for member in MEMBERS if not member.why_not]
ISOLATIONS = {"GreengrassContainer": {"MemorySize": 128 * 1024}, "NoContainer": {}}
TIMEOUT = 5
EVERY_BYTE = bytes(range(256))
LARGEST = EVERY_BYTE * 512  # 128 KB


class Matrix:
    """The deployed group and what its functions publish."""

    def __init__(self, site):
        self.site, self.admin = site, site.admin
        self.arns, self.members = {}, {}
        self.mqtt = site.mqtt()
        self.mqtt.subscribe("matrix/#")
        self.kept = {}

    def create(self):
        """Every function of every member."""
        client = self.site.boto("lambda")
        for member in PRESENT:
            package = package_of(member)
            for name, handler, _ in member.functions():
                client.create_function(FunctionName=name, Runtime=member.runtime, Role=ROLE, Handler=handler,
                                       Code={"ZipFile": package})
                self.arns[name] = client.publish_version(FunctionName=name)["FunctionArn"]

    def deploy(self, isolation):
        functions, rows = {}, []
        for member in PRESENT:
            for name, _, encoding in member.functions():
                functions[name] = self.arns[name], {
                    "Timeout": TIMEOUT, "EncodingType": encoding, **ISOLATIONS[isolation],
                    "Environment": {"Variables": {"AWS_MATRIX_NAME": name}, "Execution": {"IsolationMode": isolation}}}
                rows.append((self.arns[name], "matrix/%s/#" % name, "cloud"))
            rows.append(("cloud", "in/" + member.name, self.arns[member.name]))
        self.site.deploy(functions, rows)
        self.isolation = isolation

    def invoke(self, member, op, **arguments):
        return self.admin.invoke(member.name, member.payload(op, **arguments))

    def result(self, member, op, **arguments):
        outcome = self.invoke(member, op, **arguments)
        assert (outcome.status, outcome.error) == (200, ""), outcome
        return outcome.body

    def invoke_state(self, member, op, **arguments):
        """Of the function that has one worker."""
        return self.admin.invoke(member.state_name, member.payload(op, **arguments))

    def count(self, member):
        outcome = self.invoke_state(member, "count")
        assert (outcome.status, outcome.error) == (200, ""), outcome
        return int(outcome.body)

    def calls(self, member, kind, targets):
        """Has the member call [(target, payload)]: [(function error, answer)]."""
        payloads = member.invoke_payloads(kind, [(self.arns[target.name], payload) for target, payload in targets])
        outcomes = [self.admin.invoke(member.name, payload) for payload in payloads]
        assert [(outcome.status, outcome.error) for outcome in outcomes] == [(200, "")] * len(outcomes), outcomes
        return member.invoke_results([outcome.body for outcome in outcomes])

    def said(self, name, kind):
        """What the function published next on that topic of its own."""
        topic = "matrix/%s/%s" % (name, kind)
        while not self.kept.get(topic):
            try:
                got, payload = self.mqtt.message(DEADLINE)
            except queue.Empty:
                pytest.fail("nothing came on " + topic)
            self.kept.setdefault(got, []).append(payload)
        return self.kept[topic].pop(0)


@pytest.fixture(scope="module")
def functions(site):
    maps = {member.runtime: lend(member.interpreter) for member in PRESENT if member.interpreter}
    site.configure(fescue={"runtimes": maps}, runtime={"maxConcurrentLimit": 100, "lruSize": 100})
    matrix = Matrix(site)
    matrix.create()
    return matrix


@pytest.fixture(scope="module", params=ISOLATIONS)
def matrix(functions, request):
    if request.param != "NoContainer" and os.getuid() != 0:
        pytest.skip("containers need root")
    functions.deploy(request.param)
    return functions


@pytest.fixture(params=MEMBERS, ids=repr)
def member(request):
    if request.param.why_not:
        pytest.skip(request.param.why_not)
    return request.param


def hubs():
    """One member of each language, whom all others call and who call all others."""
    languages = {}
    for member in PRESENT:
        languages.setdefault("".join(filter(str.isalpha, member.runtime)), member)
    return list(languages.values())


def test_several_languages_take_part():
    assert len(hubs()) > 2 and len(PRESENT) > 3


def test_it_runs_where_the_group_says(matrix, member):
    def only_worker():  # a JVM of the deployment before takes 0.3 seconds for its end
        pids = matrix.admin.pids(member.state_name)
        return pids[0] if len(pids) == 1 else None

    matrix.count(member)
    namespace = os.readlink("/proc/%d/ns/mnt" % wait_until(only_worker, "the end of the worker of before"))
    assert (namespace != os.readlink("/proc/self/ns/mnt")) == (matrix.isolation == "GreengrassContainer")


VALUES = [None, True, "", "caf\u00e9 \U0001f600 \u20ac \u2028 \" \\ \n", [], {}, {"\u00e9": [1, {"a": None}]}, 0, -1, 0.1, 1e-7,
          1.5e300, -2 ** 31, 2 ** 53]
BIG = [2 ** 53 + 1, 2 ** 63, -2 ** 63, 12345678901234567890123]


def test_values_come_back(matrix, member):
    body = matrix.result(member, "echo", value=VALUES)
    assert member.echoed(body) == VALUES
    big = member.echoed(matrix.result(member, "echo", value=BIG))
    assert big == BIG if member.exact_numbers else list(map(float, big)) == list(map(float, BIG))


def test_every_byte_comes_back_and_is_published(matrix, member):
    """Through the member to a function in another language and back."""
    for payload in (b"", EVERY_BYTE, LARGEST):
        for hub in hubs():
            for first, second in ((member, hub), (hub, member)):
                outcome = matrix.admin.invoke(first.bytes_name, payload, custom={"next": matrix.arns[second.bytes_name]})
                assert (outcome.status, outcome.error) == (200, ""), (first, second, outcome)
                assert outcome.body == payload, (first, second, len(outcome.body))
                assert matrix.said(first.bytes_name, "bytes") == payload, first
                assert matrix.said(second.bytes_name, "bytes") == payload, second


def test_128_kb_of_json(matrix, member):
    value = "\u20ac" * ((128 * 1024 - 100) // 6)
    assert member.echoed(matrix.result(member, "echo", value=value)) == value


def test_a_message_comes_with_its_subject(matrix, member):
    matrix.mqtt.publish("in/" + member.name, {"text": "\u00e9"})
    assert member.subject(matrix.said(member.name, "subject")) == ("in/" + member.name, {"text": "\u00e9"})


def test_calls_that_wait_go_both_ways(matrix, member):
    targets = [hub for hub in hubs() if hub is not member]
    answers = matrix.calls(member, "RequestResponse", [(hub, hub.payload("echo", value=["\u00e9", 1])) for hub in targets])
    assert [(error, hub.echoed(body)) for hub, (error, body) in zip(targets, answers)] == [("", ["\u00e9", 1])] * len(targets)
    for hub in targets:
        (error, body), = matrix.calls(hub, "RequestResponse", [(member, member.payload("echo", value={"by": hub.name}))])
        assert (error, member.echoed(body)) == ("", {"by": hub.name})


def test_errors_reach_callers_in_other_languages(matrix, member):
    for hub in hubs():
        if hub is member:
            continue
        for caller, called in ((member, hub), (hub, member)):
            (error, body), = matrix.calls(caller, "RequestResponse", [(called, called.payload("raise", text="no \u00e9"))])
            assert error == "Handled" and json.loads(body)["errorMessage"] == "no \u00e9", (caller, called)


def test_events_go_both_ways(matrix, member):
    for hub in hubs():
        if hub is member:
            continue
        for caller, called in ((member, hub), (hub, member)):
            mark = uuid.uuid4().hex
            answers = matrix.calls(caller, "Event", [(called, called.payload("note", **{"from": mark}))])
            assert answers == [("", b"")], (caller, called)
            assert called.note(matrix.said(called.name, "note")) == mark, (caller, called)


def test_an_exception_is_handled_and_the_worker_goes_on(matrix, member):
    before = matrix.count(member)
    outcome = matrix.invoke_state(member, "raise", text="as asked \U0001f600")
    assert (outcome.status, outcome.error) == (200, "Handled")
    assert outcome.value["errorMessage"] == "as asked \U0001f600"
    assert matrix.count(member) == before + 1


def test_state_is_kept_in_one_worker_and_not_in_a_new_one(matrix, member):
    first = matrix.count(member)
    assert matrix.count(member) == first + 1
    died = matrix.invoke_state(member, "exit")
    assert died.error == "Unhandled" and "exit status 7" in died.value["errorMessage"]
    assert matrix.count(member) == 1


def test_what_is_printed_and_logged(matrix, member):
    mark = uuid.uuid4().hex
    matrix.result(member, "print", mark=mark)

    def levels():
        lines = [line for line in matrix.site.function_log(member.name).splitlines() if mark in line]
        return sorted((line.split("]")[1].lstrip("["), word) for line in lines
                      for word in ("printed", "complained", "logged") if word + " " + mark in line)
    expected = [("ERROR", "complained"), ("INFO", "printed"), ("WARN", "logged")]
    wait_until(lambda: levels() == expected, "the lines of %s; it has:\n%s" % (member, matrix.site.function_log(member.name)[-2000:]))


def test_what_takes_too_long_is_ended(matrix):
    """All of them at once, since each waits for its whole time."""
    with concurrent.futures.ThreadPoolExecutor(len(PRESENT)) as callers:
        outcomes = dict(zip(PRESENT, callers.map(lambda member: matrix.invoke_state(member, "hang"), PRESENT)))
    for member, outcome in outcomes.items():
        assert outcome.error == "Unhandled", member
        assert "timed out after %d seconds" % TIMEOUT in outcome.value["errorMessage"], member
        assert matrix.count(member) == 1, member
