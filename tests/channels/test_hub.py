"""Wake-ups: in the process, from any thread, and over a real Redis in every other process."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from channels import hub as hubs
from channels.hub import EVERYTHING, Hub, RedisRelay, wait
from tests import servers

LONG, SHORT = 5.0, 0.15
_numbers = itertools.count(1)


def new_id() -> str:
    return f"{next(_numbers):032x}"


@asynccontextmanager
async def bound(*made: Hub) -> AsyncIterator[None]:
    for hub in made:
        hub.bind()
    yield
    for hub in made:
        hub.close()
    await asyncio.sleep(0.01)


async def test_a_wake_reaches_who_listens_to_the_conversation_or_to_everything_and_nobody_else() -> None:
    hub, mine, other = Hub(), new_id(), new_id()
    async with bound(hub), hub.listen(mine) as news, hub.listen(EVERYTHING) as all_news, hub.listen(other) as others:
        hub.wake(mine)
        assert await wait(news, LONG)
        assert await wait(all_news, LONG)
        assert not await wait(others, SHORT)


async def test_a_wake_from_another_thread_arrives() -> None:
    hub, mine = Hub(), new_id()
    async with bound(hub), hub.listen(mine) as news:
        thread = threading.Thread(target=hub.wake, args=(mine,))
        thread.start()
        assert await wait(news, LONG)
        thread.join()


async def test_closing_wakes_everybody_so_that_streams_end() -> None:
    hub = Hub()
    hub.bind()
    async with hub.listen(new_id()) as news:
        hub.close()
        assert await wait(news, LONG)
        assert hub.closing


async def test_before_it_is_bound_and_after_it_was_closed_a_wake_does_no_harm() -> None:
    hub = Hub()
    hub.wake(new_id())
    async with bound(hub):
        pass
    hub.wake(new_id())


@pytest.fixture
def redis_port() -> Iterator[int]:
    """A port with a Redis behind it that a test may stop and start again with `servers.redis`."""
    port = servers.free_port()
    try:
        with servers.redis(port):
            yield port
    except LookupError as error:
        pytest.skip(str(error))


def processes(port: int, count: int = 2) -> list[Hub]:
    """Hubs as several processes have them."""
    return [Hub(RedisRelay(f"redis://127.0.0.1:{port}/0")) for _ in range(count)]


async def connected(*made: Hub) -> None:
    """Until a wake in any of them reaches all the others."""
    for sender in made:
        for listener in made:
            await reaches(sender, listener)


async def reaches(sender: Hub, listener: Hub, seconds: float = 10.0) -> None:
    topic = new_id()
    async with asyncio.timeout(seconds), listener.listen(topic) as news:
        while not await wait(news, 0.1):
            sender.wake(topic)


@pytest.mark.redis
async def test_a_wake_in_one_process_reaches_the_listeners_of_all(redis_port: int) -> None:
    first, second, third = made = processes(redis_port, 3)
    mine, other = new_id(), new_id()
    async with bound(*made):
        await connected(*made)
        async with (
            first.listen(mine) as own,
            second.listen(mine) as far,
            second.listen(other) as others,
            third.listen(EVERYTHING) as all_news,
        ):
            all_news.clear()
            first.wake(mine)
            for news in (own, far, all_news):
                assert await wait(news, LONG)
            assert not await wait(others, SHORT)


@pytest.mark.redis
async def test_a_process_does_not_hear_itself(redis_port: int) -> None:
    made = processes(redis_port)
    mine = new_id()
    async with bound(*made):
        await connected(*made)
        async with made[0].listen(mine) as own, made[1].listen(mine) as far:
            made[0].wake(mine)
            assert await wait(own, LONG)
            own.clear()
            assert await wait(far, LONG), "it went over Redis"
            assert not await wait(own, SHORT)


@pytest.mark.redis
async def test_only_ids_of_conversations_travel(redis_port: int) -> None:
    mine = new_id()
    (hub,) = processes(redis_port, 1)
    watching = Redis.from_url(f"redis://127.0.0.1:{redis_port}/0", decode_responses=True)
    async with bound(hub), watching, watching.pubsub() as everything:
        await everything.psubscribe("*")
        assert (await everything.get_message(timeout=LONG))["type"] == "psubscribe"
        hub.wake(mine)
        heard = await everything.get_message(timeout=LONG)
    assert heard["data"] == mine


async def test_without_redis_a_process_goes_on_by_itself_and_says_so_once() -> None:
    (hub,) = processes(servers.free_port(), 1)
    with capture_logs() as logged:
        async with bound(hub):
            for _ in range(5):
                mine = new_id()
                async with hub.listen(mine) as news:
                    hub.wake(mine)
                    assert await wait(news, LONG)
                await asyncio.sleep(0.15)
    assert [line["event"] for line in logged] == ["redis_away"]


@pytest.mark.redis
async def test_after_redis_was_away_the_processes_find_each_other_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "LONGEST_WAIT", 0.2)
    port, mine = servers.free_port(), new_id()
    first, second = made = processes(port)
    try:
        with capture_logs() as logged:
            async with bound(*made):
                with servers.redis(port):
                    await connected(*made)
                    logged.clear()  # away until it was started
                async with first.listen(mine) as own:
                    first.wake(mine)
                    assert await wait(own, LONG), "in the process nothing changes"
                async with second.listen(mine) as missed:
                    first.wake(mine)
                    await asyncio.sleep(SHORT)
                    with servers.redis(port):
                        assert await wait(missed, LONG), "who may have missed something looks once"
                        await connected(*made)
    except LookupError as error:
        pytest.skip(str(error))
    events = [line["event"] for line in logged]
    assert events.count("redis_away") == events.count("redis_back") == 2, "each process says it once"


@pytest.mark.redis
async def test_a_redis_that_hangs_counts_as_away_and_is_found_again(
    redis_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in {"PING_EVERY": 0.1, "SILENT_AFTER": 0.5, "SECONDS": 0.5, "LONGEST_WAIT": 0.2}.items():
        monkeypatch.setattr(hubs, name, seconds)
    made, mine = processes(redis_port), new_id()
    with capture_logs() as logged:
        async with bound(*made), Redis.from_url(f"redis://127.0.0.1:{redis_port}/0") as control:
            await connected(*made)
            await control.client_pause(4000)
            async with asyncio.timeout(LONG), made[0].listen(mine) as own:
                while len(logged) < 2:
                    made[0].wake(mine)
                    assert await wait(own, LONG), "in the process nothing changes"
                    own.clear()
                    await asyncio.sleep(0.05)
            await connected(*made)
    assert {line["event"] for line in logged[:2]} == {"redis_away"}


def test_a_url_that_is_none_stops_the_start() -> None:
    with pytest.raises(ValueError, match="scheme"):
        RedisRelay("localhost")
