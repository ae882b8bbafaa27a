"""A worker as V1's own runtime was one: http.client over TCP, a new connection for each request, GET work and POST result.

stock_worker.py PORT: a worker of the floor's dispatcher. As a module that a function's package brings, it takes over the
worker's process while it is imported and serves the core by V1's local API.
"""
import http.client
import json
import os
import sys


def call(port, method, path, body, headers):
    connection = http.client.HTTPConnection("localhost", port)
    connection.request(method, path, body, dict(headers, Connection="close"))
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    assert answer.status == 200, (answer.status, data)
    return answer.headers, data


def serve(port, get_path, post_path, headers):
    while True:
        item, event = call(port, "GET", get_path, None, headers)
        result = json.dumps(json.loads(event)).encode()
        call(port, "POST", post_path, result, dict(headers, **{"X-Amz-InvocationId": item.get("X-Amz-InvocationId", "")}))


if __name__ == "__main__":
    serve(int(sys.argv[1]), "/work", "/result", {"Authorization": "none"})
else:
    path = "/2016-11-01/functions/%s/work" % os.environ["MY_FUNCTION_ARN"]
    serve(int(os.environ["GG_DAEMON_PORT"]), path, path, {"Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]})
