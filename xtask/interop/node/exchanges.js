'use strict';

// The checks that every client can do. `connect` gives a Peer that is open and has `extensions`, `send` and `close`.

const { expect } = require('./transcript.js');

const MIB = 1 << 20;

/** Text of `size` bytes, with characters of one to four bytes. */
function textOf(size) {
  const unit = 'aé漢🙂';
  const length = Buffer.byteLength(unit);
  return unit.repeat(Math.floor(size / length)) + 'x'.repeat(size % length);
}

/** Bytes that do not repeat in any power of two. */
function binaryOf(size) {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => index % 251));
}

/** A connection that is closed at the end, and left to the end of the process after a failure. */
async function withPeer(connect, body) {
  const peer = await connect();
  await body(peer);
  peer.close(1000);
  await peer.closed();
}

/** What was agreed with the server, by name: whatever the library offers, the server has its own settings. */
async function agreed(connect, extension) {
  await withPeer(connect, async (peer) => {
    expect(peer.extensions.split(';')[0], extension);
  });
}

/** Messages that come back as they were. */
const ECHOED = [
  ['text-ascii', 'Hello, server!'],
  ['text-multi-byte', 'Grüße, мир, 世界, Ελλάδα'],
  ['text-emoji', '🙂👩‍👩‍👧‍👦🏳️‍🌈🇫🇷'],
  ['binary', Buffer.from(Uint8Array.from({ length: 256 }, (_, index) => index))],
  ['text-empty', ''],
  ['binary-empty', Buffer.alloc(0)],
  ...[125, 126, 127, 65_535, 65_536].flatMap((size) => [
    [`text-${size}`, textOf(size)],
    [`binary-${size}`, binaryOf(size)],
  ]),
  ['text-1-mib', textOf(MIB)],
  ['binary-1-mib', binaryOf(MIB)],
];

async function echoed(connect, message) {
  await withPeer(connect, async (peer) => {
    peer.send(message);
    expect(await peer.receive(), message);
  });
}

async function pipelined(connect) {
  const messages = Array.from({ length: 100 }, (_, index) => (
    index % 2 ? textOf(index * 7) : binaryOf(index * 7)
  ));
  await withPeer(connect, async (peer) => {
    for (const message of messages) {
      peer.send(message);
    }
    for (const message of messages) {
      expect(await peer.receive(), message);
    }
  });
}

/** What we close with, and what the library tells then: 1005 where there is no status. */
const CLOSED = [
  ['close-3001', [3001, 'bye'], { code: 3001, reason: 'bye', clean: true }],
  ['close-1000', [1000], { code: 1000, reason: '', clean: true }],
  ['close-no-status', [], { code: 1005, reason: '', clean: true }],
  ['close-long-reason', [4999, textOf(123)], { code: 4999, reason: textOf(123), clean: true }],
];

async function closed(connect, close, expected) {
  const peer = await connect();
  peer.close(...close);
  expect(await peer.closed(), expected);
}

/** After `violate` the server closes with this code, and waits for our Close. */
async function failed(connect, violate, code) {
  const peer = await connect();
  violate(peer);
  const end = await peer.closed();
  expect({ code: end.code, clean: end.clean }, { code, clean: true });
}

async function serverCloses(connect, transcript) {
  const peer = await connect();
  peer.send('still here');
  expect(await peer.receive(), 'still here');
  transcript.waiting();
  expect(await peer.closed(), { code: 1001, reason: 'the server is shutting down', clean: true });
}

/** Runs the checks that every client can do, then those of this one (name and body), then sees the server close. */
async function run(transcript, connect, [largest, extension], own) {
  await transcript.check('extension', () => agreed(connect, extension));
  for (const [name, message] of ECHOED) {
    await transcript.check(name, () => echoed(connect, message));
  }
  await transcript.check('pipelined-100', () => pipelined(connect));
  for (const [name, close, expected] of CLOSED) {
    await transcript.check(name, () => closed(connect, close, expected));
  }
  for (const [name, size] of [['too-large', largest + 1], ['far-too-large', 8 * largest]]) {
    await transcript.check(name, () => failed(connect, (peer) => peer.send('x'.repeat(size)), 1009));
  }
  for (const [name, body] of own) {
    await transcript.check(name, body);
  }
  await transcript.check('server-closes', () => serverCloses(connect, transcript), Infinity);
  process.exit(transcript.exitCode);
}

module.exports = { binaryOf, failed, run, textOf, withPeer };
