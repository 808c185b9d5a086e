"""Talks to the echo server through Python's `websockets`: client.py URL LARGEST-MESSAGE EXTENSION"""

import asyncio
import contextlib
import sys

import websockets
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from transcript import Transcript, expect

MIB = 1 << 20

CHECKS = []


def check(name):
    """Makes a function that gets the URL and the largest message a check of this name."""

    def add(body):
        CHECKS.append((name, body))
        return body

    return add


@contextlib.asynccontextmanager
async def connection(url):
    """A connection that is closed at the end, and cut after a failure."""
    # Only the server may end the connection in time: the library's own limit is longer than that of a check.
    ws = await connect(url, proxy=None, max_size=None, ping_interval=None, close_timeout=60)
    try:
        yield ws
    except BaseException:
        if not ws.transport.is_closing():
            ws.transport.abort()
        raise
    # Closing twice is said to be harmless, but fails where the transport had much to send when it ended.
    if ws.close_code is None:
        await ws.close()


async def agreed(url, extension):
    async with connection(url) as ws:
        expect("".join(agreed.name for agreed in ws.protocol.extensions), extension)


def text_of(size):
    """Text of `size` bytes, with characters of one to four bytes."""
    unit = "aé漢🙂"
    whole, rest = divmod(size, len(unit.encode()))
    return unit * whole + "x" * rest


def binary_of(size):
    """Bytes that do not repeat in any power of two."""
    return bytes(index % 251 for index in range(size))


def echoed(name, message):
    """Adds a check: the message comes back as it was."""

    @check(name)
    async def _(url, _largest):
        async with connection(url) as ws:
            await ws.send(message)
            expect(await ws.recv(), message)


echoed("text-ascii", "Hello, server!")
echoed("text-multi-byte", "Grüße, мир, 世界, Ελλάδα")
echoed("text-emoji", "🙂👩‍👩‍👧‍👦🏳️‍🌈🇫🇷")
echoed("binary", bytes(range(256)))
echoed("text-empty", "")
echoed("binary-empty", b"")
for size in (125, 126, 127, 65_535, 65_536):
    echoed(f"text-{size}", text_of(size))
    echoed(f"binary-{size}", binary_of(size))
echoed("text-1-mib", text_of(MIB))
echoed("binary-1-mib", binary_of(MIB))


def in_pieces(data, size):
    return [data[at : at + size] for at in range(0, len(data), size)]


@check("text-in-fragments")
async def text_in_fragments(url, _largest):
    message = text_of(100)
    async with connection(url) as ws:
        # One byte a frame: characters are cut too.
        await ws.send(in_pieces(message.encode(), 1), text=True)
        expect(await ws.recv(), message)


@check("binary-in-fragments")
async def binary_in_fragments(url, _largest):
    message = binary_of(100_000)
    async with connection(url) as ws:
        await ws.send(in_pieces(message, 30_000))
        expect(await ws.recv(), message)


@check("ping-between-fragments")
async def ping_between_fragments(url, _largest):
    async with connection(url) as ws:

        async def fragments():
            yield "before, "
            # The pong does not wait for the message to be whole.
            await (await ws.ping(b"between"))
            yield "after"

        await ws.send(fragments())
        expect(await ws.recv(), "before, after")


@check("pipelined-100")
async def pipelined_100(url, _largest):
    messages = [
        text_of(index * 7) if index % 2 else binary_of(index * 7)
        for index in range(100)
    ]
    async with connection(url) as ws:
        for message in messages:
            await ws.send(message)
        for message in messages:
            expect(await ws.recv(), message)


def ponged(name, payload):
    """Adds a check: the library's future is done by a pong with the payload of the ping, and by no other."""

    @check(name)
    async def _(url, _largest):
        async with connection(url) as ws:
            await (await ws.ping(payload))


ponged("ping", b"are you there?")
ponged("ping-empty", b"")
ponged("ping-125", binary_of(125))


def closed(name, code, reason):
    """Adds a check: the server answers our Close with the same code and reason, and ends the connection."""

    @check(name)
    async def _(url, _largest):
        async with connection(url) as ws:
            await ws.close(code, reason)
            # Where there is no status the library tells 1005.
            expect((ws.close_code, ws.close_reason), (code or 1005, reason))


closed("close-3001", 3001, "bye")
closed("close-1000", 1000, "")
closed("close-no-status", None, "")
closed("close-long-reason", 4999, text_of(123))


def too_large(name, message_of):
    @check(name)
    async def _(url, largest):
        async with connection(url) as ws:
            # The Close may be here before the message is out.
            with contextlib.suppress(ConnectionClosed):
                await ws.send(message_of(largest))
            await ws.wait_closed()
            expect(ws.close_code, 1009)


too_large("too-large", lambda largest: "x" * (largest + 1))
too_large("far-too-large", lambda largest: "x" * (8 * largest))
too_large("too-large-in-fragments", lambda largest: in_pieces(b"x" * (largest + 1), largest // 4))


def failed(name, frame, code):
    """Adds a check: after this frame the server closes with this code."""

    @check(name)
    async def _(url, _largest):
        async with connection(url) as ws:
            # Past the library, which would not send it.
            ws.transport.write(frame)
            await ws.wait_closed()
            expect(ws.close_code, code)


def with_rsv3(frame):
    return bytes([frame[0] | 0x10]) + frame[1:]


TEXT = Frame(Opcode.TEXT, b"text")
failed("reserved-bit", with_rsv3(TEXT.serialize(mask=True)), 1002)
failed("unmasked", TEXT.serialize(mask=False), 1002)
failed("invalid-utf8", Frame(Opcode.TEXT, b"\xed\xa0\x80").serialize(mask=True), 1007)


async def server_closes(url, transcript):
    async with connection(url) as ws:
        await ws.send("still here")
        expect(await ws.recv(), "still here")
        transcript.waiting()
        await ws.wait_closed()
        expect((ws.close_code, ws.close_reason), (1001, "the server is shutting down"))


async def main(url, largest, extension):
    transcript = Transcript()
    transcript.version(websockets.__version__)
    await transcript.check("extension", agreed(url, extension))
    for name, body in CHECKS:
        await transcript.check(name, body(url, largest))
    await transcript.check("server-closes", server_closes(url, transcript), limit=None)
    return transcript.exit_code


sys.exit(asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
