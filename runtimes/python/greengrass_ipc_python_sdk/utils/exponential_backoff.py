"""Trying again, with growing pauses."""
import functools
import random
import time


class RetryTimeoutException(Exception):
    """All attempts failed, or the time for them is over. `retry_errors` holds the exceptions, oldest first."""

    def __init__(self, task_name, have_tried, total_wait_time, retry_errors):
        Exception.__init__(self, task_name, have_tried, total_wait_time, retry_errors)
        self.task_name = task_name
        self.have_tried = have_tried
        self.total_wait_time = total_wait_time
        self.retry_errors = retry_errors

    def __str__(self):
        return '%s failed %d times in %.1f seconds; the last time: %s' % (
            self.task_name, self.have_tried, self.total_wait_time, self.retry_errors[-1] if self.retry_errors else '')


def retry(time_unit, multiplier, backoff_coefficient, max_delay, max_attempts, expiration_duration, enable_jitter):
    """Decorates a function so that it is called until it raises no Exception; what it then returns is returned.

    The n-th pause is min(max_delay, multiplier * backoff_coefficient ** n) units of `time_unit` seconds, times a random
    fraction with `enable_jitter`. RetryTimeoutException after `max_attempts` calls, or when a pause would bring the
    pauses above `expiration_duration` seconds.
    """
    def pause(failures):
        delay = min(max_delay, multiplier * backoff_coefficient ** (failures - 1)) * time_unit
        return delay * random.random() if enable_jitter else delay

    def decorate(task):
        @functools.wraps(task)
        def retried(*args, **kwargs):
            errors, waited = [], 0.0
            while True:
                try:
                    return task(*args, **kwargs)
                except Exception as error:
                    errors.append(error)
                delay = pause(len(errors))
                if len(errors) >= max_attempts or waited + delay > expiration_duration:
                    raise RetryTimeoutException(getattr(task, '__name__', 'the task'), len(errors), waited, errors)
                time.sleep(delay)
                waited += delay
        return retried
    return decorate
