"""Groups as V1's console and provisioning scripts made them: they deploy, and say what of them this core lacks."""
import json

ECHO = """
def handler(event, context):
    return event
"""

SYSTEM = "arn:aws:lambda:::function:"

# What the guide's examples give these functions, and what the console's default group has.
SYSTEM_FUNCTIONS = {
    "detector": (SYSTEM + "GGIPDetector:1", {"Pinned": True, "MemorySize": 32768, "Timeout": 3}),
    "spooler": (SYSTEM + "GGCloudSpooler:1", {
        "Executable": "spooler", "Pinned": True, "MemorySize": 32768, "Timeout": 3,
        "Environment": {"Variables": {"GG_CONFIG_STORAGE_TYPE": "FileSystem", "GG_CONFIG_MAX_SIZE_BYTES": "2621440"}}}),
    "streams": (SYSTEM + "GGStreamManager:1", {
        "Pinned": True, "MemorySize": 4194304, "Timeout": 3, "EncodingType": "binary",
        "Environment": {"Variables": {"STREAM_MANAGER_SERVER_PORT": "8088"}}}),
    "tes": (SYSTEM + "GGTES", {"Pinned": True}),
    "shadow": (SYSTEM + "GGShadowService", {}),
    "secrets": (SYSTEM + "GGSecretManager:1", {}),
    "certificates": (SYSTEM + "GGDeviceCertificateManager", {}),
}

LOGGERS = [
    {"Id": "system", "Component": "GreengrassSystem", "Level": "INFO", "Type": "FileSystem", "Space": 25600},
    {"Id": "cloud", "Component": "Lambda", "Level": "DEBUG", "Type": "AWSCloudWatch"},
]

NAMED = ["GGIPDetector:1: the core's addresses", "GG_CONFIG_STORAGE_TYPE=FileSystem has no effect yet",
         "GGStreamManager:1: there are no streams", "GGTES: ", "GGShadowService: ", "GGSecretManager:1: ",
         "the logger of Lambda to AWSCloudWatch", "SyncShadow of the core"]


def test_the_consoles_group_deploys_and_says_what_the_core_lacks(site):
    arn = site.create_function("echo", ECHO)
    functions = {"echo": (arn, {"Timeout": 10}), **SYSTEM_FUNCTIONS}
    group, version = site.create_group(functions, [("cloud", "to/echo", arn)], loggers=LOGGERS, sync_shadow=True)
    status = site.finish_deployment(group, site.start_deployment(group, version))
    assert status["DeploymentStatus"] == "Success", status
    warnings = site.admin.status()["warnings"]
    for sentence in NAMED:
        assert sentence in status["ErrorMessage"]
        assert len([warning for warning in warnings if sentence in warning]) == 1, warnings
        assert sentence in site.runtime_log()
    for there in ("GG_CONFIG_MAX_SIZE_BYTES", "GGDeviceCertificateManager"):
        assert there not in status["ErrorMessage"]
    assert site.admin.call("echo", {"n": 1}) == {"n": 1}
    assert site.admin.metric("fescue_unbuilt_parts") == len(NAMED)

    deployed = json.loads((site.root / "core/ggc/deployment/group/group.json").read_text())["fescue"]["systemFunctions"]
    spooler = next(each for each in deployed if "GGCloudSpooler" in each["FunctionArn"])
    assert spooler["Variables"] == SYSTEM_FUNCTIONS["spooler"][1]["Environment"]["Variables"]


def test_after_a_restart_the_core_still_says_so(site):
    site.kill_core()
    warnings = site.admin.status()["warnings"]
    assert any("GGStreamManager:1" in warning for warning in warnings)


def test_a_group_without_them_says_nothing(site):
    arn = site.create_function("echo", ECHO)
    group, version = site.create_group({"echo": (arn, {"Timeout": 10})}, [])
    status = site.finish_deployment(group, site.start_deployment(group, version))
    assert status["DeploymentStatus"] == "Success" and not status.get("ErrorMessage"), status
