"""Python's `wsproto` as an oracle: a protocol without I/O, with `h11` for the handshake."""

import base64
import codecs

import wsproto
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Message,
    Ping,
    Pong,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.extensions import Extension
from wsproto.utilities import RemoteProtocolError

import verdict
from settings import EXTENSION, choose

NAME = "wsproto"
VERSION = wsproto.__version__

TYPES = {"server": ConnectionType.SERVER, "client": ConnectionType.CLIENT}


def read(role, pieces):
    """What an endpoint makes of what comes in these pieces."""
    connection = Connection(TYPES[role])
    events, message, end = [], [], verdict.OPEN
    for piece in pieces:
        if end is not verdict.OPEN:
            break
        connection.receive_data(piece)
        for event in connection.events():
            match event:
                case Ping():
                    events.append(["ping", event.payload.hex()])
                case Pong():
                    events.append(["pong", event.payload.hex()])
                case CloseConnection() if connection.state is ConnectionState.OPEN:
                    # No Close has come: this is the one that it wants to be sent.
                    end = verdict.failed(event.code)
                case CloseConnection():
                    code = None if event.code == 1005 else int(event.code)
                    events.append(["close", code, event.reason])
                    end = verdict.CLOSED
                case TextMessage() | BytesMessage():
                    message.append(event.data)
                    if event.message_finished:
                        events.append(joined(event, message))
                        message = []
    # Answers are up to its caller.
    return {"events": events, "replies": None, **end}


def joined(last, pieces):
    if isinstance(last, TextMessage):
        return ["text", "".join(pieces)]
    return ["binary", b"".join(pieces).hex()]


def write(role, frames):
    """The bytes of these frames, as an endpoint sends them; it cuts text between characters."""
    connection = Connection(TYPES[role])
    decoder = None
    sent = []
    for opcode, fin, data in frames:
        match opcode:
            case 0x8:
                code = int.from_bytes(data[:2]) if data else None
                event = CloseConnection(code, data[2:].decode() or None)
            case 0x9:
                event = Ping(data)
            case 0xA:
                event = Pong(data)
            case 0x1 | 0x2 | 0x0:
                if opcode != 0x0:
                    decoder = codecs.getincrementaldecoder("utf-8")() if opcode == 0x1 else None
                piece = decoder.decode(data, final=bool(fin)) if decoder else data
                event = Message(data=piece, message_finished=bool(fin))
        sent.append(connection.send(event))
    return b"".join(sent)


class Named(Extension):
    """An extension without an effect."""

    def __init__(self, offered):
        self.name, _, self.params = (part.strip() for part in offered.partition(";"))
        self.agreed = ""

    def offer(self):
        return self.params or True

    def accept(self, _offer):
        return True

    def finalize(self, offer):
        self.agreed = offer


def receive(connection, received):
    """Gives it bytes; none at all would tell it of the end."""
    if received:
        connection.receive_data(received)


def serve(request):
    """What a server makes of a request, and its answer."""
    connection = wsproto.WSConnection(ConnectionType.SERVER)
    try:
        receive(connection, request)
        asked = next(connection.events(), None)
    except RemoteProtocolError as error:
        return {**refused(error), "response": b""}
    except UnicodeError as error:
        # It does not catch these itself.
        return {**verdict.refused(None, error), "response": b""}
    if asked is None:
        return {**verdict.INCOMPLETE, "response": b""}
    return accept(connection, asked)


def accept(connection, asked):
    subprotocol = choose(asked.subprotocols)
    answer = AcceptConnection(subprotocol=subprotocol, extensions=[Named(EXTENSION)])
    response = connection.send(answer)
    headers = dict(line.split(b": ", 1) for line in response.split(b"\r\n") if b": " in line)
    extensions = headers.get(b"Sec-WebSocket-Extensions", b"").decode()
    key = headers[b"Sec-WebSocket-Accept"].decode()
    seen = verdict.accepted(subprotocol, [extensions] if extensions else [], key)
    return {**seen, "response": response}


def refused(error):
    hint = error.event_hint
    return verdict.refused(hint.status_code if hint else None, error.__context__ or error)


class Client:
    """A client that has sent its request."""

    def __init__(self, offer):
        self.connection = wsproto.WSConnection(ConnectionType.CLIENT)
        self.request = self.connection.send(
            Request(
                host=offer["host"],
                target=offer["path"],
                subprotocols=list(offer["subprotocols"]),
                extensions=[Named(offered) for offered in offer["extensions"]],
            )
        )

    def check(self, response, is_whole=False):
        """What it makes of a response; the end of one that is whole is told."""
        try:
            receive(self.connection, response)
            event = next(self.connection.events(), None)
            if event is None and is_whole:
                self.connection.receive_data(None)
        except RemoteProtocolError as error:
            return verdict.refused(None, error.__context__ or error)
        except UnicodeError as error:
            # It does not catch these itself.
            return verdict.refused(None, error)
        match event:
            case AcceptConnection():
                extensions = [extension.agreed for extension in event.extensions]
                return verdict.accepted(event.subprotocol, extensions)
            case RejectConnection():
                return verdict.refused(event.status_code, "it was rejected")
        return verdict.INCOMPLETE


def check(response, offer, key, is_whole=False):
    """What a client with this offer and key makes of a response."""
    client = Client(offer)
    # There is no other way to give it a key.
    client.connection.handshake._nonce = key.encode()
    return client.check(response, is_whole)
