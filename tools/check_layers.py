#!/usr/bin/env python3
"""Includes go only downward, as the table says; what is pure stays so whatever it includes; CMake links the same edges."""
import re
import sys

from source_tree import ROOT, TEST_FILES, Sources, folder_of, is_below

# What a folder may include besides itself. The longest prefix of a path that is a key is its rule. A name stands for a
# folder and all below it, "folder/*" for the files directly in it, "folder/file.h" for that header alone.
EDGE = "engine/ports model sys base"
SANDBOX_CLIENT = ("sandbox/* sandbox/protocol sandbox/launcher/policy.h sandbox/launcher/launcher_process.h "
                  "sandbox/launcher/sources.h sandbox/cgroup/cgroup_mounts.h")
CLOUD_PARTS = "cloud/model cloud/policy cloud/store cloud/broker mqtt_server shadow engine mqtt model sys base"
CLOUD_API = ("cloud/control_plane.h cloud/packages/package_source.h cloud/model cloud/policy cloud/store cloud/broker/core_names.h cloud/broker/policy_library.h cloud/broker/enrolment.h mqtt_server/mqtt_server.h cloud/deployments shadow engine model "
             "sys/http sys/loop sys/sigv4 sys/tls sys/storage/archive.h base")  # no SQL
ALLOWED = {
    "main.cc": "cli base",
    "launcher_main.cc": "sandbox base",
    "base": "",
    "model": "base",
    "mqtt": "base",
    # drivers
    "sys/process": "base",
    "sys/storage": "sys/process base",
    "sys/loop": "sys/process base",
    "sys/net": "sys/loop sys/process sys/storage/file.h base",
    "sys/tls": "sys/net sys/loop base",
    "sys/http": "sys/tls sys/net sys/loop base",
    "sys/sigv4": "sys/http/http.h base",
    # processes and their privileges
    "sandbox": "base",
    "sandbox/protocol": "sandbox/* base",
    "sandbox/cgroup": "sandbox/* base",
    "sandbox/container": "sandbox/* base",
    "sandbox/seccomp": "sandbox/protocol sandbox/* base",
    "sandbox/process": "sandbox/container sandbox/seccomp sandbox/* base",
    "sandbox/monitor": "sandbox/protocol sandbox/process sandbox/cgroup sandbox/container sandbox/seccomp sandbox/* base",
    "sandbox/launcher": "sandbox/protocol sandbox/monitor sandbox/process sandbox/cgroup sandbox/container sandbox/* base",
    # decisions
    "engine": "engine/ports model base",
    "engine/ports": "model base",
    "mqtt_io": "mqtt sys base",
    "mqtt_server": "mqtt_io mqtt model sys base",
    # edges, targets and services: they never include each other
    "devices": "mqtt_server mqtt_io mqtt " + EDGE,
    "ipc": EDGE,
    "uplink": "engine/spool mqtt_io mqtt " + EDGE,
    "functions": "engine sandbox " + EDGE,
    "functions/launch": SANDBOX_CLIENT + " " + EDGE,
    "functions/workers": "functions/launch engine/lifecycle " + SANDBOX_CLIENT + " " + EDGE,
    "shadow": "engine/shadow " + EDGE,
    "secrets": EDGE,
    "streams": EDGE,
    "models": EDGE,
    "credentials": EDGE,
    "connectors": EDGE,
    "deploy": EDGE,
    # `fescue core`
    "core": "ipc uplink devices functions shadow secrets streams models credentials connectors deploy engine "
            "mqtt_server mqtt_io mqtt sandbox/launcher/policy.h sandbox/launcher/launcher_process.h model sys base",
    "core/admin": "core/layout.h ipc uplink functions deploy engine model sys base",
    "core/doctor": "core/layout.h core/runtime_files.h core/launcher_policy.h functions/launch deploy "
                   "sandbox/container/dev.h sandbox/launcher/launcher_process.h "
                   "sandbox/launcher/policy.h model sys base",
    "core/local_run": "core/legacy_log_files.h core/runtime_files.h ipc functions deploy engine model sys base",
    # `fescue cloud`
    "cloud": CLOUD_PARTS + " mqtt_io",
    "cloud/model": "engine/shadow model base",
    "cloud/packages": "model sys base",
    "cloud/store": "cloud/model mqtt_server/retained.h shadow/shadow_store.h engine/shadow model sys/storage base",
    "cloud/authority": "sys base",
    "cloud/policy": "cloud/model/iot_policy.h model base",
    "cloud/broker": "cloud/cloud_config.h cloud/policy cloud/model cloud/store mqtt_server mqtt model sys/storage sys/tls base",
    "cloud/deployments": "cloud/cloud_config.h cloud/rejection_log.h cloud/admission.h " + CLOUD_PARTS,
    "cloud/discovery": "cloud/control_plane.h " + CLOUD_PARTS,
    "cloud/console": "cloud/control_plane.h " + CLOUD_PARTS,
    "cloud/api": CLOUD_API,
    "cloud/api/framework": CLOUD_API,
    "cloud/api/greengrass": "cloud/api/framework " + CLOUD_API,
    "cloud/api/iam": "cloud/api/framework " + CLOUD_API,
    "cloud/api/iot": "cloud/api/framework " + CLOUD_API,
    "cloud/api/iot_data": "cloud/api/framework cloud/api/iot " + CLOUD_API,
    "cloud/api/keys": "cloud/api/framework " + CLOUD_API,
    "cloud/api/known": "base",
    "cloud/api/lambda": "cloud/api/framework " + CLOUD_API,
    "cloud/api/logs": "cloud/api/framework " + CLOUD_API,
    "cloud/api/secretsmanager": "cloud/api/framework " + CLOUD_API,
    "cloud/api/sts": "cloud/api/framework " + CLOUD_API,
    # the command line
    "cli/cli.cc": "cli/cli.h cli/output/mistaken_option.h cli/say.h cli/output/suggestion.h cli/verbs/verbs.h base",
    "cli/stand_in.cc": "cli/stand_in.h cloud/api/framework/errors.h sys base",
    "cli": "cloud/instance_identity.h core/layout.h sandbox/launcher/policy.h mqtt_io mqtt model sys base",
    "cli/output": "model base",
    "cli/help": "model base",
    "cli/verbs": "cli/* cli/help cli/output cloud/cloud.h cloud/packages/package_options.h core/core_daemon.h core/layout.h core/doctor/doctor.h "
                 "core/local_run/local_run.h core/admin/log_files.h model sys base",
}
# A folder's own files may include what lies below it.
COMPOSES = {"core", "cloud", "cloud/api", "functions"}
# Decisions and values: nothing they include, however far away, touches the system. So is a header that begins by saying
# that it is pure.
PURE = ("model", "mqtt", "engine")
IMPURE = re.compile(r"(boost/(asio|beast)|sys/(socket|stat|un|mount|wait)|netinet/|fcntl|unistd|thread|fstream|"
                    r"filesystem|openssl/|sqlite3|archive)\b")


