"""A message is answered once: asked again, the bot says the same again and nothing runs a second time."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from rasa.core.channels.channel import register
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered
from sanic import Sanic

from bot.channel import AppChannel
from bot.replies import already_said
from bot.tracker_store import WindowedTrackerStore
from tests import servers
from tests.bot.conftest import TOKEN, Actions

AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}
_names = itertools.count(1)


class HeldActions(Actions):
    """Actions that can be held up, or be out of reach."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.open.set()
        self.called = asyncio.Event()
        self.away = False

    async def request(self, json: dict[str, Any], **more: Any) -> dict[str, Any]:
        self.called.set()
        await self.open.wait()
        if self.away:
            self.calls.append(json["next_action"])
            raise aiohttp.ClientConnectionError
        return await super().request(json, **more)


@dataclass
class Bot:
    """A bot that listens on real sockets: one process of it, or two that share their stores."""

    agent: Any
    store: WindowedTrackerStore
    addresses: list[str]
    http: aiohttp.ClientSession
    actions: HeldActions = field(default_factory=HeldActions)

    async def ask(
        self, message: str, message_id: Any = None, *, at: int = 0, seconds: float = 20, kind: str | None = None
    ) -> list[dict[str, Any]]:
        kind = kind or ("payload" if message.startswith("/") else "text")
        body: dict[str, Any] = {"sender": "somebody", "message": message, "kind": kind}
        if message_id is not None:
            body["metadata"] = {"message_id": message_id}
        url, limit = f"{self.addresses[at]}/webhooks/app/webhook", aiohttp.ClientTimeout(total=seconds)
        async with self.http.post(url, json=body, headers=AUTHORISED, timeout=limit) as answer:
            assert answer.status == 200, await answer.text()
            said: list[dict[str, Any]] = await answer.json()
            return said

    async def heard(self) -> list[Any]:
        """The ids of the messages that the conversation holds, in order."""
        tracker = await self.store.retrieve_full_tracker("somebody")
        events = tracker.events if tracker is not None else []
        return [event.metadata.get("message_id") for event in events if isinstance(event, UserUttered)]

    async def slots(self) -> dict[str, Any]:
        tracker = await self.store.retrieve("somebody")
        assert tracker is not None
        return {name: value for name, value in tracker.current_slot_values().items() if value is not None}


@asynccontextmanager
async def listening(agent: Any) -> AsyncIterator[str]:
    """One process of the bot, as far as its channel goes."""
    Sanic.test_mode = True  # else it can be started only once in a process
    app, port = Sanic(f"bot-{next(_names)}"), servers.free_port()
    app.ctx.agent = agent
    register([AppChannel(TOKEN)], app, "/webhooks/")
    server: Any = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    await server.startup()
    yield f"http://127.0.0.1:{port}"
    server.close()
    await server.wait_closed()


@pytest.fixture
async def bot(trained: Any, tmp_path: Path) -> AsyncIterator[Bot]:
    store, actions = WindowedTrackerStore(host=f"sqlite:///{tmp_path}/bot.db"), HeldActions()
    store.domain = trained.domain
    trained.processor.tracker_store = TrackerStore.create(store)
    trained.processor.action_endpoint = actions
    async with listening(trained) as one, listening(trained) as two, aiohttp.ClientSession() as http:
        yield Bot(trained, store, [one, two], http, actions)


QUESTIONS = {
    "a greeting with buttons and an outcome in its metadata": "hello there",
    "an action that answers with an outcome in its content": "my landlord keeps the deposit",
    "a payload": "/legal_opinion",
}


@pytest.mark.parametrize("message", QUESTIONS.values(), ids=QUESTIONS)
async def test_asked_again_it_says_the_same_and_runs_nothing(bot: Bot, message: str) -> None:
    first = await bot.ask(message, 7)
    calls = list(bot.actions.calls)
    assert first
    assert await bot.ask(message, 7) == first
    assert await bot.ask(message, 7) == first
    assert bot.actions.calls == calls
    assert await bot.heard() == [7]


async def test_a_turn_with_several_messages_is_said_again_whole_and_in_order(bot: Bot) -> None:
    await bot.ask("/open_dossier", 1)
    first = await bot.ask("my landlord keeps the deposit", 2)
    assert len(first) > 1, "the answer, and the question of the form"
    assert await bot.ask("my landlord keeps the deposit", 2) == first


async def test_the_same_answer_twice_advances_a_form_once(bot: Bot) -> None:
    await bot.ask("/open_dossier", 1)
    asked_next = await bot.ask("/affirm", 2)
    slots = await bot.slots()
    assert await bot.ask("/affirm", 2) == asked_next
    assert await bot.slots() == slots
    assert bot.actions.calls.count("validate_dossier_form") == len(bot.actions.calls) - 2, bot.actions.calls
    await bot.ask("/affirm", 3)
    assert (await bot.slots())["requested_slot"] != slots["requested_slot"], "another answer goes on"


async def test_the_same_words_in_another_message_are_another_turn(bot: Bot) -> None:
    await bot.ask("hello", 1)
    await bot.ask("hello", 2)
    await bot.ask("hello")
    await bot.ask("hello")
    assert await bot.heard() == [1, 2, None, None]


