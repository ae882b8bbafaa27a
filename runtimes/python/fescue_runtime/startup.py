"""The steps of a worker's start and its ends; lambda_runtime.py puts them in order."""
import os
import sys

from fescue_runtime import errors, log, logging_hook, signals, stdio
from fescue_runtime.channel import Connection
from fescue_runtime.invocation import encoding_named
from fescue_runtime.work_loop import WorkLoop

# In a worker's own variable where the core sets none: what this runtime was written for.
_INTERFACE_VERSION = '1.5'
_DEFAULT_PORT = 8000
_OWN_PID = os.getpid()
_RUNTIME_DIRECTORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def handler_argument(arguments):
    for argument in arguments:
        if argument.startswith('--handler='):
            return argument[len('--handler='):]
    raise ValueError('--handler=<handler name> is a required argument')


def work_loop(function_arn):
    """Its connection opens at the first use."""
    token = os.environ.get('AWS_CONTAINER_AUTHORIZATION_TOKEN')
    if not function_arn or not token:
        raise ValueError('MY_FUNCTION_ARN and AWS_CONTAINER_AUTHORIZATION_TOKEN must be set')
    port = int(os.environ.get('GG_DAEMON_PORT') or _DEFAULT_PORT)
    return WorkLoop(Connection('localhost', port, signals.SignalWaiter()), function_arn, token)


def prepare_process():
    """Log, signals and sys.path. ValueError for what the core should not have set."""
    stdio.replace_standard_streams()
    logging_hook.install()
    signals.on_terminate(_terminate)
    _lay_out_path()
    log.threshold()
    encoding_named(os.environ.get('ENCODING_TYPE'))


def _lay_out_path():
    """The package (the working directory) first, ours last: what a package brings wins, but for the core's own modules,
    which on V1, too, are there before the package is looked at."""
    __import__('greengrass_common')
    __import__('greengrass_ipc_python_sdk')
    sys.path[:] = [entry for entry in sys.path if entry != _RUNTIME_DIRECTORY]
    sys.path.insert(0, os.getcwd())
    sys.path.append(_RUNTIME_DIRECTORY)
    if not os.path.isdir(os.path.join(_RUNTIME_DIRECTORY, 'greengrasssdk')):  # a checkout, not an installation
        sys.path.append(os.path.join(os.path.dirname(os.path.dirname(_RUNTIME_DIRECTORY)), 'sdk', 'python'))


def check_interface_version(function_arn):
    """The SDK that the function would get must not be newer than the core (docs/compatibility/runtimes.md#interface-versions)."""
    try:
        import greengrasssdk
    except ImportError:
        return
    from greengrass_common.parse_version import parse_version
    wanted = getattr(greengrasssdk, 'INTERFACE_VERSION', '1.0')
    offered = os.environ.get('GGC_MAX_INTERFACE_VERSION') or _INTERFACE_VERSION
    (wanted_major, wanted_minor), (major, minor) = parse_version(wanted), parse_version(offered)
    if wanted_major != major or wanted_minor > minor:
        raise RuntimeError('there is a version incompatibility: the Greengrass SDK of function [%s] needs interface '
                           'version %s and this core offers %s' % (function_arn, wanted, offered))


def import_handler(name):
    """`name`: "package.module.function"; slashes are accepted for the dots between packages."""
    module_name, dot, function_name = name.replace('/', '.').rpartition('.')
    if not dot:
        raise ValueError('the handler is not of the form module.function')
    __import__(module_name)
    return getattr(sys.modules[module_name], function_name)


def serve(loop, handler):
    """Does not return."""
    try:
        loop.put_initialized()
        loop.run(handler, encoding_named(os.environ.get('ENCODING_TYPE')))
    except SystemExit as error:
        log.error('The function ended its worker: SystemExit(%s)' % errors.text_of(error))
        leave(exit_status(error))
    except BaseException as error:
        log.fatal('The worker ends: %s' % errors.text_of(error))
        leave(exit_status(error))


def give_up(loop, failure):
    """Logs the traceback of the exception being handled, tells the core as well as can be, and ends the process."""
    log.error(errors.traceback_of(sys.exc_info()))
    if loop is not None:
        try:
            loop.put_initialized(failure)
        except Exception as error:
            log.error('The failure could not be reported: %s' % errors.text_of(error))
    leave(exit_status(failure) or 1)


def exit_status(error):
    if not isinstance(error, SystemExit):
        return 1
    if error.code is None:
        return 0
    return error.code & 0xff if isinstance(error.code, int) else 1


def _terminate():
    if os.getpid() != _OWN_PID:  # a child that the function forked
        signals.die_of_sigterm()
    log.info('Caught SIGTERM. Stopping runtime.')
    leave(0)


def leave(status):
    """Ends the process at once: atexit functions run, but threads of the function are not waited for."""
    try:
        if 'atexit' in sys.modules:
            sys.modules['atexit']._run_exitfuncs()
        for stream in filter(None, (sys.stdout, sys.stderr)):  # perhaps the function's own
            stream.flush()
    except BaseException as error:
        log.error('At exit: %s' % errors.text_of(error))
    stdio.end_all_lines()
    os._exit(status)
