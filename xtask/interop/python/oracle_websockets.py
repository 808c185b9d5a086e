"""Python's `websockets` as an oracle: its sans-IO protocol, without a socket."""

import codecs
import logging

import websockets
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus, NegotiationError
from websockets.extensions import ClientExtensionFactory, Extension, ServerExtensionFactory
from websockets.frames import Close, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.uri import WebSocketURI

import verdict
from settings import EXTENSION, LARGEST, choose

NAME = "websockets"
VERSION = websockets.__version__

# It tells of handshakes that go wrong, which is what they are for here.
logging.getLogger("websockets").setLevel(logging.CRITICAL)

URI = WebSocketURI(False, "example.com", 80, "/", "", None, None)


class Noted:
    """Notes what an endpoint reads and sends.

    The protocol leaves it to its caller to put messages together and to see that text is UTF-8. Here that is done as
    `recv_streaming` of the same library does it: frame by frame. The protocol itself maps the error to 1007.
    """

    def note(self):
        self.seen = []
        self.replies = []
        self.message = None

    def recv_frame(self, frame):
        super().recv_frame(frame)
        data = bytes(frame.data)
        match frame.opcode:
            case Opcode.PING:
                self.seen.append(["ping", data.hex()])
            case Opcode.PONG:
                self.seen.append(["pong", data.hex()])
            case Opcode.CLOSE:
                close = Close.parse(data)
                self.seen.append(["close", close.code if data else None, close.reason])
            case _:
                self.add(frame.opcode, data, frame.fin)

    def add(self, opcode, data, fin):
        if opcode is not Opcode.CONT:
            is_text = opcode is Opcode.TEXT
            decoder = codecs.getincrementaldecoder("utf-8")() if is_text else None
            self.message = (decoder, [])
        decoder, pieces = self.message
        pieces.append(decoder.decode(data, final=fin) if decoder else data.hex())
        if fin:
            self.seen.append(["text" if decoder else "binary", "".join(pieces)])

    def send_frame(self, frame):
        super().send_frame(frame)
        data = bytes(frame.data)
        if frame.opcode is Opcode.CLOSE:
            self.replies.append(["close", int.from_bytes(data[:2]) if data else None])
        else:
            self.replies.append([frame.opcode.name.lower(), data.hex()])


class NotedServer(Noted, ServerProtocol):
    pass


class NotedClient(Noted, ClientProtocol):
    pass


def endpoint(role):
    """An endpoint behind its opening handshake."""
    if role == "server":
        protocol = NotedServer(state=State.OPEN, max_size=LARGEST)
    else:
        protocol = NotedClient(URI, state=State.OPEN, max_size=LARGEST)
    protocol.note()
    return protocol


def read(role, pieces):
    """What an endpoint makes of what comes in these pieces."""
    protocol = endpoint(role)
    for piece in pieces:
        protocol.receive_data(piece)
    if protocol.parser_exc is not None:
        end = verdict.failed(protocol.close_sent.code)
    elif protocol.close_rcvd is not None:
        end = verdict.CLOSED
    else:
        end = verdict.OPEN
    return {"events": protocol.seen, "replies": protocol.replies, **end}


def write(role, frames):
    """The bytes of these frames, as an endpoint sends them."""
    protocol = endpoint(role)
    for opcode, fin, data in frames:
        match Opcode(opcode):
            case Opcode.CONT:
                protocol.send_continuation(data, fin)
            case Opcode.TEXT:
                protocol.send_text(data, fin)
            case Opcode.BINARY:
                protocol.send_binary(data, fin)
            case Opcode.PING:
                protocol.send_ping(data)
            case Opcode.PONG:
                protocol.send_pong(data)
            case Opcode.CLOSE:
                protocol.send_close(int.from_bytes(data[:2]) if data else None, data[2:].decode())
    return b"".join(protocol.data_to_send())


class Named(Extension):
    """An extension without an effect."""

    def __init__(self, name, params=()):
        self.name = name
        self.params = params

    def encode(self, frame):
        return frame

    def decode(self, frame, *, max_size=None):
        return frame


class OnServer(ServerExtensionFactory):
    name = EXTENSION

    def process_request_params(self, _params, accepted):
        if accepted:
            raise NegotiationError("it is accepted already")
        return [], Named(EXTENSION)


class OnClient(ClientExtensionFactory):
    """Offers an extension as `name; param; param=value`."""

    def __init__(self, offered):
        self.name, *params = (part.strip() for part in offered.split(";"))
        self.params = [tuple(param.split("=")) if "=" in param else (param, None) for param in params]

    def get_request_params(self):
        return self.params

    def process_response_params(self, params, _accepted):
        return Named(self.name, params)


def serve(request):
    """What a server makes of a request, and its answer."""
    protocol = ServerProtocol(
        extensions=[OnServer()],
        select_subprotocol=lambda _protocol, offered: choose(offered),
    )
    protocol.receive_data(request)
    events = protocol.events_received()
    if events:
        # It is not sent: what lies behind the head has been read as frames already, and may have failed.
        response = protocol.accept(events[0])
        return {**answered(response), "response": response.serialize()}
    seen = verdict.INCOMPLETE
    if protocol.handshake_exc is not None:
        seen = verdict.refused(None, protocol.handshake_exc.__cause__)
    return {**seen, "response": b""}


def answered(response: Response):
    if response.status_code != 101:
        return verdict.refused(response.status_code, response.body.decode())
    headers = response.headers
    extensions = headers.get_all("Sec-WebSocket-Extensions")
    return verdict.accepted(headers.get("Sec-WebSocket-Protocol"), extensions, headers["Sec-WebSocket-Accept"])


class Client:
    """A client that has sent its request."""

    def __init__(self, offer):
        host, _, port = offer["host"].partition(":")
        path, _, query = offer["path"].partition("?")
        self.protocol = ClientProtocol(
            WebSocketURI(False, host, int(port or 80), path, query, None, None),
            extensions=[OnClient(offered) for offered in offer["extensions"]] or None,
            subprotocols=offer["subprotocols"] or None,
        )
        self.protocol.send_request(self.protocol.connect())
        self.request = b"".join(self.protocol.data_to_send())

    def check(self, response, is_whole=False):
        """What it makes of a response; the end of one that is whole is told."""
        protocol = self.protocol
        protocol.receive_data(response)
        if is_whole:
            protocol.receive_eof()
        error = protocol.handshake_exc
        if isinstance(error, InvalidStatus):
            return verdict.refused(error.response.status_code, error)
        if error is not None:
            return verdict.refused(None, error.__cause__ or error)
        if protocol.state is State.CONNECTING:
            return verdict.INCOMPLETE
        extensions = [built(extension) for extension in protocol.extensions]
        return verdict.accepted(protocol.subprotocol, extensions)


def built(extension):
    params = [name if value is None else f"{name}={value}" for name, value in extension.params]
    return "; ".join([extension.name, *params])


def check(response, offer, key, is_whole=False):
    """What a client with this offer and key makes of a response."""
    client = Client(offer)
    client.protocol.key = key
    return client.check(response, is_whole)
