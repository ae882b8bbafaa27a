"""Entry of a Python worker: <interpreter> -u lambda_runtime.py --handler=<module.function>, see README.md.

Compiled anew at each start, unlike the modules it imports: keep it short.
"""
import os
import sys

from fescue_runtime import errors, log, startup


def main(arguments):
    function_arn = os.environ.get('MY_FUNCTION_ARN', '')
    loop = None
    try:
        loop = startup.work_loop(function_arn)
        handler_name = startup.handler_argument(arguments)
        startup.prepare_process()
        startup.check_interface_version(function_arn)
    except BaseException as error:
        log.fatal('Failed to initialize Lambda runtime due to exception: %s' % errors.text_of(error))
        return startup.give_up(loop, error)
    log.info('Running [%s]' % function_arn)
    try:
        handler = startup.import_handler(handler_name)
    except BaseException as error:
        log.fatal('Failed to import handler function "%s" due to exception: %s' % (handler_name, errors.text_of(error)))
        return startup.give_up(loop, error)
    return startup.serve(loop, handler)


if __name__ == '__main__':
    main(sys.argv[1:])
