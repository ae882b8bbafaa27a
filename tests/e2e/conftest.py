import os
import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from fescue_site import Site  # noqa: E402

# Other users must be able to reach it.
DATA = pathlib.Path("/var/lib/fescue-dev" if os.getuid() == 0 else os.path.expanduser("~/.local/share/fescue-dev"))


def new_directory(name):
    """The name is cut, since the path of a worker's socket below it may have no more than 107 bytes."""
    DATA.mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix=name.removeprefix("test_")[:20] + "-", dir=DATA)
    os.chmod(folder, 0o755)
    return folder


def new_site(name):
    return Site(new_directory(name))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed:
        item.session.kept_for = report.nodeid


def finish(request, site):
    status = site.stop()
    errors = site.errors()
    assert "ERROR: AddressSanitizer" not in errors and "runtime error:" not in errors, errors
    assert status == 0, "fescue up ended with status %d:\n%s" % (status, errors)
    if not getattr(request.session, "kept_for", None):
        site.remove()


@pytest.fixture
def open_directory(request):
    """A directory that other users can reach, which pytest's tmp_path is not."""
    folder = pathlib.Path(new_directory(request.node.name.split("[")[0]))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def site(request):
    """One running `fescue up` for the tests of a module."""
    site = new_site(request.module.__name__)
    site.start()
    yield site
    finish(request, site)


@pytest.fixture
def own_site(request):
    """A `fescue up` for one test that stops, breaks or restarts it."""
    site = new_site(request.node.name.split("[")[0])
    site.start()
    yield site
    finish(request, site)
