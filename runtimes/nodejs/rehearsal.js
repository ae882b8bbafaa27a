'use strict';

// Compiles the runtime beside it for the interpreter that runs this, see lambda_nodejs_runtime.js. What V8 keeps is what a
// start and a first event have really used: a worker is started, gets one event from this process in the core's stead, and
// saves the script's code at its end. Interpreters before Node.js 10.6 cannot do this, and start without.

const child_process = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const vm = require('vm');

// Each after those that it requires. es_module.js stays a file: import() is not to be had in a script.
const MODULES = ['log', 'channel', 'inherited_socket', 'invocation', 'work_loop', 'handler_module', 'worker']
  .map((name) => `${name}.js`);
const FOLDER = path.join(__dirname, 'fescue_runtime');
const ENTRY = path.join(__dirname, 'lambda_nodejs_runtime.js');
const TARGET = path.join(__dirname, 'compiled', `${process.version}-${process.arch}.js`);
const EVENT = '{"a":1}';
const ANSWER = 'HTTP/1.1 200 OK\r\nX-Amz-InvocationId: 00000000-0000-4000-8000-000000000000\r\nX-Amz-Client-Context: \r\n'
  + `Content-Length: ${EVENT.length}\r\n\r\n${EVENT}`;

function bundle() {
  const definitions = MODULES.map((name) => {
    const body = fs.readFileSync(path.join(FOLDER, name), 'utf8');
    return `define(${JSON.stringify(name)}, function (exports, require, module, __filename, __dirname) {${body}\n});\n`;
  });
  return `(function (define) {\n${definitions.join('')}})\n`;
}

/** In the child: becomes the worker. */
function rehearse() {
  let script = null;
  const Script = vm.Script;
  vm.Script = function RememberedScript(source, options) {
    script = new Script(source, options);
    return script;
  };
  process.on('exit', (status) => {
    if (status === 0) fs.writeFileSync(`${TARGET}.code`, script.createCachedData());
  });
  process.argv = [process.argv[0], ENTRY, '--handler=index.handler'];
  require(ENTRY);
}

/** In the parent: one event, and then the end. */
function run(done) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'rehearsal-'));
  fs.writeFileSync(path.join(home, 'index.js'), 'exports.handler = async (event) => event;\n');
  const worker = child_process.spawn(process.execPath, [__filename, 'rehearse'], {
    cwd: home,
    env: {
      FESCUE_CONNECTION: '3', MY_FUNCTION_ARN: 'arn:aws:lambda:::function:rehearsal:1',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'x', ENCODING_TYPE: 'json',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    timeout: 60000,
  });
  const core = worker.stdio[3];
  core.on('error', () => {});
  core.on('data', (data) => {
    const method = data.toString('latin1').split(' ')[0];
    if (method === 'PUT') core.write(ANSWER);
    else worker.kill('SIGTERM');
  });
  worker.on('exit', () => {
    fs.unlinkSync(path.join(home, 'index.js'));
    fs.rmdirSync(home);
    done();
  });
}

function main() {
  if (!vm.Script.prototype.createCachedData) return;
  if (!fs.existsSync(path.dirname(TARGET))) fs.mkdirSync(path.dirname(TARGET));
  fs.writeFileSync(TARGET, bundle());
  fs.writeFileSync(`${TARGET}.code`, '');
  run(() => {
    if (fs.statSync(`${TARGET}.code`).size > 0) return;
    fs.unlinkSync(TARGET);
    process.exitCode = 1;
  });
}

if (process.argv[2] === 'rehearse') rehearse();
else main();
