"""What tests/fakes/connection_tests.py asks, and what can only happen to Node.js's."""
from connection_tests import *  # noqa: F401,F403


@pytest.fixture
def waits():
    return '''
        const fs = require('fs');
        exports.handler = (event, context, callback) => {
          console.log('begun');
          fs.readFile('go', () => callback(null, event));
        };
        '''


@pytest.fixture
def unreachable():
    return 'connection to the core ended'


def test_a_socket_of_its_own(node, core, start, echo):
    start(node, echo, transport='unix')
    for number in range(2):
        assert outcome(core.invoke(str(number).encode())) == ('', number)
    assert core.connections == 1


def test_children_do_not_inherit_the_connection(node, core, start):
    worker = start(node, '''
        const run = require('child_process').execSync;
        const look = 'ls -l /proc/self/fd; echo "<$FESCUE_CONNECTION>"';
        exports.handler = (event, context, callback) =>
          callback(null, run(look, { stdio: ['inherit', 'pipe', 'inherit'] }).toString());
        ''')
    _, said = outcome(core.invoke())
    assert '<>' in said and '0 -> ' in said and 'socket:[%d]' % worker.connection_inode not in said, said
