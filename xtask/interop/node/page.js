'use strict';

// Runs in a page of the browser, which has the server's origin. `tell` is there already: it hands a line to the script.

const sockets = new Map();

/** Opens a connection that the script knows by its number. */
function open(id) {
  const socket = new WebSocket(`ws://${location.host}/`);
  const told = (event) => tell(JSON.stringify({ id, ...event }));
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => told({ kind: 'open', extensions: socket.extensions });
  socket.onmessage = ({ data }) => told(typeof data === 'string'
    ? { kind: 'text', data }
    : { kind: 'binary', data: new Uint8Array(data).toBase64() });
  // Chromium calls no end clean at which a part of a message is unsent, though both sides have sent a Close.
  const isClean = ({ code, wasClean }) => wasClean || (code !== 1006 && socket.bufferedAmount > 0);
  socket.onclose = (event) => told({
    kind: 'close', code: event.code, reason: event.reason, clean: isClean(event),
  });
  sockets.set(id, socket);
}

function sendText(id, text) {
  sockets.get(id).send(text);
}

function sendBinary(id, base64) {
  sockets.get(id).send(Uint8Array.fromBase64(base64));
}

function close(id, ...args) {
  sockets.get(id).close(...args);
}
