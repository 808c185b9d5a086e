'use strict';

/** What came from the server, in order, whatever the library: text as string, binary as Buffer. */
class Peer {
  #messages = [];
  #reader = null;
  #ended = null;
  #closing;

  constructor() {
    this.#closing = new Promise((resolve) => { this.#ended = resolve; });
  }

  /** The next message. Fails if the connection ends before. */
  async receive() {
    if (this.#messages.length > 0) {
      return this.#messages.shift();
    }
    const arrival = new Promise((resolve) => { this.#reader = resolve; });
    const end = this.#closing.then(({ code, reason }) => {
      throw new Error(`the connection ended with ${code} ${JSON.stringify(reason)} before a message`);
    });
    return Promise.race([arrival, end]);
  }

  /** The code and the reason that the library tells when the connection has ended. */
  closed() {
    return this.#closing;
  }

  /** For the library's callbacks. */
  arrived(message) {
    const reader = this.#reader;
    this.#reader = null;
    if (reader) {
      reader(message);
    } else {
      this.#messages.push(message);
    }
  }

  /** For the library's callbacks. */
  ended(end) {
    this.#ended(end);
  }
}

module.exports = { Peer };
