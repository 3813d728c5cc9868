"""Which message ids a lost message can have. See `TelegramPlatform.find` for what is built on it.

Every account, also a bot's, counts the messages of all its private chats in one sequence, those it gets and those it
sends; this is known from how Telegram works, not promised in the documentation of the Bot API. So every id after that
of a message which was sent earlier belongs to a message that came in or to one that we sent. We count both, and this
tells nearly where in the sequence a message must be of which we do not know whether it was sent.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import deque
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels.platform import Delivery
from channels.telegram.reading import CHANNEL
from dossiers.database import Database
from dossiers.models import InboxItem, Kind, Message, OutboxItem, SentPart

REMEMBERED = 4000  # ids seen by this process
AHEAD = 25  # ids above all that are known: messages that came in and are not stored, others that are on their way
MARGIN = 5  # ids below the place that the count tells: somebody's message was stored late
MOST = 60  # ids to try; each is a request


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database tells. ``below``: an id that was used before the lost message existed; ``before``, ``since``:
    how many messages came in between that one and the lost one, and since then; ``sent``: ids known to be sent."""

    below: int
    before: int
    since: int
    sent: frozenset[int]


class Numbers:
    """What is known of the sequence: from the database, and from what this process has seen."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._noticed: deque[int] = deque(maxlen=REMEMBERED)

    def notice(self, number: int | None) -> None:
        """Remembers an id that is in use."""
        if number is not None:
            self._noticed.append(number)

    @property
    def noticed(self) -> frozenset[int]:
        """The ids that were noticed lately."""
        return frozenset(self._noticed)

    async def candidates(self, delivery: Delivery) -> list[int]:
        """The ids that a lost message of this delivery can have, the likely ones first, at most `MOST`.

        None is an id that is known to be used by another message.
        """
        known = await asyncio.to_thread(self._known, delivery)
        return likely(known, delivery.before, self.noticed)

    def _known(self, delivery: Delivery) -> _Known:
        outbox_id = delivery.key.partition(".")[0]
        with self.database.read() as session:
            item = session.get(OutboxItem, int(outbox_id)) if outbox_id.isdecimal() else None
            below, at = _sent_before(session, item.created_at) if item is not None else (0, None)
            made_at = item.created_at if item is not None else None
            before = _came_in(session, at, made_at) if at and made_at else 0
            since = _came_in(session, made_at, None) if made_at else 0
            statement = select(SentPart.number).join(OutboxItem, OutboxItem.id == SentPart.outbox_id)
            newest = statement.where(OutboxItem.channel == CHANNEL, SentPart.number > below)
            sent = session.scalars(newest.order_by(SentPart.number.desc()).limit(REMEMBERED))
            return _Known(below, before, since, frozenset(number for number in sent if number is not None))


def likely(known: _Known, largest: tuple[int, int], noticed: frozenset[int]) -> list[int]:
    """The candidates, beginning where the count of messages says, up to a little above everything known, then what is
    below that place."""
    here, anywhere = largest
    top = max(here, anywhere, known.below + known.before + known.since, *noticed, *known.sent, 0)
    lowest = max(here, known.below)
    if lowest == 0:
        lowest = max(top - AHEAD, 0)
    start = max(lowest, known.below + known.before - MARGIN)
    order = [*range(start + 1, top + AHEAD + 1), *range(start, lowest, -1)]
    used = known.sent | noticed
    return [number for number in order if number not in used][:MOST]


def _sent_before(session: Session, moment: dt.datetime) -> tuple[int, dt.datetime | None]:
    """The largest id that Telegram had given us by then, and when."""
    statement = (
        select(SentPart.number, SentPart.sent_at)
        .join(OutboxItem, OutboxItem.id == SentPart.outbox_id)
        .where(OutboxItem.channel == CHANNEL, SentPart.number.is_not(None), SentPart.sent_at <= moment)
        .order_by(SentPart.number.desc())
        .limit(1)
    )
    found = session.execute(statement).first()
    return (found[0] or 0, found[1]) if found is not None else (0, None)


def _came_in(session: Session, after: dt.datetime | None, until: dt.datetime | None) -> int:
    """How many messages came in within that time. Changes and presses of buttons have no id in the sequence."""
    statement = (
        select(func.count())
        .select_from(InboxItem)
        .join(Message, Message.id == InboxItem.message_id)
        .where(InboxItem.channel == CHANNEL, Message.kind.not_in([Kind.EDIT, Kind.CHOICE]))
    )
    if after is not None:
        statement = statement.where(InboxItem.received_at >= after)
    if until is not None:
        statement = statement.where(InboxItem.received_at < until)
    return session.scalar(statement) or 0
