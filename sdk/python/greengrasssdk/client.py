"""Entry point of the SDK. Modules are imported when their client is asked for: a worker's start should be short."""


def client(client_type, *args, **kwargs):
    """`client_type`: 'lambda', 'iot-data', 'secretsmanager' or 'streammanager'."""
    if client_type == 'lambda':
        from greengrasssdk.Lambda import Client
    elif client_type == 'iot-data':
        from greengrasssdk.IoTDataPlane import Client
    elif client_type == 'secretsmanager':
        from greengrasssdk.SecretsManager import Client
    elif client_type == 'streammanager':
        from greengrasssdk.stream_manager import StreamManagerClient as Client
    else:
        raise Exception('There is no client of the type %r.' % (client_type,))
    return Client(*args, **kwargs)


def required(parameters, name):
    """The keyword argument of that name; ValueError without it."""
    if name not in parameters:
        raise ValueError('The argument %s is required.' % name)
    return parameters[name]
