"""The relay carries requests unchanged, and its troubles are those it is told to make."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.torture.network import HOST, Relay, Weather, read_request


class Upstream:
    """A server that remembers what it was asked and answers with its name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[bytes] = []
        self.port = 0

    async def start(self) -> None:
        self.server = await asyncio.start_server(self.answer, HOST, 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await read_request(reader)
        assert request is not None
        self.asked.append(request.body)
        if request.stream:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: one\n\n")
            await writer.drain()
            await reader.read()
        else:
            name = self.name.encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(name), name))
        writer.close()


@pytest.fixture
async def upstreams() -> AsyncIterator[list[Upstream]]:
    found = [Upstream("a" * 40), Upstream("b" * 40)]
    for upstream in found:
        await upstream.start()
    yield found
    for upstream in found:
        upstream.server.close()


async def relay(upstreams: list[Upstream], **weather: float) -> Relay:
    made = Relay("web", [upstream.port for upstream in upstreams], 1, Weather(**weather))
    await made.start()
    return made


async def post(way: Relay, path: str = "/api/conversations/1/messages") -> httpx.Response:
    async with httpx.AsyncClient(timeout=5) as client:
        return await client.post(f"http://{HOST}:{way.port}{path}", content="é 🙂 words".encode())


async def test_requests_go_to_each_server_in_turn_and_unchanged(upstreams: list[Upstream]) -> None:
    way = await relay(upstreams)
    answers = {(await post(way)).text for _ in range(4)}
    assert answers == {"a" * 40, "b" * 40}
    assert [upstream.asked for upstream in upstreams] == [["é 🙂 words".encode()] * 2] * 2
    assert not way.counts
    await way.stop()


async def test_a_server_that_is_gone_is_passed_over(upstreams: list[Upstream]) -> None:
    way = await relay(upstreams)
    upstreams[0].server.close()
    assert {(await post(way)).text for _ in range(4)} == {"b" * 40}
    upstreams[1].server.close()
    assert (await post(way)).status_code == 502
    await way.stop()


@pytest.mark.parametrize(("what", "arrives"), [("cut_before", 0), ("cut_after", 1), ("cut_within", 1)])
async def test_a_cut_is_a_broken_connection(upstreams: list[Upstream], what: str, arrives: int) -> None:
    way = await relay(upstreams, **{what: 1.0})
    with pytest.raises(httpx.TransportError):
        await post(way)
    assert sum(len(upstream.asked) for upstream in upstreams) == arrives
    assert way.counts == {what: 1}
    await way.stop()


async def test_a_doubled_request_arrives_twice(upstreams: list[Upstream]) -> None:
    way = await relay(upstreams, double=1.0)
    assert (await post(way)).status_code == 200
    async with asyncio.timeout(5):
        while sum(len(upstream.asked) for upstream in upstreams) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await way.stop()


async def test_what_has_no_id_of_its_own_never_comes_twice(upstreams: list[Upstream]) -> None:
    way = await relay(upstreams, double=1.0)
    await post(way, "/api/conversations")
    await post(way, "/desk/conversations/1/take")
    assert not way.counts
    await way.stop()


async def test_a_server_that_stands_still_is_given_up(upstreams: list[Upstream]) -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(never, HOST, 0)
    way = Relay("webhooks", [server.sockets[0].getsockname()[1]], 1, patience=0.1)
    await way.start()
    assert (await post(way)).status_code == 502
    assert way.counts == {"gave up": 1}
    await way.stop()
    server.close()


async def test_a_stream_is_passed_on_as_it_comes_and_can_be_cut(upstreams: list[Upstream]) -> None:
    way = await relay(upstreams)
    url = f"http://{HOST}:{way.port}/api/conversations/1/events"
    async with httpx.AsyncClient(timeout=5) as client:
        async with client.stream("GET", url) as stream:
            assert await anext(stream.aiter_lines()) == "data: one"
        way.weather = Weather(cut_within=1.0)
        with pytest.raises(httpx.TransportError):
            await client.get(url)
    await way.stop()
