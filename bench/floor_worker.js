// The floor's worker in Node.js: one exchange for each event on a Unix socket. floor_worker.js SOCKET_FILE
'use strict';
const net = require('net');

function handler(event) {
  return event;
}

const connection = net.connect(process.argv[2]);
let data = null;
connection.on('data', (chunk) => {
  data = data ? Buffer.concat([data, chunk]) : chunk;
  const end = data.indexOf('\r\n\r\n');
  if (end < 0) return;
  const length = Number(data.toString('latin1', 0, end).split('Content-Length: ')[1].split('\r\n')[0]);
  if (data.length < end + 4 + length) return;
  const result = JSON.stringify(handler(JSON.parse(data.toString('utf8', end + 4))));
  data = null;
  connection.write(`POST /work HTTP/1.1\r\nHost: l\r\nContent-Length: ${Buffer.byteLength(result)}\r\n\r\n${result}`);
});
connection.on('end', () => process.exit());
connection.write('GET /work HTTP/1.1\r\nHost: l\r\n\r\n');
