"""Whole ways: from what a person types on WhatsApp to what they see, through crashes, refusals and bad networks."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from sqlalchemy import select

from channels import outbox
from channels.platform import Delivery, Part, Platform, Taken
from dossiers import conversations
from dossiers.conversations import Said
from dossiers.database import Base
from dossiers.models import Feedback, Kind, Message, OutboxState, Sender
from knowledge import templates
from knowledge.wording import say
from tests.channels.whatsapp.conftest import LOOK_AFTER, SAM, VERIFY_TOKEN, World
from tests.platforms.whatsapp import serving

PRIVACY = say("privacy_first_short")


def says(world: World, text: str, address: str = SAM, wamid: str | None = None) -> str:
    return world.graph.hear(address, {"type": "text", "text": {"body": text}}, wamid)


def states(world: World) -> set[OutboxState]:
    return {OutboxState(item.state) for item in world.outbox()}


def add(world: World, text: str, template: dict[str, Any] | None = None) -> int:
    """A message of ours to the only person there is."""
    with world.database.write() as session:
        conversation = session.merge(world.conversations()[0])
        return conversations.add(session, conversation, Sender.BOT, Said(text), world.clock(), template=template).id


async def acquainted(world: World) -> None:
    """Sam has written once and read the answer."""
    says(world, "hello")
    await world.until(lambda: world.texts() == [PRIVACY, "about hello"])
    await world.until(lambda: states(world) == {OutboxState.READ})


async def test_a_question_is_answered_and_the_answer_is_read(world: World) -> None:
    async with world.running():
        await acquainted(world)
    (conversation,) = world.conversations()
    assert conversation.channel == "whatsapp"
    assert world.bot.asked == [(conversation.id, "hello", None)]


async def test_an_option_that_is_tapped_reaches_the_bot_as_its_payload(world: World) -> None:
    world.bot.options = [
        {"title": "By tram", "payload": '/inform{"way": "tram"}'},
        {"title": "On foot", "payload": "/b"},
    ]
    async with world.running() as api:
        says(world, "hello")
        await world.until(lambda: bool(world.seen()) and bool(world.seen()[-1].options))
        assert [option["title"] for option in world.seen()[-1].options] == ["By tram", "On foot"]
        world.bot.options = []
        async with httpx.AsyncClient(base_url=api) as person:
            await person.post("/_control/press", json={"from": SAM, "index": 0})
        await world.until(lambda: len(world.seen()) == 3)
    assert world.bot.asked[-1][2] == '/inform{"way": "tram"}'
    with world.database.read() as session:
        kinds = session.scalars(select(Message.kind).where(Message.sender == Sender.PERSON)).all()
    assert kinds == [Kind.TEXT, Kind.CHOICE]


async def test_a_burst_is_answered_in_order(world: World) -> None:
    texts = [f"question {number}" for number in range(8)]
    async with world.running():
        for text in texts:
            says(world, text)
        await world.until(lambda: len(world.seen()) == 9)
    assert world.texts() == [PRIVACY, *(f"about {text}" for text in texts)]
    assert world.graph.doubled == []


async def test_two_people_have_two_conversations(world: World) -> None:
    async with world.running():
        says(world, "from Sam")
        says(world, "from Amina", address="32470987654")
        says(world, "without a number", address="BE.1349120865530274")
        people = (SAM, "32470987654", "BE.1349120865530274")
        await world.until(lambda: all(len(world.seen(person)) == 2 for person in people))
    assert len(world.conversations()) == 3
    assert world.texts("BE.1349120865530274")[-1] == "about without a number"


async def test_a_disturbed_network_loses_and_doubles_nothing(world: World) -> None:
    world.trouble(
        webhooks={"doubled": 0.5, "late": 0.2, "shuffled": True, "forged": 0.5},
        answers=[
            {"status": 400, "code": 131056, "share": 0.3, "times": 3},
            {"drop": True, "taken": True, "share": 0.3, "times": 2},
            {"drop": True, "share": 0.3, "times": 2},
            {"status": 500, "share": 0.3, "times": 2},
            {"delay": 0.05, "share": 0.3, "times": None},
        ],
    )
    texts = [f"question {number}" for number in range(10)]
    async with world.running():
        for text in texts:
            says(world, text)

        def all_read() -> bool:
            world.passes(seconds=1 if world.graph.courier.pending == 0 else 0)
            return len(world.seen()) >= 11 and states(world) == {OutboxState.READ}

        await world.until(all_read, seconds=30)
    assert world.texts() == [PRIVACY, *(f"about {text}" for text in texts)]
    assert (world.graph.doubled, world.graph.counts["forged_accepted"]) == ([], 0)


async def test_a_message_that_was_taken_before_the_connection_broke_is_not_sent_again(world: World) -> None:
    async with world.running():
        await acquainted(world)
        world.trouble(answers=[{"drop": True, "taken": True}])
        add(world, "the lost answer")
        await world.until(lambda: "the lost answer" in world.texts() and world.graph.courier.pending == 0)
        world.passes(seconds=LOOK_AFTER + outbox.CLAIM.total_seconds())
        await world.until(lambda: states(world) == {OutboxState.READ})
    assert world.texts().count("the lost answer") == 1


async def test_a_message_that_was_not_taken_before_the_connection_broke_is_sent_again(world: World) -> None:
    async with world.running():
        await acquainted(world)
        world.trouble(answers=[{"drop": True}])
        add(world, "the lost answer")
        await world.until(lambda: world.graph.counts["dropped"] == 1)
        await asyncio.sleep(0.1)
        assert "the lost answer" not in world.texts()
        world.passes(seconds=LOOK_AFTER + 1)
        await world.until(lambda: states(world) == {OutboxState.READ})
    assert world.texts().count("the lost answer") == 1


class Dying:
    """A platform whose process is killed right after Meta took a message, before that could be written down."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def __getattr__(self, name: str) -> Any:
        return getattr(self.platform, name)

    async def send(self, part: Part, delivery: Delivery) -> Taken:
        taken = await self.platform.send(part, delivery)
        if part.body.get("text", {}).get("body") == "the last words":
            raise asyncio.CancelledError
        return taken


