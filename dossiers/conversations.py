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

from dossiers import teams
from dossiers.database import locked
from dossiers.models import Address, Conversation, Kind, Message, OutboxItem, OutboxState, Person, Sender

STOPPED = "stopped"  # why a message was not delivered: the person asked us to write no more


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
        team_id=teams.team_for(session, municipality),
        created_at=now,
        last_message_at=now,
    )
    session.add(conversation)
    session.flush()
    return conversation, token


def new_token(conversation: Conversation) -> str:
    """The only copy of a new token. The one before opens nothing any more."""
    token = secrets.token_urlsafe(32)
    conversation.token_hash = hashed(token)
    return token


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
    kind: Kind = Kind.TEXT,
    template: dict[str, Any] | None = None,
) -> Message:
    """Adds a message and, unless the person wrote it, its delivery to where the person wrote last.

    To somebody who asked us to stop it is kept and not delivered.
    """
    lock(session, conversation.id)
    message = Message(
        conversation_id=conversation.id,
        sender=sender,
        agent_id=agent_id,
        kind=kind,
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
        address = current_address(session, conversation)
        stopped = address is not None and address.stopped_at is not None
        session.add(
            OutboxItem(
                idempotency_key=f"message-{message.id}",
                conversation_id=conversation.id,
                message_id=message.id,
                channel=conversation.channel,
                address_id=address.id if address else None,
                template=template,
                state=OutboxState.DEAD if stopped else OutboxState.QUEUED,
                error=STOPPED if stopped else None,
                due_at=now,
                created_at=now,
            )
        )
        session.flush()
    return message


def current_address(session: Session, conversation: Conversation) -> Address | None:
    """The address on the platform where the person wrote last; none on the web."""
    statement = select(Address).where(
        Address.conversation_id == conversation.id, Address.channel == conversation.channel
    )
    return session.scalars(statement).first()


def addresses(session: Session, conversation_id: str) -> Sequence[Address]:
    """All addresses of a conversation, the oldest first."""
    statement = select(Address).where(Address.conversation_id == conversation_id).order_by(Address.created_at)
    return session.scalars(statement).all()


def by_client_id(session: Session, conversation_id: str, client_id: str) -> Message | None:
    """The message that was stored under the sender's own id."""
    statement = select(Message).where(Message.conversation_id == conversation_id, Message.client_id == client_id)
    return session.scalars(statement).first()


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
