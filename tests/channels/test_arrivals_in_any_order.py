"""Deliveries doubled and reordered, workers that vanish and come back, chats that move and end, in any interleaving:
every message is stored once, answered once and in order, and nothing goes to the wrong chat."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import defaultdict

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete

from channels import inbox
from channels.arrivals import Arrival, Arrivals
from channels.incoming import Incoming
from channels.resume import linking
from channels.resume.codes import Codes
from channels.router import Router, Work, next_work
from dossiers.database import Base, Database
from dossiers.models import Address, Conversation, InboxItem, InboxState, Kind, Message, OutboxItem, OutboxState, Sender
from dossiers.sealing import Sealer
from knowledge.wording import say
from tests.channels.conftest import SECRET, ChosenBot
from tests.conftest import MOMENT

CHATS = [("telegram", "1"), ("telegram", "2"), ("whatsapp", "1")]
chats = st.sampled_from(CHATS)


class World(RuleBasedStateMachine):
    """Three chats, a network that brings messages when and as often as it likes, and workers that may vanish."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        with database.write() as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(delete(table))
        self.now, self.database, sealer = MOMENT, database, Sealer([SECRET])
        self.mark = sealer.mark
        self.codes = Codes(sealer, self.clock)
        self.arrivals = Arrivals(database, sealer, self.codes, self.clock)
        self.router = Router(database, ChosenBot(), self.clock, self.codes)
        self.sent: list[Arrival] = []
        self.stored: dict[str, list[str]] = defaultdict(list)
        self.home: dict[tuple[str, str], str] = {}
        self.vanished: list[tuple[Work, dt.datetime]] = []

    def clock(self) -> dt.datetime:
        return self.now

    @rule(chat=chats, kind=st.sampled_from([Kind.TEXT, Kind.TEXT, Kind.PHOTO, Kind.STOP]))
    def somebody_writes(self, chat: tuple[str, str], kind: Kind) -> None:
        number = len(self.sent)
        text = "" if kind is Kind.PHOTO else f"message {number}"
        self.sent.append(Arrival(*chat, Incoming(f"id-{number}", text, kind)))

    @precondition(lambda self: self.home)
    @rule(chat=chats, data=st.data())
    def somebody_sends_a_code(self, chat: tuple[str, str], data: st.DataObject) -> None:
        target = self.home[data.draw(st.sampled_from(sorted(self.home)))]
        with self.database.write() as session:
            code, _ = self.codes.make(session, target, self.now)
        number = len(self.sent)
        self.sent.append(Arrival(*chat, Incoming(f"id-{number}", f"code {code}"), code))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def the_network_delivers(self, data: st.DataObject) -> None:
        self._deliver(data.draw(st.integers(0, len(self.sent) - 1)))

    def _deliver(self, number: int) -> None:
        arrival = self.sent[number]
        mark = self.mark(arrival.channel, arrival.incoming.external_id)
        known = {one for marks in self.stored.values() for one in marks}
        stored = self.arrivals.take(arrival)
        assert stored.new == (mark not in known)
        if stored.new:
            self.stored[stored.conversation_id].append(mark)
            self.home[arrival.channel, arrival.address] = stored.conversation_id

    @precondition(lambda self: self.home)
    @rule(data=st.data())
    def the_website_ends_a_channel(self, data: st.DataObject) -> None:
        chat = data.draw(st.sampled_from(sorted(self.home)))
        with self.database.write() as session:
            linking.unlink(session, self.home[chat], chat[0], self.now)

    @rule()
    def a_worker_answers(self) -> None:
        if (claimed := self._claimed()) is not None:
            self._finish(*claimed)

    @rule()
    def a_worker_vanishes(self) -> None:
        if (claimed := self._claimed()) is not None:
            self.vanished.append(claimed)

    @precondition(lambda self: self.vanished)
    @rule(data=st.data())
    def a_vanished_worker_comes_back(self, data: st.DataObject) -> None:
        self._finish(*self.vanished.pop(data.draw(st.integers(0, len(self.vanished) - 1))))

    @rule(seconds=st.sampled_from([1, 20, 50, 1000]))
    def time_passes(self, seconds: int) -> None:
        self.now += dt.timedelta(seconds=seconds)

    def _claimed(self) -> tuple[Work, dt.datetime] | None:
        with self.database.write() as session:
            for conversation_id in inbox.waiting_conversations(session, self.now):
                until, work = inbox.claim(session, conversation_id, self.now), next_work(session, conversation_id)
                assert until is not None
                assert work is not None
                return work, until
        return None

    def _finish(self, work: Work, until: dt.datetime) -> None:
        asyncio.run(self.router.process(work))
        with self.database.write() as session:
            inbox.release(session, work.conversation_id, until)

    @invariant()
    def every_message_is_stored_once_and_in_the_order_it_came(self) -> None:
        with self.database.read() as session:
            rows = session.query(Message).filter_by(sender=Sender.PERSON).order_by(Message.id)
            found: dict[str, list[str]] = defaultdict(list)
            for message in rows:
                found[message.conversation_id].append(message.client_id or "")
        assert found == self.stored

    @invariant()
    def what_waits_goes_to_the_chat_of_its_conversation(self) -> None:
        with self.database.read() as session:
            waiting = session.query(OutboxItem).filter_by(state=OutboxState.QUEUED).all()
            homes = {address.id: address for address in session.query(Address)}
            assert len({(a.conversation_id, a.channel) for a in homes.values()}) == len(homes)
            assert {a.conversation_id for a in homes.values()} <= {c.id for c in session.query(Conversation)}
        for row in waiting:
            if row.channel != "web":
                assert row.address_id is not None
                assert homes[row.address_id].conversation_id == row.conversation_id
                assert homes[row.address_id].channel == row.channel

    def teardown(self) -> None:
        """Everything is brought and answered at last, and whoever vanished comes back."""
        for number in range(len(self.sent)):
            self._deliver(number)
        self.every_message_is_stored_once_and_in_the_order_it_came()
        self.now += inbox.TURN * 2
        while (claimed := self._claimed()) is not None:
            self._finish(*claimed)
        for work, until in self.vanished:
            self._finish(work, until)
        with self.database.read() as session:
            assert {item.state for item in session.query(InboxItem)} <= {InboxState.DONE}
            for conversation_id in self.stored:
                messages = session.query(Message).filter_by(conversation_id=conversation_id).order_by(Message.id).all()
                self._are_answered(messages)

    @staticmethod
    def _are_answered(messages: list[Message]) -> None:
        asked = [m for m in messages if m.sender == Sender.PERSON]
        answers = {Kind.TEXT: "about {}", Kind.PHOTO: say("cannot_photo"), Kind.MOVED: say("cannot_moved")}
        answers[Kind.WRONG_CODE] = say("cannot_wrong_code")
        expected = [answers[Kind(m.kind)].format(m.text) for m in asked if m.kind != Kind.STOP]
        unasked = {say("privacy_first_short"), say("stopped")}
        given = [m.text for m in messages if m.sender != Sender.PERSON and m.text not in unasked]
        assert given == expected


def test_in_any_order_everything_is_stored_and_answered_once(database: Database) -> None:
    many = 40 if database.engine.dialect.name == "sqlite" else 10
    run_state_machine_as_test(
        lambda: World(database),  # type: ignore[arg-type]
        settings=settings(
            max_examples=many, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
