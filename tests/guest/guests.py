"""Guest kernels that boot this machine's own root, read-only: user-mode Linux, and where its kernel dies qemu's emulation with
a kernel that tools/fetch_test_guest got."""
import functools
import os
import pathlib
import re
import select
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("FESCUE_BUILD", ROOT / "build/release")) / "sandbox_test"
QEMU_KERNEL = pathlib.Path("/opt/fescue-test/guest")
WANTED = os.environ.get("FESCUE_TEST_GUEST", "")  # "qemu" where user-mode Linux would do
AMX = "user-mode Linux does not run on processors with AMX, and no guest for qemu is here"


class Guest:
    """How to start one, and how long it may take to its first line and to its end."""

    def __init__(self, command, boot_seconds, seconds, emulated):
        self.command, self.boot_seconds, self.seconds, self.emulated = command, boot_seconds, seconds, emulated


def uml(init, variables):
    return ["linux.uml", "mem=768M", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", "quiet", "con=null",
            "con0=fd:0,fd:1", "init=%s" % init, *variables]


def qemu(init, variables):
    words = " ".join(["console=ttyS0", "quiet", "panic=-1", "psi=1", "FESCUE_GUEST_INIT=%s" % init, *variables])
    return ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "Nehalem", "-smp", "2", "-m", "1G",
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio",
            "-kernel", QEMU_KERNEL / "vmlinuz", "-initrd", QEMU_KERNEL / "initramfs.cpio",
            "-virtfs", "local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap", "-append", words]


UML = Guest(uml, 30, 120, emulated=False)
QEMU = Guest(qemu, 120, 900, emulated=True)


def has_amx():
    """The state of such a processor has more bytes than user-mode Linux keeps of it, and its kernel dies before init."""
    return re.search(r"^flags.*\bamx_tile\b", pathlib.Path("/proc/cpuinfo").read_text(), re.M) is not None


def missing():
    """What no guest can do without, or None."""
    if os.geteuid() != 0:
        return "a pid namespace, so that nothing of the guest outlives it, needs root"
    if not PROGRAM.exists():
        return "%s is not built" % PROGRAM
    return None if shutil.which("busybox") else "busybox is not installed (Debian package busybox-static)"


@functools.lru_cache(maxsize=None)
def choose():
    """(guest, None), or (None, why there is none)."""
    qemu_is_here = (QEMU_KERNEL / "vmlinuz").exists() and shutil.which("qemu-system-x86_64")
    if qemu_is_here and (has_amx() or WANTED == "qemu"):
        return QEMU, None
    if has_amx():
        return None, AMX
    if not shutil.which("linux.uml"):
        return None, "linux.uml is not installed (Debian package user-mode-linux)"
    output = boot(UML, "/bin/true", "", "")
    if "guest result: 0" in output:
        return UML, None
    return (QEMU, None) if qemu_is_here else (None, "user-mode Linux does not come up here: " + output[-300:])


def boot(guest, program, test_filter, place):
    """What a guest printed until its end, or until it died or took too long. Its helper processes end with the pid namespace.
    Everything that it needs lies in a folder that it can see, wherever the checkout is."""
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="fescue-guest-") as folder:
        os.chmod(folder, 0o755)
        here = [pathlib.Path(__file__).with_name("init"), program]
        if program == PROGRAM:
            here.append(PROGRAM.with_name("fescue-launcher"))
        copies = [shutil.copy(path, folder) for path in here]
        command = guest.command(copies[0], ["FESCUE_GUEST_PROGRAM=%s" % copies[1], "FESCUE_GUEST_FILTER=%s" % test_filter,
                                            "FESCUE_GUEST_PLACE=%s" % place])
        process = subprocess.Popen(["unshare", "--fork", "--pid", "--kill-child", "--mount-proc", *command],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            return follow(process, guest)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def follow(process, guest):
    output, began = b"", time.monotonic()
    while True:
        up = b"guest is up" in output
        rest = began + (guest.seconds if up else guest.boot_seconds) - time.monotonic()
        readable = select.select([process.stdout], [], [], max(rest, 0))[0]
        data = os.read(process.stdout.fileno(), 1 << 16) if readable else b""
        output += data
        if not data or b"Kernel panic" in output or b"put_fp_registers" in output:
            return output.decode("utf-8", "replace").replace("\r", "")
