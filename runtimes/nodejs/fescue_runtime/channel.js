'use strict';

// One keep-alive HTTP/1.1 connection to the core, on the bare socket: the http module costs milliseconds of a start and
// more than the rest of an exchange. What is understood is what the core sends: a status line, headers, a body of
// Content-Length bytes. Anything else is a BadAnswer, never a guess.
//
// A Connection makes one exchange at a time. It opens itself when needed, and keeps the process's event loop alive only
// while an answer is due: an event loop that is otherwise empty is how Node.js functions end an invocation.

const fs = require('fs');

const MAX_UNIX_PATH = 107;
const O_PATH = 0o10000000; // the directory can be passed, not read
const MAX_HEAD_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 256 * 1024 * 1024;
const HEAD_END = '\r\n\r\n';

/** The core cannot be reached, or went away before it had answered in full. */
class ConnectionLost extends Error {}

/** What came is not an answer that this reader understands; the connection is of no more use. */
class BadAnswer extends ConnectionLost {}

/** status: number. reason: string. headers: {lower-case name: string}. body: Buffer. */
class Answer {
  constructor(status, reason, headers) {
    this.status = status;
    this.reason = reason;
    this.headers = headers;
    this.body = null;
  }

  get ok() {
    return this.status >= 200 && this.status < 300;
  }

  /** "HTTP Error 404: Not Found, text": what a refusal says. */
  get refusal() {
    return `HTTP Error ${this.status}: ${this.reason}, ${this.body.toString('utf8', 0, 500)}`;
  }
}

class Connection {
  /** socket: an InheritedSocket to begin with, if there is one. */
  constructor(socket) {
    this._socket = null;
    this._due = null; // the exchange under way
    this._begun = null; // bytes of a head that is not complete
    this._answer = null; // whose body is not complete
    this._parts = [];
    this._missing = 0;
    if (socket) this._listenTo(socket);
  }

  get isOpen() {
    return this._socket !== null;
  }

  /**
   * head: request line and headers with the blank line. body: Buffer or string. done(error, answer) is called once, later
   * than this call; the error is a ConnectionLost. When a connection that had been idle turns out to be closed, the
   * request is sent once more over a new one.
   */
  exchange(head, body, done) {
    this._due = { head, body, done, again: this.isOpen };
    this._send();
    if (this._socket) this._socket.ref();
  }

  /** The same for an answer that comes at once: where that can be done, this call waits for it, and done is called in it. */
  exchangeAtOnce(head, body, done) {
    const socket = this._socket;
    if (!socket || !socket.isSync) {
      this.exchange(head, body, done);
      return;
    }
    const due = { head, body, done, again: true };
    this._due = due;
    this._send();
    while (this._due === due && this._socket === socket) this._readFrom(socket);
  }

  close() {
    const socket = this._socket;
    this._socket = this._begun = this._answer = null;
    this._parts = [];
    if (socket) socket.destroy();
  }

  _send() {
    const due = this._due;
    try {
      if (!this._socket) this._listenTo(openSocket());
      if (typeof due.body === 'string') {
        this._socket.write(due.head + due.body);
      } else {
        this._socket.cork();
        this._socket.write(due.head, 'latin1');
        this._socket.write(due.body);
        this._socket.uncork();
      }
    } catch (error) {
      const socket = this._socket;
      process.nextTick(() => this._lost(socket, error));
    }
  }

  _listenTo(socket) {
    let failure = null;
    socket.on('data', (chunk) => {
      if (socket === this._socket) this._receive(chunk);
    });
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('close', () => this._lost(socket, failure));
    this._socket = socket;
  }

  _readFrom(socket) {
    let chunk = null;
    let failure = null;
    try {
      chunk = socket.readSync();
    } catch (error) {
      failure = error;
    }
    if (chunk) this._receive(chunk);
    else this._lost(socket, failure);
  }

  _lost(socket, failure) {
    if (socket !== this._socket) return; // closed by ourselves
    const begun = this._begun !== null || this._answer !== null;
    this.close();
    const due = this._due;
    if (!due) return;
    if (due.again && !begun) {
      due.again = false;
      this._send();
      return;
    }
    this._finish(new ConnectionLost(`the connection to the core ended: ${failure ? failure.message : 'no answer came'}`));
  }

  _receive(chunk) {
    if (!this._due) {
      this.close(); // nobody asked
      return;
    }
    try {
      if (this._answer) this._addToBody(chunk);
      else this._addToHead(chunk);
    } catch (error) {
      this.close();
      this._finish(error);
      return;
    }
    if (this._answer && this._missing === 0) this._complete();
  }

