"""The addresses of a conversation, at most one on each channel: moving one here, and ending one."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels import outbox
from dossiers import conversations
from dossiers.models import Address, Conversation


def unlink(session: Session, conversation_id: str, channel: str, now: dt.datetime) -> bool:
    """Ends a channel of a conversation; who writes there again starts a new one. False: it was not linked."""
    conversations.lock(session, conversation_id)
    conversation = session.get_one(Conversation, conversation_id)
    mine = [Address.conversation_id == conversation_id, Address.channel == channel]
    if session.scalars(select(Address).where(*mine)).first() is None:
        return False
    make_room(session, conversation, channel, now)
    if conversation.channel == channel:
        conversation.channel = outbox.WEB
    session.flush()
    return True


def move(
    session: Session, address: Address, conversation: Conversation, target: Conversation, now: dt.datetime
) -> None:
    """Moves an address to another conversation. What is still to be said in the one before stays there."""
    outbox.move(session, address.id, now)
    make_room(session, target, address.channel, now)
    if conversation.channel == address.channel:
        conversation.channel = outbox.WEB
    address.conversation_id, address.created_at = target.id, now
    session.flush()


def make_room(session: Session, conversation: Conversation, channel: str, now: dt.datetime) -> None:
    """Ends the address that a conversation has on a channel, and gives up what waits for it. What is being sent at this
    moment still arrives."""
    mine = [Address.conversation_id == conversation.id, Address.channel == channel]
    for before in session.scalars(select(Address).where(*mine)):
        outbox.move(session, before.id, now)
        session.delete(before)
    session.flush()
