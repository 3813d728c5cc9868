"""Looks at the database again and again, for the scripts: who has the floor, what still waits."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from dossiers.models import Conversation, InboxItem, InboxState, Message, OutboxItem, OutboxState, Sender

EVERY = 0.4
WAITING = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.FAILED)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found. ``speakers``: of conversations that people have; ``begun``: when it began to look."""

    begun: float = 0.0
    speakers: dict[str, str] = field(default_factory=dict)
    inbox: Counter[str] = field(default_factory=Counter)
    outbox: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Line:
    """A message as a colleague reads it."""

    id: int
    sender: str
    text: str


class Watch:
    """The newest look, and ways to wait for one that is newer than now."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.look = Look()
        self._newer = asyncio.Condition()

    async def run(self) -> None:
        """Looks until cancelled. While the database is away the last look stays."""
        while True:
            try:
                look = await asyncio.to_thread(self._look)
            except SQLAlchemyError:
                await asyncio.sleep(EVERY)
                continue
            async with self._newer:
                self.look = look
                self._newer.notify_all()
            await asyncio.sleep(EVERY)

    async def fresh(self) -> Look:
        """A look that began after now."""
        now = time.monotonic()
        async with self._newer:
            await self._newer.wait_for(lambda: self.look.begun > now)
            return self.look

    async def until_arrived(self, conversation_id: str, count: int) -> None:
        """Waits until so many messages of the person are stored."""
        statement = select(func.count()).where(
            Message.conversation_id == conversation_id, Message.sender == Sender.PERSON
        )
        while True:
            with contextlib.suppress(SQLAlchemyError):
                if (await asyncio.to_thread(self._scalar, statement) or 0) >= count:
                    return
            await asyncio.sleep(EVERY)

    async def until_settled(self, conversation_id: str) -> None:
        """Waits until everything the person sent is worked through and everything of ours has reached them."""
        while True:
            look = await self.fresh()
            if not look.inbox[conversation_id] and not look.outbox[conversation_id]:
                return

    def speaker(self, conversation_id: str) -> str:
        """Who had the floor at the last look."""
        return self.look.speakers.get(conversation_id, "bot")

    def _look(self) -> Look:
        begun = time.monotonic()
        with self.engine.connect() as connection:
            speakers = connection.execute(
                select(Conversation.id, Conversation.speaker).where(Conversation.speaker != "bot")
            ).all()
            inbox = connection.execute(
                select(InboxItem.conversation_id, func.count())
                .where(InboxItem.state == InboxState.RECEIVED)
                .group_by(InboxItem.conversation_id)
            ).all()
            outbox = connection.execute(
                select(OutboxItem.conversation_id, func.count())
                .where(OutboxItem.state.in_(WAITING))
                .group_by(OutboxItem.conversation_id)
            ).all()
        return Look(
            begun,
            {str(key): str(speaker) for key, speaker in speakers},
            Counter({str(key): int(count) for key, count in inbox}),
            Counter({str(key): int(count) for key, count in outbox}),
        )

    async def conversation_of(self, first_words: str) -> str:
        """The conversation that a person's own first words opened; asks until it is there."""
        statement = select(Message.conversation_id).where(Message.sender == Sender.PERSON, Message.text == first_words)
        while True:
            try:
                found = await asyncio.to_thread(self._scalar, statement)
            except SQLAlchemyError:
                found = None
            if found is not None:
                return str(found)
            await asyncio.sleep(EVERY)

    def _scalar[T](self, statement: Select[T]) -> T | None:
        with self.engine.connect() as connection:
            found: T | None = connection.scalar(statement)
            return found

    async def newest(self, conversation_id: str) -> int:
        """The id of the last message of a conversation; asks until the database answers."""
        while (lines := await self.lines(conversation_id, 0)) is None:
            await self.fresh()
        return lines[-1].id if lines else 0

    async def lines(self, conversation_id: str, after: int) -> list[Line] | None:
        """What was said after a message; None while the database is away."""
        statement = (
            select(Message.id, Message.sender, Message.text)
            .where(Message.conversation_id == conversation_id, Message.id > after)
            .order_by(Message.id)
        )

        def read() -> list[Line]:
            with self.engine.connect() as connection:
                return [Line(int(key), str(who), str(text)) for key, who, text in connection.execute(statement)]

        try:
            return await asyncio.to_thread(read)
        except SQLAlchemyError:
            return None

    def waiting(self, conversations: Collection[str]) -> int:
        """How many messages of these conversations still wait at the last look, in and out."""
        return sum(self.look.inbox[one] + self.look.outbox[one] for one in conversations)
