'use strict';

// A Chromium without a window, driven through the DevTools Protocol on two pipes.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn } = require('node:child_process');

// For the first answer and for every other one, in milliseconds. The machine may have other work.
const ANSWER_LIMIT = 30_000;

// Chromium refuses to start as root with its sandbox on, and what it opens here is our own page.
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--no-zygote',
  '--single-process',
  '--in-process-gpu',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--no-first-run',
  '--remote-debugging-pipe',
];

/** A running browser. */
class Browser {
  #process;
  #profile;
  #commands = new Map();
  #listeners = new Map();
  #last = 0;
  #rest = '';
  #failure = null;

  constructor(program) {
    this.#profile = fs.mkdtempSync(path.join(os.tmpdir(), 'tinyws-chromium-'));
    // The script's own output is read by the task: the browser's goes to the log.
    this.#process = spawn(program, [...FLAGS, `--user-data-dir=${this.#profile}`], {
      stdio: ['ignore', process.stderr, process.stderr, 'pipe', 'pipe'],
    });
    this.#process.on('error', (error) => this.#fail(`the browser did not start: ${error.message}`));
    this.#process.on('exit', (code, signal) => this.#fail(`the browser ended with ${code ?? signal}`));
    const [, , , commands, answers] = this.#process.stdio;
    commands.on('error', (error) => this.#fail(`the browser does not listen: ${error.message}`));
    answers.setEncoding('utf8');
    answers.on('data', (text) => this.#read(text));
    process.on('exit', () => this.#end());
  }

  /** Asks for something, and gives the result. */
  ask(method, params = {}, sessionId = undefined) {
    if (this.#failure) {
      return Promise.reject(this.#failure);
    }
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`no answer to ${method} for ${ANSWER_LIMIT / 1000} s`));
      const timer = setTimeout(late, ANSWER_LIMIT);
      this.#commands.set(id, { method, resolve, reject, timer });
      this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** Calls `listener` for each event of this name. */
  on(method, listener) {
    this.#listeners.set(method, listener);
  }

  #read(text) {
    const messages = (this.#rest + text).split('\0');
    this.#rest = messages.pop();
    messages.forEach((message) => this.#told(JSON.parse(message)));
  }

  #told({ id, method, params, sessionId, result, error }) {
    const command = this.#commands.get(id);
    if (!command) {
      this.#listeners.get(method)?.(params, sessionId);
      return;
    }
    this.#commands.delete(id);
    clearTimeout(command.timer);
    if (error) {
      command.reject(new Error(`${command.method}: ${error.message}`));
    } else {
      command.resolve(result);
    }
  }

  #fail(told) {
    this.#failure ??= new Error(told);
    for (const { reject, timer } of this.#commands.values()) {
      clearTimeout(timer);
      reject(this.#failure);
    }
    this.#commands.clear();
  }

  #end() {
    this.#process.kill('SIGKILL');
    fs.rmSync(this.#profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

module.exports = { Browser };