def rule_of(path):
    keys = [key for key in ALLOWED if is_below(path, key)]
    return max(keys, key=len) if keys else None


def may_include(path, other):
    mine, theirs = rule_of(path), rule_of(other)
    if mine == theirs or (mine in COMPOSES and folder_of(path) == mine and is_below(other, mine)):
        return True
    return any(is_below(other, prefix) for prefix in ALLOWED[mine].split())


def check_includes(sources):
    for path in sources.text:
        if rule_of(path) is None:
            yield f"src/{path}: the folder is not in the table of tools/check_layers.py"
            continue
        for other in sources.own_includes(path):
            if path.endswith(TEST_FILES) and (other.startswith("tests/") or other.endswith(TEST_FILES)):
                continue
            if not may_include(path, other) and not (path.endswith(TEST_FILES) and top_allows(path, other)):
                yield f"src/{path}: {rule_of(path)} may not include {other}"


def top_allows(path, other):
    """Tests may use all of their own top folder and what that may include."""
    top, theirs = path.split("/")[0], other.split("/")[0]
    return top == theirs or theirs in allowed_tops(top)


def allowed_tops(top):
    rules = [rule for key, rule in ALLOWED.items() if is_below(key, top)]
    return {name.split("/")[0] for rule in rules for name in rule.split()} - {top}


def closure(sources, path):
    """Every file that `path` includes, with the chain that leads there."""
    chains, todo = {path: [path]}, [path]
    while todo:
        current = todo.pop()
        for other in sources.own_includes(current):
            if other in sources.text and other not in chains:
                chains[other] = chains[current] + [other]
                todo.append(other)
    return chains


def says_pure(sources, path):
    return path.endswith(".h") and re.search(r"\b[Pp]ure\b(?! virtual)", sources.opening(path))


def check_purity(sources):
    for path in sources.product():
        if not (path.startswith(tuple(f"{folder}/" for folder in PURE)) or says_pure(sources, path)):
            continue
        for chain in closure(sources, path).values():
            for header in filter(IMPURE.match, sources.system_includes(chain[-1])):
                yield f"src/{' -> '.join(chain)}: pure, but <{header}>"


def node_of(path):
    """A folder; a file that the table names by itself stands alone."""
    alone = path in ALLOWED or any(path in rule.split() for rule in ALLOWED.values())
    return path if alone else folder_of(path)


def check_cycles(sources):
    """Folders that include each other, however indirectly."""
    edges = {}
    for path in sources.product():
        for other in sources.own_includes(path):
            if folder_of(path) != folder_of(other):
                edges.setdefault(node_of(path), {}).setdefault(node_of(other), f"{path} includes {other}")
    for node in sorted(edges):
        for other in sorted(edges[node]):
            if other > node and node in reachable(edges, other):
                yield f"src/{node} and src/{other} include each other: {edges[node][other]}"


def reachable(edges, start):
    found, todo = set(), [start]
    while todo:
        for other in edges.get(todo.pop(), {}):
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


def check_links(sources, cmake):
    """Every link is allowed, and every include is linked."""
    links = {name: set(re.findall(r"fescue_(\w+)", rest))
             for name, rest in re.findall(r"^fescue_layer\((\w+)\s[^)]*?LINK ([^)]*)\)", cmake, re.M)}
    for name in links:
        for other in sorted(links[name] - allowed_tops(name)):
            yield f"CMakeLists.txt: {name} links {other}, which the table does not allow"
    for path in sources.product():
        top = path.split("/")[0]
        used = {other.split("/")[0] for other in sources.own_includes(path)} & set(links) - {top}
        for other in sorted(used - reachable(links, top) if top in links else ()):
            yield f"src/{path}: includes {other}, which CMakeLists.txt does not link to {top}"


def main():
    sources = Sources(ROOT / "src")
    cmake = (ROOT / "CMakeLists.txt").read_text()
    problems = [*check_includes(sources), *check_purity(sources), *check_cycles(sources), *check_links(sources, cmake)]
    print("\n".join(problems) or f"{len(ALLOWED)} rules, {len(sources.text)} files: every include goes downward")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
