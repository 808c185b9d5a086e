const FIRST_DELAY = 500; // milliseconds
const LONGEST_DELAY = 15_000;

/** A WebSocket that comes back by itself. `on` has the callbacks open, message and lost. */
export class Connection {
  #url;
  #on;
  #socket;
  #failures = 0;

  constructor(url, on) {
    this.#url = url;
    this.#on = on;
    this.#connect();
  }

  /** Whether it could be sent. */
  send(value) {
    const isOpen = this.#socket.readyState === WebSocket.OPEN;
    if (isOpen) this.#socket.send(JSON.stringify(value));
    return isOpen;
  }

  /** The server lets us in: the next failure is the first one again. */
  settle() {
    this.#failures = 0;
  }

  #connect() {
    this.#socket = new WebSocket(this.#url);
    this.#socket.onopen = () => this.#on.open();
    this.#socket.onmessage = ({ data }) => this.#on.message(JSON.parse(data));
    this.#socket.onclose = ({ reason }) => this.#retry(reason);
  }

  #retry(reason) {
    const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#failures++);
    // Pages that were lost together must not come back together.
    const delay = longest * (0.5 + Math.random() / 2);
    setTimeout(() => this.#connect(), delay);
    this.#on.lost(reason, delay);
  }
}
