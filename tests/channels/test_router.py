"""Who gets a message, and what happens when the bot fails."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

from channels import inbox
from channels.incoming import Incoming
from channels.router import next_work
from dossiers import conversations, handovers
from dossiers.models import Agent, Conversation, InboxItem, InboxState, Speaker
from knowledge.wording import say
from tests.channels.conftest import Service
from tests.channels.talking import Person


def add_agent(service: Service) -> None:
    with service.database.write() as session:
        session.add(Agent(id="amina", login="amina", name="Amina", password_hash="-", created_at=service.time[0]))


def take(service: Service, conversation_id: str) -> None:
    with service.database.write() as session:
        agent = session.get_one(Agent, "amina")
        handovers.take(session, session.get_one(Conversation, conversation_id), agent, say, service.time[0])


def speaker(service: Service, person: Person) -> str:
    with service.database.read() as session:
        return session.get_one(Conversation, person.id).speaker


async def test_the_bot_is_silent_while_a_person_has_the_floor(service: Service) -> None:
    add_agent(service)
    async with service.running() as client:
        person = await Person.arrives(client)
        take(service, person.id)
        await person.post(text="are you there?")
        await asyncio.sleep(0.2)
        assert [m["sender"] for m in await person.read()] == ["system", "person"]
    assert service.bot.asked == []


async def test_a_message_that_came_just_before_a_colleague_ended_is_answered_by_the_bot(service: Service) -> None:
    add_agent(service)
    router = service.worker.router
    with service.database.write() as session:
        made, _ = conversations.start(session, channel="web", municipality=None, now=service.time[0])
    take(service, made.id)
    with service.database.write() as session:
        inbox.receive(
            session, session.get_one(Conversation, made.id), Incoming("one-id", "are you there?"), service.time[0]
        )
        work = next_work(session, made.id)
    with service.database.write() as session:
        conversation, agent = session.get_one(Conversation, made.id), session.get_one(Agent, "amina")
        handovers.close(session, conversation, agent, say, service.time[0])
    assert work is not None
    assert work.speaker is Speaker.AGENT
    await router.process(work)
    with service.database.read() as session:
        again = next_work(session, made.id)
    assert again is not None
    await router.process(again)
    assert len(service.bot.asked) == 1
    with service.database.read() as session:
        assert next_work(session, made.id) is None


async def test_what_the_bot_says_after_an_agent_took_over_is_dropped(service: Service) -> None:
    add_agent(service)
    service.bot.before_answer = lambda conversation_id: take(service, conversation_id)
    async with service.running() as client:
        person = await Person.arrives(client)
        await person.post(text="hello")
        await person.reads_until(2)
        await asyncio.sleep(0.2)
        assert [m["sender"] for m in await person.read()] == ["person", "system"]


async def test_a_bot_that_is_away_for_a_moment_is_asked_again(service: Service) -> None:
    service.bot.failures = 1
    async with service.running() as client:
        person = await Person.arrives(client)
        await person.post(text="one")
        await person.post(text="two")
        await asyncio.sleep(0.3)
        assert len(await person.read()) == 2, "nothing is answered, and the second does not overtake the first"
        service.time[0] += dt.timedelta(seconds=2)
        messages = await person.reads_until(4)
    assert [m["text"] for m in messages[2:]] == ["about one", "about two"]


async def time_passes_until(service: Service, person: Person, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(15):
        while len(messages := await person.read()) < count:
            await asyncio.sleep(0.05)
            service.time[0] += dt.timedelta(seconds=1)
    return messages


async def test_a_bot_that_stays_away_is_apologised_for_with_the_way_to_a_person(service: Service) -> None:
    service.bot.failures = 4
    async with service.running() as client:
        person = await Person.arrives(client)
        await person.post(text="one")
        _, apology = await time_passes_until(service, person, 2)
        assert (apology["sender"], apology["outcome"]) == ("system", "failed")
        assert [o["payload"] for o in apology["options"]] == ["/human"]
        service.bot.failures = 4
        await person.post(payload="/human")
        await time_passes_until(service, person, 4)
        assert speaker(service, person) == Speaker.QUEUE
    assert len(service.bot.asked) == 8


async def test_a_silent_bot_is_not_asked_twice_and_repeated_silence_brings_people(service: Service) -> None:
    service.bot.silent = True
    async with service.running() as client:
        person = await Person.arrives(client)
        for number in range(3):
            await person.post(text=f"question {number}")
        messages = await person.reads_until(6)
        assert speaker(service, person) == Speaker.QUEUE
    assert len(service.bot.asked) == 3
    assert [m["outcome"] for m in messages if m["sender"] == "system"] == ["failed", "failed", "handed_over"]


async def test_the_person_can_leave_the_queue(service: Service) -> None:
    service.bot.silent = True
    async with service.running() as client:
        person = await Person.arrives(client)
        for number in range(3):
            await person.post(text=f"question {number}")
        await person.reads_until(6)
        assert (await person.post(payload="/back_to_bot")).status_code == 202
        messages = await person.reads_until(8)
        assert speaker(service, person) == Speaker.BOT
    assert messages[-1]["text"] == say("back_to_bot")


async def test_a_message_that_breaks_the_processing_is_set_aside_and_told(service: Service) -> None:
    def explode(_: str) -> None:
        raise ValueError("cannot")

    service.bot.before_answer = explode
    async with service.running() as client:
        person = await Person.arrives(client)
        await person.post(text="poison")
        messages = await person.reads_until(3)
        service.bot.before_answer = lambda _: None
    assert messages[1]["text"] == say("message_stuck")
    with service.database.read() as session:
        assert [item.state for item in session.query(InboxItem)] == [InboxState.DEAD]


async def test_what_was_not_processed_before_a_stop_is_processed_after_it(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        service.worker.router.bot.failures = 1  # type: ignore[attr-defined]
        await person.post(text="before the stop")
        await asyncio.sleep(0.2)
    service.time[0] += dt.timedelta(seconds=5)
    async with service.running() as client:
        person.client = client
        messages = await person.reads_until(2)
    assert messages[1]["text"] == "about before the stop"


async def test_several_conversations_are_answered_at_once(service: Service) -> None:
    waiting = asyncio.Event()
    turn = service.bot.turn

    async def slow_for_first(conversation_id: str, message_id: int, text: str, payload: str | None):
        if text == "slow":
            await waiting.wait()
        return await turn(conversation_id, message_id, text, payload)

    service.bot.turn = slow_for_first  # type: ignore[method-assign]
    async with service.running() as client:
        slow, quick = await Person.arrives(client), await Person.arrives(client)
        await slow.post(text="slow")
        await quick.post(text="quick")
        await quick.reads_until(2)
        assert len(await slow.read()) == 1
        waiting.set()
        await slow.reads_until(2)


async def test_a_forgotten_conversation_goes_back_to_the_queue_and_the_person_is_told(service: Service) -> None:
    add_agent(service)
    async with service.running() as client:
        person = await Person.arrives(client)
        take(service, person.id)
        service.time[0] += dt.timedelta(minutes=31)
        messages = await person.reads_until(2)
        assert speaker(service, person) == Speaker.QUEUE
    assert messages[-1]["text"] == say("agent_lapsed")
