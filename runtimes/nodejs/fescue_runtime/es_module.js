'use strict';

// A file of its own: interpreters before Node.js 12 cannot parse import().

const fs = require('fs');
const { register, registerHooks } = require('module');
const { pathToFileURL } = require('url');

// ES modules do not look at NODE_PATH, by which the core's SDK and modules are found. Interpreters without such hooks
// (before 18.19, and 20.0 to 20.5) need a bundled SDK, or createRequire. The older kind of them takes a thread, hence
// milliseconds, which a package with an SDK of its own is spared.
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
} else if (register && !fs.existsSync('node_modules/aws-greengrass-core-sdk')) {
  register('./es_module_hooks.mjs', pathToFileURL(__filename));
}

module.exports = (url) => import(url);
