"""What tests/fakes/connection_tests.py asks, and what can only happen to Java's."""
from connection_tests import *  # noqa: F401,F403

from conftest import major

test_a_socket_path_longer_than_the_kernel_takes = None  # it opens no Unix sockets


@pytest.fixture
def echo():
    return 'Handlers$Echo'


@pytest.fixture
def unreachable():
    return 'connection to the core ended'


def test_a_connection_that_ended_while_the_handler_ran(interpreter, core, start, tmp_path):
    """The result is sent again over a new connection; nobody is told of trouble."""
    worker = start(interpreter, 'Handlers$Gate::handle')
    gate = str(tmp_path / 'gate')
    os.mkfifo(gate)
    item = core.invoke(json.dumps({'gate': gate, 'answer': 1}).encode())
    worker.wait_line('INFO', 'begun')
    core.drop_connections()
    with open(gate):
        pass
    assert outcome(item) == ('', 1)
    worker.terminate()
    worker.exit_status()
    assert not worker.texts('WARN') and not worker.texts('ERROR')


def test_programs_of_the_function_do_not_get_the_connection(any_java, core, start):
    if major(any_java) > 23:
        pytest.skip('Java %d does not let the runtime hide it' % major(any_java))
    start(any_java, 'Logs::input')
    for _ in range(2):
        assert outcome(core.invoke()) == ('', '-1')
    assert core.connections == 1
