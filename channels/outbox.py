"""Messages on their way to people: what is due, who sends it, how far it has come.

A row is claimed under its lock, so that two senders never send one message; ``attempts`` counts the claims and tells a
sender whether a row is still its own. A row whose sender died is found by its lapsed claim and looked for on the
platform before it is sent again. Rows of one address go in their order.
The web channel is fetched by the widget: a fetched message is delivered.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ScalarResult, Select, case, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dossiers.database import locked
from dossiers.models import Address, Message, OutboxItem, OutboxState, Sender, SentPart

WEB = "web"
# Why a message was given up.
WINDOW_CLOSED, STOPPED, MOVED, FAILED = "window_closed", "stopped", "moved", "failed"
UNSURE = "unsure"  # whether it was sent could not be found out for a day

# How long after a person's last message a channel takes words of our own; where none is named, always.
WINDOWS = {"whatsapp": dt.timedelta(hours=24)}
CLAIM = dt.timedelta(seconds=60)
FIRST_WAIT, LONGEST_WAIT = 1.0, 600.0
MOST_ATTEMPTS = 200  # about a day
LONGEST_ERROR = 60
UNSENT = (OutboxState.QUEUED, OutboxState.FAILED, OutboxState.SENDING)
TAKEN = (OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ)
# How far a part has come. Receipts arrive in any order and never move it back.
PROGRESS = {OutboxState.SENT: 0, OutboxState.DEAD: 1, OutboxState.DELIVERED: 2, OutboxState.READ: 3}


def has_queued(session: Session, conversation_id: str, up_to: int) -> bool:
    """Whether a message of the website up to this id still waits for delivery."""
    waiting = exists().where(*_on_web(conversation_id, up_to), OutboxItem.state == OutboxState.QUEUED)
    return bool(session.scalar(select(waiting)))


def delivered(session: Session, conversation_id: str, up_to: int, now: dt.datetime) -> None:
    """Marks everything of the website up to a message as delivered. Never moves a message back from a later state."""
    before = OutboxItem.state.in_([OutboxState.QUEUED, OutboxState.SENT, OutboxState.FAILED])
    fetched = update(OutboxItem).where(*_on_web(conversation_id, up_to), before)
    session.execute(fetched.values(state=OutboxState.DELIVERED, settled_at=now))


def _on_web(conversation_id: str, up_to: int) -> list[Any]:
    mine = [OutboxItem.conversation_id == conversation_id, OutboxItem.message_id <= up_to]
    return [*mine, OutboxItem.channel == WEB]


def due_addresses(session: Session, channels: Iterable[str], now: dt.datetime) -> Sequence[str]:
    """Addresses whose oldest unsent message may go now, the longest waiting first."""
    unsent = [OutboxItem.channel.in_(list(channels)), OutboxItem.state.in_(UNSENT), OutboxItem.address_id.is_not(None)]
    oldest = select(func.min(OutboxItem.id)).where(*unsent).group_by(OutboxItem.address_id)
    free_from = case((OutboxItem.state == OutboxState.SENDING, OutboxItem.claimed_until), else_=OutboxItem.due_at)
    due = select(OutboxItem.address_id).where(*unsent, OutboxItem.id.in_(oldest), free_from <= now)
    return [found for found in session.scalars(due.order_by(OutboxItem.id)) if found]


def lost(session: Session, channels: Iterable[str], now: dt.datetime) -> Sequence[int]:
    """Messages on their way to an address that is no more: nobody can send them, or look for them."""
    gone = [OutboxItem.channel.in_(list(channels)), OutboxItem.address_id.is_(None), OutboxItem.state.in_(UNSENT)]
    left = or_(OutboxItem.state != OutboxState.SENDING, OutboxItem.claimed_until <= now)
    return session.scalars(select(OutboxItem.id).where(*gone, left)).all()


def give_up(session: Session, lost: Sequence[int], now: dt.datetime) -> None:
    """Gives up such messages."""
    which = [OutboxItem.id.in_(lost), OutboxItem.address_id.is_(None), OutboxItem.state.in_(UNSENT)]
    session.execute(update(OutboxItem).where(*which).values(state=OutboxState.DEAD, error=MOVED, settled_at=now))


def claim(session: Session, address_id: str, now: dt.datetime) -> tuple[OutboxItem, bool] | None:
    """Takes the oldest unsent message of an address, and says whether it may have been sent already.

    One that is being sent comes before all others, also before an older one that was put back in its place. ``due_at``
    then says since when it may have been sent. None: there is none, it is not due, or somebody else sends it.
    """
    statement = (
        select(OutboxItem)
        .where(OutboxItem.address_id == address_id, OutboxItem.state.in_(UNSENT))
        .order_by(OutboxItem.state != OutboxState.SENDING, OutboxItem.id)
        .limit(1)
    )
    item = _lock(session, statement).first()
    if item is None:
        return None
    unsure = item.state == OutboxState.SENDING
    free_from = item.claimed_until if unsure else item.due_at
    if free_from is not None and free_from > now:
        return None
    item.state, item.claimed_until, item.attempts = OutboxState.SENDING, now + CLAIM, item.attempts + 1
    item.due_at = item.due_at if unsure else now
    session.flush()
    return item, unsure


def keep(
    session: Session, outbox_id: int, attempt: int, part: int, taken: tuple[str, int | None] | None, now: dt.datetime
) -> dt.datetime | None:
    """Keeps under which id and number the platform took a part (None: a receipt told it before), and one's own claim.

    Returns until when the claim goes now; None: somebody else has taken the message.
    """
    if taken is not None:
        part_sent(session, outbox_id, part, *taken, now)
    item = _own(session, outbox_id, attempt)
    if item is None:
        return None
    item.claimed_until, item.due_at = now + CLAIM, now
    return item.claimed_until


def parts_of(session: Session, outbox_id: int) -> dict[int, SentPart]:
    """What the platform took of a message, by its place."""
    rows = session.scalars(select(SentPart).where(SentPart.outbox_id == outbox_id, SentPart.part >= 0))
    return {row.part: row for row in rows}


def largest_numbers(session: Session, item: OutboxItem) -> tuple[int, int]:
    """The largest number that the platform had given before it may have taken a message: on its address, and at all."""
    statement = select(func.max(SentPart.number)).join(OutboxItem, OutboxItem.id == SentPart.outbox_id)
    here = statement.where(OutboxItem.address_id == item.address_id)
    everywhere = statement.where(OutboxItem.channel == item.channel, SentPart.sent_at <= item.due_at)
    return session.scalar(here) or 0, session.scalar(everywhere) or 0


def part_sent(
    session: Session, outbox_id: int, part: int, platform_id: str, number: int | None, now: dt.datetime
) -> None:
    """Keeps that the platform took a part. Again changes nothing: its sender and a receipt may both keep it."""
    if _lock(session, select(OutboxItem).where(OutboxItem.id == outbox_id)).first() is None:
        return
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"outbox_id": outbox_id, "part": part, "platform_id": platform_id, "number": number, "sent_at": now}
    session.execute(insert(SentPart).values(row | {"state": OutboxState.SENT}).on_conflict_do_nothing())


def settle(
    session: Session, outbox_id: int, attempt: int, state: OutboxState, error: str | None, now: dt.datetime
) -> bool:
    """Ends the sending of a message. Receipts that came before this count now. False: it is not one's own any more."""
    item = _own(session, outbox_id, attempt)
    if item is None:
        return False
    if state is OutboxState.SENT:
        _come(item, parts_of(session, outbox_id), None, now)
    else:
        _end(item, state, error, now)
    _open_again(session, item, now)
    return True


