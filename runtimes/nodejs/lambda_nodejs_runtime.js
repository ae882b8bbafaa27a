'use strict';

// Entry of a Node.js worker: <interpreter> lambda_nodejs_runtime.js --handler=<module.function>, see README.md.
// One source for Node.js 6.10 and everything later.
//
// Compiling the runtime takes a sixth of a start. Where a core installs it, there may be what tools/compile_nodejs has made
// of it for this interpreter: all modules as one script, and V8's code for that, which V8 passes over if it is another
// version's.

const FOLDER = `${__dirname}/fescue_runtime/`;

function compiledScript() {
  const fs = require('fs');
  const path = `${__dirname}/compiled/${process.version}-${process.arch}.js`;
  if (!fs.existsSync(path)) return null; // cheaper than to be refused
  try {
    // The name stays in V8's code, wherever that is installed; invocation.js knows it.
    const options = { filename: 'fescue:runtime', cachedData: fs.readFileSync(`${path}.code`) };
    return new (require('vm').Script)(fs.readFileSync(path, 'utf8'), options);
  } catch (_) {
    return null;
  }
}

/** The script's value is a function that defines one module after the other, each after those that it requires. */
function defineModules(script) {
  const Module = module.constructor; // to require it takes 0.2 ms
  const own = Object.create(null);
  script.runInThisContext()((name, body) => {
    const defined = new Module(FOLDER + name, null);
    defined.filename = defined.id;
    require.cache[defined.id] = defined; // for the modules of SDKs, which require some of these too
    const find = (id) => {
      if (id in own) return own[id];
      return require(id[0] === '.' ? FOLDER + id : id);
    };
    find.cache = require.cache;
    find.resolve = require.resolve;
    body.call(defined.exports, defined.exports, find, defined, defined.id, `${__dirname}/fescue_runtime`);
    defined.loaded = true;
    own[`./${name.slice(0, -'.js'.length)}`] = defined.exports;
  });
  return own['./worker'];
}

const script = compiledScript();
const worker = script ? defineModules(script) : require('./fescue_runtime/worker');
worker.main(process.argv.slice(2));
