const LONGEST = 500; // entries

/** The messages: it follows the newest one, but never takes away what is being read. */
export class Log {
  #element;
  #newest;
  #follows = true;

  /** `newest` is the button that leads to the end. */
  constructor(element, newest) {
    this.#element = element;
    this.#newest = newest;
    newest.addEventListener("click", () => this.follow());
    element.addEventListener("scroll", () => this.#look());
    // The end stays in view when a phone's keyboard opens.
    new ResizeObserver(() => this.#follows && this.follow()).observe(element);
  }

  add(entry) {
    this.#element.append(entry);
    while (this.#element.childElementCount > LONGEST) this.#element.firstElementChild.remove();
    if (this.#follows) this.follow();
    else this.#newest.hidden = false;
  }

  follow() {
    this.#element.scrollTop = this.#element.scrollHeight;
    this.#newest.hidden = true;
  }

  #look() {
    const { scrollHeight, scrollTop, clientHeight } = this.#element;
    this.#follows = scrollHeight - scrollTop - clientHeight < 40;
    if (this.#follows) this.#newest.hidden = true;
  }
}
