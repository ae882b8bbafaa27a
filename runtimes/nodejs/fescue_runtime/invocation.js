'use strict';

// What a handler is given and what is made of its outcome (docs/compatibility/languages.md#nodejs-handlers).

const MAX_ERROR_CHARS = 64 * 1024;
const OWN_DIRECTORY = __dirname.slice(0, __dirname.lastIndexOf('/'));

/** The handler's second argument. done, succeed and fail are the cloud's older spellings of the callback. */
class Context {
  constructor(functionArn, invocationId, clientContext, callback) {
    const fields = functionArn.split(':');
    this.invokedFunctionArn = functionArn;
    this.awsRequestId = invocationId;
    this.functionName = fields[6];
    this.functionVersion = fields[7];
    this.clientContext = clientContext;
    // V1 answers as soon as the callback is called. true, which only the handler can set, makes the answer wait until the
    // event loop is empty.
    this.callbackWaitsForEmptyEventLoop = false;
    Object.defineProperties(this, {
      done: { value: (error, result) => callback(error, result) },
      succeed: { value: (result) => callback(null, result) },
      fail: { value: (error) => callback(error === undefined || error === null ? new Error('handled') : error) },
    });
  }
}

/** encoded: base64 of a JSON object; empty or undefined when there is none. V1 spells `custom` as `Custom`. */
function parseClientContext(encoded) {
  let fields = {};
  if (encoded) {
    try {
      fields = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
      if (fields === null || typeof fields !== 'object') throw new Error(`it is ${fields}`);
    } catch (error) {
      throw new Error(`The client context cannot be parsed as base64 of a JSON object: ${error.message}`);
    }
  }
  const custom = fields.custom || {};
  return { client: fields.client || {}, Custom: custom, custom, env: fields.env || {} };
}

const jsonEncoding = {
  decode(payload) {
    if (payload.length === 0) return {};
    try {
      const text = payload.toString('utf8');
      if (text.indexOf('\ufffd') >= 0 && !Buffer.from(text).equals(payload)) throw new Error('it is not UTF-8');
      return JSON.parse(text);
    } catch (error) {
      throw new Error(`The payload cannot be parsed as JSON: ${error.message}`);
    }
  },
  encode(result) {
    try {
      const text = JSON.stringify(result);
      return text === undefined ? 'null' : text;
    } catch (error) {
      throw new Error(`The result cannot be serialized as JSON: ${textOf(error)}`);
    }
  },
};

const binaryEncoding = {
  decode: (payload) => payload,
  /** Bytes as they are, nothing as nothing, text as UTF-8. */
  encode(result) {
    if (result === undefined || result === null) return '';
    if (typeof result === 'string' || Buffer.isBuffer(result)) return result;
    if (ArrayBuffer.isView(result)) return Buffer.from(result.buffer, result.byteOffset, result.byteLength);
    if (result instanceof ArrayBuffer) return Buffer.from(result);
    throw new Error(`The handler of a function with binary encoding must return bytes, not ${typeof result}`);
  },
};

/** Of ENCODING_TYPE; without it 'json'. */
function encodingNamed(name) {
  if (!name || name === 'json') return jsonEncoding;
  if (name === 'binary') return binaryEncoding;
  throw new Error(`ENCODING_TYPE is "${name}", which is neither json nor binary`);
}

/** JSON of V1's shape. intro: put before the message. */
function errorBody(error, intro) {
  if (error instanceof Error || (error && typeof error.message === 'string')) {
    const body = { errorMessage: ((intro || '') + messageOf(error, intro)).slice(0, MAX_ERROR_CHARS), stackTrace: frames(error) };
    if (error.code !== undefined && error.code !== null) body.errorType = textOf(error.code);
    return JSON.stringify(body);
  }
  return JSON.stringify({ errorMessage: (intro || '') + textOf(error).slice(0, MAX_ERROR_CHARS) });
}

/** After an intro V1 put all of String(error), "TypeError: message". */
function messageOf(error, intro) {
  return intro ? textOf(error) : textOf(error.message);
}

/** Whether a line of a stack trace is the runtime's, from a file or compiled. */
function isOwn(line) {
  return line.indexOf(OWN_DIRECTORY) >= 0 || line.indexOf('fescue:runtime:') >= 0;
}

function frames(error) {
  try {
    const lines = String(error.stack || '').split('\n').filter((line) => /^ +at /.test(line));
    return lines.filter((line) => !isOwn(line)).map((line) => line.replace(/^ +at /, ''));
  } catch (_) {
    return [];
  }
}

/** For the log: the stack where there is one, without the runtime's own frames. */
function stackOf(error) {
  try {
    if (!error || !error.stack) return textOf(error);
    return String(error.stack).split('\n').filter((line) => !/^ +at /.test(line) || !isOwn(line)).join('\n');
  } catch (_) {
    return textOf(error);
  }
}

/** String(value), whatever it is. */
function textOf(value) {
  try {
    return String(value);
  } catch (_) {
    return Object.prototype.toString.call(value);
  }
}

module.exports = { Context, parseClientContext, encodingNamed, errorBody, stackOf, textOf };
