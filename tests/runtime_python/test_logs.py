"""Where log records and printed text arrive, and as what."""
import re

import pytest

PRINT = 'from __future__ import print_function\nimport sys\n'


def run(core, start, python, source, **variables):
    """Runs `source` as the body of a handler, once; returns the worker, whose log is then complete."""
    prelude, _, body = source.partition('---\n')
    indented = ''.join('    ' + line + '\n' for line in body.splitlines())
    worker = start(python, PRINT + prelude + 'def handler(event, context):\n' + indented, **variables)
    core.invoke().outcome()
    worker.terminate()
    assert worker.exit_status() == 0
    return worker


def own(worker, level):
    return [text for text in worker.texts(level) if text.startswith(('function.py:', '__init__.py:'))]


def test_logging_levels_have_pipes_of_their_own(python, core, start):
    worker = run(core, start, python, '''import logging
---
log = logging.getLogger('mine')
log.log(5, 'at %s', 'trace')
log.debug('at debug')
log.info('at info')
log.warning('at warning')
log.error('at error')
log.critical('at critical')
''', LOG_LEVEL='TRACE')
    for level, line in (('TRACE', 'at trace'), ('DEBUG', 'at debug'), ('INFO', 'at info'), ('WARN', 'at warning'),
                        ('ERROR', 'at error'), ('FATAL', 'at critical')):
        lines = own(worker, level)
        assert len(lines) == 1 and re.match(r'function\.py:\d+,%s$' % line, lines[0]), (level, lines)


@pytest.mark.parametrize('threshold, seen', [
    ('TRACE', 6), ('NOTSET', 6), ('DEBUG', 5), (None, 4), ('INFO', 4), ('WARN', 3), ('ERROR', 2), ('FATAL', 1)])
def test_log_level(any_python, core, start, threshold, seen):
    worker = run(core, start, any_python, '''import logging
---
for level in (5, 10, 20, 30, 40, 50):
    logging.log(level, 'x')
''', LOG_LEVEL=threshold)
    assert sum(len(own(worker, level)) for level in ('TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL')) == seen


def test_the_runtimes_own_debug_lines(any_python, core, start):
    worker = run(core, start, any_python, '---\npass\n', LOG_LEVEL='DEBUG')
    assert any('Getting work for function [%s]' % core.function_arn in text for text in worker.texts('DEBUG'))
    assert any('Posting work result for invocation id [' in text for text in worker.texts('DEBUG'))


def test_basic_config_of_the_samples_neither_doubles_nor_drops(python, core, start):
    worker = run(core, start, python, '''import logging
logging.basicConfig(stream=sys.stdout, level=logging.DEBUG)
---
logging.getLogger(__name__).info('once')
''')
    assert len([text for level in ('INFO', 'ERROR') for text in worker.texts(level) if 'once' in text]) == 1


def test_handlers_of_the_function_itself(python, core, start):
    worker = run(core, start, python, '''import logging
root = logging.getLogger()
for handler in list(root.handlers):
    root.removeHandler(handler)
logging.basicConfig(stream=sys.stdout, level=logging.INFO)
---
logging.info('mine')
''')
    assert own(worker, 'INFO')[0].endswith(',INFO:root:mine')


def test_looking_for_logging_is_not_importing_it(any_python, core, start):
    worker = run(core, start, any_python, '''import importlib.util
assert importlib.util.find_spec('logging') and 'logging' not in sys.modules
import logging
---
logging.info('wired')
''')
    assert own(worker, 'INFO')[0].endswith(',wired')


def test_an_exception_is_logged_with_its_traceback(python, core, start):
    worker = run(core, start, python, '''import logging
---
try:
    1 / 0
except ZeroDivisionError:
    logging.exception('caught')
logging.info('next')
''')
    errors = worker.texts('ERROR')
    assert errors[0].endswith(',caught') and errors[1].startswith('Traceback') and 'ZeroDivisionError' in errors[-1]
    assert own(worker, 'INFO')[0].endswith(',next')


