"""Messages that were set aside: those that could not be processed, those that could not be delivered, and those that
were refused for now and are tried again. Only those of conversations that somebody may see, and that nobody put away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from channels.outbox import WEB, WINDOW_CLOSED
from desk import labels
from desk.access import SignedIn
from desk.permissions import Action
from desk.reading import delivery, reach
from desk.reading.search import teams_of
from dossiers.models import Address, Conversation, InboxItem, InboxState, Message, OutboxItem, OutboxState

ON_A_PAGE = 50


class Again(StrEnum):
    """Whether a message that was given up can be sent again."""

    YES = "yes"
    WEBSITE = "website"
    NO_ADDRESS = "no-address"
    MOVED = "moved"
    STOPPED = "stopped"
    CLOSED = "closed"
    BY_ITSELF = "by-itself"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that could not be processed. ``reason``: the name of the error, never what the person wrote."""

    inbox_id: int
    conversation_id: str
    message_id: int
    channel: str
    at: dt.datetime
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that did not reach the person. ``at``: since when; ``again``: what an agent can do about it."""

    outbox_id: int
    conversation_id: str
    message_id: int
    channel: str
    at: dt.datetime
    due_at: dt.datetime
    attempts: int
    reason: str
    text: str
    again: Again


@dataclass(frozen=True, slots=True)
class Page[T]:
    """One page of a list; ``total`` counts all of it."""

    rows: Sequence[T]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // ON_A_PAGE))


def set_aside(session: Session, who: SignedIn, number: int) -> Page[Incoming]:
    """Incoming messages that the assistant could not process, the newest first."""
    statement = (
        select(InboxItem, Message.text)
        .join(Message, Message.id == InboxItem.message_id)
        .join(Conversation, Conversation.id == InboxItem.conversation_id)
        .where(InboxItem.state == InboxState.DEAD, InboxItem.put_away_at.is_(None), _seen_by(who))
        .order_by(InboxItem.id.desc())
    )
    rows, total, number = _page(session, statement, number)
    found = [
        Incoming(
            i.id,
            i.conversation_id,
            i.message_id,
            labels.spoken(labels.CHANNELS, i.channel),
            i.received_at,
            i.error or "unknown",
            text,
        )
        for i, text in rows
    ]
    return Page(found, total, number)


def undelivered(session: Session, who: SignedIn, number: int, now: dt.datetime) -> Page[Outgoing]:
    """Messages to people that were given up, the newest first."""
    # what failed once more after it was put away is there again
    seen = OutboxItem.put_away_at.is_(None) | (OutboxItem.settled_at > OutboxItem.put_away_at)
    return _outgoing(session, (OutboxItem.state == OutboxState.DEAD) & seen & _seen_by(who), number, now)


def tried_again(session: Session, who: SignedIn, number: int, now: dt.datetime) -> Page[Outgoing]:
    """Messages to people that were refused for now, the newest first."""
    return _outgoing(session, (OutboxItem.state == OutboxState.FAILED) & _seen_by(who), number, now)


def again(item: OutboxItem, address: Address | None, now: dt.datetime) -> Again:
    """Whether a message that was given up can be sent again, or why not."""
    if item.channel == WEB:
        return Again.WEBSITE
    if address is None:
        return Again.NO_ADDRESS
    if address.conversation_id != item.conversation_id:
        return Again.MOVED
    if address.stopped_at is not None:
        return Again.STOPPED
    if item.template is None and not reach.window_of(address, now).takes_words:
        return Again.BY_ITSELF if item.error == WINDOW_CLOSED else Again.CLOSED
    return Again.YES


def _seen_by(who: SignedIn) -> ColumnElement[bool]:
    own = teams_of(who, Action.FAILURES_HANDLE)
    return true() if own is None else Conversation.team_id.is_(None) | Conversation.team_id.in_(own)


def _outgoing(session: Session, which: ColumnElement[bool], number: int, now: dt.datetime) -> Page[Outgoing]:
    statement = (
        select(OutboxItem, Message.text, Address)
        .join(Message, Message.id == OutboxItem.message_id)
        .join(Conversation, Conversation.id == OutboxItem.conversation_id)
        .outerjoin(Address, Address.id == OutboxItem.address_id)
        .where(which)
        .order_by(OutboxItem.id.desc())
    )
    rows, total, number = _page(session, statement, number)
    found = [
        Outgoing(
            outbox_id=item.id,
            conversation_id=item.conversation_id,
            message_id=item.message_id,
            channel=labels.spoken(labels.CHANNELS, item.channel),
            at=item.settled_at or item.created_at,
            due_at=item.due_at,
            attempts=item.attempts,
            reason=delivery.reason(item.error),
            text=text,
            again=again(item, address, now),
        )
        for item, text, address in rows
    ]
    return Page(found, total, number)


def _page(session: Session, statement: Select[*tuple[Any, ...]], number: int) -> tuple[Sequence[Any], int, int]:
    """The rows of a page, the number of all, and which page it is: the last one when there are not so many."""
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    number = min(number, max(1, -(-total // ON_A_PAGE)))
    rows = session.execute(statement.limit(ON_A_PAGE).offset((number - 1) * ON_A_PAGE)).all()
    return rows, total, number
