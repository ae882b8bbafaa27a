"""What a function prints and logs, and at which level it comes."""


def test_what_is_printed(java, core, start):
    worker = start(java, 'Logs::print')
    core.invoke().outcome()
    worker.wait_line('INFO', 'unfinished')
    assert worker.texts('ERROR') == ['err']
    assert worker.texts('INFO')[1:] == ['out \u00e4\u20ac', 'two parts', 'first', 'second', 'last without an end', '1 of format',
                                        'x' * 200000, 'unfinished']


def test_the_contexts_logger(java, core, start):
    worker = start(java, 'Logs::logger')
    core.invoke().outcome()
    worker.wait_line('INFO', 'lines')
    assert worker.texts('INFO')[1:] == ['from the context', 'two', 'lines']


def test_long_lines_of_several_threads_do_not_mix(any_java, core, start):
    worker = start(any_java, 'Logs::together')
    core.invoke().outcome()
    worker.wait_line('INFO', 'done')
    assert sorted(worker.texts('INFO')[1:-1]) == sorted(letter * 100000 for letter in 'abcd' for _ in range(10))


def test_levels_have_their_own_pipes(java, core, start):
    worker = start(java, 'Logs::levels', LOG_LEVEL='TRACE')
    core.invoke().outcome()
    worker.wait_line('FATAL', 'fatal')
    for level in ('FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'):
        worker.wait_line(level, 'at ' + level)
    worker.wait_line('TRACE', 'at NOTSET')
    worker.wait_line('DEBUG', 'debug')


def test_the_wanted_level_filters(java, core, start):
    worker = start(java, 'Logs::levels', LOG_LEVEL='WARN')
    core.invoke().outcome()
    worker.wait_line('FATAL', 'fatal')
    worker.terminate()
    worker.exit_status()
    assert worker.texts('WARN') == ['at WARN']
    assert worker.texts('INFO') == worker.texts('DEBUG') == worker.texts('TRACE') == []


def test_java_util_logging(java, core, start):
    worker = start(java, 'Logs::jul')
    core.invoke().outcome()
    worker.wait_line('ERROR', 'java.lang.IllegalStateException: why')
    assert worker.texts('ERROR')[:4] == ['my.logger,severe', 'my.logger,value 7', 'my.logger,thrown',
                                         'java.lang.IllegalStateException: why']
    assert worker.texts('WARN') == ['my.logger,warning']
    assert worker.texts('INFO')[1:] == ['my.logger,info']
    assert worker.texts('DEBUG') == []


def test_java_util_logging_at_debug(any_java, core, start):
    worker = start(any_java, 'Logs::jul', LOG_LEVEL='DEBUG')
    core.invoke().outcome()
    worker.wait_line('DEBUG', 'my.logger,fine')
    assert worker.texts('TRACE') == []


def test_children_print_to_the_log(any_java, core, start):
    worker = start(any_java, 'Logs::child')
    core.invoke().outcome()
    worker.wait_line('INFO', 'from a child')
    worker.wait_line('ERROR', 'trouble')


def test_a_log_that_nobody_reads_any_more(any_java, core, start):
    worker = start(any_java, 'Logs::print')
    core.invoke().outcome()
    worker.wait_line('INFO', 'unfinished')
    worker.deaf = True
    for _ in range(3):
        assert core.invoke().outcome() == ('', b'null')
    assert 'unfinished' in worker.texts('INFO')[-1] and worker.process.poll() is None
