"""What both sides of every comparison are set to; the example `verdicts` says the same."""

# In bytes, by default on both sides.
LARGEST = 1 << 20

# Liked most first.
SUBPROTOCOLS = ("chat", "superchat")

# It has no parameters and no effect.
EXTENSION = "x-test"


def choose(offered):
    """The subprotocol that a server selects."""
    return next((name for name in SUBPROTOCOLS if name in offered), None)
