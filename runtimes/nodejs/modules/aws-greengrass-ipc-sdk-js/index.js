'use strict';

// The local API for SDKs and packages (docs/compatibility/languages.md#nodejs-modules). Callbacks are called once, never
// before the call returns. A refusal of the core is an Error with its HTTP status as `statusCode`.

const channel = require('../../fescue_runtime/channel');

const POSTS_AT_ONCE = 8; // the core answers these at once; more wait here
const WAITS_AT_ONCE = 256; // each waits for a function's result
const KEPT = 4; // idle connections of each kind
const QUEUED = 16384; // calls that wait for a connection

/** Connections that serve the whole process: clients are made and forgotten, perhaps for each event. */
class Pool {
  constructor(limit) {
    this._limit = limit;
    this._open = 0;
    this._idle = [];
    this._waiting = [];
  }

  exchange(head, body, done) {
    if (this._idle.length > 0) {
      this._run(this._idle.pop(), { head, body, done });
    } else if (this._open < this._limit) {
      ++this._open;
      this._run(new channel.Connection(), { head, body, done });
    } else if (this._waiting.length < QUEUED) {
      this._waiting.push({ head, body, done });
    } else {
      process.nextTick(done, new Error(`${QUEUED} calls are waiting for the core already`));
    }
  }

  _run(connection, order) {
    connection.exchange(order.head, order.body, (error, answer) => {
      this._release(connection);
      order.done(error, answer);
    });
  }

  _release(connection) {
    if (this._waiting.length > 0) {
      this._run(connection, this._waiting.shift());
    } else if (this._idle.length < KEPT) {
      this._idle.push(connection);
    } else {
      --this._open;
      connection.close();
    }
  }
}

const posts = new Pool(POSTS_AT_ONCE);
const waits = new Pool(WAITS_AT_ONCE);

class IPCClient {
  constructor(authToken) {
    this.authToken = authToken;
  }

  /** payload: string, bytes or nothing. clientContext: base64 of JSON, or nothing. callback(error, invocationId). */
  postWork(functionArn, payload, clientContext, invocationType, callback) {
    const headers = { 'X-Amz-Client-Context': clientContext, 'X-Amz-Invocation-Type': invocationType };
    this._send(posts, 'POST', functionArn, '', headers, payload, callback, (answer) => {
      callback(null, answer.headers['x-amz-invocationid']);
    });
  }

  /** callback(error, body, functionError, statusCode): a Buffer; '', 'Handled' or 'Unhandled'; a number. */
  getWorkResult(functionArn, invocationId, callback) {
    this._send(waits, 'GET', functionArn, '', { 'X-Amz-InvocationId': invocationId }, '', callback, (answer) => {
      callback(null, answer.body, answer.headers['x-amz-function-error'] || '', answer.status);
    });
  }

  /** callback(error, payload, invocationId, clientContext in base64). */
  getWork(functionArn, callback) {
    this._send(waits, 'GET', functionArn, '/work', {}, '', callback, (answer) => {
      callback(null, answer.body, answer.headers['x-amz-invocationid'], answer.headers['x-amz-client-context'] || '');
    });
  }

  postWorkResult(functionArn, payload, invocationId, callback) {
    const headers = { 'X-Amz-InvocationId': invocationId };
    this._send(posts, 'POST', functionArn, '/work', headers, payload, callback, () => callback(null));
  }

  postHandlerErr(functionArn, payloadJson, invocationId, callback) {
    const headers = { 'X-Amz-InvocationId': invocationId, 'X-Amz-Function-Error': 'Handled' };
    this._send(posts, 'POST', functionArn, '/work', headers, payloadJson, callback, () => callback(null));
  }

  _send(pool, method, functionArn, suffix, headers, payload, failed, succeeded) {
    let head;
    let body;
    try {
      body = bytesOf(payload);
      const all = Object.assign({ Authorization: this.authToken }, headers);
      const opened = channel.opening(method, channel.functionPath(functionArn, suffix), all);
      head = channel.withLength(opened, Buffer.byteLength(body));
    } catch (error) {
      process.nextTick(failed, error);
      return;
    }
    pool.exchange(head, body, (error, answer) => {
      if (!error && answer.ok) {
        succeeded(answer);
        return;
      }
      const failure = error || new Error(answer.refusal);
      if (answer) failure.statusCode = answer.status;
      failed(failure);
    });
  }
}

/** A string stays one: it is sent as UTF-8. */
function bytesOf(payload) {
  if (payload === undefined || payload === null) return '';
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return payload;
  if (ArrayBuffer.isView(payload)) return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (payload instanceof ArrayBuffer) return Buffer.from(payload);
  throw new TypeError(`A payload is a string or bytes, not ${typeof payload}`);
}

module.exports = IPCClient;
