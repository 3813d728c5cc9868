"""Messages that were set aside: those that could not be processed, and those that could not be delivered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import labels
from dossiers.models import InboxItem, InboxState, Message, OutboxItem, OutboxState

MOST = 100


@dataclass(frozen=True, slots=True)
class Failure:
    """One message. ``reason``: the name of the error, never what the person wrote."""

    conversation_id: str
    message_id: int
    channel: str
    at: dt.datetime
    reason: str
    text: str


def set_aside(session: Session) -> Sequence[Failure]:
    """Incoming messages that the assistant could not process, the newest first."""
    statement = (
        select(InboxItem, Message.text)
        .join(Message, Message.id == InboxItem.message_id)
        .where(InboxItem.state == InboxState.DEAD)
        .order_by(InboxItem.id.desc())
        .limit(MOST)
    )
    return [
        Failure(i.conversation_id, i.message_id, _channel(i.channel), i.received_at, i.error or "unknown", text)
        for i, text in session.execute(statement)
    ]


def undelivered(session: Session) -> Sequence[Failure]:
    """Outgoing messages that could not be delivered, the newest first."""
    statement = (
        select(OutboxItem, Message.text)
        .join(Message, Message.id == OutboxItem.message_id)
        .where(OutboxItem.state.in_([OutboxState.FAILED, OutboxState.DEAD]))
        .order_by(OutboxItem.id.desc())
        .limit(MOST)
    )
    return [
        Failure(i.conversation_id, i.message_id, _channel(i.channel), i.created_at, labels.DELIVERIES[i.state], text)
        for i, text in session.execute(statement)
    ]


def _channel(name: str) -> str:
    return labels.spoken(labels.CHANNELS, name)