async def test_a_process_that_dies_between_sending_and_writing_it_down_doubles_nothing(world: World) -> None:
    async with serving(world.graph) as api:
        async with world.at_work(Dying(world.platform(api))):
            await acquainted(world)
            add(world, "the last words")
            await world.until(lambda: "the last words" in world.texts() and world.graph.courier.pending == 0)
            add(world, "after the restart")
        world.passes(seconds=outbox.CLAIM.total_seconds() * 2 + 1)
        async with world.at_work(world.platform(api)):
            await world.until(lambda: world.texts()[-1] == "after the restart")
            await world.until(lambda: states(world) == {OutboxState.READ})
    assert world.texts() == [PRIVACY, "about hello", "the last words", "after the restart"]


async def test_stop_ends_everything_after_one_confirmation_and_start_begins_again(world: World) -> None:
    async with world.running():
        await acquainted(world)
        says(world, "STOP")
        await world.until(lambda: world.texts()[-1] == say("stopped"))
        add(world, "news that nobody wants")
        await asyncio.sleep(0.2)
        assert world.texts()[-1] == say("stopped")
        says(world, "Start")
        await world.until(lambda: world.texts()[-1] == "about Start")
    assert world.bot.asked[-1][1:] == ("Start", "/greet")
    assert "news that nobody wants" not in world.texts()


async def test_who_begins_with_stop_gets_nothing_but_the_confirmation(world: World) -> None:
    async with world.running():
        says(world, "stop")
        await world.until(lambda: world.texts() == [say("stopped")])


async def test_free_text_after_24_hours_waits_until_the_person_writes(world: World) -> None:
    async with world.running():
        await acquainted(world)
        world.passes(hours=24)
        add(world, "too late")
        await world.until(lambda: world.outbox()[-1].state == OutboxState.DEAD)
        assert world.outbox()[-1].error == outbox.WINDOW_CLOSED
        assert world.graph.failed == []
        says(world, "hello again")
        await world.until(lambda: len(world.texts()) == 4)
    assert world.texts()[2:] == ["too late", "about hello again"]


