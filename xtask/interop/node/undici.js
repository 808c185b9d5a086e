'use strict';

// Talks to the echo server through npm's `undici`, whose WebSocket is that of Node: undici.js URL LARGEST-MESSAGE EXTENSION

const diagnostics = require('node:diagnostics_channel');
const { WebSocket, ping } = require('undici');
const { version } = require('undici/package.json');
const { binaryOf, run, withPeer } = require('./exchanges.js');
const { Peer } = require('./peer.js');
const { Transcript, expect } = require('./transcript.js');

const [url, largest, extension] = [process.argv[2], Number(process.argv[3]), process.argv[4]];

/** Where the library tells of every pong. */
const PONGS = 'undici:websocket:pong';

class UndiciPeer extends Peer {
  constructor(socket) {
    super();
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => {
      this.arrived(typeof data === 'string' ? data : Buffer.from(data));
    });
    socket.addEventListener('close', ({ code, reason, wasClean }) => {
      this.ended({ code, reason, clean: wasClean });
    });
  }

  static open() {
    const socket = new WebSocket(url);
    const peer = new UndiciPeer(socket);
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve(peer));
      socket.addEventListener('error', ({ error }) => reject(error));
    });
  }

  get extensions() {
    return this.socket.extensions;
  }

  send(data) {
    this.socket.send(data);
  }

  close(...args) {
    this.socket.close(...args);
  }

  /** Sends a ping and gives the payload of the next pong. */
  ping(payload) {
    return new Promise((resolve) => {
      const told = (pong) => {
        if (pong.websocket === this.socket) {
          diagnostics.unsubscribe(PONGS, told);
          resolve(Buffer.from(pong.payload));
        }
      };
      diagnostics.subscribe(PONGS, told);
      ping(this.socket, payload);
    });
  }
}

const connect = () => UndiciPeer.open();

async function ponged(payload) {
  await withPeer(connect, async (peer) => {
    expect(await peer.ping(payload), payload);
  });
}

const transcript = new Transcript();
transcript.version(version);
run(transcript, connect, [largest, extension], [
  ['ping', () => ponged(Buffer.from('are you there?'))],
  ['ping-empty', () => ponged(Buffer.alloc(0))],
  ['ping-125', () => ponged(binaryOf(125))],
]);
