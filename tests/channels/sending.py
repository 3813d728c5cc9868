"""The outbox with people and a clock around it, and the small steps of who sends from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from channels import outbox
from channels.arrivals import Arrivals
from channels.dispatcher import Dispatcher
from channels.hub import Hub
from channels.resume.codes import Codes
from dossiers import conversations
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Address, Conversation, OutboxItem, OutboxState, Sender
from dossiers.sealing import Sealer
from tests.channels.platforms import Receipt, ScriptedPlatform
from tests.conftest import MOMENT

SECRET = "a secret of the tests"
SENT, DEAD = OutboxState.SENT, OutboxState.DEAD


@dataclass(frozen=True)
class Person:
    """Somebody on the platform."""

    address: str
    conversation_id: str
    address_id: str


@dataclass
class Post:
    """The outbox with everything around it, and a clock that stands still until a test moves it."""

    database: Database
    platform: ScriptedPlatform = field(default_factory=ScriptedPlatform)
    time: dt.datetime = MOMENT
    sealer: Sealer = field(default_factory=lambda: Sealer([SECRET]))
    hub: Hub = field(default_factory=Hub)

    def clock(self) -> dt.datetime:
        return self.time

    @property
    def arrivals(self) -> Arrivals:
        return Arrivals(self.database, self.sealer, Codes(self.sealer, self.clock), self.clock)

    def dispatcher(self) -> Dispatcher:
        """A process that sends."""
        return Dispatcher(self.database, [self.platform], self.sealer, self.hub, self.clock)

    def person(self, address: str = "100") -> Person:
        with self.database.write() as session:
            conversation, _ = conversations.start(session, channel=self.platform.name, municipality=None, now=self.time)
            row = Address(
                conversation_id=conversation.id,
                channel=self.platform.name,
                key=self.sealer.mark("address", self.platform.name, address),
                sealed=self.sealer.seal(address),
                created_at=self.time,
                heard_at=self.time,
            )
            session.add(row)
            session.flush()
            return Person(address, conversation.id, row.id)

    def say(self, person: Person, text: str, template: dict[str, Any] | None = None) -> int:
        """Adds a message to a conversation (`|` parts it) and returns the id of its row in the outbox."""
        with self.database.write() as session:
            conversation = session.get_one(Conversation, person.conversation_id)
            message = conversations.add(session, conversation, Sender.BOT, Said(text), self.time, template=template)
            statement = select(OutboxItem.id).where(OutboxItem.message_id == message.id)
            return session.scalars(statement).one()

    async def sends(self, seconds: float = 0) -> None:
        """Time passes, and a dispatcher sends what is due."""
        self.passes(seconds)
        await self.dispatcher().work_off()

    def passes(self, seconds: float) -> None:
        self.time += dt.timedelta(seconds=seconds)

    def writes(self, person: Person) -> None:
        """The person writes something, which opens the platform's window again."""
        with self.database.write() as session:
            session.get_one(Address, person.address_id).heard_at = self.time
            outbox.window_opened(session, person.address_id, self.time)

    def tells(self, receipt: Receipt) -> None:
        """The platform tells how a part fares."""
        self.arrivals.receipt(
            self.platform.name, receipt.platform_id, receipt.state, key=receipt.key, error=receipt.error
        )

    def item(self, outbox_id: int) -> OutboxItem:
        with self.database.read() as session:
            return session.get_one(OutboxItem, outbox_id)

    def states(self) -> list[str]:
        """How far all messages have come, in order."""
        with self.database.read() as session:
            return [str(state) for state in session.scalars(select(OutboxItem.state).order_by(OutboxItem.id))]


def claim(post: Post, person: Person) -> tuple[int, int, bool] | None:
    """Takes the next message: its row, the number of the attempt, and whether it may have been sent already."""
    with post.database.write() as session:
        taken = outbox.claim(session, person.address_id, post.time)
        return None if taken is None else (taken[0].id, taken[0].attempts, taken[1])


def keep(post: Post, outbox_id: int, attempt: int, part: int, platform_id: str, number: int | None = None) -> bool:
    with post.database.write() as session:
        return outbox.keep(session, outbox_id, attempt, part, (platform_id, number), post.time) is not None


def settle(post: Post, outbox_id: int, attempt: int, state: OutboxState = SENT, error: str | None = None) -> bool:
    with post.database.write() as session:
        return outbox.settle(session, outbox_id, attempt, state, error, post.time)


def put_off(post: Post, outbox_id: int, attempt: int, seconds: float | None = None) -> bool:
    with post.database.write() as session:
        return outbox.put_off(session, outbox_id, attempt, "busy", seconds, post.time)


def leave_unsure(post: Post, outbox_id: int, attempt: int, seconds: float = 2) -> bool:
    with post.database.write() as session:
        return outbox.leave_unsure(session, outbox_id, attempt, seconds, post.time)


def receipt(post: Post, platform_id: str, state: OutboxState, error: str | None = None) -> int | None:
    with post.database.write() as session:
        return outbox.receipt(session, platform_id, state, error, post.time)


def send_again(post: Post, outbox_id: int) -> bool:
    with post.database.write() as session:
        return outbox.send_again(session, outbox_id, post.time)


def due(post: Post) -> list[str]:
    with post.database.read() as session:
        return list(outbox.due_addresses(session, ["telegram"], post.time))


def sent(post: Post, person: Person, *platform_ids: str, texts: str = "hello") -> int:
    """A message whose parts the platform took."""
    outbox_id = post.say(person, texts)
    taken = claim(post, person)
    assert taken is not None
    assert taken[0] == outbox_id
    for part, platform_id in enumerate(platform_ids):
        assert keep(post, outbox_id, taken[1], part, platform_id)
    assert settle(post, outbox_id, taken[1])
    return outbox_id
