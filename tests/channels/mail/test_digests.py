"""The mails that tell agents who waits, over a real mail server on this machine."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from channels.mail.sender import DigestSender
from channels.mail.smtp import NotSent, Server
from dossiers import choosing, conversations, digest, handovers
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Agent, Conversation, DigestSubscription, Role, Sender, Team, TeamMember
from tests.servers import free_port

MONDAY = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
SECRET = "my landlord beats me, I am Aya from Kyoto"
DAY = dt.date(2026, 12, 1)


@dataclass
class Mailbox:
    """A mail server's side: what arrived, and what it answers instead of taking it."""

    letters: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        if self.refuse:
            return self.refuse
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Server]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield Server.at(f"smtp://127.0.0.1:{controller.port}")
    controller.stop()


@dataclass
class Desk:
    """Agents with subscriptions, people who wait, and a clock that the test moves."""

    database: Database
    server: Server
    now: dt.datetime = MONDAY

    def __post_init__(self) -> None:
        self.sender = DigestSender(
            self.database, self.server, "Desk <desk@example.org>", "https://chat.example.org/desk",
            lambda session, people: dict.fromkeys(people, DAY), lambda: self.now,
        )  # fmt: skip

    def agent(self, login: str, *roles: Role, team: str | None = None, every: int = 60) -> None:
        with self.database.write() as session:
            session.add(
                Agent(id=login, login=login, name=login, password_hash="-", created_at=MONDAY,
                      roles=[str(role) for role in roles or (Role.AGENT,)])
            )  # fmt: skip
            session.flush()
            if team:
                session.add(TeamMember(team_id=team, agent_id=login))
            digest.subscribe(session, login, f"{login}@example.org", None, every, self.now)

    def somebody_waits(self, team: str | None = None) -> str:
        with self.database.write() as session:
            made, _ = conversations.start(session, channel="web", municipality="gent", now=self.now)
            conversations.add(session, made, Sender.PERSON, Said(SECRET), self.now)
            handovers.request(session, made, "asked", self.now)
            made.team_id = team
            return made.id

    def later(self, minutes: float) -> int:
        """So much later; gives how many mails went out."""
        self.now += dt.timedelta(minutes=minutes)
        return self.sender.send_due()


@pytest.fixture
def desk(database: Database, server: Server) -> Desk:
    with database.write() as session:
        session.add_all([Team(id="a", name="A", created_at=MONDAY), Team(id="b", name="B", created_at=MONDAY)])
    return Desk(database, server)


def test_a_mail_tells_numbers_and_nothing_of_the_people(desk: Desk, mailbox: Mailbox) -> None:
    desk.agent("mia")
    ids = [desk.somebody_waits(), desk.somebody_waits()]
    assert desk.later(25) == 1
    (letter,) = mailbox.letters
    assert (letter["To"], letter["From"]) == ("mia@example.org", "Desk <desk@example.org>")
    assert letter["Subject"] == "2 people wait at the pre-care desk"
    text = letter.get_content()
    assert "The longest wait: 25 minutes." in text
    assert "1 December 2026" in text
    assert "https://chat.example.org/desk/" in text
    whole = letter.as_string()
    assert not [word for word in (*SECRET.split()[1:], *ids, "gent") if len(word) > 3 and word in whole]


def test_nobody_waiting_sends_nothing(desk: Desk, mailbox: Mailbox) -> None:
    desk.agent("mia")
    assert desk.later(1) == 0
    assert mailbox.letters == []


def test_the_same_is_not_told_twice_and_more_only_after_the_pause(desk: Desk, mailbox: Mailbox) -> None:
    desk.agent("mia", every=60)
    desk.somebody_waits()
    assert desk.later(1) == 1
    assert [desk.later(30), desk.later(40), desk.later(60)] == [0, 0, 0], "nobody new waits"
    desk.somebody_waits()
    assert desk.later(2) == 1
    desk.somebody_waits()
    assert desk.later(30) == 0, "within the pause"
    assert desk.later(31) == 1
    assert len(mailbox.letters) == 3
    assert len({letter["Message-ID"] for letter in mailbox.letters}) == 3


def test_a_message_that_was_left_is_told(desk: Desk, mailbox: Mailbox) -> None:
    desk.agent("mia")
    waiting = desk.somebody_waits()
    with desk.database.write() as session:
        conversation = session.get_one(Conversation, waiting)
        choosing.choose(session, conversation, choosing.PAYLOADS[choosing.LEAVE], desk.now)
        handover = choosing.writing(session, conversation)
        assert handover is not None
        choosing.message_left(session, conversation, handover, desk.now)
    assert desk.later(1) == 1
    assert "Messages that were left: 1." in mailbox.letters[0].get_content()


