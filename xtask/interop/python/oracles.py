"""Compares our verdicts with those of `websockets` and `wsproto`: oracles.py PROGRAM SEED CASES [CASE]"""

import importlib.metadata
import pathlib
import sys
import time

import oracle_websockets
import oracle_wsproto
from comparison import Comparison
from program import Program
from tally import Tally

ORACLES = (oracle_websockets, oracle_wsproto)

# Of twenty cases so many are of a kind.
SHARES = {"stream": 8, "sent": 2, "written": 2, "request": 4, "response": 3, "offer": 1}
CONVERSATIONS = ("stream", "sent", "written")

# What is compared by default. Elsewhere a rare difference may not be met.
SEED = 1
ENOUGH = 20_000


def check_versions():
    """The versions are those that are pinned."""
    pins = pathlib.Path(__file__).with_name("requirements.txt").read_text()
    for name, version in (line.split("==") for line in pins.split()):
        found = importlib.metadata.version(name)
        if found != version:
            sys.exit(f"oracles: {name} {found} is installed, {version} is pinned")


def compare(program, tally, ranges, seed):
    """Compares these cases with every oracle; tells how many of each kind there were."""
    comparisons = [Comparison(oracle, program, tally) for oracle in ORACLES]
    counts = {}
    for kind, first, count in ranges:
        cases = program.cases(kind, seed, first, count)
        if not count or len(cases) != count:
            sys.exit(f"oracles: {len(cases)} cases of the kind {kind} came, and {count} were to come, of at least 1")
        counts[kind] = len(cases)
        for case in cases:
            try:
                for comparison in comparisons:
                    getattr(comparison, kind)(case)
            except Exception as error:
                error.add_note(f"in {case}")
                raise
    program.answer()
    return counts


def tell(tally, counts, is_enough):
    """Prints what came of it; 0 if all is well."""
    for line in tally.table():
        print(line)
    for failure in tally.failures():
        print(failure)
    stale = tally.stale() if is_enough else []
    for difference in stale:
        print(f"not met, so it is to be struck out: {difference.oracle} {difference.what}")
    if tally.has_failed() or stale:
        return 1
    conversations = sum(counts.get(kind, 0) for kind in CONVERSATIONS)
    handshakes = sum(counts.values()) - conversations
    names = " and ".join(f"{oracle.NAME} {oracle.VERSION}" for oracle in ORACLES)
    met, kinds = tally.summary()
    print(
        f"oracles: {conversations:,} conversations and {handshakes:,} handshakes, {names}: "
        f"all agree but for {kinds} written-down differences ({met:,} times)"
    )
    return 0


def main(path, seed, cases, case=None):
    check_versions()
    if case is None:
        ranges = [(kind, 0, cases * share // 20) for kind, share in SHARES.items()]
    else:
        kind, _, number = case.partition("-")
        if kind not in SHARES or not number.isdigit():
            sys.exit(f"oracles: `{case}` is no case; one is called as `stream-17`, of the kinds {', '.join(SHARES)}")
        ranges = [(kind, int(number), 1)]
    start = time.monotonic()
    tally = Tally(seed)
    counts = compare(Program(path), tally, ranges, seed)
    code = tell(tally, counts, case is None and seed == SEED and cases >= ENOUGH)
    print(f"oracles: {time.monotonic() - start:.1f} s")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]))
