'use strict';

// Entry of a Node.js worker: <interpreter> lambda_nodejs_runtime.js --handler=<module.function>, see README.md.
// One source for Node.js 6.10 and everything later.
//
// Compiling the runtime takes a tenth of a start. For the interpreters of its machine tools/compile_nodejs has done so: all
// modules as one script, and V8's code for it. V8 passes over the code of another version; files that have changed since are
// loaded one by one.

const FOLDER = `${__dirname}/fescue_runtime/`;

function compiledScript() {
  const fs = require('fs');
  const path = `${__dirname}/compiled/${process.version}-${process.arch}.js`;
  try {
    const source = fs.readFileSync(path, 'utf8');
    if (!JSON.parse(source.slice(2, source.indexOf('\n'))).every(isUnchanged)) return null;
    return new (require('vm').Script)(source, { filename: path, cachedData: fs.readFileSync(`${path}.code`) });
  } catch (_) {
    return null;
  }

  /** file: [name, size, time of the last change in milliseconds]. */
  function isUnchanged(file) {
    const status = fs.statSync(FOLDER + file[0]);
    return status.size === file[1] && Math.floor(status.mtime.getTime()) === file[2];
  }
}

/** The script's value is a function that defines one module after the other, each after those that it requires. */
function defineModules(script) {
  const Module = require('module');
  const own = Object.create(null);
  script.runInThisContext()((name, body) => {
    const module = new Module(FOLDER + name, null);
    module.filename = module.id;
    require.cache[module.id] = module; // for the modules of SDKs, which require some of these too
    const find = (id) => {
      if (id in own) return own[id];
      return require(id[0] === '.' ? FOLDER + id : id);
    };
    find.cache = require.cache;
    find.resolve = require.resolve;
    body.call(module.exports, module.exports, find, module, module.id, `${__dirname}/fescue_runtime`);
    module.loaded = true;
    own[`./${name.slice(0, -'.js'.length)}`] = module.exports;
  });
  return own['./worker'];
}

const script = compiledScript();
const worker = script ? defineModules(script) : require('./fescue_runtime/worker');
worker.main(process.argv.slice(2));
