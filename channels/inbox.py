"""Stores what comes in before anything is done with it, once, under the platform's own id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dossiers import conversations
from dossiers.conversations import Said
from dossiers.models import Conversation, InboxItem, InboxState, Message, Sender


class NotOffered(Exception):
    """The payload was not offered to this person in this conversation."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from a person: a text, or a payload that an offered button carries."""

    external_id: str
    text: str = ""
    payload: str | None = None


def receive(session: Session, conversation: Conversation, incoming: Incoming, now: dt.datetime) -> tuple[Message, bool]:
    """Stores a message and its inbox row in one transaction. Returns the message, and False when it was here already.

    Raises:
        NotOffered: the payload is not one of the conversation's own options.
    """
    conversations.lock(session, conversation.id)
    earlier = session.scalars(
        select(Message).where(Message.conversation_id == conversation.id, Message.client_id == incoming.external_id)
    ).first()
    if earlier is not None:
        return earlier, False
    text = incoming.text
    if incoming.payload is not None:
        title = conversations.title_offered(session, conversation.id, incoming.payload)
        if title is None:
            raise NotOffered
        text = title
    message = conversations.add(session, conversation, Sender.PERSON, Said(text), now, client_id=incoming.external_id)
    item = InboxItem(
        channel=conversation.channel,
        external_id=f"{conversation.id}:{incoming.external_id}",
        conversation_id=conversation.id,
        message_id=message.id,
        payload=incoming.payload,
        received_at=now,
        due_at=now,
    )
    session.add(item)
    session.flush()
    return message, True


def waiting_conversations(session: Session) -> Sequence[str]:
    """Conversations with unprocessed messages, the longest waiting first."""
    statement = (
        select(InboxItem.conversation_id)
        .where(InboxItem.state == InboxState.RECEIVED)
        .group_by(InboxItem.conversation_id)
        .order_by(func.min(InboxItem.id))
    )
    return session.scalars(statement).all()


def next_item(session: Session, conversation_id: str) -> InboxItem | None:
    """The oldest unprocessed message of a conversation, due or not: a later one never overtakes it."""
    statement = (
        select(InboxItem)
        .where(InboxItem.conversation_id == conversation_id, InboxItem.state == InboxState.RECEIVED)
        .order_by(InboxItem.id)
        .limit(1)
    )
    return session.scalars(statement).first()
