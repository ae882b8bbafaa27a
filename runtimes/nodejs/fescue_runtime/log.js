'use strict';

// The worker's log: one pipe for each level, named by _GG_LOG_FD_<LEVEL>; the core stamps time and level on each line
// (docs/compatibility/runtimes.md#log-descriptors). A record is its text and a newline, written at once. LOG_LEVEL filters
// the runtime's records and those of `console`.
//
// What functions print becomes records too (docs/compatibility/languages.md#nodejs-console): console.debug DEBUG, log and
// info INFO, warn WARN, error ERROR; standard output INFO, standard error ERROR. Unlike V1, which logged a first argument
// only, all arguments are formatted as Node.js does. The other methods of console end in these, or in the streams.

const fs = require('fs');

const LEVELS = { TRACE: 0, NOTSET: 0, DEBUG: 10, INFO: 20, WARN: 30, ERROR: 40, FATAL: 50 };

function descriptorOf(level, otherwise) {
  const value = Number(process.env[`_GG_LOG_FD_${level}`] || otherwise);
  return value >= 0 && Math.floor(value) === value ? value : otherwise;
}

// Without the core's pipes, standard output and error have to do.
const descriptors = {
  DEBUG: descriptorOf('DEBUG', 1),
  INFO: descriptorOf('INFO', 1),
  WARN: descriptorOf('WARN', 2),
  ERROR: descriptorOf('ERROR', 2),
  FATAL: descriptorOf('FATAL', 2),
};

const wanted = process.env.LOG_LEVEL || 'INFO';
const known = Object.prototype.hasOwnProperty.call(LEVELS, wanted);
const threshold = LEVELS[known ? wanted : 'INFO'];

/** Throws if LOG_LEVEL is none of V1's names. */
function checkThreshold() {
  if (!known) throw new Error(`LOG_LEVEL is "${wanted}", which is none of ${Object.keys(LEVELS).join(' ')}`);
}

function enabled(level) {
  return LEVELS[level] >= threshold;
}

function record(level, text) {
  if (!enabled(level)) return;
  flush();
  write(descriptors[level], Buffer.from(`${text}\n`));
}

// The lines about invocations. A function that is called thousands of times in a second would spend half of its time on
// them; of many within a moment all but the first are written together, though before anything else that is.
const MOMENT_MS = 10;
const AT_ONCE = 4;
const startTimer = setTimeout; // not what a function may put in their place
const currentTime = Date.now;
let moment = 0; // when it began
let noted = 0; // in it
let pending = '';

function note(text) {
  if (!enabled('INFO')) return;
  const now = currentTime();
  if (now - moment >= MOMENT_MS || now < moment) {
    moment = now;
    noted = 0;
  }
  if (++noted <= AT_ONCE) {
    record('INFO', text);
    return;
  }
  if (!pending) startTimer(flush, MOMENT_MS).unref(); // only here: the first timer of a process takes 0.3 ms
  pending += `${text}\n`;
}

function flush() {
  if (!pending) return;
  const data = Buffer.from(pending);
  pending = '';
  write(descriptors.INFO, data);
}

/** Never fails: a function must not die of its log. */
function write(descriptor, data) {
  let at = 0;
  while (at < data.length) {
    try {
      at += fs.writeSync(descriptor, data, at, data.length - at, null);
    } catch (error) {
      if (error.code === 'EAGAIN') pause();
      else if (error.code !== 'EINTR') return;
    }
  }
}

/** For a full pipe that somebody has made non-blocking. Before Node.js 8.10 it spins. */
function pause() {
  if (typeof SharedArrayBuffer === 'undefined' || typeof Atomics === 'undefined') return;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

/** From here on what the function prints is logged. */
function capture() {
  const printers = { debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' };
  for (const name of Object.keys(printers)) console[name] = printer(printers[name]);
  console.group = console.groupCollapsed = function group() {
    if (arguments.length > 0) console.log.apply(console, arguments);
    indentation += '  ';
  };
  console.groupEnd = () => {
    indentation = indentation.slice(2);
  };
  process.on('exit', flush);
  replaceStream('stdout', 1, 'INFO');
  replaceStream('stderr', 2, 'ERROR');
}

let indentation = ''; // of console.group

function printer(level) {
  return function print(first) {
    if (!enabled(level)) return;
    const plain = arguments.length === 1 && typeof first === 'string';
    const text = plain ? first : require('util').format.apply(null, arguments);
    record(level, indentation ? indentation + text.replace(/\n/g, `\n${indentation}`) : text);
  };
}

/** Made when first used, as the interpreter's own are; theirs would make the pipe non-blocking for everyone. */
function replaceStream(name, descriptor, level) {
  let stream = null;
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      stream = stream || pipeStream(descriptor, descriptors[level]);
      return stream;
    },
    set(value) {
      stream = value;
    },
  });
}

function pipeStream(descriptor, target) {
  const Writable = require('stream').Writable;
  const stream = new Writable({
    write(chunk, encoding, done) {
      flush();
      write(target, chunk);
      done();
    },
  });
  stream.fd = descriptor;
  stream.isTTY = false;
  stream.destroy = stream.destroySoon = () => stream; // closing it would silence the worker
  return stream;
}

module.exports = {
  capture,
  checkThreshold,
  debug: (text) => record('DEBUG', text),
  info: (text) => record('INFO', text),
  note,
  warn: (text) => record('WARN', text),
  error: (text) => record('ERROR', text),
  fatal: (text) => record('FATAL', text),
};
