"""The life of a worker after its start: take an event, run the handler, hand in what came of it, and so on.

Handing in the outcome of one event asks for the next in the same exchange (Fescue-Next), so an event costs one round
trip. A core without that extension answers without an item, and the next is then fetched by itself.
"""
import sys

from fescue_runtime import errors, log, quick_json, requests, stdio
from fescue_runtime.channel import ConnectionLost, current_pid
from fescue_runtime.invocation import Context, Function, PayloadError, parse_client_context

_ITEM = b'x-amz-invocationid'
_CLIENT_CONTEXT = b'x-amz-client-context'
_MAX_ERROR_CHARS = 64 * 1024


class CoreRefused(Exception):
    """The core answered a request with an error status."""

    def __init__(self, answer):
        text = answer.body[:500].decode('utf-8', 'replace')
        Exception.__init__(self, 'HTTP Error %d: %s, %s' % (answer.status, answer.reason, text))


class WorkLoop(object):
    def __init__(self, connection, function_arn, auth_token):
        self._connection = connection
        self._pid = current_pid()
        self._function_arn = function_arn
        self._function = Function(function_arn)
        self._token = (requests.AUTH_TOKEN, auth_token)
        path = requests.function_path(function_arn, '/work')
        done = (self._token, (requests.NEXT, '1'))
        self._get = requests.head(requests.opening('GET', path, [self._token]), 0)
        self._post_result = requests.opening('POST', path, done)
        self._post_error = requests.opening('POST', path, done + ((requests.FUNCTION_ERROR, 'Handled'),))

    def put_initialized(self, failure=None):
        """Tells the core that the handler is loaded, or why not; the text of `failure` is shown to people."""
        body = b'{"Success": true, "Response": ""}'
        if failure is not None:
            from greengrass_ipc_python_sdk.ipc_client import InitializationResult
            body = str(InitializationResult(failure)).encode('utf-8')
        path = requests.function_path(self._function_arn, '/initialized')
        answer = self._exchange(requests.head(requests.opening('PUT', path, [self._token]), len(body)), body)
        if not answer.ok():
            raise CoreRefused(answer)

    def run(self, handler, encoding):
        """Returns only by an exception: of the handler what is no Exception (SystemExit), or that the core is gone."""
        answer = None
        while True:
            if answer is None or not answer.headers.get(_ITEM):
                answer = self._fetch()
            invocation_id = answer.headers[_ITEM]
            if log.enabled(log.DEBUG):
                log.debug('Got work item with invocation id [%s]' % invocation_id.decode('latin-1'))
            succeeded, body = self._handle(handler, encoding, answer)
            stdio.end_lines_of_thread()
            if current_pid() != self._pid:
                raise SystemExit('a child process that the handler forked came back from it')
            answer = self._hand_in(invocation_id, succeeded, body)

    def _fetch(self):
        log.debug('Getting work for function [%s]' % self._function_arn)
        return self._until_answered(self._get_item, self._get, b'')

    def _get_item(self, head, body):
        answer = self._connection.exchange(head, body)
        if not answer.ok() or not answer.headers.get(_ITEM):
            raise CoreRefused(answer)
        return answer

    def _handle(self, handler, encoding, item):
        """(True, result) or (False, error body)."""
        try:
            event = encoding.decode(item.body)
            client_context = parse_client_context(item.headers.get(_CLIENT_CONTEXT))
            context = Context(self._function, item.header(_ITEM), client_context)
            return True, encoding.encode(handler(event, context))
        except PayloadError as error:
            log.error(errors.text_of(error))
            return False, _error_body(error)
        except Exception as error:
            log.error('Failed to invoke handler due to exception: %s\n%s' %
                      (errors.text_of(error), errors.traceback_of(sys.exc_info())))
            return False, _error_body(error)

    def _hand_in(self, invocation_id, succeeded, body):
        """Returns the core's answer, with the next item if the core gives one; None if it took neither outcome."""
        answer = self._post(self._post_result if succeeded else self._post_error, invocation_id, body)
        if answer.ok():
            return answer
        refusal = CoreRefused(answer)
        log.error('The outcome of invocation [%s] was not accepted: %s' % (invocation_id.decode('latin-1'), refusal))
        if succeeded:  # the caller would wait in vain
            answer = self._post(self._post_error, invocation_id,
                                _error_body('The result of %d bytes was not accepted: %s' % (len(body), refusal)))
        return answer if answer.ok() else None

    def _post(self, opening, invocation_id, body):
        if log.enabled(log.DEBUG):
            log.debug('Posting work result for invocation id [%s]' % invocation_id.decode('latin-1'))
        head = b'%sX-Amz-InvocationId: %s\r\nContent-Length: %d\r\n\r\n' % (opening, invocation_id, len(body))
        return self._exchange(head, body)

    def _exchange(self, head, body):
        return self._until_answered(self._get_answer, head, body)

    def _get_answer(self, head, body):
        answer = self._connection.exchange(head, body)
        if answer.status >= 500:
            raise CoreRefused(answer)
        return answer

    @staticmethod
    def _until_answered(attempt, head, body):
        """V1's policy for a core that is away: ten attempts within three seconds."""
        try:
            return attempt(head, body)
        except (ConnectionLost, CoreRefused) as error:
            log.warn('%s; trying again' % error)
        from greengrass_ipc_python_sdk.utils.exponential_backoff import retry
        return retry(time_unit=0.001, multiplier=50, backoff_coefficient=2, max_delay=500, max_attempts=9,
                     expiration_duration=3, enable_jitter=True)(attempt)(head, body)


def _error_body(error):
    return quick_json.dumps({'errorMessage': errors.text_of(error)[:_MAX_ERROR_CHARS]})
