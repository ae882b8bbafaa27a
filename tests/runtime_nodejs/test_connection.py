"""What tests/fakes/connection_tests.py asks of every runtime."""
from connection_tests import *  # noqa: F401,F403


@pytest.fixture
def echo():
    return 'exports.handler = (event, context, callback) => callback(null, event);\n'


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
