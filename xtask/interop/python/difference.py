"""A difference that is allowed."""

from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Difference:
    """One way in which an oracle may differ, and the sentence that decides for us or that allows both.

    `when` is asked with a case, which has our verdict, and with the other verdict. `instead` makes of the case a stream
    without the difference, in which both have to agree.
    """

    oracle: str
    what: str
    when: Callable[[dict, dict], bool]
    because: str
    instead: Callable[[dict], bytes] | None = None


def both(*conditions):
    """All of the conditions."""
    return lambda case, seen: all(condition(case, seen) for condition in conditions)


def either(*conditions):
    """One of the conditions."""
    return lambda case, seen: any(condition(case, seen) for condition in conditions)