async def test_a_template_goes_out_after_24_hours(world: World) -> None:
    found = templates.get("colleague-answer")
    values = {"subject": "your deposit"}
    text = templates.fill(found, values)
    async with world.running():
        await acquainted(world)
        world.passes(hours=30)
        world.graph.people[SAM].heard_at = None
        add(world, text, templates.delivery(found, values))
        await world.until(lambda: world.texts()[-1] == text)
        await world.until(lambda: states(world) == {OutboxState.READ})


async def test_what_meta_refuses_afterwards_because_of_24_hours_goes_out_when_the_person_writes(world: World) -> None:
    async with world.running():
        await acquainted(world)
        world.graph.people[SAM].heard_at = None  # their message came to us late; Meta counts from when it was sent
        add(world, "too late")
        await world.until(lambda: world.outbox()[-1].state == OutboxState.DEAD)
        assert world.outbox()[-1].error == outbox.WINDOW_CLOSED
        assert [failed["code"] for failed in world.graph.failed] == [131047]
        says(world, "hello again")
        await world.until(lambda: len(world.texts()) == 4)
        await world.until(lambda: states(world) == {OutboxState.READ})
    assert world.texts()[2:] == ["too late", "about hello again"]


async def test_a_number_without_whatsapp_is_told_to_the_desk(world: World) -> None:
    async with world.running():
        await acquainted(world)
        world.trouble(unreachable=[SAM])
        add(world, "nobody reads this")
        await world.until(lambda: world.outbox()[-1].state == OutboxState.DEAD)
    assert world.outbox()[-1].error == "undeliverable"


async def test_a_rate_limit_of_the_number_holds_messages_back_and_loses_none(world: World) -> None:
    async with world.running():
        await acquainted(world)
        world.trouble(answers=[{"status": 400, "code": 130429, "times": 2}])
        for text in ("first", "second"):
            add(world, text)

        def moved_on() -> bool:
            world.passes(seconds=1)
            return world.texts()[-1] == "second"

        await world.until(moved_on)
    assert world.texts()[2:] == ["first", "second"]


async def test_what_is_not_words_is_answered_politely(world: World) -> None:
    async with world.running():
        world.graph.hear(SAM, {"type": "audio", "audio": {"id": "1", "mime_type": "audio/ogg", "voice": True}})
        await world.until(lambda: world.texts() == [PRIVACY, say("cannot_voice")])
        world.graph.hear(SAM, {"type": "image", "image": {"id": "2", "caption": "Which letter is this?"}})
        await world.until(lambda: len(world.texts()) == 4)
        world.graph.hear(SAM, {"type": "system", "system": {"type": "user_changed_number", "wa_id": "1"}})
        await world.until(lambda: world.graph.courier.pending == 0)
    assert world.texts()[2:] == [say("only_words"), "about Which letter is this?"]


async def test_a_thumb_on_an_answer_is_kept_as_feedback(world: World) -> None:
    async with world.running():
        await acquainted(world)
        answer = world.seen()[-1].wamid
        world.graph.hear(SAM, {"type": "reaction", "reaction": {"message_id": answer, "emoji": "👍"}})
        await world.until(lambda: world.graph.courier.pending == 0)
    with world.database.read() as session:
        assert [row.verdict for row in session.scalars(select(Feedback))] == ["helped"]


async def test_neither_the_number_nor_an_id_that_holds_it_is_in_the_database(world: World) -> None:
    async with world.running():
        await acquainted(world)
    wamids = [seen.wamid for seen in world.graph.people[SAM].seen]
    with world.database.read() as session:
        kept = [str(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
    assert any("about hello" in row for row in kept)
    for secret in (SAM, SAM[2:], *wamids):
        assert not [row for row in kept if secret in row]


async def test_the_webhook_is_verified_as_meta_does_it(world: World) -> None:
    assert await world.graph.courier.ask(VERIFY_TOKEN)
    assert not await world.graph.courier.ask("guessed")
