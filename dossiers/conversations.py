"""Starting a conversation, finding it again, and adding messages to it."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers.database import locked
from dossiers.models import Conversation, Message, OutboxItem, Person, Sender


def hashed(secret: str) -> str:
    """How a random secret is stored. The secrets are long and random, so that a plain hash suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Said:
    """The content of a message that is about to be added."""

    text: str
    outcome: str | None = None
    article: str | None = None
    facts: list[str] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    options: list[dict[str, str]] = field(default_factory=list)
    plan: list[dict[str, Any]] = field(default_factory=list)


def start(session: Session, *, channel: str, municipality: str | None, now: dt.datetime) -> tuple[Conversation, str]:
    """A new conversation of a new person. Returns it with the only copy of its token."""
    token = secrets.token_urlsafe(32)
    person = Person(created_at=now)
    session.add(person)
    session.flush()
    conversation = Conversation(
        person_id=person.id,
        channel=channel,
        token_hash=hashed(token),
        municipality=municipality,
        created_at=now,
        last_message_at=now,
    )
    session.add(conversation)
    session.flush()
    return conversation, token


def opened_by(session: Session, conversation_id: str, token: str) -> Conversation | None:
    """The conversation when the token is its own; None for a wrong id or token alike, in the same time."""
    conversation = session.get(Conversation, conversation_id)
    expected = conversation.token_hash if conversation else hashed("nobody")
    matches = hmac.compare_digest(expected, hashed(token))
    return conversation if conversation is not None and matches else None


def lock(session: Session, conversation_id: str) -> None:
    """Takes the conversation's row lock until the end of the transaction.

    Ids then grow in the order of commits: a reader who asks for what comes after an id can never miss a message
    that commits later with a smaller one.
    """
    session.execute(locked(select(Conversation.id).where(Conversation.id == conversation_id), session))


def add(
    session: Session,
    conversation: Conversation,
    sender: Sender,
    said: Said,
    now: dt.datetime,
    *,
    agent_id: str | None = None,
    client_id: str | None = None,
) -> Message:
    """Adds a message and, unless the person wrote it, its delivery."""
    lock(session, conversation.id)
    message = Message(
        conversation_id=conversation.id,
        sender=sender,
        agent_id=agent_id,
        text=said.text,
        outcome=said.outcome,
        article=said.article,
        facts=said.facts,
        sources=said.sources,
        options=said.options,
        plan=said.plan,
        client_id=client_id,
        created_at=now,
    )
    session.add(message)
    conversation.last_message_at = now
    session.flush()
    if sender is not Sender.PERSON:
        session.add(
            OutboxItem(
                idempotency_key=f"message-{message.id}",
                conversation_id=conversation.id,
                message_id=message.id,
                channel=conversation.channel,
                due_at=now,
                created_at=now,
            )
        )
        session.flush()
    return message


def messages_after(session: Session, conversation_id: str, after: int, limit: int = 200) -> Sequence[Message]:
    """Messages with a larger id, oldest first."""
    statement = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.id > after)
        .order_by(Message.id)
        .limit(limit)
    )
    return session.scalars(statement).all()


def title_offered(session: Session, conversation_id: str, payload: str) -> str | None:
    """The title under which exactly this payload was offered in this conversation; None when it never was."""
    statement = (
        select(Message.options)
        .where(Message.conversation_id == conversation_id, Message.sender != Sender.PERSON)
        .order_by(Message.id.desc())
    )
    for options in session.scalars(statement):
        for option in options or ():
            if option.get("payload") == payload:
                return option.get("title", "")
    return None
