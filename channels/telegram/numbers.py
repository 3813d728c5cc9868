"""Which message ids a lost message can have. See `channels.telegram.searching` for what is built on it.

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
MARGIN = 5  # ids below the place that the count tells: something was stored late, or the clocks of two machines differ
MOST = 60  # ids to try; each is a request


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database tells. ``before``, ``since``: how many messages came in until the lost one was handed over, and
    since then; ``sent``: the ids that others of ours are known to have."""

    before: int
    since: int
    sent: frozenset[int]


@dataclass(frozen=True, slots=True)
class Places:
    """``ids``: those that a lost message can have, the likely ones first; ``used_up_to``: every id up to this is some
    message's, those above may not be given out yet."""

    ids: list[int]
    used_up_to: int


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

    async def candidates(self, delivery: Delivery) -> Places:
        """The ids that a lost message of this delivery can have, at most `MOST`, none of which is known to be another
        message's."""
        known = await asyncio.to_thread(self._known, delivery)
        return _likely(known, delivery.before, self.noticed)

    def _known(self, delivery: Delivery) -> _Known:
        outbox_id, newest = delivery.key.partition(".")[0], max(delivery.before)
        ours = select(SentPart).join(OutboxItem, OutboxItem.id == SentPart.outbox_id)
        ours = ours.where(OutboxItem.channel == CHANNEL)
        with self.database.read() as session:
            item = session.get(OutboxItem, int(outbox_id)) if outbox_id.isdecimal() else None
            last = session.scalars(ours.where(SentPart.number == newest)).first()
            before = _came_in(session, last.sent_at, item.due_at) if item is not None and last is not None else 0
            since = _came_in(session, item.due_at, None) if item is not None else 0
            later = ours.where(SentPart.number > newest - MARGIN).order_by(SentPart.number).limit(REMEMBERED)
            sent = frozenset(part.number for part in session.scalars(later) if part.number is not None)
        return _Known(before, since, sent)


def _likely(known: _Known, largest: tuple[int, int], noticed: frozenset[int]) -> Places:
    """The candidates, beginning where the count of messages says, up to a little above everything known, then what is
    below that place: nothing in this chat that is older than the last known of it."""
    here, anywhere = largest
    newest = max(here, anywhere)
    top = max(newest + known.before + known.since, newest, *noticed, *known.sent)
    lowest = max(here, newest - MARGIN) if newest else max(top - AHEAD, 0)
    start = max(lowest, newest + known.before - MARGIN) if known.before else max(lowest, newest)
    order = [*range(start + 1, top + AHEAD + 1), *range(start, lowest, -1)]
    used = known.sent | noticed
    return Places([number for number in order if number not in used][:MOST], top)


def _came_in(session: Session, after: dt.datetime, until: dt.datetime | None) -> int:
    """How many messages came in within that time. Changes and presses of buttons have no id in the sequence."""
    statement = (
        select(func.count())
        .select_from(InboxItem)
        .join(Message, Message.id == InboxItem.message_id)
        .where(InboxItem.channel == CHANNEL, Message.kind.not_in([Kind.EDIT, Kind.CHOICE]))
        .where(InboxItem.received_at >= after)
    )
    if until is not None:
        statement = statement.where(InboxItem.received_at < until)
    return session.scalar(statement) or 0
