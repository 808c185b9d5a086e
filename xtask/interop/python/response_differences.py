"""How the oracles may differ as clients."""

from difference import Difference, both
from handshake import (
    CONTROL,
    EMPTY,
    LINE_FEED,
    MINOR,
    ONE_LIST,
    OPAQUE,
    UPGRADES,
    another_version,
    comes,
    control_in_first_line,
    control_in_value,
    empty_element,
    empty_line,
    faults,
    first_line,
    is_folded,
    is_list,
    is_of,
    leaves,
    lone_line_feed,
    outcomes,
    refuses,
    takes,
    values,
)

IN_101 = (
    'RFC 9112 6.3: a 1xx response "is always terminated by the first empty line after the header fields, regardless of '
    'the header fields present in the message"'
)

UPGRADE = (
    'RFC 6455 4.1: "If the response lacks an |Upgrade| header field or the |Upgrade| header field contains a value that '
    "is not an ASCII case-insensitive match for the value \"websocket\", the client MUST _Fail the WebSocket "
    'Connection_"'
)


def response(oracle, what, when, because):
    return Difference(oracle, f"as a client {what}", both(is_of("response"), when), because)


RESPONSES = [
    response(
        "websockets",
        "wants a space behind the status",
        both(leaves("invalid HTTP status line"), first_line(b"HTTP/1.1 101\r\n")),
        "RFC 9112 4: the space is to be sent; that it is missing, others forgive, too, since nothing depends on it",
    ),
    response(
        "websockets",
        "takes no line of a list without an element",
        both(
            leaves("Sec-WebSocket-Extensions header: expected token at 0 in"),
            empty_line(b"sec-websocket-extensions"),
        ),
        EMPTY,
    ),
    response(
        "websockets",
        "takes nothing in Connection that is no token, beside the upgrade either",
        both(leaves(" Connection header"), UPGRADES),
        'RFC 6455 4.1: "a token that is an ASCII case-insensitive match for the value "Upgrade""; nothing is said of '
        "the others",
    ),
    response(
        "websockets",
        "reads the body of a refusal, and finds fault with it",
        both(
            refuses(None, "stream ends", "transfer coding", "Transfer-Encoding", "content length", "Content-Length"),
            faults("Refused"),
        ),
        "RFC 6455 4.1: any status but 101 is for HTTP to handle",
    ),
    response(
        "websockets",
        "takes a status of four digits",
        both(takes("StatusLine"), first_line(b"HTTP/1.1 0101 ")),
        "RFC 9112 4: `status-code = 3DIGIT`",
    ),
    response(
        "websockets",
        "takes a list for a subprotocol",
        both(takes("SubprotocolNotOffered"), is_list(b"sec-websocket-protocol")),
        "RFC 6455 4.3: the response has one subprotocol, `Sec-WebSocket-Protocol-Server = token`",
    ),
    response(
        "websockets",
        "takes a list with one element for an Upgrade",
        both(takes("Upgrade"), is_list(b"upgrade")),
        UPGRADE,
    ),
    response(
        "wsproto",
        "reads only the last Connection",
        both(leaves("'Connection: Upgrade'"), UPGRADES, comes(b"connection", 1)),
        ONE_LIST,
    ),
    response(
        "wsproto",
        "reads only the last line of extensions, and of one that comes twice the last",
        both(
            outcomes("accepted", "accepted"),
            lambda case, seen: case["subprotocol"] == seen["subprotocol"]
            and (comes(b"sec-websocket-extensions", 1)(case, seen) or len(case["extensions"]) > 1),
        ),
        'RFC 6455 9.1: the header "MAY be split or combined across multiple lines"; 11.3.2 asks a server not to, and no '
        "client to refuse it",
    ),
    response(
        "wsproto",
        "looks for a body in a 101",
        leaves("Transfer-Encoding", "Content-Length"),
        IN_101,
    ),
    response("wsproto", "stumbles over what is not ASCII", leaves("codec can't decode"), OPAQUE),
    response(
        "wsproto",
        "looks for a body in a refusal, and finds fault with it",
        both(refuses(None, "Transfer-Encoding", "Content-Length"), faults("Refused")),
        "RFC 6455 4.1: any status but 101 is for HTTP to handle",
    ),
    response(
        "wsproto",
        "takes more than one Accept when the last is right",
        both(takes("Accept"), comes(b"sec-websocket-accept", 1)),
        'RFC 6455 11.3.3: "MUST NOT appear more than once in an HTTP response"',
    ),
    response(
        "wsproto",
        "takes an extension that follows no grammar",
        takes("Extensions"),
        'RFC 6455 9.1: a value "that does not conform to the ABNF below": "the recipient of such malformed data MUST '
        'immediately _Fail the WebSocket Connection_"',
    ),
    response(
        "wsproto",
        "puts folded lines together",
        both(takes("HeaderName"), is_folded),
        "RFC 9112 5.2 asks that of a user agent; we read a response as strictly as a request (ws-handshake, "
        '"What is refused though others take it")',
    ),
    response("wsproto", "takes control characters in values", both(takes("HeaderValue"), control_in_value), CONTROL),
    response(
        "wsproto",
        "takes a 101 of HTTP/1.0",
        both(takes("HttpVersion"), first_line(b"HTTP/1.0 ")),
        "RFC 9110 7.8: Upgrade came with HTTP/1.1",
    ),
    response(
        "wsproto",
        "takes a 101 of any version of HTTP",
        both(takes("StatusLine"), another_version),
        MINOR,
    ),
    response(
        "wsproto",
        "takes control characters in the reason",
        both(takes("StatusLine"), control_in_first_line),
        "RFC 9112 4: `reason-phrase = 1*( HTAB / SP / VCHAR / obs-text )`",
    ),
    response("wsproto", "takes LF for the end of a line", both(takes("LoneLineFeed"), lone_line_feed), LINE_FEED),
    response(
        "wsproto",
        "takes more than one subprotocol when the last was offered",
        both(takes("SubprotocolCount"), comes(b"sec-websocket-protocol", 1)),
        'RFC 6455 11.3.4: "MUST NOT appear more than once in an HTTP response"',
    ),
    response(
        "wsproto",
        "takes more than one Upgrade when the last is right",
        both(takes("Upgrade"), comes(b"upgrade", 1)),
        UPGRADE,
    ),
]

# So rare that the cases of the default seed have none.
RARE_RESPONSES = [
    response(
        "wsproto",
        "takes an empty element of a list for an extension that was not offered",
        both(leaves("unrecognized extension"), empty_element(b"sec-websocket-extensions")),
        'RFC 9110 5.6.1.2: "A recipient MUST parse and ignore a reasonable number of empty list elements"',
    ),
]