async def test_ids_of_other_kinds_are_kept_apart_and_odd_ones_are_refused(bot: Bot) -> None:
    await bot.ask("hello", 7)
    await bot.ask("hello", "7")
    assert await bot.heard() == [7, "7"]
    body = {"sender": "somebody", "message": "hello", "kind": "text", "metadata": {"message_id": [7]}}
    async with bot.http.post(f"{bot.addresses[0]}/webhooks/app/webhook", json=body, headers=AUTHORISED) as answer:
        assert answer.status == 400


async def test_who_asks_again_during_the_turn_waits_for_it(bot: Bot) -> None:
    bot.actions.open.clear()
    first = asyncio.create_task(bot.ask("/what_now", 7))
    await bot.actions.called.wait()
    second = asyncio.create_task(bot.ask("/what_now", 7))
    await asyncio.sleep(0.1)
    assert not second.done()
    bot.actions.open.set()
    assert await first == await second != []
    assert bot.actions.calls == ["action_what_now"]
    assert await bot.heard() == [7]


async def test_a_turn_that_nobody_waits_for_any_more_is_ended_and_its_answer_kept(bot: Bot) -> None:
    bot.actions.open.clear()
    with pytest.raises(asyncio.TimeoutError):
        await bot.ask("/what_now", 7, seconds=0.3)
    bot.actions.open.set()
    assert [one["text"] for one in await bot.ask("/what_now", 7)] == ["action_what_now"]
    assert bot.actions.calls == ["action_what_now"]
    assert await bot.heard() == [7]


async def test_another_process_of_the_bot_knows_it_too(bot: Bot) -> None:
    first = await bot.ask("my landlord keeps the deposit", 7, at=0)
    assert await bot.ask("my landlord keeps the deposit", 7, at=1) == first
    assert await bot.heard() == [7]


async def test_another_process_waits_for_the_turn_as_well(bot: Bot) -> None:
    bot.actions.open.clear()
    first = asyncio.create_task(bot.ask("/what_now", 7, at=0))
    await bot.actions.called.wait()
    second = asyncio.create_task(bot.ask("/what_now", 7, at=1))
    await asyncio.sleep(0.1)
    bot.actions.open.set()
    assert await first == await second
    assert bot.actions.calls == ["action_what_now"]
    assert await bot.heard() == [7]


async def test_a_turn_whose_action_was_out_of_reach_runs_when_it_is_asked_again(bot: Bot) -> None:
    bot.actions.away = True
    assert await bot.ask("/what_now", 7) == []
    bot.actions.away = False
    assert [one["text"] for one in await bot.ask("/what_now", 7)] == ["action_what_now"]
    assert [one["text"] for one in await bot.ask("/what_now", 7)] == ["action_what_now"], "and is then said again"
    assert bot.actions.calls == ["action_what_now"] * 2


async def test_a_form_whose_check_was_out_of_reach_takes_the_answer_the_second_time(bot: Bot) -> None:
    await bot.ask("/open_dossier", 1)
    before = await bot.slots()
    bot.actions.away = True
    assert await bot.ask("/affirm", 2) == []
    assert await bot.slots() == before
    bot.actions.away = False
    assert await bot.ask("/affirm", 2)
    assert (await bot.slots())["requested_slot"] != before["requested_slot"]


async def test_a_bot_without_a_model_is_unavailable_and_not_silent(bot: Bot) -> None:
    async with listening(None) as address:
        body = {"sender": "somebody", "message": "hello", "kind": "text"}
        async with bot.http.post(f"{address}/webhooks/app/webhook", json=body, headers=AUTHORISED) as answer:
            assert answer.status == 503


async def test_looking_costs_little_beside_a_turn(bot: Bot) -> None:
    for number in range(40):
        await bot.ask("/thank", number)
    looks, turns = [], []
    for number in range(40, 60):
        began = time.perf_counter()
        tracker = await bot.store.retrieve("somebody")
        assert tracker is not None
        assert already_said(tracker.events, number) is None
        looked = time.perf_counter()
        await bot.ask("do i need fire insurance", number)
        looks.append(looked - began)
        turns.append(time.perf_counter() - looked)
    look, turn = sorted(looks)[10], sorted(turns)[10]
    assert look < turn / 4, f"a look: {look * 1000:.1f} ms, a turn with it: {turn * 1000:.1f} ms"


def user(message_id: Any) -> UserUttered:
    return UserUttered("hello", metadata={"message_id": message_id})


def test_what_was_said_ends_at_the_next_message() -> None:
    events = [
        BotUttered("before"),
        user(1), ActionExecuted("action_answer"), BotUttered("one"), BotUttered("two"), ActionExecuted("action_listen"),
        user(2), BotUttered("three"),
    ]  # fmt: skip
    assert [reply["text"] for reply in already_said(events, 1) or []] == ["one", "two"]
    assert [reply["text"] for reply in already_said(events, 2) or []] == ["three"]
    assert already_said(events, 3) is None
    assert already_said([], 1) is None


def test_a_turn_that_said_nothing_is_run_again_unless_it_moved_a_form() -> None:
    nothing = [user(1), ActionExecuted("action_answer"), SlotSet("article", "deposit"), ActionExecuted("action_listen")]
    assert already_said(nothing, 1) is None
    assert already_said([*nothing, SlotSet("requested_slot", "purpose")], 1) == []
    assert already_said([*nothing, ActiveLoop(None)], 1) == []


def test_it_is_the_last_time_that_counts_when_a_message_was_run_again() -> None:
    events = [user(1), ActionExecuted("action_answer"), user(1), BotUttered("at last")]
    assert [reply["text"] for reply in already_said(events, 1) or []] == ["at last"]
