'use strict';

// What SDKs and packages take from V1's module of this name (docs/compatibility/languages.md#nodejs-modules).

const env = process.env;

const envVars = {
  AUTH_TOKEN: env.AWS_CONTAINER_AUTHORIZATION_TOKEN,
  MY_FUNCTION_ARN: env.MY_FUNCTION_ARN,
  SHADOW_FUNCTION_ARN: env.SHADOW_FUNCTION_ARN,
  ROUTER_FUNCTION_ARN: env.ROUTER_FUNCTION_ARN,
  SECRETS_MANAGER_FUNCTION_ARN: env.SECRETS_MANAGER_FUNCTION_ARN,
  ENCODING_TYPE: env.ENCODING_TYPE,
  GGC_MAX_INTERFACE_VERSION: env.GGC_MAX_INTERFACE_VERSION,
  GG_DAEMON_PORT: env.GG_DAEMON_PORT,
};

const encodingType = { encodingTypeJSON: 'json', encodingTypeBinary: 'binary' };

// Region and account are empty in the ARNs of the core's own services.
const FUNCTION_ARN = /^(arn:aws(?:-[a-z]+)*:lambda:([a-z0-9-]*):([0-9a-zA-Z]*):function:([a-zA-Z0-9-_]+))(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** region, accountId, name, qualifier (undefined without one), unqualifiedArn. Throws on what is no function's ARN. */
class FunctionArnFields {
  constructor(arn) {
    const match = FUNCTION_ARN.exec(arn);
    if (!match) throw new Error('Cannot parse given string as a function ARN.');
    this.unqualifiedArn = match[1];
    this.region = match[2];
    this.accountId = match[3];
    this.name = match[4];
    this.qualifier = match[5];
  }

  toArnString() {
    return buildFunctionArn(this.unqualifiedArn, this.qualifier);
  }
}

function buildFunctionArn(unqualifiedArn, qualifier) {
  return qualifier ? `${unqualifiedArn}:${qualifier}` : unqualifiedArn;
}

/** Logs texts and errors to the function's log. V1's arguments, a log group and a stream, mean nothing here. */
class LocalWatchLogger {
  debug(message) {
    console.debug(textOf(message));
  }

  info(message) {
    console.info(textOf(message));
  }

  warn(message) {
    console.warn(textOf(message));
  }

  error(message) {
    console.error(textOf(message));
  }
}

function textOf(message) {
  return message instanceof Error ? message.stack || message.message : message;
}

/**
 * Calls task(arguments..., callback) again, ever later, until it calls back without an error; then successCb(results...)
 * is called. errCb(error) is called with the last error after maxAttempts, or when expiryMs have passed.
 */
class BackoffRetry {
  constructor(task, thisArg, errCb, initialMs, multiplier, maxMs, maxAttempts, expiryMs, jitter) {
    Object.assign(this, { task, thisArg, errCb, initialMs, multiplier, maxMs, maxAttempts, expiryMs, jitter });
  }

  tryOrThrowError() {
    const words = Array.prototype.slice.call(arguments);
    this._try(words.slice(0, -1), words[words.length - 1], 1, Date.now());
  }

  _try(words, successCb, attempt, begin) {
    this.task.apply(this.thisArg, words.concat((error, ...results) => {
      if (!error) {
        if (successCb) successCb(...results);
        return;
      }
      const full = Math.min(this.initialMs * Math.pow(this.multiplier, attempt - 1), this.maxMs);
      const delay = this.jitter ? Math.random() * full : full;
      if (attempt >= this.maxAttempts || Date.now() + delay - begin > this.expiryMs) this.errCb(error);
      else setTimeout(() => this._try(words, successCb, attempt + 1, begin), delay);
    }));
  }
}

const versionParser = {
  /** "1.5" as [1, 5]. */
  parseVersion(text) {
    const match = /^(\d+)\.(\d+)$/.exec(text);
    if (!match) throw new Error(`"${text}" is not a version of the form major.minor`);
    return [Number(match[1]), Number(match[2])];
  },
};

module.exports = {
  BackoffRetry,
  FunctionArnFields,
  buildFunctionArn,
  encodingType,
  envVars,
  logging: { LocalWatchLogger },
  versionParser,
};
