'use strict';

// Talks to the echo server from a page in Chromium: chromium.js URL LARGEST-MESSAGE EXTENSION, with the
// program's path in CHROMIUM

const fs = require('node:fs');
const path = require('node:path');
const { Browser } = require('./browser.js');
const { run } = require('./exchanges.js');
const { Peer } = require('./peer.js');
const { Transcript } = require('./transcript.js');

const [url, largest, extension] = [process.argv[2], Number(process.argv[3]), process.argv[4]];

/** The page, and the connections that it has opened. */
class Page {
  #browser;
  #session;
  #peers = [];

  /** Opens what the server answers to a plain request: the server takes connections of its own origin only. */
  async open(browser) {
    this.#browser = browser;
    browser.on('Runtime.bindingCalled', ({ payload }) => this.#told(JSON.parse(payload)));
    const { targetId } = await browser.ask('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.ask('Target.attachToTarget', { targetId, flatten: true });
    this.#session = sessionId;
    await this.#ask('Runtime.enable');
    await this.#ask('Runtime.addBinding', { name: 'tell' });
    const { errorText } = await this.#ask('Page.navigate', { url: url.replace('ws:', 'http:') });
    if (errorText) {
      throw new Error(`the page was not opened: ${errorText}`);
    }
    await this.#evaluate(fs.readFileSync(path.join(__dirname, 'page.js'), 'utf8'));
  }

  /** A connection, when it is open. */
  connect() {
    const id = this.#peers.length;
    const peer = new ChromiumPeer((name, args) => this.#call(name, [id, ...args]));
    this.#peers.push(peer);
    this.#call('open', [id]);
    return peer.opened();
  }

  /** Calls a function of page.js. A failure is left to end the script. */
  #call(name, args) {
    this.#evaluate(`${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`);
  }

  async #evaluate(expression) {
    const { exceptionDetails } = await this.#ask('Runtime.evaluate', { expression });
    if (exceptionDetails) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
  }

  #ask(method, params) {
    return this.#browser.ask(method, params, this.#session);
  }

  #told({ id, ...event }) {
    this.#peers[id].told(event);
  }
}

class ChromiumPeer extends Peer {
  #call;
  #opened;
  #opening;

  constructor(call) {
    super();
    this.#call = call;
    this.#opening = new Promise((resolve, reject) => { this.#opened = { resolve, reject }; });
  }

  opened() {
    return this.#opening;
  }

  send(data) {
    if (typeof data === 'string') {
      this.#call('sendText', [data]);
    } else {
      this.#call('sendBinary', [data.toString('base64')]);
    }
  }

  close(...args) {
    this.#call('close', args);
  }

  told({ kind, ...event }) {
    if (kind === 'open') {
      this.extensions = event.extensions;
      this.#opened.resolve(this);
    } else if (kind === 'close') {
      this.#opened.reject(new Error(`closed with ${event.code} before it was open`));
      this.ended(event);
    } else {
      this.arrived(kind === 'text' ? event.data : Buffer.from(event.data, 'base64'));
    }
  }
}

async function main() {
  const transcript = new Transcript();
  const browser = new Browser(process.env.CHROMIUM);
  const { product } = await browser.ask('Browser.getVersion');
  transcript.version(product.replace(/^.*\//, ''));
  const page = new Page();
  await page.open(browser);
  await run(transcript, () => page.connect(), [largest, extension], []);
}

main();
