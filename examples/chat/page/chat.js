import { Connection } from "./connection.js";
import { Log } from "./log.js";

const find = (id) => document.getElementById(id);
const [hello, name, join, chat, say, text] =
  ["hello", "name", "join", "chat", "say", "text"].map(find);
const log = new Log(find("log"), find("newest"));
const people = new Set();
let connection;
let me;

// Names and texts are other people's: they become text nodes, never markup.
function element(tag, className, content) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = content;
  return made;
}

/** A name has the same colour on every page. */
function named(tag, someone) {
  const made = element(tag, "name", someone);
  const hue = [...someone].reduce((sum, char) => (sum * 31 + char.codePointAt()) % 360, 7);
  made.style.setProperty("--hue", hue);
  made.dir = "auto";
  return made;
}

function tell(status, state) {
  find("status").textContent = status;
  document.body.dataset.state = state;
}

function complain(problem) {
  find("problem").textContent = problem;
}

function showPeople() {
  const names = [...people].sort((a, b) => a.localeCompare(b));
  find("count").textContent = names.length;
  find("people").replaceChildren(...names.map((someone) => named("li", someone)));
}

function note(content) {
  log.add(element("p", "note", content));
}

const receive = {
  welcome(message) {
    connection.settle();
    me = message.name;
    people.clear();
    message.people.forEach((someone) => people.add(someone));
    showPeople();
    tell(`Connected as ${me}`, "online");
    note(`You are here as ${me}`);
    if (chat.hidden) {
      [hello.hidden, chat.hidden] = [true, false];
      text.focus();
    }
  },
  joined(message) {
    people.add(message.name);
    showPeople();
    note(`${message.name} joined`);
  },
  left(message) {
    people.delete(message.name);
    showPeople();
    note(`${message.name} left`);
  },
  said(message) {
    const entry = element("article", message.name === me ? "said mine" : "said", "");
    const words = element("p", "", message.text);
    words.dir = "auto";
    const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    entry.append(named("b", message.name), element("time", "", time), words);
    log.add(entry);
  },
  error(message) {
    complain(message.text);
    join.disabled = false;
    if (chat.hidden) name.focus();
  },
};

function connect() {
  tell("Connecting…", "connecting");
  const url = `${location.protocol.replace("http", "ws")}//${location.host}/ws`;
  connection = new Connection(url, {
    open() {
      tell("Connected", "online");
      connection.send({ type: "hello", name: name.value });
    },
    message: (message) => receive[message.type]?.(message),
    lost(reason, delay) {
      people.clear();
      showPeople();
      const why = reason ? `Connection lost (${reason})` : "Connection lost";
      tell(`${why}, reconnecting in ${Math.ceil(delay / 1000)} s`, "lost");
    },
  });
}

hello.addEventListener("submit", (event) => {
  event.preventDefault();
  complain("");
  join.disabled = true;
  if (connection) connection.send({ type: "hello", name: name.value });
  else connect();
});

say.addEventListener("submit", (event) => {
  event.preventDefault();
  if (connection.send({ type: "say", text: text.value })) {
    complain("");
    text.value = "";
    log.follow();
  }
});
