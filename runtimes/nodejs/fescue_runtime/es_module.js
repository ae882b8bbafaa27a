'use strict';

// A file of its own: interpreters before Node.js 12 cannot parse import().

const { registerHooks } = require('module');
const { pathToFileURL } = require('url');

// ES modules do not look at NODE_PATH, by which the core's SDK and modules are found. Interpreters without such hooks
// (before 22.15) need a bundled SDK, or createRequire.
if (registerHooks) {
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (error.code !== 'ERR_MODULE_NOT_FOUND' || /^[./]|:/.test(specifier)) throw error;
        return next(pathToFileURL(require.resolve(specifier)).href, context);
      }
    },
  });
}

module.exports = (url) => import(url);
