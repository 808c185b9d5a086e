"""What a script tells the task that has started it: one line for every check."""

import asyncio
import itertools
import sys
import traceback

# How long a check may take, in seconds. The machine may have other work.
LIMIT = 20


class Mismatch(Exception):
    """Something else was seen than expected."""

    def __init__(self, seen, expected):
        where = difference(seen, expected)
        super().__init__(f"seen {described(seen)}, expected {described(expected)}{where}")


def expect(seen, expected):
    """Fails unless both are the same, in kind too: text is not binary."""
    if type(seen) is not type(expected) or seen != expected:
        raise Mismatch(seen, expected)


def described(value):
    if isinstance(value, str):
        return f"text of {len(value.encode())} bytes {value[:40]!r}"
    if isinstance(value, bytes):
        return f"binary of {len(value)} bytes {value[:20].hex()}"
    return repr(value)


def difference(seen, expected):
    """Where two messages part, if that does not show."""
    if type(seen) is not type(expected) or not isinstance(seen, (str, bytes)):
        return ""
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(seen, expected))
    return f", different from place {sum(1 for _ in same)}"


class Transcript:
    """The lines, written at once, and whether all went well."""

    def __init__(self):
        self.exit_code = 0

    def version(self, version):
        self._write(f"version {version}")

    def waiting(self):
        """Says that nothing is left but to see the server close."""
        self._write("waiting")

    async def check(self, name, body, limit=LIMIT):
        """Waits for the check and tells how it went; without a limit the task ends it."""
        try:
            async with asyncio.timeout(limit):
                await body
        except TimeoutError:
            self._failed(name, f"seen nothing for {limit} s, expected an end")
        except Mismatch as mismatch:
            self._failed(name, str(mismatch))
        except Exception as error:
            # To the log.
            traceback.print_exc()
            self._failed(name, f"seen {error!r}, expected no error")
        else:
            self._write(f"ok {name}")

    def _failed(self, name, told):
        self.exit_code = 1
        line = " ".join(told.split())
        self._write(f"not ok {name}: {line}")

    def _write(self, line):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
