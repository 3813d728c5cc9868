"""Messages on their way to people: what is due, who sends it, how far it has come.

A row is taken by compare-and-set, so that two senders never send one message; a row whose sender died is found by
its lapsed claim and looked for on the platform before it is sent again. Rows of one address go in their order.
The web channel is fetched by the widget: a fetched message is delivered.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from dossiers.models import OutboxItem, OutboxState, SentPart

WEB = "web"
WINDOW_CLOSED = "window_closed"
STOPPED = "stopped"
MOVED = "moved"
CLAIM = dt.timedelta(seconds=60)
FIRST_WAIT, LONGEST_WAIT = 1.0, 600.0
MOST_ATTEMPTS = 24
UNSENT = (OutboxState.QUEUED, OutboxState.FAILED, OutboxState.SENDING)
# How far a message has come, as far as receipts are concerned: they arrive in any order and never move it back.
PROGRESS = {
    OutboxState.QUEUED: 0,
    OutboxState.SENDING: 1,
    OutboxState.FAILED: 1,
    OutboxState.SENT: 2,
    OutboxState.DEAD: 3,
    OutboxState.DELIVERED: 4,
    OutboxState.READ: 5,
}


def has_queued(session: Session, conversation_id: str, up_to: int) -> bool:
    """Whether a message of the website up to this id still waits for delivery."""
    waiting = exists().where(
        OutboxItem.conversation_id == conversation_id,
        OutboxItem.message_id <= up_to,
        OutboxItem.channel == WEB,
        OutboxItem.state == OutboxState.QUEUED,
    )
    return bool(session.scalar(select(waiting)))


def delivered(session: Session, conversation_id: str, up_to: int, now: dt.datetime) -> None:
    """Marks everything of the website up to a message as delivered. Never moves a message back from a later state."""
    session.execute(
        update(OutboxItem)
        .where(
            OutboxItem.conversation_id == conversation_id,
            OutboxItem.message_id <= up_to,
            OutboxItem.channel == WEB,
            OutboxItem.state.in_([OutboxState.QUEUED, OutboxState.SENT, OutboxState.FAILED]),
        )
        .values(state=OutboxState.DELIVERED, settled_at=now)
    )


def due_addresses(session: Session, channels: Iterable[str], now: dt.datetime) -> Sequence[str]:
    """Addresses whose oldest unsent message may go now, the longest waiting first."""
    earlier = aliased(OutboxItem)
    first = ~exists().where(
        earlier.address_id == OutboxItem.address_id, earlier.state.in_(UNSENT), earlier.id < OutboxItem.id
    )
    statement = (
        select(OutboxItem.address_id)
        .where(OutboxItem.channel.in_(list(channels)), OutboxItem.address_id.is_not(None), _takeable(now), first)
        .order_by(OutboxItem.id)
    )
    return [found for found in session.scalars(statement) if found]


def _takeable(now: dt.datetime) -> Any:
    waiting = and_(OutboxItem.state.in_([OutboxState.QUEUED, OutboxState.FAILED]), OutboxItem.due_at <= now)
    left = and_(OutboxItem.state == OutboxState.SENDING, OutboxItem.claimed_until < now)
    return or_(waiting, left)


def claim(session: Session, address_id: str, now: dt.datetime) -> tuple[OutboxItem, bool] | None:
    """Takes the oldest unsent message of an address, and says whether it may have been sent already.

    None: there is none, it is not due, or somebody else sends it.
    """
    statement = (
        select(OutboxItem)
        .where(OutboxItem.address_id == address_id, OutboxItem.state.in_(UNSENT))
        .order_by(OutboxItem.id)
        .limit(1)
    )
    item = session.scalars(statement).first()
    if item is None:
        return None
    unsure = item.state == OutboxState.SENDING
    taken = update(OutboxItem).where(OutboxItem.id == item.id, OutboxItem.state == item.state, _takeable(now))
    values = {"state": OutboxState.SENDING, "claimed_until": now + CLAIM, "attempts": OutboxItem.attempts + 1}
    done = session.execute(taken.values(values), execution_options={"synchronize_session": False})
    if cast("CursorResult[Any]", done).rowcount != 1:
        return None
    session.refresh(item)
    return item, unsure


def parts_of(session: Session, outbox_id: int) -> dict[int, SentPart]:
    """What the platform took of a message, by its place."""
    rows = session.scalars(select(SentPart).where(SentPart.outbox_id == outbox_id))
    return {row.part: row for row in rows}


def largest_number(session: Session, channel: str, address_id: str | None = None) -> int:
    """The largest number that a platform gave to a message of ours, on an address or at all."""
    statement = select(func.max(SentPart.number)).join(OutboxItem, OutboxItem.id == SentPart.outbox_id)
    statement = statement.where(OutboxItem.channel == channel)
    if address_id is not None:
        statement = statement.where(OutboxItem.address_id == address_id)
    return session.scalar(statement) or 0


def part_sent(
    session: Session, outbox_id: int, part: int, platform_id: str, number: int | None, now: dt.datetime
) -> None:
    """Keeps that the platform took a part, and the message for its sender. Keeping it again changes nothing."""
    item = session.get(OutboxItem, outbox_id)
    if item is None or session.get(SentPart, (outbox_id, part)) is not None:
        return
    if item.claimed_until is not None:
        item.claimed_until = now + CLAIM
    session.add(SentPart(outbox_id=outbox_id, part=part, platform_id=platform_id, number=number, sent_at=now))
    session.flush()


def settle(session: Session, outbox_id: int, state: OutboxState, error: str | None, now: dt.datetime) -> None:
    """Ends the sending of a message. Receipts that came before this count now."""
    item = session.get_one(OutboxItem, outbox_id)
    item.claimed_until = None
    _move(item, state, error, now)
    parts = parts_of(session, outbox_id)
    if state is OutboxState.SENT and parts:
        _move(item, OutboxState(parts[max(parts)].state), None, now)


def _move(item: OutboxItem, state: OutboxState, error: str | None, now: dt.datetime) -> None:
    """Moves a message forward, never back."""
    if PROGRESS[state] > PROGRESS[OutboxState(item.state)]:
        item.state, item.error, item.settled_at = state, error, now


def put_off(session: Session, outbox_id: int, error: str, seconds: float | None, now: dt.datetime) -> bool:
    """Plans another try of a message that was certainly not sent. False: it was the last; the message is given up."""
    item = session.get_one(OutboxItem, outbox_id)
    item.claimed_until, item.error = None, error
    if item.attempts >= MOST_ATTEMPTS:
        item.state, item.settled_at = OutboxState.DEAD, now
        return False
    wait = backoff(item.attempts, random.random()) if seconds is None else seconds  # noqa: S311  (no secret)
    item.state, item.due_at = OutboxState.FAILED, now + dt.timedelta(seconds=wait)
    return True


def backoff(attempts: int, chance: float) -> float:
    """Seconds until the next try: doubled with each, half of it by chance, so that many do not come back at once."""
    full = min(LONGEST_WAIT, FIRST_WAIT * float(2 ** min(max(attempts - 1, 0), 20)))
    return full / 2 + full / 2 * chance


def release_all(session: Session, now: dt.datetime, seconds: float) -> None:
    """Has what a process left behind looked for soon; only for whoever is the only process."""
    left = update(OutboxItem).where(OutboxItem.state == OutboxState.SENDING)
    session.execute(left.values(claimed_until=now + dt.timedelta(seconds=seconds)))


def leave_unsure(session: Session, outbox_id: int, seconds: float, now: dt.datetime) -> None:
    """Leaves a message of which nobody knows whether it was sent, to be looked for after so many seconds."""
    item = session.get_one(OutboxItem, outbox_id)
    item.claimed_until = now + dt.timedelta(seconds=seconds)


def receipt(session: Session, platform_id: str, state: OutboxState, error: str | None, now: dt.datetime) -> int | None:
    """What the platform tells of a part later. Returns the conversation's message it is about; None when unknown.

    A message is as far as its last part; a part that fails makes the message fail.
    """
    found = session.execute(
        select(SentPart, OutboxItem)
        .join(OutboxItem, OutboxItem.id == SentPart.outbox_id)
        .where(SentPart.platform_id == platform_id)
    ).first()
    if found is None:
        return None
    part, item = found
    if PROGRESS[state] > PROGRESS[OutboxState(part.state)]:
        part.state = state
    last = session.scalar(select(func.max(SentPart.part)).where(SentPart.outbox_id == item.id))
    if item.state not in UNSENT and (part.part == last or state is OutboxState.DEAD):
        _move(item, state, error, now)
    return int(item.message_id)


def send_again(session: Session, outbox_id: int, now: dt.datetime) -> bool:
    """Puts a given-up message back in its place. False: it is not given up, or has no address any more."""
    dead = [OutboxItem.id == outbox_id, OutboxItem.state == OutboxState.DEAD, OutboxItem.address_id.is_not(None)]
    again = update(OutboxItem).where(*dead)
    done = session.execute(again.values(state=OutboxState.QUEUED, attempts=0, error=None, due_at=now, settled_at=None))
    return cast("CursorResult[Any]", done).rowcount == 1


def stop(session: Session, address_id: str, now: dt.datetime) -> None:
    """Gives up everything that still waits for an address, because the person asked us to write no more."""
    waiting = [OutboxItem.address_id == address_id, OutboxItem.state.in_([OutboxState.QUEUED, OutboxState.FAILED])]
    session.execute(update(OutboxItem).where(*waiting).values(state=OutboxState.DEAD, error=STOPPED, settled_at=now))


def move(session: Session, address_id: str, now: dt.datetime) -> None:
    """Gives up what still waits for an address that goes to another conversation; a widget may still show it."""
    waiting = [OutboxItem.address_id == address_id, OutboxItem.state.in_([OutboxState.QUEUED, OutboxState.FAILED])]
    session.execute(update(OutboxItem).where(*waiting).values(state=OutboxState.DEAD, error=MOVED, settled_at=now))


def window_opened(session: Session, address_id: str, now: dt.datetime) -> None:
    """Sends what could not be sent because the person had not written for too long: now they have."""
    held = [OutboxItem.address_id == address_id, OutboxItem.error == WINDOW_CLOSED]
    again = update(OutboxItem).where(*held, OutboxItem.state == OutboxState.DEAD)
    session.execute(again.values(state=OutboxState.QUEUED, attempts=0, error=None, due_at=now, settled_at=None))
