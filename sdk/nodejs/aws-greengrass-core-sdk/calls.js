'use strict';

// How every call of the SDK ends: by callback(error, data), or, without a callback, by a promise.

function settled(callback, start) {
  if (typeof callback === 'function') {
    start(callback);
    return undefined;
  }
  return new Promise((resolve, reject) => {
    start((error, data) => {
      if (error) reject(error);
      else resolve(data);
    });
  });
}

/** The parameter of that name; undefined when it is not there. */
function parameter(params, name) {
  return Object.prototype.hasOwnProperty.call(params, name) ? params[name] : undefined;
}

/** Base64 of {"custom": custom}. */
function clientContext(custom) {
  return Buffer.from(JSON.stringify({ custom })).toString('base64');
}

module.exports = { clientContext, parameter, settled };
