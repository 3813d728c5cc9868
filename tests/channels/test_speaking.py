"""Whatever people, colleagues, the bot and the clock do: one speaker at a time, and nothing that was left gets lost."""

from __future__ import annotations

import asyncio
import datetime as dt
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from channels import inbox
from channels.incoming import Incoming
from channels.router import Router, Work, next_work
from dossiers import choosing, conversations, handovers, hours
from dossiers.conversations import Said
from dossiers.database import Base, Database, make_engine
from dossiers.models import Agent, Conversation, Handover, InboxItem, InboxState, Message, Sender, Speaker
from knowledge.wording import say

START = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)  # a Monday, ten o'clock in Ghent
AGENTS = ("amina", "bert", "chloe")
RISK = "I got an eviction letter"
TEXTS = ("hello", "how do i register", "thanks a lot", RISK)


class Machine(RuleBasedStateMachine):
    """One conversation through the real router and database, with a clock that moves over evenings and weekends."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database(make_engine(f"sqlite:///{Path(self.folder.name)}/one.db"))
        Base.metadata.create_all(self.database.engine)
        self.now, self.count, self.interrupted_by = START, 0, ""
        self.router = Router(self.database, self, lambda: self.now)
        with self.database.write() as session:
            for name in AGENTS:
                session.add(Agent(id=name, login=name, name=name.title(), password_hash="-", created_at=START))
            self.id = conversations.start(session, channel="web", municipality=None, now=START)[0].id
        self.left: int | None = None  # the open request that holds a message or a risk

    async def turn(self, conversation_id: str, message_id: int, text: str, payload: str | None) -> list[Said]:
        """The bot, while which answers a colleague may come in."""
        if self.interrupted_by:
            self.agent("take", self.interrupted_by)
        return [Said(f"about {text}", outcome="answered")]

    def look(self) -> tuple[str, str | None, int]:
        with self.database.read() as session:
            found = session.get_one(Conversation, self.id)
            last = session.scalars(select(Message.id).order_by(Message.id.desc())).first()
            return found.speaker, found.agent_id, last or 0

    def since(self, last: int) -> list[str]:
        with self.database.read() as session:
            return [m.sender for m in conversations.messages_after(session, self.id, last)]

    def agent(self, action: str, name: str, summary: str = "") -> bool:
        with self.database.write() as session:
            found, who = session.get_one(Conversation, self.id), session.get_one(Agent, name)
            try:
                match action:
                    case "take":
                        handovers.take(session, found, who, say, self.now)
                    case "reply":
                        handovers.reply(session, found, who, "hello", None, self.now)
                    case "back":
                        handovers.give_back(session, found, who, say, self.now)
                    case "close":
                        handovers.close(session, found, who, say, self.now, summary)
                    case _:
                        return handovers.dismiss(session, found, who, self.now)
            except handovers.NotYours:
                return False
        return True

    def sends(self, text: str = "", payload: str | None = None) -> list[str]:
        """The person sends something, which is processed; gives who wrote what came after it."""
        self.count += 1
        with self.database.write() as session:
            found = session.get_one(Conversation, self.id)
            incoming = Incoming(f"id-{self.count}", text, payload=payload)
            sent, _ = inbox.receive(session, found, incoming, self.now)
        while (work := self.next()) is not None:
            asyncio.run(self.router.process(work))
        return self.since(sent.id)

    def next(self) -> Work | None:
        with self.database.read() as session:
            return next_work(session, self.id)

    @rule(text=st.sampled_from(TEXTS))
    def the_person_writes(self, text: str) -> None:
        before = self.look()[0]
        with self.database.read() as session:
            writing = choosing.writing(session, session.get_one(Conversation, self.id)) is not None
        written_by = self.sends(text)
        assert (written_by[:1] == [Sender.BOT]) is (before == Speaker.BOT)
        assert Sender.AGENT not in written_by
        if writing:
            assert written_by == [Sender.SYSTEM], "the message is confirmed and the bot does not answer it"
            assert self.look()[0] == Speaker.BOT
            self.left = self.open_request().id
        elif before != Speaker.BOT and text != RISK:
            assert written_by == [], "nobody but the colleague answers"
        if text == RISK and before == Speaker.BOT and self.left is None and (request := self.request()):
            self.left = request.id

    @rule(name=st.sampled_from(AGENTS), text=st.sampled_from(TEXTS))
    def a_colleague_comes_in_while_the_bot_thinks(self, name: str, text: str) -> None:
        if self.look()[0] != Speaker.BOT:
            return
        self.interrupted_by = name
        written_by = self.sends(text)
        self.interrupted_by = ""
        assert Sender.BOT not in written_by
        assert self.look()[:2] == (Speaker.AGENT, name)

    @rule(data=st.data())
    def the_person_presses_a_button(self, data: st.DataObject) -> None:
        with self.database.read() as session:
            offered = {
                option["payload"] for m in conversations.messages_after(session, self.id, 0) for option in m.options
            }
        if not offered:
            return
        payload = data.draw(st.sampled_from(sorted(offered)))
        before, who, _ = self.look()
        written_by = self.sends(payload=payload)
        after = self.look()
        if before == Speaker.AGENT:
            assert (after[:2], written_by) == ((before, who), []), "a colleague has the floor and keeps it"
            return
        assert written_by == [Sender.SYSTEM]
        if payload == choosing.GO_ON:
            assert after[0] == Speaker.BOT
        if payload == choosing.LEAVE:
            assert after[0] == Speaker.QUEUE
        if payload == choosing.WAIT:
            assert (after[0] == Speaker.QUEUE) is (self.is_open or before == Speaker.QUEUE)

    @rule()
    def the_person_asks_for_a_colleague(self) -> None:
        before = self.look()[0]
        if before != Speaker.BOT:
            return  # the bot is not asked then
        with self.database.write() as session:
            found = session.get_one(Conversation, self.id)
            conversations.add(
                session, found, Sender.BOT, choosing.ask(session, found, "asked", self.now).said(), self.now
            )
        assert self.look()[0] == (Speaker.QUEUE if self.is_open else Speaker.BOT)

    @rule(name=st.sampled_from(AGENTS), action=st.sampled_from(["take", "reply", "back", "close", "dismiss"]))
    def a_colleague_does(self, name: str, action: str) -> None:
        before, who, last = self.look()
        with self.database.read() as session:
            until = session.get_one(Conversation, self.id).lease_until
        mine = before == Speaker.AGENT and who == name
        over = until is not None and until < self.now
        allowed = {
            "take": before != Speaker.AGENT or over,
            "reply": mine and not over,
            "back": mine,
            "close": mine,
            "dismiss": before == Speaker.BOT and self.request() is not None,
        }[action]
        assert self.agent(action, name, "we agreed") is allowed
        if not allowed:
            assert (self.look(), self.since(last)) == ((before, who, last), []), "nothing happened"
        elif action in ("close", "dismiss"):
            self.left = None

    @rule(hours_later=st.sampled_from([0.1, 0.4, 0.6, 3, 8, 16, 40]))
    def time_passes(self, hours_later: float) -> None:
        self.now += dt.timedelta(hours=hours_later)

    @rule()
    def the_worker_sweeps(self) -> None:
        before, _, last = self.look()
        with self.database.write() as session:
            lapsed = handovers.lapse(session, say, self.now)
            moved = choosing.close_for_the_day(session, self.now)
        after = self.look()
        assert len(self.since(last)) == len(lapsed) + len(moved), "who waits is told of each change, once"
        with self.database.read() as session:
            found = session.get_one(Conversation, self.id)
            writing = choosing.writing(session, found) is not None
            lost = found.speaker == Speaker.AGENT and found.lease_until is not None and found.lease_until < self.now
            assert not lost, "no lapse is lost"
            if not self.is_open:
                assert found.speaker != Speaker.QUEUE or writing, "nobody waits for people who have gone home"
        if moved:
            assert after[0] == Speaker.BOT
            self.left = self.open_request().id
        assert before != Speaker.BOT or after[0] == Speaker.BOT

    @property
    def is_open(self) -> bool:
        return hours.Calendar().is_open(self.now)

    def request(self) -> Handover | None:
        with self.database.read() as session:
            return handovers.open_handover(session, self.id)

    def open_request(self) -> Handover:
        found = self.request()
        assert found is not None
        return found

    @invariant()
    def the_record_fits_the_floor(self) -> None:
        with self.database.read() as session:
            found = session.get_one(Conversation, self.id)
            requests = session.scalars(select(Handover).where(Handover.closed_at.is_(None))).all()
            assert len(requests) <= 1
            assert (found.agent_id is None, found.lease_until is None) == ((found.speaker != Speaker.AGENT),) * 2
            if found.speaker != Speaker.BOT:
                assert requests, "people have it for a reason that is written down"
            if found.speaker == Speaker.AGENT:
                assert requests[0].agent_id == found.agent_id
                assert requests[0].first_taken_at is not None
            open_items = session.scalars(select(InboxItem).where(InboxItem.state != InboxState.DONE)).all()
            assert not open_items, "every message was processed"

    @invariant()
    def what_was_left_waits_for_a_colleague(self) -> None:
        if self.left is not None:
            with self.database.read() as session:
                kept = session.get_one(Handover, self.left)
                assert kept.closed_at is None
                assert kept.message_left_at is not None or kept.risks
                waits = session.scalars(select(Conversation.id).where(handovers.waits())).all()
                assert waits == [self.id] or session.get_one(Conversation, self.id).speaker == Speaker.AGENT

    def teardown(self) -> None:
        self.database.engine.dispose()
        self.folder.cleanup()


TestSpeaking = Machine.TestCase
TestSpeaking.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)
