"""How far a message to a person has come. The web channel is fetched by the widget: a fetched message is delivered."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from dossiers.models import OutboxItem, OutboxState


def has_queued(session: Session, conversation_id: str, up_to: int) -> bool:
    """Whether a message up to this id still waits for delivery."""
    waiting = exists().where(
        OutboxItem.conversation_id == conversation_id,
        OutboxItem.message_id <= up_to,
        OutboxItem.state == OutboxState.QUEUED,
    )
    return bool(session.scalar(select(waiting)))


def delivered(session: Session, conversation_id: str, up_to: int, now: dt.datetime) -> None:
    """Marks everything up to a message as delivered. Never moves a message back from a later state."""
    session.execute(
        update(OutboxItem)
        .where(
            OutboxItem.conversation_id == conversation_id,
            OutboxItem.message_id <= up_to,
            OutboxItem.state.in_([OutboxState.QUEUED, OutboxState.SENT, OutboxState.FAILED]),
        )
        .values(state=OutboxState.DELIVERED, settled_at=now)
    )