  _addToHead(chunk) {
    const data = this._begun ? Buffer.concat([this._begun, chunk]) : chunk;
    const end = data.indexOf(HEAD_END);
    if (end < 0) {
      if (data.length > MAX_HEAD_BYTES) throw new BadAnswer(`the header of the answer is longer than ${MAX_HEAD_BYTES} bytes`);
      this._begun = data;
      return;
    }
    this._begun = null;
    this._answer = parseHead(data.toString('latin1', 0, end));
    this._missing = bodyLength(this._answer);
    this._addToBody(data.slice(end + HEAD_END.length));
  }

  _addToBody(chunk) {
    if (chunk.length > this._missing) {
      throw new BadAnswer(`${chunk.length - this._missing} bytes follow the body of the answer`);
    }
    this._missing -= chunk.length;
    this._parts.push(chunk);
  }

  _complete() {
    const answer = this._answer;
    answer.body = this._parts.length === 1 ? this._parts[0] : Buffer.concat(this._parts);
    this._answer = null;
    this._parts = [];
    if (answer.headers.connection === 'close') this.close();
    else this._socket.unref();
    this._finish(null, answer);
  }

  _finish(error, answer) {
    const due = this._due;
    this._due = null;
    due.done(error, answer);
  }
}

function parseHead(head) {
  const lines = head.split('\r\n');
  const status = /^HTTP\/1\.[01] ([0-9]{3})(?: (.*))?$/.exec(lines[0]);
  if (!status) throw new BadAnswer(`not an HTTP/1.1 status line: ${JSON.stringify(lines[0].slice(0, 80))}`);
  const headers = Object.create(null);
  for (let i = 1; i < lines.length; ++i) {
    const colon = lines[i].indexOf(':');
    const name = lines[i].slice(0, colon).toLowerCase();
    const value = lines[i].slice(colon + 1).trim();
    if (colon < 1 || (name === 'content-length' && name in headers && headers[name] !== value)) {
      throw new BadAnswer(`malformed header: ${JSON.stringify(lines[i].slice(0, 80))}`);
    }
    headers[name] = value;
  }
  return new Answer(Number(status[1]), status[2] || '', headers);
}

function bodyLength(answer) {
  const length = answer.headers['content-length'];
  if (length === undefined) {
    if (answer.status === 204 || answer.status === 304) return 0;
    throw new BadAnswer(`an answer without Content-Length (status ${answer.status})`);
  }
  if ('transfer-encoding' in answer.headers || !/^[0-9]{1,12}$/.test(length) || Number(length) > MAX_BODY_BYTES) {
    throw new BadAnswer(`a body that cannot be read: Content-Length ${JSON.stringify(length.slice(0, 20))}`);
  }
  return Number(length);
}

/** The worker's own Unix socket, named by IPC_SOCK_FILE; without variable or file, TCP to the local API. */
function openSocket() {
  const net = require('net');
  const file = process.env.IPC_SOCK_FILE;
  if (!file || !fs.existsSync(file)) {
    const socket = net.connect(Number(process.env.GG_DAEMON_PORT) || 8000, '127.0.0.1');
    socket.setNoDelay(true);
    return socket;
  }
  if (Buffer.byteLength(file) <= MAX_UNIX_PATH) return net.connect(file);
  return connectFar(net, file);
}

/** By way of its directory: a path of its own would not fit. */
function connectFar(net, file) {
  const slash = file.lastIndexOf('/');
  let directory;
  try {
    directory = fs.openSync(file.slice(0, slash), O_PATH);
  } catch (_) { // Node.js 6 cannot open so; in a worker thread later ones cannot change the directory
    const home = process.cwd();
    process.chdir(file.slice(0, slash));
    try {
      return net.connect(file.slice(slash + 1)); // the path is used before this returns
    } finally {
      process.chdir(home);
    }
  }
  const socket = net.connect(`/proc/self/fd/${directory}/${file.slice(slash + 1)}`);
  socket.once('close', () => fs.closeSync(directory));
  return socket;
}

// Requests of the local API as text (docs/compatibility/local-api.md#requests): line, Host, headers.

const API = '/2016-11-01/functions/';

function functionPath(functionArn, suffix) {
  return API + functionArn + (suffix || '');
}

/** All but the length and the blank line. headers: {name: value}; undefined and null make an empty value. */
function opening(method, path, headers) {
  if (!/^[\x21-\x7e]+$/.test(path)) throw new Error(`${JSON.stringify(path)} cannot be sent as the path of a request`);
  let text = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n`;
  for (const name of Object.keys(headers)) {
    const value = headers[name] === undefined || headers[name] === null ? '' : String(headers[name]);
    if (!/^[\x20-\x7e]*$/.test(value)) throw new Error(`${name}: ${JSON.stringify(value)} cannot be sent as a header`);
    text += `${name}: ${value}\r\n`;
  }
  return text;
}

function withLength(opened, length) {
  return `${opened}Content-Length: ${length}\r\n\r\n`;
}

module.exports = { BadAnswer, Connection, ConnectionLost, functionPath, opening, withLength };
