"""Both ends of a conversation are read as they are: what is planted in a database or on a screen is found."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from channels import inbox
from channels.arrivals import Arrival, Arrivals
from channels.incoming import Incoming, reference
from channels.resume.codes import Codes
from dossiers import conversations, floor, handovers
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Agent, Conversation, InboxItem, InboxState, Kind, Message, OutboxItem, OutboxState, Sender
from dossiers.sealing import Sealer
from knowledge.wording import say
from tests.torture import ending
from tests.torture.checks import findings
from tests.torture.colleague import Case
from tests.torture.ledger import Entry
from tests.torture.options import TELEGRAM, WEB, WHATSAPP
from tests.torture.people import Budget, Person
from tests.torture.phones import Phone, Screen, Seen
from tests.torture.records import Fault, Sent
from tests.torture.watch import Watch

OPTIONS = [{"title": "Costs", "payload": "/costs"}, {"title": "Places", "payload": "/places"}]
ANSWER = "This. That! (All of it) costs 5 euro."
REPLY = "Dear *you*, 1 < 2."


class Scene:
    """Somebody says hello, presses a button and talks to Ann."""

    def __init__(self, database: Database, channel: str, moment: dt.datetime) -> None:
        self.database, self.channel, self.now = database, channel, moment
        self.case = Case(taken=1, closed=1, sent=[Entry(REPLY, "desk 1")])
        self.id = self._take("hello (x.1)", "id-1")
        with database.write() as session:
            conversation = session.get_one(Conversation, self.id)
            offer = conversations.add(session, conversation, Sender.BOT, Said(ANSWER, options=OPTIONS), moment)
        choice = reference(offer.id, 1)
        self._take("", "id-2", choice)
        with database.write() as session:
            self._talk_to_ann(session, session.get_one(Conversation, self.id))
            session.execute(update(InboxItem).values(state=InboxState.DONE))
            done = OutboxState.DELIVERED if channel == WEB else OutboxState.SENT
            session.execute(update(OutboxItem).values(state=done))
        press = ("id-2", "/places") if channel == WEB else ("choice", choice)
        hello = ("id-1", "hello (x.1)") if channel == WEB else ("text", "hello (x.1)")
        phone = cast("Phone", SimpleNamespace(channel=channel, screen=Screen()))
        self.person = Person("x", phone, Watch(database.engine), Budget(0, 0), random.Random(1), {})
        self.person.conversation = self.id
        self.person.sent = [Sent(hello, "x 1", waited=True), Sent(press, "x 2", waited=True)]
        self.look()

    def _take(self, text: str, external_id: str, choice: str | None = None) -> str:
        if self.channel != WEB:
            sealer = Sealer(["a secret that is long enough"])
            codes = Codes(sealer, lambda: self.now)
            kind = Kind.TEXT if choice is None else Kind.CHOICE
            incoming = Incoming(external_id, text, kind, choice=choice)
            arrivals = Arrivals(self.database, sealer, codes, lambda: self.now)
            return arrivals.take(Arrival(self.channel, "41", incoming)).conversation_id
        with self.database.write() as session:
            if choice is None:
                conversation, _ = conversations.start(session, channel=WEB, municipality=None, now=self.now)
            else:
                conversation = session.get_one(Conversation, self.id)
            incoming = Incoming(external_id, text, payload="/places" if choice else None)
            inbox.receive(session, conversation, incoming, self.now)
            return conversation.id

    def _talk_to_ann(self, session: Session, conversation: Conversation) -> None:
        ann = Agent(login="ann", name="Ann", password_hash="none", created_at=self.now)
        session.add(ann)
        session.flush()
        floor.request(session, conversation.id)
        handovers.take(session, conversation, ann, say, self.now)
        handovers.reply(session, conversation, ann, REPLY, "desk-1", self.now)
        handovers.close(session, conversation, ann, say, self.now)

    def look(self) -> None:
        """The person sees everything as it must be seen."""
        self.person.phone.screen.seen.clear()
        for row in ending.read(self.database.engine).messages[self.id]:
            for label in self.shown(row):
                ours = row["sender"] != Sender.PERSON
                self.person.phone.screen.show(Seen(label, str(label), row["text"], time.monotonic(), ours=ours))

    def shown(self, row: ending.Row) -> list[object]:
        if self.channel == WEB:
            return [row["id"]]
        if row["sender"] == Sender.PERSON:
            return []
        message = ending.outgoing(row, {row["agent_id"]: "Ann"})
        return list(ending.RENDERED[self.channel](message))

    def faults(self) -> list[tuple[Fault, str]]:
        stored = ending.read(self.database.engine)
        found = findings(ending.talk(stored, self.person, self.case))
        return [(finding.fault, finding.side) for finding in [*found, *ending.strangers(stored, [self.person])]]


@pytest.fixture(params=[WEB, TELEGRAM, WHATSAPP])
def scene(request: pytest.FixtureRequest, database: Database, moment: dt.datetime) -> Scene:
    return Scene(database, request.param, moment)


def last(session: Session, sender: Sender) -> int:
    statement = select(Message.id).where(Message.sender == sender).order_by(Message.id.desc())
    return session.scalars(statement.limit(1)).one()


def test_a_conversation_without_faults_has_none(scene: Scene) -> None:
    assert scene.faults() == []


def test_a_message_of_the_person_that_is_gone_is_lost(scene: Scene) -> None:
    with scene.database.write() as session:
        gone = last(session, Sender.PERSON)
        session.execute(delete(InboxItem).where(InboxItem.message_id == gone))
        session.execute(delete(Message).where(Message.id == gone))
    scene.look()
    assert (Fault.LOST, "in") in scene.faults()


def test_a_message_of_the_person_that_is_kept_twice_is_doubled(scene: Scene) -> None:
    with scene.database.write() as session:
        conversation = session.get_one(Conversation, scene.id)
        incoming = Incoming("id-3" if scene.channel != WEB else "id-1-again", "hello (x.1)")
        inbox.receive(session, conversation, incoming, scene.now)
    scene.look()
    found = scene.faults()
    assert {(Fault.DOUBLED, "in"), (Fault.STRANGE, "in")} & set(found)
    assert (Fault.LEFT_OVER, "in") in found


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda seen: seen.pop(), Fault.LOST),
        (lambda seen: seen.append(seen[-1]), Fault.DOUBLED),
        (lambda seen: seen.reverse(), Fault.OUT_OF_ORDER),
    ],
)
def test_what_the_person_did_not_see_once_and_in_order_is_found(
    scene: Scene, change: Callable[[list[Seen]], object], fault: Fault
) -> None:
    change(scene.person.phone.screen.seen)
    assert (fault, "out") in scene.faults()


@pytest.mark.parametrize("state", [OutboxState.DEAD, OutboxState.QUEUED, OutboxState.SENDING])
def test_a_message_of_ours_that_is_not_out_is_found(scene: Scene, state: OutboxState) -> None:
    with scene.database.write() as session:
        number = last(session, Sender.BOT)
        session.execute(update(OutboxItem).where(OutboxItem.message_id == number).values(state=state))
    expected = Fault.DEAD if state is OutboxState.DEAD else Fault.LEFT_OVER
    assert scene.faults() == [(expected, "out")]


def test_a_message_that_was_set_aside_is_found(scene: Scene) -> None:
    with scene.database.write() as session:
        session.execute(update(InboxItem).values(state=InboxState.DEAD))
    assert scene.faults() == [(Fault.DEAD, "in")] * 2


def test_the_bot_that_speaks_while_ann_has_the_floor_is_found(scene: Scene) -> None:
    with scene.database.write() as session:
        number = last(session, Sender.AGENT)
        session.execute(update(Message).where(Message.id == number).values(sender=Sender.BOT, agent_id=None))
    scene.look()
    assert (Fault.FLOOR, "") in scene.faults()


def test_a_conversation_of_nobody_is_found(scene: Scene) -> None:
    with scene.database.write() as session:
        other, _ = conversations.start(session, channel=TELEGRAM, municipality=None, now=scene.now)
        conversations.add(session, other, Sender.PERSON, Said("who am I"), scene.now)
    assert scene.faults() == [(Fault.STRANGE, "in")]


def test_who_has_no_conversation_is_found(scene: Scene) -> None:
    scene.person.conversation = ""
    assert (Fault.LOST, "in") in scene.faults()


def test_what_waits_is_seen_by_the_watch(scene: Scene) -> None:
    with scene.database.write() as session:
        inbox.receive(session, session.get_one(Conversation, scene.id), Incoming("id-9", "and more"), scene.now)
        conversations.add(session, session.get_one(Conversation, scene.id), Sender.BOT, Said("x"), scene.now)
        floor.request(session, scene.id)

    async def look() -> Watch:
        watch = Watch(scene.database.engine)
        task = asyncio.create_task(watch.run())
        await watch.fresh()
        task.cancel()
        return watch

    watch = asyncio.run(look())
    assert (watch.look.inbox[scene.id], watch.look.outbox[scene.id]) == (1, 1)
    assert watch.speaker(scene.id) == "queue"
    assert watch.speaker("another") == "bot"
