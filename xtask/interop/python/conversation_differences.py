"""How the oracles may differ in conversations."""

from comparison import same_run
from difference import Difference, both
from last_frame import LastFrame


def late(whose):
    """Both fail alike, one of them with a part of the frame in hand that the other still waited for."""

    def when(case, seen):
        if seen.get("late") != whose:
            return False
        return whose == "ours" or same_run(case, seen)

    return when


def violated(*names):
    return lambda case, _seen: case.get("violation") in names


def ended(code):
    """The other fails with this code, after the same events."""
    return lambda case, seen: seen.get("code") == code and seen["events"] == case["events"]


def went_on(case, seen):
    """The other saw all that we saw, and perhaps more."""
    count = len(case["events"])
    return seen["events"][:count] == case["events"]


def waits(case, seen):
    """The other waits for the rest of a frame, unless there is a text in it that is no UTF-8."""
    end = ("failed", 1007) if LastFrame(case).breaks_text() else ("open", None)
    return (seen["end"], seen.get("code")) == end and seen["events"] == case["events"]


def has_shorter_form(case, _seen):
    return LastFrame(case).has_shorter_form()


def too_large(case, _seen):
    return LastFrame(case).is_too_large()


def close_in_message(case, seen):
    """A Close between the fragments of a message is a failure to the other."""
    data = [fin for opcode, fin, _ in case.get("frames", []) if opcode < 8]
    is_unfinished = bool(data) and not data[-1]
    return is_unfinished and seen.get("code") == 1002 and seen["events"] == case["events"][:-1]


def ended_by_close(case, _seen):
    return case.get("end") == "closed"


def close_with(code):
    """There is a Close with this code."""
    start = code.to_bytes(2).hex()

    def when(case, _seen):
        frames = case.get("frames") or [[8, 1, start] for event in case["events"] if event[:2] == ["close", code]]
        closes = [data for opcode, _fin, data in frames if opcode == 8]
        if "rest" in case:
            last = LastFrame(case)
            closes += [last.payload().hex()] if last.opcode == 8 else []
        return any(data.startswith(start) for data in closes)

    return when


def all_but_close(code):
    """The other fails at the Close with this code, after all that came before it."""

    def when(case, seen):
        before = [event for event in case["events"] if event[:2] != ["close", code]]
        return seen.get("code") == 1002 and seen["events"] == before

    return when


def is_run(case, seen):
    return "end" in case and "end" in seen


# By the header of a frame, but for its own form.
FAULTS_OF_FRAMES = (
    "ControlTooLong",
    "ControlFragmented",
    "ReservedBits",
    "UnexpectedContinuation",
    "UnfinishedMessage",
)

CONVERSATIONS = [
    Difference(
        "websockets",
        "fails when a frame is whole, not when its header is",
        late("theirs"),
        "RFC 6455 7.1.7 says how a connection fails, not at which byte",
    ),
    Difference(
        "websockets",
        "fails at the MASK bit, before the rest of the header is there",
        late("ours"),
        "RFC 6455 7.1.7 says how a connection fails, not at which byte",
    ),
    Difference(
        "wsproto",
        "fails when two bytes of a header are there, not at the first",
        late("theirs"),
        "RFC 6455 7.1.7 says how a connection fails, not at which byte",
    ),
    Difference(
        "wsproto",
        "fails before the masking-key is there",
        late("ours"),
        "RFC 6455 7.1.7 says how a connection fails, not at which byte",
    ),
    Difference(
        "websockets",
        "reads a length in a form that is longer than it need be",
        # A control frame in such a form is too long for us by the first byte of its length.
        both(violated("LengthNotMinimal", "ControlTooLong"), has_shorter_form, went_on),
        'RFC 6455 5.2: "the minimal number of bytes MUST be used to encode the length"',
        instead=lambda case: LastFrame(case).shortened(),
    ),
    Difference(
        "websockets",
        "takes a length with its top bit set for one that is too large: 1009",
        both(violated("LengthTopBit"), ended(1009)),
        'RFC 6455 5.2: "the most significant bit MUST be 0"; so it is an error in the protocol, 1002 by 7.4.1',
    ),
    Difference(
        "websockets",
        "looks whether a frame is too large before it looks what it is: 1009",
        both(violated(*FAULTS_OF_FRAMES), too_large, ended(1009)),
        'RFC 6455 5.5: "All control frames MUST have a payload length of 125 bytes or less"; 1002 by 7.4.1, as for the '
        "other rules of 5.2 and 5.4",
    ),
    Difference(
        "websockets",
        "reads the reason of a Close before its code, and finds that it is not UTF-8: 1007",
        both(violated("CloseCode"), ended(1007)),
        "RFC 6455 5.5.1 and 7.4 are both broken, and neither comes first",
    ),
    Difference(
        "websockets",
        "fails at a Close inside a message that is unfinished",
        both(ended_by_close, close_in_message),
        'RFC 6455 5.4: "Control frames MAY be injected in the middle of a fragmented message", and 5.5 counts Close '
        "among them",
    ),
    Difference(
        "wsproto",
        "has no limit for messages",
        both(violated("MessageTooBig"), waits),
        'RFC 6455 10.4: "Implementations that have implementation- and/or platform-specific limitations regarding '
        'the frame size or total message size [...] MUST protect themselves against exceeding those limits"',
    ),
    Difference(
        "wsproto",
        "does not know the code 1014",
        both(is_run, close_with(1014), all_but_close(1014)),
        "RFC 6455 7.4.2 and 11.7: the registry of IANA may define codes, and 1014 is one",
    ),
]
