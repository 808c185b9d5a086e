"""What an implementation makes of a case, as the example `verdicts` tells it."""

OPEN = {"end": "open"}
CLOSED = {"end": "closed"}
INCOMPLETE = {"outcome": "incomplete"}


def failed(code):
    """The connection fails with a code."""
    return {"end": "failed", "code": int(code)}


def accepted(subprotocol, extensions, accept=None):
    """The handshake succeeds; a server tells its `Sec-WebSocket-Accept`, too."""
    agreed = {"subprotocol": subprotocol, "extensions": list(extensions)}
    return {"outcome": "accepted", "accept": accept, **agreed}


def refused(status, why):
    """The handshake does not; the status is None where there is none."""
    return {"outcome": "refused", "status": status, "why": " ".join(str(why).split())}
