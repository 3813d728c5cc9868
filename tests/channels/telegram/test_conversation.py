"""Whole ways: from what a person types on Telegram to what they see, through crashes, refusals and bad networks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from channels.platform import Delivery, Part, Taken
from channels.telegram.platform import TelegramPlatform
from channels.telegram.polling import Pace, Polling
from dossiers import conversations
from dossiers.conversations import Said
from dossiers.models import OutboxState, Sender
from knowledge.wording import say
from tests.channels.telegram.conftest import CHAT, World, until

PRIVACY = say("privacy_first_short")


@asynccontextmanager
async def time_goes_on(world: World) -> AsyncIterator[None]:
    """The app's clock runs, much faster than the tests'."""

    async def tick() -> None:
        while True:
            await asyncio.sleep(0.02)
            world.passes(seconds=0.5)

    task = asyncio.create_task(tick())
    yield
    task.cancel()


async def reads(world: World, *expected: str, chat: int = CHAT, seconds: float = 15.0) -> None:
    """Waits until the person sees exactly this from us, and nothing is on its way any more."""

    async def all_there() -> bool:
        ended = all(item.state in ("sent", "dead") for item in world.outbox())
        return ended and await world.people.reads(chat) == list(expected)

    try:
        await until(all_there, seconds)
    except TimeoutError:
        pytest.fail(f"seen: {await world.people.reads(chat)}; sent: {[(i.state, i.error) for i in world.outbox()]}")


async def acquainted(world: World) -> None:
    """Amina has written once and read the answer."""
    await world.people.says("hello")
    await reads(world, PRIVACY, "about hello")


async def test_a_question_is_answered(world: World) -> None:
    async with world.running():
        await acquainted(world)
        state = await world.people.state()
    (conversation,) = world.conversations()
    assert conversation.channel == "telegram"
    assert world.bot.asked == [(conversation.id, "hello", None)]
    assert state["pending"] == 0
    assert {item.state for item in world.outbox()} == {OutboxState.SENT}


async def test_the_same_way_without_a_webhook(world: World) -> None:
    world.hub.bind()
    pace = Pace(hold=1, first_wait=0.02)
    work = [Polling(world.service, pace).run(), world.worker.run(), world.dispatcher().run()]
    tasks = [asyncio.create_task(each) for each in work]
    await acquainted(world)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_button_reaches_the_bot_as_its_payload(world: World) -> None:
    world.bot.options = [{"title": "By tram", "payload": '/inform{"way": "tram"}'}]
    async with world.running():
        await acquainted(world)
        answer = (await world.people.sees())[-1]
        press = await world.people.does("press", message_id=answer["message_id"])
        await reads(world, PRIVACY, "about hello", "about By tram")
        assert world.bot.asked[-1][2] == '/inform{"way": "tram"}'

        async def acknowledged() -> bool:
            return bool((await world.people.state())["callbacks"][press["callback_id"]])

        await until(acknowledged)


async def test_commands_reach_the_bot_as_what_they_stand_for(world: World) -> None:
    async with world.running():
        await world.people.says("/start topic-housing")
        await reads(world, PRIVACY, "about /start")
        await world.people.says("/plan")
        await reads(world, PRIVACY, "about /start", "about /plan")
    assert [payload for _, _, payload in world.bot.asked] == ["/greet", "/show_plan"]


async def test_who_brings_a_code_goes_on_with_the_earlier_conversation(world: World) -> None:
    with world.database.write() as session:
        earlier, _ = conversations.start(session, channel="web", municipality=None, now=world.clock())
        code, _ = world.arrivals.codes.make(session, earlier.id, world.clock())
    async with world.running():
        await world.people.says(f"/start {code}")

        async def moved() -> bool:
            return [address.conversation_id for address in world.addresses()] == [earlier.id]

        await until(moved)
        await world.people.says("and the rent?")

        async def answered() -> bool:
            return (await world.people.reads())[-1:] == ["about and the rent?"]

        await until(answered)
    assert world.bot.asked[-1][0] == earlier.id


async def test_who_stops_gets_one_last_message_and_what_comes_later_is_not_sent(world: World) -> None:
    async with world.running():
        await acquainted(world)
        await world.people.says("STOP")
        await reads(world, PRIVACY, "about hello", say("stopped"))
        with world.database.write() as session:
            conversation = session.merge(world.conversations()[0])
            conversations.add(session, conversation, Sender.SYSTEM, Said("one more thing"), world.clock())
        await reads(world, PRIVACY, "about hello", say("stopped"))
        await world.people.says("back again")
        await reads(world, PRIVACY, "about hello", say("stopped"), "about back again")


async def test_what_cannot_be_read_is_answered_politely(world: World) -> None:
    async with world.running():
        await acquainted(world)
        await world.people.does("say", content={"voice": {"file_id": "a", "file_unique_id": "b", "duration": 3}})
        await reads(world, PRIVACY, "about hello", say("cannot_voice"))


async def test_typing_is_shown_while_the_bot_thinks(world: World) -> None:
    async def typing(work: object) -> None:
        await world.platform.typing(str(CHAT))

    world.worker.typing = typing
    async with world.running():
        await acquainted(world)

        async def shown() -> bool:
            return bool((await world.people.state())["actions"])

        await until(shown)


@pytest.mark.parametrize("taken", [True, False])
async def test_a_lost_answer_neither_doubles_nor_loses_the_message(world: World, taken: bool) -> None:
    async with world.running(), time_goes_on(world):
        await acquainted(world)
        await world.people.trouble("drop", taken=taken)
        await world.people.says("one")
        await world.people.says("two")
        await reads(world, PRIVACY, "about hello", "about one", "about two")


async def test_a_search_that_telegram_does_not_answer_doubles_nothing(world: World) -> None:
    async with world.running(), time_goes_on(world):
        await acquainted(world)
        await world.people.trouble("drop", taken=True)
        await world.people.trouble("retry_after", on="editMessageText", times=2)
        await world.people.trouble("drop", on="editMessageText", times=2)
        await world.people.says("one")
        await reads(world, PRIVACY, "about hello", "about one")
        assert (await world.people.state())["faults"] == 0


async def test_the_limit_delays_and_keeps_the_order(world: World) -> None:
    async with world.running(), time_goes_on(world):
        await acquainted(world)
        await world.people.trouble("retry_after", seconds=3, times=2)
        for word in ("one", "two", "three"):
            await world.people.says(word)
        await reads(world, PRIVACY, "about hello", "about one", "about two", "about three")


async def test_who_blocked_us_costs_nobody_else_anything(world: World) -> None:
    async with world.running(), time_goes_on(world):
        await acquainted(world)
        await world.people.says("one")
        await world.people.does("block")
        await world.people.says("hello", chat=CHAT + 1)
        await reads(world, PRIVACY, "about hello", chat=CHAT + 1)


class Dying(TelegramPlatform):
    """Its process is killed right after Telegram took a part, before that could be written down."""

    dies = False

    async def send(self, part: Part, delivery: Delivery) -> Taken:
        taken = await super().send(part, delivery)
        if self.dies:
            raise asyncio.CancelledError
        return taken


async def test_a_killed_sender_is_followed_by_one_that_finds_its_message(world: World) -> None:
    async with world.running():
        await acquainted(world)
    dying = Dying("7000000001:test-token_of-the-emulator", world.new_platform().numbers, api_url=world.people.url)
    dying.dies = True
    with world.database.write() as session:
        conversation = session.merge(world.conversations()[0])
        conversations.add(session, conversation, Sender.SYSTEM, Said("*careful* 1.5"), world.clock())
    killed = asyncio.create_task(world.dispatcher(dying).run())
    expected = [PRIVACY, "about hello", "*careful* 1.5"]

    async def taken() -> bool:
        return await world.people.reads() == expected

    await until(taken)
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    assert world.outbox()[-1].state == OutboxState.SENDING
    await world.people.says("meanwhile", chat=CHAT + 1)
    world.passes(minutes=5)
    fresh = world.new_platform()
    task = asyncio.create_task(world.dispatcher(fresh).run())
    await reads(world, *expected)
    assert world.outbox()[-1].state == OutboxState.SENT
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await dying.close()
    await fresh.close()


@pytest.mark.slow
async def test_through_every_trouble_at_once_everything_is_seen_once_and_in_order(world: World) -> None:
    chats, words = [CHAT + number for number in range(6)], [f"word {number}" for number in range(8)]
    async with world.running(), time_goes_on(world):
        for chat in chats:
            await world.people.says("hello", chat=chat)
        for chat in chats:
            await reads(world, PRIVACY, "about hello", chat=chat)
        await world.people.trouble("drop", share=0.08, taken=True)
        await world.people.trouble("drop", share=0.08)
        await world.people.trouble("error", share=0.05, taken=True)
        await world.people.trouble("error", share=0.05, status=502)
        await world.people.trouble("retry_after", share=0.05)
        await world.people.trouble("error", on="editMessageText", share=0.01)
        await world.people.trouble("double", on="webhook", share=0.2)
        await world.people.trouble("twice_at_once", on="webhook", share=0.2)
        await world.people.trouble("error", on="webhook", share=0.1)
        for word in words:
            for chat in chats:
                await world.people.says(word, chat=chat)
        expected = [PRIVACY, "about hello", *(f"about {word}" for word in words)]

        for chat in chats:
            await reads(world, *expected, chat=chat, seconds=90)

        async def told_everything() -> bool:
            return (await world.people.state())["pending"] == 0

        await until(told_everything)
        for chat in chats:
            await reads(world, *expected, chat=chat)