def test_mails_go_out_while_the_desk_is_open(desk: Desk, mailbox: Mailbox) -> None:
    desk.now = MONDAY.replace(hour=20)
    desk.agent("mia")
    desk.somebody_waits()
    assert desk.later(1) == 0
    assert desk.later(12 * 60) == 1


def test_an_agent_is_told_of_their_own_teams_and_a_coordinator_of_all(desk: Desk, mailbox: Mailbox) -> None:
    desk.agent("mia", team="a")
    desk.agent("cor", Role.COORDINATOR)
    for team in ("a", "b", "b", None):
        desk.somebody_waits(team)
    assert desk.later(1) == 2
    subjects = {letter["To"]: letter["Subject"] for letter in mailbox.letters}
    assert subjects["mia@example.org"].startswith("2 people")
    assert subjects["cor@example.org"].startswith("4 people")


def test_who_may_no_longer_log_in_or_answer_gets_no_mail(desk: Desk, mailbox: Mailbox) -> None:
    desk.agent("mia")
    desk.agent("jan")
    desk.somebody_waits()
    with desk.database.write() as session:
        session.get_one(Agent, "mia").active = False
        session.get_one(Agent, "jan").roles = [str(Role.PARTNER)]
    assert desk.later(1) == 0


def test_a_refused_mail_is_tried_again_with_growing_pauses_until_it_goes(desk: Desk, mailbox: Mailbox) -> None:
    desk.agent("mia")
    desk.somebody_waits()
    mailbox.refuse = "451 later"
    assert desk.later(1) == 0
    assert [desk.later(1), desk.later(1)] == [0, 0]
    with desk.database.read() as session:
        assert session.query(DigestSubscription).one().attempts == 2
    mailbox.refuse = ""
    assert desk.later(1) == 0, "the second pause is longer"
    assert desk.later(5) == 1
    assert len(mailbox.letters) == 1
    with desk.database.read() as session:
        assert session.query(DigestSubscription).one().attempts == 0


def test_a_sender_that_died_after_claiming_leaves_no_second_mail(desk: Desk, mailbox: Mailbox) -> None:
    desk.agent("mia")
    desk.somebody_waits()
    with desk.database.write() as session:
        (one,) = digest.due(session, desk.now)
        assert digest.claim(session, one, desk.sender.nearest, desk.now) is not None
        assert digest.claim(session, one, desk.sender.nearest, desk.now) is None, "one sender at a time"
    assert [desk.later(1), desk.later(10), desk.later(120)] == [0, 0, 0]
    desk.somebody_waits()
    assert desk.later(1) == 1, "the next mail tells of everybody"
    assert mailbox.letters[0]["Subject"].startswith("2 people")


def test_an_unreachable_server_loses_nothing(desk: Desk, mailbox: Mailbox) -> None:
    desk.agent("mia")
    desk.somebody_waits()
    right, desk.sender.server = desk.sender.server, Server("127.0.0.1", 1)
    assert desk.later(1) == 0
    desk.sender.server = right
    assert desk.later(2) == 1


def test_unsubscribing_forgets_the_address(desk: Desk) -> None:
    desk.agent("mia")
    with desk.database.write() as session:
        assert digest.unsubscribe(session, "mia")
        assert not digest.unsubscribe(session, "mia")
        assert session.query(DigestSubscription).count() == 0


@pytest.mark.parametrize(
    ("url", "host", "port", "security", "user"),
    [
        ("smtp://localhost", "localhost", 25, "smtp", ""),
        ("smtps://mia%40example.org:a%2Fb@mail.example.org", "mail.example.org", 465, "smtps", "mia@example.org"),
        ("smtp+starttls://u:p@mail.example.org:2525", "mail.example.org", 2525, "smtp+starttls", "u"),
    ],
)
def test_the_address_of_a_server_says_how_to_speak_to_it(
    url: str, host: str, port: int, security: str, user: str
) -> None:
    found = Server.at(url)
    assert (found.host, found.port, found.security, found.user) == (host, port, security, user)
    assert "a/b" not in repr(found)


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://u:p@mail.example.org", "smtp://", "smtp://x:99999"]
)
def test_an_address_that_is_wrong_or_would_send_a_password_openly_is_refused(url: str) -> None:
    with pytest.raises(ValueError) as refused:
        Server.at(url)
    assert ":p@" not in str(refused.value)


def test_a_server_that_cannot_encrypt_gets_no_mail(server: Server, mailbox: Mailbox) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"] = "desk@example.org", "mia@example.org"
    with pytest.raises(NotSent):
        Server(server.host, server.port, "smtp+starttls").send(letter)
    assert mailbox.letters == []
