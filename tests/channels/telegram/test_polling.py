"""Asking for updates: nothing is forgotten by Telegram before it is stored here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from channels.telegram.polling import Pace, Polling, register
from channels.telegram.service import MOST_TRIES
from knowledge.wording import say
from tests.channels.telegram.conftest import CHAT, SECRET, World, until
from tests.servers import free_port

QUICK = Pace(hold=1, first_wait=0.02, longest_wait=0.1, conflict=0.2)


@asynccontextmanager
async def polling(world: World) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(Polling(world.service, QUICK).run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def stored(world: World, *expected: str) -> None:
    """Waits until exactly these messages are stored and Telegram has forgotten them."""

    async def all_here() -> bool:
        return world.said() == list(expected) and (await world.people.state())["pending"] == 0

    await until(all_here)


async def test_updates_are_stored_in_order_and_then_forgotten_by_telegram(world: World) -> None:
    async with polling(world):
        for word in ("one", "two", "three"):
            await world.people.says(word)
        await stored(world, "one", "two", "three")


async def test_a_webhook_of_earlier_days_is_removed_and_the_menu_set(world: World) -> None:
    await world.platform.set_webhook(f"http://127.0.0.1:{free_port()}/hook", SECRET)
    await world.people.says("hello")
    async with polling(world):
        await stored(world, "hello")
    state = await world.people.state()
    assert state["webhook"] is None
    assert state["commands"]


async def test_what_was_stored_just_before_a_crash_is_not_stored_twice(world: World) -> None:
    await world.people.says("one")
    for update in (await world.people.call("getUpdates")).json()["result"]:
        await world.service.take(update)  # and then the process dies, before Telegram hears of it
    async with polling(world):
        await stored(world, "one")


async def test_a_bad_network_delays_and_loses_nothing(world: World) -> None:
    for trouble in ("drop", "error", "retry_after", "drop"):
        await world.people.trouble(trouble, on="getUpdates", taken=True)
    await world.people.trouble("error", on="deleteWebhook", times=2)
    await world.people.says("one")
    async with polling(world):
        await world.people.says("two")
        await stored(world, "one", "two")


async def test_the_number_moves_on_only_when_the_update_is_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, failed = world.arrivals.take, 0

    def sometimes(arrival: object) -> object:
        nonlocal failed
        if failed < MOST_TRIES + 2:
            failed += 1
            raise OperationalError("INSERT", {}, Exception("connection refused"))
        return take(arrival)  # type: ignore[arg-type]

    monkeypatch.setattr(world.arrivals, "take", sometimes)
    await world.people.says("one")
    await world.people.says("two")
    async with polling(world):
        await stored(world, "one", "two")
    assert failed == MOST_TRIES + 2


async def test_an_update_that_nobody_can_read_does_not_hold_up_the_others(world: World) -> None:
    await world.people.does("say", update={"message": {"message_id": 1, "date": "x", "chat": {"id": CHAT}}})
    await world.people.says("one")
    async with polling(world):
        await stored(world, "one")


async def test_another_process_that_asks_is_waited_for_and_named_in_the_log(world: World) -> None:
    with capture_logs() as logs:
        async with polling(world):
            await asyncio.sleep(0.3)
            await world.people.call("getUpdates", timeout=0)

            async def noticed() -> bool:
                return any(line["event"] == "telegram_asked_by_another" for line in logs)

            await until(noticed)
            await world.people.says("one")
            await stored(world, "one")


async def test_a_webhook_that_another_process_sets_meanwhile_is_removed(world: World) -> None:
    async with polling(world):
        await world.people.says("one")
        await stored(world, "one")
        await world.people.call("setWebhook", url=f"http://127.0.0.1:{free_port()}/hook")
        await world.people.says("two")
        await stored(world, "one", "two")


async def test_what_an_update_asks_for_besides_is_done_here_too(world: World) -> None:
    group = -100200300
    await world.people.says("hello everybody", chat=group)
    async with polling(world):

        async def told() -> bool:
            return (await world.people.state())["left"] == [group]

        await until(told)
    assert await world.people.reads(chat=group) == [say("only_private")]


async def test_the_log_holds_nothing_that_people_wrote(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as logs:
        await world.people.does("say", update={"message": {"message_id": 1, "date": "x", "chat": {}, "text": "secret"}})
        await world.people.says("my secret")
        await world.people.trouble("error", on="getUpdates", taken=True)
        async with polling(world):
            await stored(world, "my secret")
    assert logs
    assert "secret" not in str(logs)
    assert "secret" not in caplog.text
    assert str(CHAT) not in str(logs)


async def test_a_webhook_is_registered_however_long_telegram_is_away(world: World) -> None:
    await world.people.trouble("error", on="setWebhook", times=2)
    await world.people.trouble("drop", on="setMyCommands")
    await register(world.service, "http://127.0.0.1:9/telegram/webhook", QUICK)
    state = await world.people.state()
    assert state["webhook"]["url"] == "http://127.0.0.1:9/telegram/webhook"
    assert state["commands"]
