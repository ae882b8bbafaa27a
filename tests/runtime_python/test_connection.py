"""What tests/fakes/connection_tests.py asks, and what can only happen to Python's."""
from connection_tests import *  # noqa: F401,F403


@pytest.fixture
def waits():
    return '''
        def handler(event, context):
            print('begun')
            with open('go') as pipe: pipe.read()
            return event
        '''


@pytest.fixture
def unreachable():
    return 'cannot connect to the core'


def test_a_default_timeout_of_the_function_is_not_ours(any_python, core, start, echo):
    start(any_python, 'import socket\nsocket.setdefaulttimeout(0.001)\n' + echo)
    core.wait_until(lambda: work_requests(core))
    item = core.invoke(b'1')
    assert outcome(item) == ('', 1)
    assert work_requests(core)[0] == 'GET' and work_requests(core).count('GET') == 1


def test_sigterm_that_another_thread_receives(python, core, start):
    """A signal that is noted while the main thread blocks elsewhere must end the worker all the same."""
    if python.endswith('2.7'):
        pytest.skip('Python 2.7 cannot send a signal to one thread')
    worker = start(python, '''
        import os, signal, threading
        os.mkfifo('go')
        def send():
            with open('go') as pipe: pipe.read()
            signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
        threading.Thread(target=send, daemon=True).start()
        def handler(event, context): return os.getcwd()
        ''')
    directory = outcome(core.invoke())[1]
    core.wait_until(lambda: work_requests(core) == ['GET', 'POST'])
    with open(os.path.join(directory, 'go'), 'w'):
        pass
    assert worker.exit_status() == 0
