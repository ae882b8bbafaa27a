'use strict';

// The connection that the process was born with, with those methods of a net.Socket that a Connection uses. Until a wait
// has to leave the event loop free it is written and read by plain system calls: `net` and the first turn of the event loop
// are most of what a start takes besides the interpreter, and are loaded only then.

const fs = require('fs');

const READ_BYTES = 64 * 1024;

class InheritedSocket {
  constructor(descriptor) {
    this._descriptor = descriptor;
    this._listeners = [];
    this._socket = null; // the net.Socket that has taken over
  }

  on(name, listener) {
    if (this._socket) this._socket.on(name, listener);
    else this._listeners.push([name, listener]);
  }

  write(data, encoding) {
    if (this._socket) this._socket.write(data, encoding);
    else writeAll(this._descriptor, Buffer.from(data, encoding));
  }

  cork() {
    if (this._socket) this._socket.cork();
  }

  uncork() {
    if (this._socket) this._socket.uncork();
  }

  /** Whether readSync() may be used: not after ref(). */
  get isSync() {
    return this._socket === null;
  }

  /** Waits for what comes next: a Buffer, null at the end of file. Throws what the system reports. */
  readSync() {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const size = fs.readSync(this._descriptor, buffer, 0, READ_BYTES, null);
    return size > 0 ? buffer.slice(0, size) : null;
  }

  /** From here on what comes is announced by events. */
  ref() {
    if (this._socket) {
      this._socket.ref();
      return;
    }
    const Socket = require('net').Socket;
    this._socket = new Socket({ fd: this._descriptor, readable: true, writable: true });
    for (const each of this._listeners) this._socket.on(each[0], each[1]);
  }

  unref() {
    if (this._socket) this._socket.unref();
  }

  destroy() {
    if (this._socket) this._socket.destroy();
    else fs.closeSync(this._descriptor);
  }
}

function writeAll(descriptor, data) {
  let at = 0;
  while (at < data.length) at += fs.writeSync(descriptor, data, at, data.length - at, null);
}

/** Named by FESCUE_CONNECTION, which is then taken away from the process and its children; null without it. */
function takeInheritedSocket() {
  const number = process.env.FESCUE_CONNECTION;
  delete process.env.FESCUE_CONNECTION;
  return number > 2 ? new InheritedSocket(Number(number)) : null;
}

module.exports = { takeInheritedSocket };
