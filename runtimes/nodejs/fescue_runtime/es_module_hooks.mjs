// Runs on the thread that interpreters without registerHooks have for such hooks; see es_module.js.

import { createRequire } from 'module';
import { pathToFileURL } from 'url';

const { resolve: findInNodePath } = createRequire(import.meta.url);

export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || /^[./]|:/.test(specifier)) throw error;
    return next(pathToFileURL(findInNodePath(specifier)).href, context);
  }
}
