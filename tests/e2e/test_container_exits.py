"""How functions in containers die, and that every end leaves its cause: in `status`, `logs --why`, the function's log,
runtime.log, and the error of whoever waited. As root, on a host whose memory can be limited."""
import os
import platform

import pytest

from containers import CODE, attached, deploy, outcome, record, volume

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="containers need root")

# What the handlers of CODE may evaluate besides.
MORE = """
import ctypes, mmap
libc = ctypes.CDLL(None, use_errno=True)

def call(number, *arguments):
    ctypes.set_errno(0)
    libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) for a in arguments])
    return ctypes.get_errno()

def machine_code(text):
    code = mmap.mmap(-1, 4096, prot=7)
    code.write(bytes.fromhex(text))
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()

def spin(path):
    with open(path, 'rb') as file:
        pages = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        while True:
            for at in range(0, len(pages), 4096):
                pages[at * 7919 % len(pages)]

def crowd():
    threading.stack_size(65536)
    try:
        while True:
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    except RuntimeError:
        os._exit(4)
"""
MOUNT = 165  # of x86-64

needs_x86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of system calls of x86-64")


def test_out_of_memory(site):
    deploy(site, {"MemorySize": 32768})
    failed = site.admin.invoke("boxed", "len(bytearray(200 * 1024 * 1024))")
    assert failed.error == "Unhandled"
    message = failed.value["errorMessage"]
    assert "out of memory: the limit is 32768 KB" in message and "MemorySize is 32768 KB: try 65536" in message
    told = record(site, "out_of_memory")
    assert "-> MemorySize is 32768 KB: try 65536" in told
    assert "out_of_memory" in site.fescue("status", "boxed")
    assert "Worker consumed all allocated memory! Memory Usage (KB)." in site.runtime_log()
    assert "out of memory: the limit is 32768 KB" in site.function_log("boxed")


def test_a_timeout_and_its_last_words(site):
    deploy(site, {"Timeout": 1})
    failed = site.admin.invoke("boxed", "[print('about to sleep'), time.sleep(30)]")
    assert "timed out after 1 seconds" in failed.value["errorMessage"]
    told = record(site, "timed_out")
    assert "about to sleep" in told and "Timeout is 1 seconds" in told and "had: " in told


@pytest.mark.parametrize("end, cause", [("os._exit(3)", "failed: exit status 3"),
                                        ("os.kill(os.getpid(), 11)", "signalled: signal: segmentation fault")])
def test_ends_by_itself(site, end, cause):
    deploy(site)
    failed = site.admin.invoke("boxed", end)
    assert failed.error == "Unhandled"
    assert cause.split(": ", 1)[1] in failed.value["errorMessage"]
    record(site, cause)


def test_a_pinned_function_that_cannot_start_fails_its_deployment_with_the_cause(site):
    greedy = "ballast = bytearray(200 * 1024 * 1024)\n" + CODE
    status = outcome(site, {"greedy": (greedy, {"Pinned": True, "MemorySize": 32768})})
    assert status["DeploymentStatus"] == "Failure"
    assert "out of memory: the limit is 32768 KB" in status["ErrorMessage"]
    assert "MemorySize is 32768 KB: try 65536" in status["ErrorMessage"]


# ---- what the kernel refused


@needs_x86
def test_a_forbidden_system_call_is_named(site):
    deploy(site, code=CODE + MORE)
    # mount(2) of the 32-bit table, by int 0x80: what a filter that looked at numbers alone would let pass.
    failed = site.admin.invoke("boxed", "machine_code('b81500000031db31c931d231f631ffcd80c3')")
    reason = "signal: bad system call (forbidden system call mount (of another architecture))"
    assert failed.error == "Unhandled" and reason in failed.value["errorMessage"], failed
    told = record(site, "seccomp")
    assert reason in told and "-> containers forbid this call" in told
    assert "seccomp" in site.fescue("status", "boxed")
    assert reason in site.function_log("boxed")
    assert '"refusedCall":"mount (of another architecture)"' in site.runtime_log()


@needs_x86
def test_an_end_after_a_refused_system_call_names_it(site):
    deploy(site, code=CODE + MORE)
    assert site.admin.call("boxed", "call(%d, 0, 0, 0, 0, 0)" % MOUNT) == 1  # EPERM; it goes on
    failed = site.admin.invoke("boxed", "os._exit(3)")
    assert "exit status 3 (it was refused the system call mount)" in failed.value["errorMessage"], failed
    assert "containers refuse mount" in record(site, "failed")


def test_the_limit_of_processes(site):
    deploy(site, {"MemorySize": 262144}, code=CODE + MORE)
    failed = site.admin.invoke("boxed", "crowd()")
    assert "its limit of processes refused" in failed.value["errorMessage"], failed
    told = record(site, "processes_limit")
    assert "exit status 4" in told and "a worker may have 1024" in told


# ---- memory without a kill


@pytest.fixture
def large_file(tmp_path_factory):
    """More than fits into V1's 16 MB, on disk and nowhere in memory."""
    path = "/srv/fescue-large-%d" % os.getpid()
    with open(path, "wb") as file:
        for _ in range(40):
            file.write(os.urandom(1 << 20))
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    yield path
    os.unlink(path)


def test_spinning_at_the_limit_is_told_behind_the_timeout(site, large_file):
    deploy(site, {"MemorySize": 16384, "Timeout": 3, **attached(("large", "ro"))}, code=CODE + MORE,
           resources=[volume("large", large_file, "/large")])
    failed = site.admin.invoke("boxed", "spin('/large')")
    message = failed.value["errorMessage"]
    assert "timed out after 3 seconds (signal: killed (memory pressure: it spun at its limit of 16384 KB)); " in message
    assert "MemorySize is 16384 KB: try 32768" in message
    told = record(site, "memory_pressure")
    assert "memory pressure: it spun at its limit of 16384 KB" in told
    assert "an invocation timed out after 3 seconds" in told and "MemorySize is 16384 KB: try 32768" in told