def test_print_is_info_with_file_and_line(python, core, start):
    worker = run(core, start, python, '---\nprint("one", 2, [3])\nprint()\nprint("two\\nlines")\nprint(u"\\u00e4")\n')
    assert own(worker, 'INFO')[:2] == ['function.py:4,one 2 [3]', 'function.py:6,two']
    texts = worker.texts('INFO')
    assert texts[texts.index('function.py:6,two') + 1:][:2] == ['lines', u'function.py:7,\u00e4']


def test_stderr_is_error(python, core, start):
    worker = run(core, start, python, '---\nprint("bad", file=sys.stderr)\nsys.stderr.write("worse")\n')
    assert worker.texts('ERROR') == ['function.py:4,bad', 'function.py:5,worse']


def test_a_line_in_pieces(python, core, start):
    worker = run(core, start, python, '''---
sys.stdout.write('a')
sys.stdout.write('b\\nc')
sys.stdout.flush()
sys.stdout.write('d')
''')
    assert own(worker, 'INFO') == ['function.py:4,ab', 'function.py:7,d']
    assert worker.texts('INFO')[2] == 'c'


def test_an_endless_line_is_cut(python, core, start):
    worker = run(core, start, python, '---\nfor _ in range(300):\n    sys.stdout.write("x" * 1000)\n')
    assert len(own(worker, 'INFO')) > 1
    assert sum(text.count('x') for text in own(worker, 'INFO')) == 300000


def test_lines_of_threads_do_not_mix(python, core, start):
    worker = run(core, start, python, '''import threading
def talk(name):
    for _ in range(50):
        print(name, name, name)
---
threads = [threading.Thread(target=talk, args=(str(n),)) for n in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
''')
    words = [text.partition(',')[2] for text in own(worker, 'INFO')]
    assert sorted(words) == sorted(['%d %d %d' % (n, n, n) for n in range(4)] * 50)


def test_the_streams_look_like_files(python, core, start):
    worker = run(core, start, python, '''import io, os, subprocess
---
assert sys.stdout.fileno() == 1 and sys.stderr.fileno() == 2 and not sys.stdout.isatty()
assert sys.stdout.encoding == 'utf-8' and sys.stdout.writable() and not sys.stdout.closed
sys.stdout.writelines([u'w1\\n', u'w2\\n'])
sys.stdout.buffer.write(b'raw\\n')
text = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8', line_buffering=True)
text.write(u'wrapped\\n')
os.write(1, b'written\\n')
subprocess.check_call(['/bin/echo', 'child'], stdout=sys.stdout)
sys.stdout = None
''')
    texts = worker.texts('INFO')
    assert own(worker, 'INFO') == ['function.py:7,w1', 'function.py:7,w2']
    direct = ['raw', 'wrapped', 'written', 'child']
    assert [text for text in texts if text in direct] == direct
    assert not worker.texts('ERROR')


def test_a_thread_that_dies_is_an_error(python, core, start):
    worker = run(core, start, python, '''import threading
---
thread = threading.Thread(target=lambda: 1 / 0)
thread.start()
thread.join()
''')
    assert any('ZeroDivisionError' in text for text in worker.texts('ERROR'))


def test_old_handlers_still_exist(python, core, start):
    worker = run(core, start, python, '''import logging
from greengrass_common.common_log_appender import local_cloudwatch_handler
from greengrass_common.local_cloudwatch_handler import LocalCloudwatchLogHandler
---
log = logging.getLogger('old')
log.propagate = False
log.setLevel(logging.DEBUG)
log.addHandler(local_cloudwatch_handler)
log.info('first')
log.removeHandler(local_cloudwatch_handler)
log.addHandler(LocalCloudwatchLogHandler('Lambda', 'x'))
log.info('second')
''')
    assert [text.partition(',')[2] for text in own(worker, 'INFO')] == ['first', 'second']


def test_a_log_that_nobody_reads_does_not_stop_the_function(any_python, core, start):
    worker = run(core, start, any_python, '''import os, logging
---
os.close(1)
print('lost')
logging.info('lost')
os.close(2)
logging.error('lost')
''')
    assert not own(worker, 'INFO')