def put_off(
    session: Session, outbox_id: int, attempt: int, error: str, seconds: float | None, now: dt.datetime
) -> bool:
    """Plans another try of a message that was certainly not sent. False: it was the last; the message is given up."""
    item = _own(session, outbox_id, attempt)
    if item is None:
        return True
    if attempt >= MOST_ATTEMPTS:
        _end(item, OutboxState.DEAD, error, now)
        return False
    wait = backoff(attempt, random.random()) if seconds is None else seconds  # noqa: S311  (no secret)
    item.state, item.error, item.due_at = OutboxState.FAILED, error[:LONGEST_ERROR], now + dt.timedelta(seconds=wait)
    return True


def leave_unsure(session: Session, outbox_id: int, attempt: int, seconds: float, now: dt.datetime) -> bool:
    """Leaves a message of which nobody knows whether it was sent, to be looked for after so many seconds at least.

    False: it was looked for too often; the message is given up.
    """
    item = _own(session, outbox_id, attempt)
    if item is None:
        return True
    if attempt >= MOST_ATTEMPTS:
        _end(item, OutboxState.DEAD, UNSURE, now)
        return False
    wait = max(seconds, backoff(attempt, random.random()))  # noqa: S311  (no secret)
    item.claimed_until = now + dt.timedelta(seconds=wait)
    return True


def backoff(attempts: int, chance: float) -> float:
    """Seconds until the next try: doubled with each, half of it by chance, so that many do not come back at once."""
    full = min(LONGEST_WAIT, FIRST_WAIT * float(2 ** min(max(attempts - 1, 0), 20)))
    return full / 2 + full / 2 * chance


def release_all(session: Session, now: dt.datetime) -> None:
    """Ends the claims that a process left behind; only for whoever is the only process."""
    session.execute(update(OutboxItem).where(OutboxItem.state == OutboxState.SENDING).values(claimed_until=now))


def receipt(session: Session, platform_id: str, state: OutboxState, error: str | None, now: dt.datetime) -> int | None:
    """What the platform tells of a part later. Returns the conversation's message it is about; None when unknown.

    A message is as far as its last part; while a part has failed, the message has failed.
    """
    about = select(SentPart.outbox_id).where(SentPart.platform_id == platform_id).scalar_subquery()
    item = _lock(session, select(OutboxItem).where(OutboxItem.id == about)).first()
    if item is None:
        return None
    parts = parts_of(session, item.id)
    had_failed = any(part.state == OutboxState.DEAD for part in parts.values())
    for part in parts.values():
        if part.platform_id == platform_id and PROGRESS[state] > PROGRESS[OutboxState(part.state)]:
            part.state = state
    if item.state in TAKEN or (item.state == OutboxState.DEAD and had_failed):
        _come(item, parts, error, now)
    elif item.state in UNSENT and state is OutboxState.DEAD:
        item.error = (error or FAILED)[:LONGEST_ERROR]  # counts when its sender settles it
    _open_again(session, item, now)
    return int(item.message_id)


