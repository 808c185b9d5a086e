"""What is asked of a handshake in which an oracle differs, and the sentences that decide."""

import ipaddress
import re

from difference import both


def is_of(kind):
    return lambda case, _seen: case["case"].startswith(kind)


def outcomes(ours, theirs):
    return lambda case, seen: (case.get("outcome"), seen.get("outcome")) == (ours, theirs)


def refuses(status, *texts):
    """Both refuse, the other with this status, for a reason that has one of these texts."""

    def when(case, seen):
        return seen["status"] == status and any(text in seen["why"] for text in texts)

    return both(outcomes("refused", "refused"), when)


def takes(fault):
    """The other accepts what has this fault for us."""
    return both(outcomes("refused", "accepted"), lambda case, _seen: case["fault"] == fault)


def leaves(*texts):
    """The other refuses what we accept, for a reason that has one of these texts."""
    return both(outcomes("accepted", "refused"), lambda _case, seen: any(text in seen["why"] for text in texts))


def head(case):
    """The bytes without those behind the head."""
    received = bytes.fromhex(case["bytes"])
    end = re.search(rb"[^\r\n]\r?\n\r?\n", received)
    return received[: end.end()] if end else received


def values(case, name):
    """The values of a header, one for each line."""
    lines = [line.partition(b":") for line in head(case).split(b"\n")]
    return [value.strip() for found, _, value in lines if found.lower() == name]


def comes(name, more_than):
    """A header has more lines than this."""
    return lambda case, _seen: len(values(case, name)) > more_than


def target(case):
    words = head(case).split(b"\r\n")[0].split(b" ")
    return words[1] if len(words) == 3 else b""


# RFC 3986 3.2.2 and 3.3.
NAME = rb"(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+"
PATH = rb"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*"


def is_host(value):
    """It is a name or an address, with a port or without."""
    found = re.fullmatch(rb"(?:\[(.+)\]|" + NAME + rb")(?::([0-9]*))?", value)
    if found is None or int(found[2] or 0) > 65_535:
        return False
    try:
        return found[1] is None or ipaddress.IPv6Address(found[1].decode()).scope_id is None
    except ValueError:
        return False


def odd_host(case, _seen):
    """A Host is none, or that of the target."""
    authority = re.match(rb"[a-z]+://([^/?#]*)", target(case))
    hosts = values(case, b"host") + ([authority[1]] if authority else [])
    return not all(is_host(host) for host in hosts)


def odd_target(case, _seen):
    """It is neither a path nor a URI of HTTP."""
    return re.fullmatch(rb"(?:https?://" + NAME + rb"(?::[0-9]*)?)?" + PATH, target(case)) is None


def empty_line(name):
    """A list has a line without an element."""
    return lambda case, _seen: any(not value.strip(b", \t") for value in values(case, name))


def empty_element(name):
    """A list has an element that is none."""
    return lambda case, _seen: any(not element.strip() for value in values(case, name) for element in value.split(b","))


def comes_twice(name):
    """A list has an element more than once."""

    def when(case, _seen):
        elements = [element.strip() for value in values(case, name) for element in value.split(b",")]
        elements = [element for element in elements if element]
        return len(elements) > len(set(elements))

    return when


def lists(name, token):
    """One element of a list is this, whatever its lines."""

    def when(case, _seen):
        elements = b",".join(values(case, name)).split(b",")
        return any(element.strip().lower() == token for element in elements)

    return when


# An upgrade is asked for, or answered, as it has to be.
UPGRADES = both(lists(b"upgrade", b"websocket"), lists(b"connection", b"upgrade"))


def first_line(*starts):
    """The first line begins with one of these."""
    return lambda case, _seen: head(case).startswith(starts)


def another_version(case, _seen):
    return re.match(rb"HTTP/[0-9]\.[0-9] ", head(case)) and not head(case).startswith(b"HTTP/1.1")


def is_control(byte):
    return byte < 0x20 or byte == 0x7F


def control_in_value(case, _seen):
    return any(is_control(byte) and byte not in b"\t\r\n" for byte in head(case))


def control_in_first_line(case, _seen):
    line, _, _ = head(case).partition(b"\r\n")
    return any(is_control(byte) for byte in line)


# What the other says of a fault for which one of the two has a status of its own.
SAYINGS = {
    "NoVersion": ("Sec-WebSocket-Version",),
    "Version": ("Sec-WebSocket-Version",),
    "Method": ("must be GET", "unsupported HTTP method"),
    "HttpVersion": ("illegal request line", "unsupported protocol"),
}


def another_fault(case, seen):
    """Both refuse, for different reasons; the other gives an answer to its own."""
    if not outcomes("refused", "refused")(case, seen) or seen["status"] is None:
        return False
    sayings = SAYINGS.get(case["fault"], ())
    return bool(sayings) and not any(saying in seen["why"] for saying in sayings)


def is_folded(case, _seen):
    return re.search(rb"\n[ \t]", head(case)) is not None


def is_list(name):
    """The value of a header has a comma."""
    return lambda case, _seen: any(b"," in value for value in values(case, name))


def faults(*names):
    return lambda case, _seen: case["fault"] in names


def lone_line_feed(case, _seen):
    return head(case).count(b"\n") > head(case).count(b"\r\n")


ONE_LIST = "RFC 9110 5.3: the lines of a list are one list, so it is not its last line alone"

EMPTY = (
    'RFC 9110 5.6.1.2: "A recipient MUST parse and ignore a reasonable number of empty list elements", and a line '
    "without any is one of several"
)

CONTROL = (
    'RFC 9110 5.5: "Field values containing CR, LF, or NUL characters are invalid", others "are also invalid; however, '
    'recipients MAY retain such characters"'
)

FOLDED = 'RFC 9112 5.2: a server "MUST either reject the message [...] or replace each received obs-fold"'

LINE_FEED = 'RFC 9112 2.2: "a recipient MAY recognize a single LF as a line terminator"'

MINOR = (
    "RFC 9110 2.5: another major version is another protocol, and a higher minor one SHOULD be read as the highest that "
    "is known; HTTP has none above 1.1"
)

OPAQUE = 'RFC 9110 5.5: "A recipient SHOULD treat other allowed octets in field content (i.e., obs-text) as opaque data"'
