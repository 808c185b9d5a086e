'use strict';

// What a script tells the task that has started it: one line for every check.

// How long a check may take, in milliseconds. The machine may have other work.
const LIMIT = 20_000;

/** Something else was seen than expected. */
class Mismatch extends Error {
  constructor(seen, expected) {
    super(`seen ${seen}, expected ${expected}`);
  }
}

/** Fails unless both are the same, in kind too: text is not binary. */
function expect(seen, expected) {
  const same = Buffer.isBuffer(seen) && Buffer.isBuffer(expected)
    ? seen.equals(expected)
    : typeof seen === typeof expected && JSON.stringify(seen) === JSON.stringify(expected);
  if (!same) {
    throw new Mismatch(described(seen), described(expected) + difference(seen, expected));
  }
}

function described(value) {
  if (typeof value === 'string') {
    return `text of ${Buffer.byteLength(value)} bytes ${JSON.stringify(value.slice(0, 40))}`;
  }
  if (Buffer.isBuffer(value)) {
    return `binary of ${value.length} bytes ${value.subarray(0, 20).toString('hex')}`;
  }
  return JSON.stringify(value);
}

/** Where two messages part, if that does not show. */
function difference(seen, expected) {
  const isMessage = (value) => typeof value === 'string' || Buffer.isBuffer(value);
  if (!isMessage(seen) || typeof seen !== typeof expected) {
    return '';
  }
  let place = 0;
  while (place < Math.min(seen.length, expected.length) && seen[place] === expected[place]) {
    place += 1;
  }
  return `, different from place ${place}`;
}

/** The lines, written at once, and whether all went well. */
class Transcript {
  exitCode = 0;

  version(version) {
    this.#write(`version ${version}`);
  }

  /** Says that nothing is left but to see the server close. */
  waiting() {
    this.#write('waiting');
  }

  /** Waits for the check and tells how it went; without a limit the task ends it. */
  async check(name, body, limit = LIMIT) {
    try {
      await within(limit, body());
      this.#write(`ok ${name}`);
    } catch (error) {
      if (error instanceof Mismatch) {
        this.#failed(name, error.message);
      } else {
        // To the log.
        console.error(error);
        this.#failed(name, `seen ${error}, expected no error`);
      }
    }
  }

  #failed(name, told) {
    this.exitCode = 1;
    this.#write(`not ok ${name}: ${told.split(/\s+/).join(' ')}`);
  }

  #write(line) {
    process.stdout.write(`${line}\n`);
  }
}

async function within(limit, promise) {
  if (limit === Infinity) {
    return promise;
  }
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Mismatch(`nothing for ${limit / 1000} s`, 'an end')), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

module.exports = { Transcript, expect };
