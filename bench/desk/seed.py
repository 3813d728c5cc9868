"""Fills an empty database as after some years: many dossiers, some people waiting, some with an agent."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, insert

from bench.plans.people import people as profiles
from dossiers import accounts, audit
from dossiers.database import Base, Database
from dossiers.models import (
    Agent,
    Conversation,
    Dossier,
    DossierField,
    Handover,
    Message,
    Person,
    PlanRecord,
    Sender,
    Speaker,
    Team,
    TeamMember,
    TopicStatus,
    new_id,
)
from dossiers.topics import TOPICS
from knowledge.library import Library
from knowledge.planning.keeping import to_data
from knowledge.vocabulary import country_names

PASSWORD = "measured and forgotten"
LOGIN = "bench"
TEAMS = 5
MINE = 12  # of the open conversations; as many again are with each of four colleagues
COLLEAGUES = 4
MESSAGES = (4, 14)
AT_ONCE = 500
NAMES = (
    "Amina Noor Yusuf Mirela Pedro Aya Bram Chiara Dmitri Elif Fatou Goran Hana Ivan Jelena Kofi Leila Mateusz Nadia"
    " Oksana Priya Quentin Rosa Samir Tomas Ulrike Viktor Wei Xenia Yara Zainab Abdul Bianca Carlos Dunya Emre"
).split()
WORDS = (
    "school child job contract nurse welder engineer teacher flat deposit doctor lawyer bank language course bicycle"
    " hospital diploma asthma baby parents brother winter money tax insurance driving licence university laboratory"
).split()
PURPOSES = ("employee", "researcher", "student", "family", "job-seeker", "self-employed")


@dataclass
class Seeded:
    """What was made, to choose from."""

    dossiers: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    mine: list[str] = field(default_factory=list)
    rows: int = 0


class Seeder:
    """Makes everything from one seed, so that two runs measure the same."""

    def __init__(self, database: Database, library: Library, now: dt.datetime, seed: int) -> None:
        self.database, self.library, self.now = database, library, now
        self.chance = random.Random(seed)
        self.made = Seeded()
        self.waiting: dict[Table, list[dict[str, Any]]] = {}
        self.questions = [question for article in library.articles.values() for question in article.questions]
        self.countries = list(country_names())
        self.towns = list(library.municipalities)

    def run(self, dossiers: int, open_conversations: int) -> Seeded:
        """Makes it all."""
        Base.metadata.create_all(self.database.engine)
        agents, teams = self._staff()
        message_id = 0
        for number, profile in enumerate(profiles(dossiers, self.chance.randrange(10**9), sorted(self.library.steps))):
            is_open = number >= dossiers - open_conversations
            place = number - (dossiers - open_conversations)
            agent = agents[place % len(agents)] if is_open and place < MINE * len(agents) else None
            message_id = self._person(to_data(profile[0]), agent, is_open, teams, agents[0], message_id)
            if number % AT_ONCE == 0:
                self._flush()
        self._flush()
        return self.made

    def _staff(self) -> tuple[list[str], list[str]]:
        with self.database.write() as session:
            teams = [Team(name=f"Team {number}", municipalities=[], created_at=self.now) for number in range(TEAMS)]
            session.add_all(teams)
            mine = accounts.create_agent(session, login=LOGIN, name="Bench", password=PASSWORD, now=self.now)
            others = [
                Agent(login=f"colleague{number}", name=f"Colleague {number}", password_hash="-", created_at=self.now)
                for number in range(COLLEAGUES)
            ]
            session.add_all(others)
            session.flush()
            session.add_all([TeamMember(team_id=team.id, agent_id=mine.id) for team in teams])
            return [mine.id, *(one.id for one in others)], [team.id for team in teams]

    def _person(
        self, profile: dict[str, Any], agent: str | None, is_open: bool, teams: list[str], me: str, message_id: int
    ) -> int:
        chance = self.chance
        person, conversation, dossier = new_id(), new_id(), new_id()
        begun = self.now - dt.timedelta(minutes=chance.randrange(5, 60 * 72 if is_open else 60 * 24 * 700))
        self._add(Person, id=person, created_at=begun)
        speaker = (Speaker.AGENT if agent else Speaker.QUEUE) if is_open else Speaker.BOT
        self._add(
            Conversation, id=conversation, person_id=person, channel="web", token_hash="-", municipality="gent",
            team_id=chance.choice([None, *teams]), speaker=speaker, agent_id=agent, failed_turns=0, missed_turns=0,
            lease_until=self.now + dt.timedelta(hours=1) if agent else None, created_at=begun, last_message_at=begun,
        )  # fmt: skip
        message_id = self._talk(conversation, begun, message_id)
        self._hand_over(conversation, begun, agent, is_open)
        self._add(
            PlanRecord, person_id=person, profile=profile, link_id=new_id(), revision=1, created_at=begun,
            changed_at=begun,
        )  # fmt: skip
        self._add(
            Dossier, id=dossier, person_id=person, conversation_id=conversation, created_at=begun, changed_at=begun
        )
        self._fields(dossier, begun)
        self.made.dossiers.append(dossier)
        if is_open:
            (self.made.mine if agent == me else self.made.waiting).append(conversation)
        return message_id

    def _talk(self, conversation: str, begun: dt.datetime, message_id: int) -> int:
        for number in range(self.chance.randrange(*MESSAGES)):
            message_id += 1
            sender = (Sender.PERSON, Sender.BOT, Sender.PERSON, Sender.AGENT)[number % 4]
            self._add(
                Message, id=message_id, conversation_id=conversation, sender=sender, kind="text", facts=[], sources=[],
                options=[], plan=[], text=f"{self.chance.choice(self.questions)} {' '.join(self._words(4))}",
                created_at=begun + dt.timedelta(seconds=40 * number),
            )  # fmt: skip
        return message_id

    def _hand_over(self, conversation: str, begun: dt.datetime, agent: str | None, is_open: bool) -> None:
        if is_open or self.chance.random() < 0.3:
            self._add(
                Handover, conversation_id=conversation, reason="asked", summary=" ".join(self._words(12)),
                risks=["eviction"] if self.chance.random() < 0.05 else [], requested_at=begun, agent_id=agent,
                taken_at=begun if agent else None, closed_at=None if is_open else begun, after_hours=False,
            )  # fmt: skip

    def _fields(self, dossier: str, at: dt.datetime) -> None:
        chance = self.chance
        values = {
            "first_name": chance.choice(NAMES),
            "nationality": chance.choice(self.countries),
            "home_town": chance.choice(self.towns),
            "purpose": chance.choice(PURPOSES),
            "arrival": f"in {chance.randrange(1, 12)} months",
            "job_offer": chance.choice(("yes", "no")),
            "housing_help": chance.choice(("yes", "no")),
            "household": " ".join(self._words(2)),
            "concern": " ".join(self._words(8)),
            "contact": f"{new_id()[:8]}@example.org",
        }
        for key, value in values.items():
            self._add(
                DossierField, dossier_id=dossier, key=key, value=value, state="stated", stated_by="person", stated_at=at
            )
        for topic in chance.sample(TOPICS, 3):
            self._add(
                TopicStatus, dossier_id=dossier, topic=topic, state="open", note=" ".join(self._words(5)),
                set_by="agent", set_at=at,
            )  # fmt: skip

    def _words(self, count: int) -> Iterator[str]:
        return iter(self.chance.choices(WORDS, k=count))

    def _add(self, model: type[Base], **values: Any) -> None:
        table = model.__table__
        assert isinstance(table, Table)
        self.waiting.setdefault(table, []).append(values)
        self.made.rows += 1

    def _flush(self) -> None:
        with self.database.write() as session:
            for table in Base.metadata.sorted_tables:
                if rows := self.waiting.pop(table, None):
                    session.execute(insert(table), rows)


def note_looks(database: Database, count: int, now: dt.datetime) -> None:
    """Fills the audit log."""
    for _ in range(count // AT_ONCE):
        with database.write() as session:
            for number in range(AT_ONCE):
                audit.note(
                    session, actor=f"agent:{new_id()}", action="dossier.read", subject=f"dossier:{new_id()}", now=now,
                    details={"number": number},
                )  # fmt: skip
