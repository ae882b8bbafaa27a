'use strict';

// Finds and loads the module of a handler (docs/compatibility/runtimes.md#handlers).

const fs = require('fs'); // not path: each module that is required for the first time costs a start 0.05 ms and more

/** "folder/module.function" as {module, name}. */
function parseName(handler) {
  const dot = handler.lastIndexOf('.');
  if (dot < 1 || dot === handler.length - 1) throw new Error('the handler is not of the form module.function');
  return { module: handler.slice(0, dot), name: handler.slice(dot + 1) };
}

/** loaded(error, exports); at once for CommonJS, later for ES modules. Error: whatever the module throws. */
function load(packageDirectory, name, loaded) {
  let exported;
  try {
    const file = locate(packageDirectory, name);
    if (isEsModule(file, packageDirectory)) {
      importModule(file, loaded);
      return;
    }
    try {
      exported = require(file);
    } catch (error) {
      if (!error || (error.code !== 'ERR_REQUIRE_ESM' && error.code !== 'ERR_REQUIRE_ASYNC_MODULE')) throw error;
      importModule(file, loaded);
      return;
    }
  } catch (error) {
    loaded(error === undefined || error === null ? new Error(`the module threw ${error}`) : error);
    return;
  }
  loaded(null, exported);
}

/** In the package; else, as on V1, wherever NODE_PATH leads. */
function locate(packageDirectory, name) {
  const file = `${packageDirectory}/${name}`;
  const candidates = [file, `${file}.mjs`, `${file}.cjs`, name];
  for (const candidate of candidates) {
    try {
      return require.resolve(candidate);
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  const failure = new Error(`Cannot find module '${name}' in ${packageDirectory}`);
  failure.code = 'MODULE_NOT_FOUND';
  throw failure;
}

/** By its extension, else by "type" of the nearest package.json. */
function isEsModule(file, packageDirectory) {
  if (file.endsWith('.mjs')) return true;
  if (!file.endsWith('.js') || !file.startsWith(`${packageDirectory}/`)) return false;
  for (let end = file.lastIndexOf('/'); end >= packageDirectory.length; end = file.lastIndexOf('/', end - 1)) {
    const description = `${file.slice(0, end)}/package.json`;
    if (!fs.existsSync(description)) continue; // cheaper than to be refused
    const text = fs.readFileSync(description, 'utf8');
    return /"type"\s*:\s*"module"/.test(text) && JSON.parse(text).type === 'module';
  }
  return false;
}

function importModule(file, loaded) {
  let importer;
  try {
    importer = require('./es_module');
  } catch (_) {
    loaded(new Error(`${file} is an ES module, which Node.js ${process.version} cannot run`));
    return;
  }
  importer(require('url').pathToFileURL(file).href).then((exported) => process.nextTick(loaded, null, exported),
    (error) => process.nextTick(loaded, error));
}

module.exports = { load, parseName };
