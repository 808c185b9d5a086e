"""What came of the comparisons, and what is told about it."""

from collections import Counter

from conversation_differences import CONVERSATIONS
from request_differences import REQUESTS
from response_differences import RARE_RESPONSES, RESPONSES

COMMON = (*CONVERSATIONS, *REQUESTS, *RESPONSES)
DIFFERENCES = (*COMMON, *RARE_RESPONSES)

# Failures that are told with all that belongs to them.
MOST_FAILURES = 10


def find(oracle, case, seen):
    """The first difference that covers this, or None."""
    for difference in DIFFERENCES:
        if difference.oracle == oracle and difference.when(case, seen):
            return difference
    return None


class Tally:
    """Counts what was compared, and keeps what is wrong."""

    def __init__(self, seed):
        self._seed = seed
        self._counts = Counter()
        self._failures = []

    def differ(self, oracle, case, seen):
        """Notes that an oracle sees a case otherwise: by a difference that is written down, which it returns, or as a
        failure.
        """
        difference = find(oracle.NAME, case, seen)
        if difference is None:
            self.fail(oracle, case, seen)
        else:
            self._counts[difference] += 1
        return difference

    def fail(self, oracle, case, seen):
        """Notes what nothing allows."""
        self._failures.append((oracle, case, seen))

    def table(self):
        """A line for each difference that was met."""
        for difference in DIFFERENCES:
            if count := self._counts[difference]:
                yield f"{count:6} {difference.oracle} {difference.what} ({difference.because})"

    def failures(self):
        """What is wrong, a paragraph each."""
        for oracle, case, seen in self._failures[:MOST_FAILURES]:
            yield "\n".join(self._failure(oracle, case, seen))
        if (more := len(self._failures) - MOST_FAILURES) > 0:
            yield f"and {more} more"

    def _failure(self, oracle, case, seen):
        name = case["case"]
        yield f"{name}: {oracle.NAME} {oracle.VERSION} and we do not agree"
        yield f"  again:  cargo xtask interop --only oracles --seed {self._seed} --case {name}"
        told = "".join(case.get("pieces", [])) or case.get("bytes") or case.get("frames")
        yield f"  bytes:  {told}"
        if "bytes" in case:
            yield f"          {bytes.fromhex(case['bytes'])}"
        ours = {key: value for key, value in case.items() if key not in ("pieces", "bytes", "frames", "rest", "case")}
        yield f"  ours:   {ours}"
        yield f"  theirs: {seen}"

    def stale(self):
        """Differences that were not met, though they are common enough."""
        return [difference for difference in COMMON if not self._counts[difference]]

    def summary(self):
        """How many comparisons differed, and by how many differences."""
        return sum(self._counts.values()), len(self._counts)

    def has_failed(self):
        return bool(self._failures)
