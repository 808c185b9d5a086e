'use strict';

// Talks to the echo server through npm's `ws`: ws.js URL LARGEST-MESSAGE EXTENSION

const { once } = require('node:events');
const WebSocket = require('ws');
const { version } = require('ws/package.json');
const { binaryOf, failed, run, textOf, withPeer } = require('./exchanges.js');
const { Peer } = require('./peer.js');
const { Transcript, expect } = require('./transcript.js');

const [url, largest, extension] = [process.argv[2], Number(process.argv[3]), process.argv[4]];

class WsPeer extends Peer {
  constructor(socket) {
    super();
    this.socket = socket;
    socket.on('message', (data, isBinary) => this.arrived(isBinary ? data : data.toString()));
    socket.on('close', (code, reason) => {
      this.ended({ code, reason: reason.toString(), clean: code !== 1006 });
    });
  }

  static async open() {
    // Only the server may end the connection in time: the library's own limit is longer than that of a check.
    const socket = new WebSocket(url, { closeTimeout: 60_000 });
    const peer = new WsPeer(socket);
    await once(socket, 'open');
    // The end tells more.
    socket.on('error', () => {});
    return peer;
  }

  get extensions() {
    return this.socket.extensions;
  }

  send(data, options) {
    this.socket.send(data, options);
  }

  close(...args) {
    this.socket.close(...args);
  }

  /** Sends `data` in frames of `size` bytes. */
  sendInFragments(data, size, binary) {
    for (let at = 0; at < data.length; at += size) {
      const fin = at + size >= data.length;
      this.send(data.subarray(at, at + size), { binary, fin });
    }
  }

  /** Sends a ping and gives the payload of the next pong. */
  async ping(payload) {
    const pong = once(this.socket, 'pong');
    this.socket.ping(payload);
    const [answer] = await pong;
    return answer;
  }
}

const connect = () => WsPeer.open();

async function textInFragments() {
  const message = textOf(100);
  await withPeer(connect, async (peer) => {
    // One byte a frame: characters are cut too.
    peer.sendInFragments(Buffer.from(message), 1, false);
    expect(await peer.receive(), message);
  });
}

async function binaryInFragments() {
  const message = binaryOf(100_000);
  await withPeer(connect, async (peer) => {
    peer.sendInFragments(message, 30_000, true);
    expect(await peer.receive(), message);
  });
}

async function pingBetweenFragments() {
  await withPeer(connect, async (peer) => {
    peer.send('before, ', { fin: false });
    // The pong does not wait for the message to be whole.
    expect(await peer.ping(Buffer.from('between')), Buffer.from('between'));
    peer.send('after', { fin: true });
    expect(await peer.receive(), 'before, after');
  });
}

async function ponged(payload) {
  await withPeer(connect, async (peer) => {
    expect(await peer.ping(payload), payload);
  });
}

const tooLarge = (peer) => peer.sendInFragments(Buffer.alloc(largest + 1, 'x'), largest / 4, true);
const unmasked = (peer) => peer.send('text', { mask: false });
const invalidUtf8 = (peer) => peer.send(Buffer.from([0xed, 0xa0, 0x80]), { binary: false });

const transcript = new Transcript();
transcript.version(version);
run(transcript, connect, [largest, extension], [
  ['text-in-fragments', textInFragments],
  ['binary-in-fragments', binaryInFragments],
  ['ping-between-fragments', pingBetweenFragments],
  ['ping', () => ponged(Buffer.from('are you there?'))],
  ['ping-empty', () => ponged(Buffer.alloc(0))],
  ['ping-125', () => ponged(binaryOf(125))],
  ['too-large-in-fragments', () => failed(connect, tooLarge, 1009)],
  ['unmasked', () => failed(connect, unmasked, 1002)],
  ['invalid-utf8', () => failed(connect, invalidUtf8, 1007)],
]);
