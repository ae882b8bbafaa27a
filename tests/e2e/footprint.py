"""What a site occupies of the machine: processes, namespaces, cgroups, mounts, descriptors, memory. As root."""
import os
import pathlib


def _read(path):
    try:
        return pathlib.Path(path).read_text()
    except OSError:
        return ""


def _stat(pid):
    """Of /proc/PID/stat what follows the name, or nothing for one that is dead."""
    fields = _read("/proc/%s/stat" % pid).rpartition(")")[2].split()
    return None if not fields or fields[0] in "ZX" else fields


def identity(pid):
    """(pid, when it started): no other process ever has both."""
    fields = _stat(pid)
    return (int(pid), int(fields[19])) if fields else None


def family(pid):
    """The identities of a process and all below it."""
    parents = {}
    for each in filter(str.isdigit, os.listdir("/proc")):
        fields = _stat(each)
        if fields:
            parents.setdefault(int(fields[1]), []).append(int(each))
    found, unseen = set(), [pid]
    while unseen:
        each = unseen.pop()
        found.add(identity(each))
        unseen += parents.get(each, [])
    return found - {None}


def alive(identities):
    return {each for each in identities if identity(each[0]) == each}


def commands(identities):
    """For messages: what these processes are."""
    return sorted("%d %s" % (pid, _read("/proc/%d/cmdline" % pid).replace("\0", " ")) for pid, _ in identities)


def named(identities, name):
    """The pids of those that run the program of that name."""
    return {pid for pid, _ in identities if os.path.basename(_read("/proc/%d/cmdline" % pid).split("\0")[0]) == name}


def launcher_of(core):
    """The pid of a core's launcher; worker monitors are its children and have its name."""
    children = _read("/proc/%d/task/%d/children" % (core, core)).split()
    return next(int(pid) for pid in children if named({(int(pid), 0)}, "fescue-launcher"))


def namespaces(identities, kind="mnt"):
    """What of a kind these processes are in, without what this process is in."""
    found = set()
    for pid, _ in identities:
        try:
            found.add(os.readlink("/proc/%d/ns/%s" % (pid, kind)))
        except OSError:
            pass
    return found - {os.readlink("/proc/self/ns/" + kind)}


def still_there(found, root):
    """Which of these namespaces processes are in, those of other Fescues than the one of `root` aside: they may be given a number
    that was one of ours."""
    everybody = {identity(pid) for pid in filter(str.isdigit, os.listdir("/proc"))} - {None}
    others = {pid for pid in named(everybody, "fescue") if str(root) not in _read("/proc/%d/cmdline" % pid)}
    strangers = set().union(*map(family, others))
    return found & namespaces(everybody - strangers)


def cgroups(launcher):
    """The directories that a launcher has in all hierarchies: its own, and one below for each monitor."""
    own = [pathlib.Path(top) / name for top, names, _ in os.walk("/sys/fs/cgroup") for name in names
           if name == "fescue-%d" % launcher]
    return set(own) | {path for each in own for path in _folders(each)}


def _folders(path):
    try:
        return [each for each in path.iterdir() if each.is_dir()]
    except OSError:
        return []  # it went


def mounts(root):
    """The host's mounts that have to do with a directory."""
    return sorted(line for line in _read("/proc/self/mountinfo").splitlines() if str(root) in line)


def descriptors(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


def memory_kb(pid):
    """What the process alone would free."""
    lines = dict(line.split(":", 1) for line in _read("/proc/%d/smaps_rollup" % pid).splitlines()[1:])
    return sum(int(lines[name].split()[0]) for name in ("Private_Clean", "Private_Dirty"))
