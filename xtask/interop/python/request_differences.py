"""How the oracles may differ as servers."""

from difference import Difference, both, either
from handshake import (
    CONTROL,
    EMPTY,
    FOLDED,
    LINE_FEED,
    MINOR,
    ONE_LIST,
    OPAQUE,
    UPGRADES,
    another_fault,
    comes,
    comes_twice,
    control_in_first_line,
    control_in_value,
    empty_line,
    faults,
    first_line,
    head,
    is_folded,
    is_of,
    leaves,
    lone_line_feed,
    odd_host,
    odd_target,
    refuses,
    takes,
    values,
)

STATUS = 'RFC 6455 4.2.1: "an appropriate error code (such as 400 Bad Request)"; which one, is left to the server'

HOST = (
    'RFC 9112 3.2: "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that '
    "lacks a Host header field and to any request message that contains more than one Host header field line or a "
    'Host header field with an invalid field value"'
)

TARGET = "RFC 9112 3.2: `*` is for OPTIONS, a path begins with `/`; RFC 6455 3: fragments MUST NOT be used"

BODY = (
    'RFC 9110 9.3.1: content in a GET "might lead some implementations to reject the request and close the connection '
    'because of its potential as a request smuggling attack"'
)

TWICE = both(takes("DuplicateSubprotocol"), comes_twice(b"sec-websocket-protocol"))

UNIQUE = 'RFC 6455 4.1 item 10: the subprotocols "MUST all be unique strings"'


def request(oracle, what, when, because):
    return Difference(oracle, f"as a server {what}", both(is_of("request"), when), because)


