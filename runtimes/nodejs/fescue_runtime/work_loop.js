'use strict';

// The life of a worker after its start: take an event, run the handler, hand in what came of it, and so on.
//
// Handing in the outcome of one event asks for the next in the same exchange (Fescue-Next), so an event costs one round
// trip; so does saying that the handler is loaded, for the event that a worker was started for. A core without that extension
// answers without an item, and the next is then fetched by itself.

const channel = require('./channel');
const invocation = require('./invocation');
const log = require('./log');

const ITEM = 'x-amz-invocationid';
const CONTEXT = 'x-amz-client-context';
const ATTEMPTS = 10;
const EXPIRY_MS = 3000;

class WorkLoop {
  constructor(connection, functionArn, authToken) {
    this._connection = connection;
    this._functionArn = functionArn;
    this._handler = null;
    this._failed = null;
    this._item = null; // the invocation that has no outcome yet
    this._initialAnswer = null;
    const path = channel.functionPath(functionArn, '/work');
    const authorization = { Authorization: authToken };
    const next = { Authorization: authToken, 'Fescue-Next': '1' };
    this._get = channel.withLength(channel.opening('GET', path, authorization), 0);
    this._postResult = channel.opening('POST', path, next);
    this._postError = channel.opening('POST', path, Object.assign({ 'X-Amz-Function-Error': 'Handled' }, next));
    this._putInitialized = channel.opening('PUT', channel.functionPath(functionArn, '/initialized'), next);
  }

  /** Tells the core that the handler is loaded, or why not (text for people). done(error). */
  initialized(failure, done) {
    if (failure === null) this._logFetch();
    const body = JSON.stringify({ Success: failure === null, Response: failure === null ? '' : failure });
    const head = channel.withLength(this._putInitialized, Buffer.byteLength(body));
    this._exchange(head, body, isAnswered, (error, answer) => {
      this._initialAnswer = answer;
      done(error || (answer.ok ? null : new Error(answer.refusal)));
    }, 'exchangeAtOnce');
  }

  /**
   * handler: {encoding, call(event, context, callback), which returns what the handler returns, wantsCallback(): whether
   * it declares a third parameter}. Runs until failed(error) is called: the core is gone.
   */
  run(handler, failed) {
    this._handler = handler;
    this._failed = failed;
    process.on('beforeExit', () => {
      if (this._item) this._drained(this._item);
    });
    this._next(this._initialAnswer);
  }

  _logFetch() {
    log.debug(`Getting work for function [${this._functionArn}]`);
  }

  _fetch() {
    this._logFetch();
    this._exchange(this._get, '', isItem, (error, answer) => {
      if (error) this._failed(error);
      else this._handle(answer);
    });
  }

  _handle(answer) {
    const item = { id: answer.headers[ITEM], context: null, held: null };
    this._item = item;
    const finish = (error, result) => this._finish(item, error, result);
    let event;
    try {
      event = this._handler.encoding.decode(answer.body);
      const clientContext = invocation.parseClientContext(answer.headers[CONTEXT]);
      item.context = new invocation.Context(this._functionArn, item.id, clientContext, finish);
    } catch (error) {
      log.error(error.message);
      this._settle(item, true, invocation.errorBody(error));
      return;
    }
    log.note(`START RequestId: ${item.id}`);
    try {
      const returned = this._handler.call(event, item.context, finish);
      if (returned && typeof returned.then === 'function') this._follow(item, returned);
    } catch (error) {
      log.error(`Failed to invoke handler: ${invocation.stackOf(error)}`);
      this._settle(item, true, invocation.errorBody(error, 'Failed to invoke handler: '));
    }
    log.note(`End RequestId: ${item.id}`);
  }

  /** V1 knew no promises: a handler that declares a callback and resolves to nothing may call it later. */
  _follow(item, promise) {
    promise.then((result) => {
      if (result === undefined && this._handler.wantsCallback()) return;
      this._succeed(item, result);
    }, (error) => this._fail(item, error === undefined ? new Error('rejected without a reason') : error));
  }

  /** The callback, or a method of the context. Only the first call of an invocation counts. */
  _finish(item, error, result) {
    if (this._item !== item || item.held) return;
    item.held = () => {
      if (error === undefined || error === null) this._succeed(item, result);
      else this._fail(item, error);
    };
    if (!item.context.callbackWaitsForEmptyEventLoop) process.nextTick(item.held);
  }

  /** Nothing is left to do: V1 answers null for a handler that has not called back. */
  _drained(item) {
    if (item.held) item.held();
    else this._succeed(item, undefined);
  }

  _succeed(item, result) {
    if (this._item !== item) return;
    let body;
    try {
      body = this._handler.encoding.encode(result);
    } catch (error) {
      log.error(error.message);
      this._settle(item, true, invocation.errorBody(error));
      return;
    }
    this._settle(item, false, body);
  }

  _fail(item, error) {
    if (this._item !== item) return;
    log.error(`The handler failed: ${invocation.stackOf(error)}`);
    this._settle(item, true, invocation.errorBody(error));
  }

  _settle(item, failed, body) {
    if (this._item !== item) return;
    this._item = null;
    this._post(item, failed, body, (answer) => {
      if (answer.ok) {
        this._next(answer);
        return;
      }
      log.error(`The outcome of invocation [${item.id}] was not accepted: ${answer.refusal}`);
      if (failed) {
        this._fetch();
        return;
      }
      // The caller would wait in vain.
      const refused = `The result of ${Buffer.byteLength(body)} bytes was not accepted: ${answer.refusal}`;
      this._post(item, true, invocation.errorBody(refused), (second) => this._next(second));
    });
  }

  _next(answer) {
    if (isItem(answer)) this._handle(answer);
    else this._fetch();
  }

  _post(item, failed, body, done) {
    log.debug(`Posting work result for invocation id [${item.id}]`);
    const opened = `${failed ? this._postError : this._postResult}X-Amz-InvocationId: ${item.id}\r\n`;
    this._exchange(channel.withLength(opened, Buffer.byteLength(body)), body, isAnswered, (error, answer) => {
      if (error) this._failed(error);
      else done(answer);
    });
  }

  /**
   * done(error, answer) with the first answer that is `good`. V1's policy for a core that is away or answers otherwise: ten
   * attempts within three seconds. first: how the first one is made.
   */
  _exchange(head, body, good, done, first) {
    let attempt = 1;
    let deadline = 0;
    const receive = (error, answer) => {
      if (!error && good(answer)) {
        done(null, answer);
        return;
      }
      const failure = error || new Error(answer.refusal);
      const delay = Math.min(50 * Math.pow(2, attempt - 1), 500) * (0.5 + Math.random() / 2);
      deadline = deadline || Date.now() + EXPIRY_MS;
      if (++attempt > ATTEMPTS || Date.now() + delay > deadline) {
        done(failure);
        return;
      }
      log.warn(`${failure.message}; trying again`);
      setTimeout(() => this._connection.exchange(head, body, receive), delay);
    };
    this._connection[first || 'exchange'](head, body, receive);
  }
}

function isAnswered(answer) {
  return answer.status < 500;
}

function isItem(answer) {
  return answer.ok && Boolean(answer.headers[ITEM]);
}

module.exports = { WorkLoop };
