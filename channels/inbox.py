"""Stores what comes in before anything is done with it, once, under the platform's own id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, func, or_, select, update
from sqlalchemy.orm import Session

from channels.incoming import Incoming, referred, shown
from dossiers import conversations
from dossiers.conversations import Said
from dossiers.models import Conversation, InboxItem, InboxState, Kind, Message, Sender

TURN = dt.timedelta(seconds=45)
LARGEST_ID = 2**31 - 1  # of a row; PostgreSQL refuses to look for a larger one


class NotOffered(Exception):
    """The payload was not offered to this person in this conversation."""


def receive(
    session: Session, conversation: Conversation, incoming: Incoming, now: dt.datetime, *, key: str | None = None
) -> tuple[Message, bool]:
    """Stores a message and its inbox row in one transaction. Returns the message, and False when it was here already.

    ``key``: under what it is unique on the channel, where that is more than the conversation (`taken`).

    Raises:
        NotOffered: the payload is not one of the conversation's own options.
    """
    conversations.lock(session, conversation.id)
    earlier = conversations.by_client_id(session, conversation.id, incoming.external_id)
    if earlier is not None:
        return earlier, False
    text, payload = _content(session, conversation, incoming)
    message = conversations.add(
        session, conversation, Sender.PERSON, Said(text), now, client_id=incoming.external_id, kind=incoming.kind
    )
    key = key or f"{conversation.id}:{incoming.external_id}"
    _keep(session, message, conversation.channel, key, now, payload=payload)
    return message, True


def _keep(
    session: Session,
    message: Message,
    channel: str,
    key: str,
    now: dt.datetime,
    *,
    payload: str | None = None,
    state: InboxState = InboxState.RECEIVED,
) -> None:
    item = InboxItem(
        channel=channel,
        external_id=key,
        conversation_id=message.conversation_id,
        message_id=message.id,
        payload=payload,
        state=state,
        received_at=now,
        due_at=now,
    )
    session.add(item)
    session.flush()


def taken(session: Session, channel: str, key: str) -> str | None:
    """The conversation in which a channel's message was stored, wherever that was; None when it is new."""
    statement = select(InboxItem.conversation_id).where(InboxItem.channel == channel, InboxItem.external_id == key)
    return session.scalar(statement)


def note(session: Session, message: Message, channel: str, key: str, now: dt.datetime) -> None:
    """Remembers a message of a channel that nobody has to process, so that it is not taken a second time."""
    _keep(session, message, channel, key, now, state=InboxState.DONE)


def _content(session: Session, conversation: Conversation, incoming: Incoming) -> tuple[str, str | None]:
    """The text to keep, and the payload for the bot when it is not the text that counts."""
    if incoming.command is not None:
        return incoming.text, incoming.command
    payload = incoming.payload
    if incoming.choice is not None:
        payload = _payload_of(session, conversation.id, incoming.choice)
    if payload is None:
        return shown(incoming.kind, incoming.text), None
    title = conversations.title_offered(session, conversation.id, payload)
    if title is None:
        raise NotOffered
    return title, payload


def _payload_of(session: Session, conversation_id: str, choice: str) -> str:
    found = referred(choice)
    if found is None or found[0] > LARGEST_ID:
        raise NotOffered
    message = session.get(Message, found[0])
    if message is None or message.conversation_id != conversation_id:
        raise NotOffered
    if found[1] >= len(message.options):
        raise NotOffered
    return message.options[found[1]]["payload"]


def change(
    session: Session, conversation: Conversation, incoming: Incoming, now: dt.datetime, *, key: str | None = None
) -> bool:
    """Puts the new words of an edited message in place of the old, while nobody has read the old ones yet.

    False: it was read already, or never came; then the edit is a message of its own.
    """
    conversations.lock(session, conversation.id)
    session.refresh(conversation, ["turn_until"])  # a worker may have begun while this waited for the lock
    statement = (
        select(Message)
        .join(InboxItem, InboxItem.message_id == Message.id)
        .where(
            Message.conversation_id == conversation.id,
            Message.client_id == incoming.edits,
            InboxItem.state == InboxState.RECEIVED,
            InboxItem.attempts == 0,
        )
    )
    message = session.scalars(statement).first()
    if message is None or conversation.turn_until is not None:
        return False
    message.text = shown(Kind(message.kind), incoming.text)
    note(session, message, conversation.channel, key or f"{conversation.id}:{incoming.external_id}", now)
    return True


def waiting_conversations(session: Session, now: dt.datetime) -> Sequence[str]:
    """Conversations with unprocessed messages that nobody works through, the longest waiting first."""
    statement = (
        select(InboxItem.conversation_id)
        .join(Conversation, Conversation.id == InboxItem.conversation_id)
        .where(InboxItem.state == InboxState.RECEIVED, _free(now))
        .group_by(InboxItem.conversation_id)
        .order_by(func.min(InboxItem.id))
    )
    return session.scalars(statement).all()


def claim(session: Session, conversation_id: str, now: dt.datetime) -> dt.datetime | None:
    """Takes a conversation's inbox for one turn, until the moment that is returned; None: another worker has it.

    A claim that is never released ends by itself, so that a crash stops nobody's conversation for long.
    """
    until = now + TURN
    statement = update(Conversation).where(Conversation.id == conversation_id, _free(now)).values(turn_until=until)
    taken = cast("CursorResult[Any]", session.execute(statement, execution_options={"synchronize_session": False}))
    return until if taken.rowcount == 1 else None


def release(session: Session, conversation_id: str, until: dt.datetime) -> None:
    """Ends one's own claim; another's, made after one's own had lapsed, stays."""
    mine = [Conversation.id == conversation_id, Conversation.turn_until == until]
    session.execute(update(Conversation).where(*mine).values(turn_until=None))


def release_all(session: Session) -> None:
    """Frees what a process left behind that is no longer there; only for whoever is the only process."""
    session.execute(update(Conversation).where(Conversation.turn_until.is_not(None)).values(turn_until=None))


def _free(now: dt.datetime) -> Any:
    return or_(Conversation.turn_until.is_(None), Conversation.turn_until < now)


def next_item(session: Session, conversation_id: str) -> InboxItem | None:
    """The oldest unprocessed message of a conversation, due or not: a later one never overtakes it."""
    statement = (
        select(InboxItem)
        .where(InboxItem.conversation_id == conversation_id, InboxItem.state == InboxState.RECEIVED)
        .order_by(InboxItem.id)
        .limit(1)
    )
    return session.scalars(statement).first()
