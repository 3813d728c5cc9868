"""“End my chat”: nobody goes on in it, and nobody opens it again. What was said stays until its term or until it is
erased; writing again begins a new conversation.
"""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from dossiers import audit, conversations
from dossiers.conversations import Said, hashed
from dossiers.database import Database, locked
from dossiers.models import Conversation, Handover, Receipt, ResumeCode, Right, Sender, Speaker
from dossiers.privacy import erasing, receipts
from knowledge.wording import say


def end_chat(database: Database, conversation_id: str, now: dt.datetime) -> Receipt | None:
    """Ends a conversation as its person wishes. None: there is none, or it was ended before."""
    with database.write() as session:
        return end(session, conversation_id, now)


def end(session: Session, conversation_id: str, now: dt.datetime) -> Receipt | None:
    """As `end_chat`, within a transaction of the caller's.

    The person and a colleague who has the floor are told, in one last message. The colleague loses the floor, the
    hand-over closes, the token and the codes open nothing any more, and the bot forgets what was said. An address on a
    platform stays for that last message; `channels.arrivals` starts a new conversation when somebody writes from it.
    """
    statement = select(Conversation).where(Conversation.id == conversation_id)
    conversation = session.scalars(locked(statement, session).execution_options(populate_existing=True)).first()
    if conversation is None or conversation.ended_at is not None:
        return None
    closed = _close(session, conversation, now)
    conversations.add(session, conversation, Sender.SYSTEM, Said(say("chat_ended")), now)
    conversation.ended_at = now
    conversation.token_hash = hashed(secrets.token_urlsafe(32))
    session.execute(delete(ResumeCode).where(ResumeCode.conversation_id == conversation_id))
    erasing.forget_elsewhere(session, [conversation], now)
    person = f"person:{conversation.person_id}"
    audit.note(session, actor=person, action="chat.ended", subject=f"conversation:{conversation_id}", now=now)
    counts = {"conversations": 1} | ({"requests for a colleague": closed} if closed else {})
    return receipts.write(session, conversation.person_id, Right.END, counts, now)


def _close(session: Session, conversation: Conversation, now: dt.datetime) -> int:
    """Takes the floor back from people, whoever has it; the row is locked. Returns how many requests that ended."""
    floor = {"speaker": Speaker.BOT, "agent_id": None, "lease_until": None}
    session.execute(
        update(Conversation).where(Conversation.id == conversation.id).values(**floor),
        execution_options={"synchronize_session": "fetch"},
    )
    statement = select(Handover).where(Handover.conversation_id == conversation.id, Handover.closed_at.is_(None))
    still_open = session.scalars(statement).all()
    for handover in still_open:
        handover.closed_at = now
    return len(still_open)
