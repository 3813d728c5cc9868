"""How far messages to people have come, and why some did not arrive, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from channels.outbox import WEB
from desk import labels
from desk.formats import moment
from dossiers.models import Message, OutboxItem, OutboxState, Sender

WATCHED = 50
REASONLESS = "for a reason that was not told"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way. ``at``: since when it is as it is; ``due_at``: when it is tried again."""

    state: OutboxState
    channel: str
    at: dt.datetime
    due_at: dt.datetime
    error: str | None


def of_messages(session: Session, conversation_id: str, first: int) -> dict[int, Delivery]:
    """How far every message to the person has come, from an id on."""
    statement = (
        select(OutboxItem)
        .where(OutboxItem.conversation_id == conversation_id, OutboxItem.message_id >= first)
        .order_by(OutboxItem.id)
    )
    return {
        item.message_id: Delivery(
            OutboxState(item.state), item.channel, item.settled_at or item.created_at, item.due_at, item.error
        )
        for item in session.scalars(statement)
    }


def watched_from(session: Session, conversation_id: str) -> int:
    """The id from which a stream watches deliveries."""
    statement = (
        select(Message.id)
        .where(Message.conversation_id == conversation_id, Message.sender != Sender.PERSON)
        .order_by(Message.id.desc())
        .limit(WATCHED)
        .subquery()
    )
    return session.scalar(select(func.min(statement.c.id))) or 0


def reason(error: str | None) -> str:
    """Why a platform did not take a message. A reason that nobody has put into words yet is shown as it is."""
    if not error:
        return REASONLESS
    return labels.FAILURES.get(error) or f"{labels.FAILURE_UNKNOWN} ({labels.spoken({}, error)})"


def again_at(due_at: dt.datetime, now: dt.datetime) -> str:
    """When a message that was refused is tried again."""
    return f"tried again at {moment(due_at, now)}" if due_at > now else "tried again in a moment"


def in_words(delivery: Delivery, now: dt.datetime) -> str:
    """One line below the message: the channel when it is not the website, the state, the moment, the reason."""
    state, at = delivery.state, moment(delivery.at, now)
    words = labels.DELIVERIES[state]
    if delivery.channel == WEB and state is OutboxState.QUEUED:
        words = labels.NOT_FETCHED
    if state in (OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ):
        words = f"{words}, {at}"
    elif state is OutboxState.FAILED:
        words = f"{words}: {reason(delivery.error)}; {again_at(delivery.due_at, now)}"
    elif state is OutboxState.DEAD:
        words = f"{words}, {at}: {reason(delivery.error)}"
    if delivery.channel == WEB:
        return words
    return f"{labels.spoken(labels.CHANNELS, delivery.channel)}: {words}"
