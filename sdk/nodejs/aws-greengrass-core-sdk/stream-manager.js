'use strict';

// The stream manager's client is not part of this SDK yet. Importing it and naming what it exports works, so that the rest
// of a function runs; a client reports to onError, and every call of it is rejected.

const UNAVAILABLE = 'Stream manager is not available on this core yet';

class StreamManagerException extends Error {}

class StreamManagerClient {
  /** options.onErrorCb: called with an Error. The other options of the official client count for nothing. */
  constructor(options) {
    this._reported = new StreamManagerException(UNAVAILABLE);
    if (options && typeof options.onErrorCb === 'function') this.onError(options.onErrorCb);
  }

  /** Will not be called. */
  onConnected() {}

  onError(callback) {
    process.nextTick(callback, this._reported);
  }

  close() {
    return Promise.resolve();
  }
}

for (const name of ['createMessageStream', 'deleteMessageStream', 'appendMessage', 'readMessages', 'listStreams',
  'describeMessageStream', 'updateMessageStream']) {
  StreamManagerClient.prototype[name] = () => Promise.reject(new StreamManagerException(UNAVAILABLE));
}

/** Stands for a class of the official client's. */
function placeholder(name) {
  return class {
    constructor() {
      throw new StreamManagerException(`${UNAVAILABLE} (${name})`);
    }
  };
}

const known = { StreamManagerClient, StreamManagerException };

module.exports = new Proxy(known, {
  get(target, name) {
    if (typeof name === 'string' && /^[A-Z]/.test(name) && !(name in target)) target[name] = placeholder(name);
    return target[name];
  },
});
