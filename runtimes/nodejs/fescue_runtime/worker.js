'use strict';

// A worker from its start to its end. A start loads what the first event needs and nothing else.

const log = require('./log');
const { Connection } = require('./channel');
const { takeInheritedSocket } = require('./inherited_socket');
const { WorkLoop } = require('./work_loop');
const handlerModule = require('./handler_module');
const invocation = require('./invocation');

const INTERFACE_VERSION = '1.5'; // what this runtime was written for, where the core says nothing

/** words: the arguments after the script's name. */
function main(words) {
  const functionArn = process.env.MY_FUNCTION_ARN;
  let loop = null;
  let handler;
  try {
    const authToken = process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
    if (!functionArn || !authToken) throw new Error('MY_FUNCTION_ARN and AWS_CONTAINER_AUTHORIZATION_TOKEN must be set');
    loop = new WorkLoop(new Connection(takeInheritedSocket()), functionArn, authToken);
    invocation.encodingNamed(process.env.ENCODING_TYPE);
    log.checkThreshold();
    handler = handlerArgument(words);
    log.capture();
    process.on('SIGTERM', terminate);
  } catch (error) {
    giveUp(loop, 'Failed to initialize Lambda runtime due to exception: ', error);
    return;
  }
  log.info(`Running [${functionArn}]`);
  start(loop, handler);
}

function handlerArgument(words) {
  const word = words.find((each) => each.startsWith('--handler='));
  if (!word) throw new Error('--handler=<handler name> is a required argument');
  return word.slice('--handler='.length);
}

function start(loop, handler) {
  const failed = (error) => giveUp(loop, `Failed to import handler function "${handler}" due to exception: `, error);
  let wanted;
  try {
    wanted = handlerModule.parseName(handler);
  } catch (error) {
    failed(error);
    return;
  }
  const unfinished = () => failed(new Error('the module waits for something that never comes'));
  process.once('beforeExit', unfinished);
  handlerModule.load(process.cwd(), wanted.module, (error, exported) => {
    process.removeListener('beforeExit', unfinished);
    const incompatible = versionConflict();
    if (incompatible) giveUp(loop, 'Failed to initialize Lambda runtime due to exception: ', incompatible);
    else if (error) failed(error);
    else serve(loop, exported, wanted.name);
  });
}

function serve(loop, exported, name) {
  // Looked up for each event: V1 starts a function whose handler is missing, or is exported later.
  const missing = `The module of the handler exports no function "${name}"`;
  if (typeof exported[name] !== 'function') log.warn(missing);
  const handler = {
    encoding: invocation.encodingNamed(process.env.ENCODING_TYPE),
    call: (event, context, callback) => {
      if (typeof exported[name] !== 'function') throw new TypeError(missing);
      return exported[name](event, context, callback);
    },
    wantsCallback: () => exported[name].length > 2,
  };
  loop.initialized(null, (error) => {
    if (error) end(error);
    else loop.run(handler, end);
  });
}

/** The SDK that the function has loaded must not be newer than the core (docs/compatibility/runtimes.md#interface-versions). */
function versionConflict() {
  const file = Object.keys(require.cache).find((each) => /greengrass-core-sdk\/index\.js$/.test(each));
  const wanted = file && require.cache[file].exports.GreengrassInterfaceVersion;
  if (!wanted) return null;
  const offered = process.env.GGC_MAX_INTERFACE_VERSION || INTERFACE_VERSION;
  const [major, minor] = offered.split('.').map(Number);
  const [wantedMajor, wantedMinor] = String(wanted).split('.').map(Number);
  if (wantedMajor === major && wantedMinor <= minor) return null;
  return new Error('there is a version incompatibility: the Greengrass SDK of function '
    + `[${process.env.MY_FUNCTION_ARN}] needs interface version ${wanted} and this core offers ${offered}`);
}

/** Logs, tells the core as well as can be, and ends the process. */
function giveUp(loop, intro, failure) {
  log.fatal(intro + invocation.textOf(failure && failure.message ? failure.message : failure));
  log.error(invocation.stackOf(failure));
  if (!loop) process.exit(1);
  loop.initialized(invocation.textOf(failure), (error) => {
    if (error) log.error(`The failure could not be reported: ${error.message}`);
    process.exit(1);
  });
}

function end(failure) {
  log.fatal(`The worker ends: ${failure.message}`);
  process.exit(1);
}

function terminate() {
  log.info('Caught SIGTERM. Stopping runtime.');
  process.nextTick(() => process.exit(0)); // after the function's own listeners
}

module.exports = { main };
