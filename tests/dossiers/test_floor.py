"""One speaker at a time: whatever bot, queue, agents and the clock do, only the owner of the floor speaks."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from dossiers import conversations, floor, handovers
from dossiers.conversations import Said
from dossiers.database import Base, Database, make_engine
from dossiers.models import Agent, Conversation, Message, Sender, Speaker
from knowledge.wording import say

START = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
AGENTS = ("amina", "bert", "chloe")


def add_agents(database: Database) -> None:
    with database.write() as session:
        for name in AGENTS:
            session.add(Agent(id=name, login=name, name=name.title(), password_hash="-", created_at=START))


def new_conversation(database: Database) -> str:
    with database.write() as session:
        conversation, _ = conversations.start(session, channel="web", municipality=None, now=START)
        return conversation.id


class FloorMachine(RuleBasedStateMachine):
    """Random agents, people and time-outs against a model of who should have the floor."""

    def __init__(self) -> None:
        super().__init__()
        self.database = Database(make_engine("sqlite:///:memory:"))
        Base.metadata.create_all(self.database.engine)
        add_agents(self.database)
        self.id = new_conversation(self.database)
        self.now = START
        self.speaker, self.agent = Speaker.BOT, ""
        self.until = START
        self.replies = 0

    def change(self, action: str, agent: str = "") -> bool:
        with self.database.write() as session:
            conversation = session.get_one(Conversation, self.id)
            who = session.get(Agent, agent)
            try:
                match action:
                    case "request":
                        return handovers.request(session, conversation, "asked", self.now)
                    case "resume":
                        return handovers.go_on_with_bot(session, conversation, say, self.now)
                    case "lapse":
                        return bool(handovers.lapse(session, say, self.now))
                assert who is not None
                match action:
                    case "take":
                        handovers.take(session, conversation, who, say, self.now)
                    case "reply":
                        handovers.reply(session, conversation, who, "hello", None, self.now)
                    case "close":
                        handovers.close(session, conversation, who, say, self.now)
            except handovers.NotYours:
                return False
            return True

    @rule()
    def person_asks_for_people(self) -> None:
        assert self.change("request") is (self.speaker is Speaker.BOT)
        if self.speaker is Speaker.BOT:
            self.speaker = Speaker.QUEUE

    @rule()
    def person_goes_back_to_the_bot(self) -> None:
        assert self.change("resume") is (self.speaker is Speaker.QUEUE)
        if self.speaker is Speaker.QUEUE:
            self.speaker = Speaker.BOT

    @rule(agent=st.sampled_from(AGENTS))
    def agent_takes(self, agent: str) -> None:
        free = self.speaker is not Speaker.AGENT or self.until < self.now
        assert self.change("take", agent) is free
        if free:
            self.speaker, self.agent, self.until = Speaker.AGENT, agent, self.now + floor.LEASE

    @rule(agent=st.sampled_from(AGENTS))
    def agent_replies(self, agent: str) -> None:
        mine = self.speaker is Speaker.AGENT and self.agent == agent and self.until >= self.now
        assert self.change("reply", agent) is mine
        if mine:
            self.until = self.now + floor.LEASE
            self.replies += 1

    @rule(agent=st.sampled_from(AGENTS))
    def agent_closes(self, agent: str) -> None:
        mine = self.speaker is Speaker.AGENT and self.agent == agent
        assert self.change("close", agent) is mine
        if mine:
            self.speaker, self.agent = Speaker.BOT, ""

    @rule(minutes=st.integers(min_value=1, max_value=45))
    def time_passes(self, minutes: int) -> None:
        self.now += dt.timedelta(minutes=minutes)

    @precondition(lambda self: self.speaker is Speaker.AGENT)
    @rule()
    def leases_are_swept(self) -> None:
        over = self.until < self.now
        assert self.change("lapse") is over
        if over:
            self.speaker, self.agent = Speaker.QUEUE, ""

    @invariant()
    def the_stored_floor_is_the_expected_one(self) -> None:
        with self.database.read() as session:
            conversation = session.get_one(Conversation, self.id)
            assert conversation.speaker == self.speaker
            assert (conversation.agent_id or "") == (self.agent if self.speaker is Speaker.AGENT else "")
            assert (conversation.lease_until is None) == (self.speaker is not Speaker.AGENT)
            spoken = session.query(Message).filter_by(conversation_id=self.id, sender=Sender.AGENT).count()
            assert spoken == self.replies

    def teardown(self) -> None:
        self.database.engine.dispose()


TestFloor = FloorMachine.TestCase
TestFloor.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_of_many_agents_at_once_exactly_one_takes(database: Database) -> None:
    add_agents(database)
    conversation_id = new_conversation(database)
    won: list[str] = []
    start = threading.Barrier(len(AGENTS))

    def take(agent: str) -> None:
        start.wait()
        with database.write() as session:
            if floor.take(session, conversation_id, agent, START):
                won.append(agent)

    threads = [threading.Thread(target=take, args=(agent,)) for agent in AGENTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    with database.read() as session:
        assert session.get_one(Conversation, conversation_id).agent_id == won[0]


@pytest.fixture
def taken(database: Database) -> tuple[Database, str]:
    add_agents(database)
    conversation_id = new_conversation(database)
    with database.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        handovers.request(session, conversation, "asked", START)
        handovers.take(session, conversation, session.get_one(Agent, "amina"), say, START)
    return database, conversation_id


def test_a_reply_sent_twice_is_one_message(taken: tuple[Database, str]) -> None:
    database, conversation_id = taken
    ids = []
    for _ in range(2):
        with database.write() as session:
            conversation, agent = session.get_one(Conversation, conversation_id), session.get_one(Agent, "amina")
            ids.append(handovers.reply(session, conversation, agent, "Good morning", "client-1", START).id)
    assert ids[0] == ids[1]


def test_the_summary_tells_what_was_asked_and_nothing_of_the_dossier(database: Database) -> None:
    conversation_id = new_conversation(database)
    turns = [
        ("my landlord keeps my deposit", Said("…", outcome="answered", article="deposit-return")),
        ("open a dossier", Said("What may we call you?", outcome="dossier")),
        ("Pedro", Said("What is your nationality?", outcome="dossier")),
        ("hunting licence?", Said("I do not know", outcome="not_covered")),
        ("i want a person", Said("I ask a colleague", outcome="handed_over")),
    ]
    with database.write() as session:
        conversation = session.get_one(Conversation, conversation_id)
        for question, answer in turns:
            conversations.add(session, conversation, Sender.PERSON, Said(question), START)
            conversations.add(session, conversation, Sender.BOT, answer, START)
        handovers.request(session, conversation, "asked", START)
        handover = handovers.open_handover(session, conversation_id)
    assert handover is not None
    assert handover.summary.splitlines() == [
        "Asked: my landlord keeps my deposit",
        "Asked: hunting licence?",
        "Last subject: deposit-return",
    ]
