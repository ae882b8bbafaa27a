"""The floor's worker: one exchange for each event on a Unix socket. floor_worker.py SOCKET_FILE"""
import json
import socket
import sys


def handler(event):
    return event


connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
request = b"GET /work HTTP/1.1\r\nHost: l\r\n\r\n"
while True:
    connection.sendall(request)
    data = connection.recv(65536)
    if not data:
        break
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    result = json.dumps(handler(json.loads(body))).encode()
    request = b"POST /work HTTP/1.1\r\nHost: l\r\nContent-Length: %d\r\n\r\n%s" % (len(result), result)