REQUESTS = [
    request(
        "websockets",
        "ends the connection without an answer when it is no HTTP/1.1 request or has a body",
        refuses(
            None,
            "invalid HTTP",
            "unsupported protocol",
            "connection closed while reading",
            "unsupported request body",
            "transfer codings",
            "'ascii' codec can't decode",
        ),
        STATUS,
    ),
    request(
        "websockets",
        "answers 426 where there is no upgrade",
        refuses(426, " Upgrade header", " Connection header"),
        STATUS,
    ),
    request(
        "websockets",
        "answers 400 to another version",
        refuses(400, "Sec-WebSocket-Version header"),
        'RFC 6455 4.2.2: "an appropriate HTTP error code (such as 426 Upgrade Required)"',
    ),
    request(
        "websockets",
        "answers 405 to a method that is no token",
        both(refuses(405, "unsupported HTTP method"), faults("RequestLine", "LineEnd")),
        STATUS,
    ),
    request(
        "websockets",
        "takes any number of lengths that are 0",
        both(
            takes("ContentLength"),
            comes(b"content-length", 1),
            lambda case, _seen: set(values(case, b"content-length")) == {b"0"},
        ),
        "RFC 9110 8.6: a recipient may reject a value that is repeated, or read it as one",
    ),
    request("websockets", "takes a subprotocol that comes twice", TWICE, UNIQUE),
    request("websockets", "leaves the value of Host to its caller", both(takes("Host"), odd_host), HOST),
    request(
        "websockets",
        "leaves the number of Hosts to its caller",
        both(takes("HostCount"), lambda case, _seen: len(values(case, b"host")) != 1),
        HOST,
    ),
    request("websockets", "takes any target", both(takes("Target"), odd_target), TARGET),
    request(
        "websockets",
        "takes a target with a control character",
        both(takes("RequestLine"), control_in_first_line),
        "RFC 3986 2: a URI has no control characters",
    ),
    request(
        "websockets",
        "does not take 00 for a length of 0",
        both(leaves("unsupported request body"), lambda case, _seen: values(case, b"content-length") == [b"00"]),
        "RFC 9110 8.6: `Content-Length = 1*DIGIT`, a decimal number",
    ),
    request(
        "websockets",
        "takes no empty line before the request line",
        both(leaves("invalid HTTP request line"), first_line(b"\r\n")),
        'RFC 9112 2.2: a server "SHOULD ignore at least one empty line (CRLF) received prior to the request-line"',
    ),
    request(
        "websockets",
        "takes no other protocol beside websocket in Upgrade, nor what is none",
        both(leaves(" Upgrade header"), UPGRADES),
        'RFC 6455 4.2.1 item 3: "containing the value "websocket""; RFC 9110 7.8: it is a list',
    ),
    request(
        "websockets",
        "takes nothing in Connection that is no token, beside the upgrade either",
        both(leaves(" Connection header"), UPGRADES),
        'RFC 6455 4.2.1 item 4: "that includes the token "Upgrade""; nothing is said of the others',
    ),
    request(
        "websockets",
        "takes no line of a list without an element",
        either(
            both(leaves("Sec-WebSocket-Protocol header: expected token"), empty_line(b"sec-websocket-protocol")),
            both(leaves("Sec-WebSocket-Extensions header: expected token"), empty_line(b"sec-websocket-extensions")),
        ),
        EMPTY,
    ),
    request("websockets", "finds another fault first", another_fault, STATUS),
    request("wsproto", "finds another fault first", another_fault, STATUS),
    request(
        "wsproto",
        "reads only the last Connection",
        both(leaves("'Connection: Upgrade'"), UPGRADES, comes(b"connection", 1)),
        ONE_LIST,
    ),
    request(
        "wsproto",
        "takes nothing but one websocket in Upgrade",
        both(leaves("'Upgrade: websocket'"), UPGRADES),
        'RFC 6455 4.2.1 item 3: "containing the value "websocket""; RFC 9110 7.8: it is a list',
    ),
    request(
        "wsproto",
        "takes no empty line before the request line",
        both(leaves("no request line"), first_line(b"\r\n")),
        'RFC 9112 2.2: a server "SHOULD ignore at least one empty line (CRLF) received prior to the request-line"',
    ),
    request("wsproto", "stumbles over what is not ASCII", leaves("codec can't decode"), OPAQUE),
    request(
        "wsproto",
        "has no answer to what is not ASCII",
        refuses(None, "codec can't decode", "idna"),
        STATUS,
    ),
    request(
        "wsproto",
        "answers 426 to all that is not version 13",
        refuses(426, "'Sec-WebSocket-Version'"),
        STATUS,
    ),
    request(
        "wsproto",
        "answers 400 to another method, a request without a version, and another version of HTTP",
        refuses(400, "must be GET", "'Sec-WebSocket-Version'", "illegal"),
        STATUS,
    ),
    request(
        "wsproto",
        "reads lengths",
        both(takes("ContentLength"), lambda case, _seen: values(case, b"content-length") != [b"0"]),
        BODY,
    ),
    request(
        "wsproto",
        "reads chunks",
        both(takes("TransferEncoding"), lambda case, _seen: values(case, b"transfer-encoding") == [b"chunked"]),
        BODY,
    ),
    request("wsproto", "takes a subprotocol that comes twice", TWICE, UNIQUE),
    request(
        "wsproto",
        "takes a subprotocol that is no token",
        takes("Subprotocols"),
        'RFC 6455 4.1 item 10: "non-empty strings with characters in the range U+0021 to U+007E not including '
        'separator characters"',
    ),
    request(
        "wsproto",
        "takes an extension that follows no grammar",
        takes("Extensions"),
        'RFC 6455 9.1: a value "that does not conform to the ABNF below": "the recipient of such malformed data MUST '
        'immediately _Fail the WebSocket Connection_"',
    ),
    request("wsproto", "puts folded lines together", both(takes("HeaderName"), is_folded), FOLDED),
    request("wsproto", "takes control characters in values", both(takes("HeaderValue"), control_in_value), CONTROL),
    request("wsproto", "does not look at the value of Host", both(takes("Host"), odd_host), HOST),
    request(
        "wsproto",
        "does not look at the key",
        takes("Key"),
        'RFC 6455 4.2.1 item 5: a "base64-encoded [...] value that, when decoded, is 16 bytes in length"',
    ),
    request(
        "wsproto",
        "takes more than one key",
        both(takes("KeyCount"), comes(b"sec-websocket-key", 1)),
        'RFC 6455 11.3.1: "MUST NOT appear more than once in an HTTP request"',
    ),
    request("wsproto", "takes LF for the end of a line", both(takes("LoneLineFeed"), lone_line_feed), LINE_FEED),
    request(
        "wsproto",
        "takes more than one origin",
        both(takes("OriginCount"), comes(b"origin", 1)),
        'RFC 6454 7.3: "MUST NOT include more than one Origin header field in any HTTP request"',
    ),
    request("wsproto", "takes any target", both(takes("Target"), odd_target), TARGET),
    request(
        "wsproto",
        "takes more than one version when the last is 13",
        both(takes("VersionCount"), comes(b"sec-websocket-version", 1)),
        'RFC 6455 11.3.5: "MUST NOT appear more than once in an HTTP request"',
    ),
    request(
        "wsproto",
        "takes HTTP/1.0",
        both(takes("HttpVersion"), lambda case, _seen: b" HTTP/1.0\r" in head(case)),
        'RFC 6455 4.2.1 item 1: "An HTTP/1.1 or higher GET request"',
    ),
    request(
        "wsproto",
        "takes any later version of HTTP",
        both(takes("HttpVersion"), lambda case, _seen: b" HTTP/1.0\r" not in head(case)),
        MINOR,
    ),
]
