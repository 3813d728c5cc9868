"""The way between people and the apps: a small relay of HTTP that spreads, delays, cuts and repeats requests."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

HOST = "127.0.0.1"
LARGEST_HEAD = 64 * 1024
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
BROKEN = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
# What may come twice: what carries an id of its own, or changes nothing.
REPEATABLE = (b"/messages", b"/webhook")


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad the way is: chances for each request. ``longest``: of a delay, in seconds.

    ``cut_before``: it never reaches us; ``cut_after``: our answer is lost; ``cut_within``: half of it is;
    ``double``: it comes twice at once; ``echo``: it comes again seconds later, after what was sent since.
    """

    delay: float = 0.0
    longest: float = 0.5
    cut_before: float = 0.0
    cut_after: float = 0.0
    cut_within: float = 0.0
    double: float = 0.0
    echo: float = 0.0


STILL = Weather()
BREEZE = Weather(delay=0.05, longest=0.3, cut_before=0.005, cut_after=0.005, cut_within=0.005, double=0.01, echo=0.01)
STORM = Weather(delay=0.3, longest=1.5, cut_before=0.08, cut_after=0.08, cut_within=0.06, double=0.12, echo=0.08)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as bytes, for one upstream connection."""

    line: bytes
    head: bytes
    body: bytes

    @property
    def stream(self) -> bool:
        """Whether its answer goes on for as long as somebody listens."""
        return b"/events" in self.line

    @property
    def repeatable(self) -> bool:
        """Whether it may come twice."""
        path = self.line.split(b" ")[1].split(b"?")[0]
        return path.endswith(REPEATABLE)

    @property
    def raw(self) -> bytes:
        """All of it."""
        return self.head + self.body


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The request of a client; None when the connection ends before it is whole."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head[:-4].split(b"\r\n")
        fields = [line for line in lines[1:] if not line.lower().startswith((b"connection:", b"keep-alive:"))]
        length = next((int(f.split(b":")[1]) for f in fields if f.lower().startswith(b"content-length:")), 0)
        body = await reader.readexactly(length) if length else b""
    except BROKEN:
        return None
    whole = b"\r\n".join([lines[0], *fields, b"Connection: close", b"", b""])
    return Request(lines[0], whole, body)


class Relay:
    """Listens on a port and takes each request to one of several servers, the next one each time.

    ``patience``: seconds after which a server that stands still is given up, as proxies do; None: never.
    """

    def __init__(
        self,
        name: str,
        upstreams: Sequence[int],
        seed: int,
        weather: Weather = STILL,
        patience: float | None = None,
    ) -> None:
        self.name, self.upstreams, self.weather, self.patience = name, list(upstreams), weather, patience
        self.counts: Counter[str] = Counter()
        self.port = 0
        self._chance = random.Random(f"{seed} {name}")
        self._turn = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, port: int = 0) -> None:
        """Begins to listen."""
        self._server = await asyncio.start_server(self._serve, HOST, port, limit=LARGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Ends every connection."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            self._server.close()

    def _strikes(self, what: str) -> bool:
        if self._chance.random() >= getattr(self.weather, what):
            return False
        self.counts[what] += 1
        return True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            request = await read_request(reader)
            if request is not None:
                await self._relay(request, reader, writer)
        except BROKEN:
            pass
        finally:
            writer.close()

    async def _relay(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._strikes("delay"):
            await asyncio.sleep(self._chance.random() * self.weather.longest)
        if self._strikes("cut_before"):
            return
        if request.repeatable:
            self._repeat(request)
        if request.stream:
            await self._stream(request, reader, writer)
            return
        answer = await self._ask(request)
        if self._strikes("cut_after"):
            return
        if self._strikes("cut_within"):
            answer = answer[: len(answer) // 2]
        writer.write(answer)
        await writer.drain()

    def _repeat(self, request: Request) -> None:
        for what, soonest, latest in (("double", 0.0, 0.01), ("echo", 0.5, 5.0)):
            if self._strikes(what):
                task = asyncio.create_task(self._later(request, self._chance.uniform(soonest, latest)))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _later(self, request: Request, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._ask(request)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection to the next server that takes one."""
        for _ in self.upstreams:
            self._turn += 1
            with contextlib.suppress(OSError):
                return await asyncio.open_connection(HOST, self.upstreams[self._turn % len(self.upstreams)])
        return None

    async def _ask(self, request: Request) -> bytes:
        """The whole answer of a server; a bad gateway's when there is none."""
        opened = await self._open()
        if opened is None:
            return BAD_GATEWAY
        reader, writer = opened
        try:
            writer.write(request.raw)
            async with asyncio.timeout(self.patience):
                return await reader.read() or BAD_GATEWAY
        except TimeoutError:
            self.counts["gave up"] += 1
            return BAD_GATEWAY
        except OSError:
            return BAD_GATEWAY
        finally:
            writer.close()

    async def _stream(self, request: Request, client: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Passes on what comes until one of both ends it, or the weather does."""
        opened = await self._open()
        if opened is None:
            writer.write(BAD_GATEWAY)
            return
        reader, upstream = opened
        gone = asyncio.create_task(client.read(1))
        try:
            upstream.write(request.raw)
            while not gone.done():
                piece = asyncio.create_task(reader.read(64 * 1024))
                await asyncio.wait({piece, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not piece.done():
                    piece.cancel()
                    return
                data = piece.result()
                if not data:
                    return
                if self._strikes("cut_within"):
                    writer.write(data[: len(data) // 2])
                    return
                writer.write(data)
                await writer.drain()
        finally:
            gone.cancel()
            upstream.close()
