"""Who gets a message, and what happens when the bot fails."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

from channels import inbox
from channels.incoming import Incoming
from channels.router import next_work
from dossiers import choosing, conversations, handovers, hours
from dossiers.models import Agent, Conversation, InboxItem, InboxState, Kind, Speaker
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


async def test_the_link_to_ones_data_is_given_also_while_a_colleague_has_the_floor(service: Service) -> None:
    add_agent(service)
    service.worker.router.data_link = "https://data.test/{}".format
    chat = service.chat()
    conversation_id = chat.says("hello").conversation_id
    take(service, conversation_id)
    chat.says("/mydata", kind=Kind.COMMAND, command="/my_data")
    async with service.running():
        await asyncio.sleep(0.3)
    with service.database.read() as session:
        *_, last = conversations.messages_after(session, conversation_id, 0)
    assert f"https://data.test/{conversation_id}" in last.text


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


PLAIN = "how do i register"
RISK = "I got an eviction letter"


async def test_what_a_person_chooses_is_done_without_the_bot(service: Service) -> None:
    service.bot.options = choosing.options(None)
    async with service.running() as client:
        person = await Person.arrives(client)
        await person.post(text=PLAIN)
        await person.reads_until(2)
        await person.post(payload="/wait_for_person")
        messages = await person.reads_until(4)
        assert speaker(service, person) == Speaker.QUEUE
        assert messages[-1]["text"].startswith(say("choice_wait_taken"))
        await person.post(text="never mind, go on")
        messages = await person.reads_until(6)
        assert messages[-1]["text"] == say("back_to_bot")
        assert speaker(service, person) == Speaker.BOT
    assert len(service.bot.asked) == 1


async def test_a_message_that_is_left_is_kept_and_not_answered_by_the_bot(service: Service) -> None:
    service.bot.options = choosing.options(None)
    async with service.running() as client:
        person = await Person.arrives(client)
        await person.post(text=PLAIN)
        await person.reads_until(2)
        await person.post(text="leave a message")
        await person.reads_until(4)
        await person.post(text="my landlord keeps the deposit, please call me")
        messages = await person.reads_until(6)
        assert messages[-1]["text"].startswith(say("message_kept"))
        await person.post(text=PLAIN)
        messages = await person.reads_until(8)
        assert messages[-1]["sender"] == "bot"
    assert [text for _, text, _ in service.bot.asked] == [PLAIN, PLAIN]
    with service.database.read() as session:
        request = handovers.open_handover(session, person.id)
        assert request is not None
        assert request.message_left_at == service.time[0]


async def test_a_message_in_parts_that_came_together_is_confirmed_once(service: Service) -> None:
    service.bot.options = choosing.options(None)
    async with service.running() as client:
        person = await Person.arrives(client)
        await person.post(text=PLAIN)
        await person.reads_until(2)
        await person.post(payload="/leave_message")
        await person.reads_until(4)
    chat = [("one", "my landlord keeps the deposit"), ("two", "it is 900 euro"), ("three", "please call me")]
    with service.database.write() as session:
        for key, text in chat:
            inbox.receive(session, session.get_one(Conversation, person.id), Incoming(key, text), service.time[0])
    for _ in chat:
        with service.database.read() as session:
            work = next_work(session, person.id)
        assert work is not None
        await service.worker.router.process(work)
    told = [text for sender, text in service.told(person.id) if sender == "system"]
    assert sum(text.startswith(say("message_kept")) for text in told) == 1
    assert speaker(service, person) == Speaker.BOT


async def test_a_risk_is_answered_first_and_then_a_colleague_is_asked_to_look(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        await person.post(text=RISK)
        _, answer, offer = await person.reads_until(3)
        assert (answer["sender"], answer["text"]) == ("bot", f"about {RISK}")
        assert offer["text"].startswith(say("risk_seen"))
        assert [o["payload"] for o in offer["options"]] == ["/wait_for_person", "/leave_message", "/back_to_bot"]
        assert speaker(service, person) == Speaker.BOT, "until the person chooses the assistant goes on"
        await person.post(text=PLAIN)
        assert (await person.reads_until(5))[-1]["text"] == f"about {PLAIN}"


async def test_a_risk_is_seen_when_the_bot_cannot_answer(service: Service) -> None:
    service.bot.silent = True
    async with service.running() as client:
        person = await Person.arrives(client)
        await person.post(text=RISK)
        messages = await person.reads_until(3)
    assert messages[-1]["text"].startswith(say("risk_seen"))


async def test_an_answer_ends_a_row_of_misses(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        with service.database.write() as session:
            session.get_one(Conversation, person.id).missed_turns = 1
        await person.post(text=PLAIN)
        await person.reads_until(2)
    with service.database.read() as session:
        assert session.get_one(Conversation, person.id).missed_turns == 0


async def test_a_broken_bot_at_night_promises_nobody_before_the_morning(service: Service) -> None:
    service.bot.silent = True
    with service.database.write() as session:
        hours.keep(session, None, ((),) * 7, service.time[0])
    async with service.running() as client:
        person = await Person.arrives(client)
        for number in range(4):
            await person.post(text=f"question {number}")
        messages = await person.reads_until(8)
        assert speaker(service, person) == Speaker.BOT
    assert all(say("closed_unknown") in m["text"] for m in messages if m["outcome"] == "handed_over")
    assert [m["outcome"] for m in messages if m["sender"] == "system"] == ["failed", "failed"] + ["handed_over"] * 2


async def test_who_waits_when_the_desk_closes_is_told_by_the_worker(service: Service) -> None:
    async with service.running() as client:
        person = await Person.arrives(client)
        with service.database.write() as session:
            conversation = session.get_one(Conversation, person.id)
            handovers.request(session, conversation, "asked", service.time[0])
        service.time[0] += dt.timedelta(hours=8)
        messages = await person.reads_until(1)
    assert messages[-1]["text"].startswith(say("closed_for_the_day"))