def _come(item: OutboxItem, parts: Mapping[int, SentPart], error: str | None, now: dt.datetime) -> None:
    """Brings a message that was taken whole to where its parts are."""
    states = [OutboxState(parts[place].state) for place in sorted(parts)] or [OutboxState.SENT]
    if OutboxState.DEAD not in states:
        _end(item, states[-1], None, now)
    elif item.state != OutboxState.DEAD:
        _end(item, OutboxState.DEAD, error or item.error or FAILED, now)


def _end(item: OutboxItem, state: OutboxState, error: str | None, now: dt.datetime) -> None:
    if item.state != state:
        item.state, item.error, item.settled_at = state, error and error[:LONGEST_ERROR], now


def send_again(session: Session, outbox_id: int, now: dt.datetime) -> bool:
    """Puts a given-up message back in its place. False: it is not given up, or must not go to its address any more:
    the person stopped it, or went on with it elsewhere."""
    return _revive(session, [OutboxItem.id == outbox_id], now) == 1


def window_opened(session: Session, address_id: str, now: dt.datetime) -> None:
    """Sends what could not be sent because the person had not written for too long: now they have. Notices, such as
    who joined, are left out: by now they say what is over."""
    notices = select(Message.id).where(Message.id == OutboxItem.message_id, Message.sender == Sender.SYSTEM)
    held = [OutboxItem.address_id == address_id, OutboxItem.error == WINDOW_CLOSED, ~exists(notices)]
    _revive(session, held, now)


def _open_again(session: Session, item: OutboxItem, now: dt.datetime) -> None:
    """Sends a message again that the platform held back because of the window, when the person has written since."""
    if item.state != OutboxState.DEAD or item.error != WINDOW_CLOSED or item.address_id is None:
        return
    heard_at = session.scalar(select(Address.heard_at).where(Address.id == item.address_id))
    if heard_at is not None and heard_at > item.due_at:
        session.flush()
        _revive(session, [OutboxItem.id == item.id], now)


def _revive(session: Session, which: list[Any], now: dt.datetime) -> int:
    """Sends given-up messages again: what of them was not sent, or failed; looked for first where that is unsure."""
    reached = exists().where(
        Address.id == OutboxItem.address_id,
        Address.conversation_id == OutboxItem.conversation_id,
        Address.stopped_at.is_(None),
    )
    again = _lock(session, select(OutboxItem).where(*which, OutboxItem.state == OutboxState.DEAD, reached)).all()
    for item in again:
        unsure = item.error == UNSURE
        item.state, item.claimed_until = OutboxState.SENDING if unsure else OutboxState.QUEUED, now
        item.due_at = item.due_at if unsure else now
        item.attempts, item.error, item.settled_at = 0, None, None
        _set_failed_parts_aside(session, item.id)
    session.flush()
    return len(again)


def _set_failed_parts_aside(session: Session, outbox_id: int) -> None:
    """Parts that failed get a place below zero: they are sent again, and a receipt that is repeated is still known."""
    below = session.scalar(select(func.min(SentPart.part)).where(SentPart.outbox_id == outbox_id)) or 0
    for part in parts_of(session, outbox_id).values():
        if part.state == OutboxState.DEAD:
            below = min(below, 0) - 1
            part.part = below


def stop(session: Session, address_id: str, now: dt.datetime) -> None:
    """Gives up everything that still waits for an address, because the person asked us to write no more."""
    _give_up(session, address_id, STOPPED, now)


def move(session: Session, address_id: str, now: dt.datetime) -> None:
    """Gives up what still waits for an address that goes to another conversation; a widget may still show it."""
    _give_up(session, address_id, MOVED, now)


def _give_up(session: Session, address_id: str, error: str, now: dt.datetime) -> None:
    waiting = [OutboxItem.address_id == address_id, OutboxItem.state.in_([OutboxState.QUEUED, OutboxState.FAILED])]
    session.execute(update(OutboxItem).where(*waiting).values(state=OutboxState.DEAD, error=error, settled_at=now))


def _lock(session: Session, statement: Select[OutboxItem]) -> ScalarResult[OutboxItem]:
    """Rows as they are now, locked. Whoever changes a message or its parts takes this lock first."""
    return session.scalars(locked(statement, session).execution_options(populate_existing=True))


def _own(session: Session, outbox_id: int, attempt: int) -> OutboxItem | None:
    """The row while it is still the sender's own."""
    mine = [OutboxItem.id == outbox_id, OutboxItem.attempts == attempt, OutboxItem.state == OutboxState.SENDING]
    return _lock(session, select(OutboxItem).where(*mine)).first()
