"""Secrets that the group attaches to the function (docs/compatibility/local-api.md#secret-calls)."""
import os

from greengrasssdk import Lambda
from greengrasssdk.client import required

_SECRET_MANAGER = 'arn:aws:lambda:::function:GGSecretManager:1'


class SecretsManagerError(Exception):
    """The secret manager refused, or failed; the message holds its status and reason."""


class Client(object):
    def __init__(self):
        self.lambda_client = Lambda.Client()

    def get_secret_value(self, **kwargs):
        """SecretId: name or ARN. VersionStage: AWSCURRENT if not given. VersionId is not supported, as on V1.

        Returns ARN, Name, VersionId, SecretString or SecretBinary (base64), VersionStages, CreatedDate (local
        datetime).
        Raises SecretsManagerError, InvocationException.
        """
        import json
        request = {'SecretId': required(kwargs, 'SecretId')}
        if kwargs.get('VersionId'):
            raise SecretsManagerError('A secret cannot be asked for by VersionId; use VersionStage')
        if kwargs.get('VersionStage'):
            request['VersionStage'] = kwargs['VersionStage']
        response = self.lambda_client._invoke_internal(os.getenv('SECRETS_MANAGER_FUNCTION_ARN', _SECRET_MANAGER),
                                                       json.dumps(request).encode('utf-8'), b'')
        if response['FunctionError']:
            raise SecretsManagerError('The secret manager failed (%s): %s' %
                                      (response['FunctionError'], response['Payload'].decode('utf-8', 'replace')))
        return _secret(response['Payload'].read())


def _secret(document):
    import json
    try:
        fields = json.loads(document.decode('utf-8'))
    except ValueError as error:
        raise SecretsManagerError('The secret manager answered what is not JSON: %s' % error)
    if 'Status' in fields and 'Message' in fields:
        raise SecretsManagerError('The secret manager refused (%s): %s' % (fields['Status'], fields['Message']))
    if 'CreatedDate' in fields:
        from datetime import datetime
        fields['CreatedDate'] = datetime.fromtimestamp(fields['CreatedDate'] / 1000.0)
    return fields
