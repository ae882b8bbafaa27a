"""The parts of a Lambda function's ARN.

ARN_FIELD_REGEX is V1's (docs/compatibility/local-api.md#names) and matches, as V1 did, from the beginning only.
"""
import re

ARN_FIELD_REGEX = (r'arn:aws(?:-[a-z]+)*:lambda:([a-z]{2}(?:-[a-z]+)+-\d{1}):([0-9a-zA-Z]*)'
                   r':function:([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?')


class FunctionArnFields(object):
    """region, account_id, name, qualifier (None if absent) and unqualified_arn of a function ARN."""

    @staticmethod
    def build_function_arn(unqualified_arn, qualifier):
        return '%s:%s' % (unqualified_arn, qualifier) if qualifier else unqualified_arn

    @staticmethod
    def build_arn_string(region, account_id, name, qualifier):
        """Deprecated with GGC 1.9: it knows one partition only."""
        arn = 'arn:aws:lambda:%s:%s:function:%s' % (region, account_id, name)
        return FunctionArnFields.build_function_arn(arn, qualifier)

    def __init__(self, function_arn_string):
        self.parse_function_arn(function_arn_string)

    def parse_function_arn(self, function_arn_string):
        """Sets the fields; ValueError if the string is not a function's ARN."""
        match = re.match(ARN_FIELD_REGEX, function_arn_string)
        if not match:
            raise ValueError('Cannot parse given string as a function ARN.')
        self.region, self.account_id, self.name, self.qualifier = match.groups()
        self.unqualified_arn = function_arn_string[:match.end(3)]

    def to_arn_string(self):
        return self.build_function_arn(self.unqualified_arn, self.qualifier)
