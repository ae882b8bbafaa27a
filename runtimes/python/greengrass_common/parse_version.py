"""Interface versions: "1.5" is (1, 5)."""


def parse_version(version):
    """Returns (major, minor) as ints; ValueError for anything but "<number>.<number>"."""
    parts = version.split('.')
    if len(parts) != 2:
        raise ValueError('"%s" is not a version of the form major.minor' % version)
    return int(parts[0]), int(parts[1])
