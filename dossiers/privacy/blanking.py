"""What a conversation becomes when its term is over: nobody's words stay; what is counted stays.

Of a message stay its sender, moment, outcome and article; of a conversation its town and channel; of feedback the
verdict. Nobody, not even the person, can be connected with them any more: the token is replaced by one that nobody has,
and the bot forgets.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence

from sqlalchemy import ColumnElement, String, cast, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from dossiers.conversations import hashed
from dossiers.database import locked
from dossiers.models import (
    Address,
    Conversation,
    Elsewhere,
    Feedback,
    Handover,
    InboxItem,
    Message,
    Note,
    OutboxItem,
    OutboxState,
    ReplyDraft,
    ResumeCode,
    Transfer,
)
from dossiers.privacy import forgetting

ENDED = (OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ, OutboxState.DEAD)
NO_ROWS = "[]"


def has_words() -> ColumnElement[bool]:
    """The condition for a conversation in which somebody's words still stand."""
    told = or_(Message.text != "", cast(Message.options, String) != NO_ROWS, cast(Message.plan, String) != NO_ROWS)
    return or_(
        exists().where(Message.conversation_id == Conversation.id, told),
        exists().where(Note.conversation_id == Conversation.id),
        exists().where(Transfer.conversation_id == Conversation.id, Transfer.note != ""),
    )


def blank(session: Session, conversation_ids: Sequence[str], now: dt.datetime) -> None:
    """Takes the words out of these conversations. Again changes nothing."""
    for conversation_id in conversation_ids:
        statement = select(Conversation).where(Conversation.id == conversation_id)
        conversation = session.scalars(locked(statement, session)).first()
        if conversation is not None:
            _blank(session, conversation, now)


def _blank(session: Session, conversation: Conversation, now: dt.datetime) -> None:
    own = select(Message.id).where(Message.conversation_id == conversation.id)
    here = conversation.id
    for statement in (
        update(Message).where(Message.conversation_id == here).values(text="", options=[], plan=[]),
        update(InboxItem).where(InboxItem.conversation_id == here).values(payload=None),
        update(OutboxItem).where(OutboxItem.conversation_id == here).values(template=None),
        update(Feedback).where(Feedback.message_id.in_(own)).values(comment=None),
        update(Handover).where(Handover.conversation_id == here).values(summary="", closing_summary=None, risks=[]),
        update(Transfer).where(Transfer.conversation_id == here).values(note=""),
        delete(Note).where(Note.conversation_id == here),
        delete(ReplyDraft).where(ReplyDraft.conversation_id == here),
        delete(ResumeCode).where(ResumeCode.conversation_id == here),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})
    conversation.token_hash = hashed(secrets.token_urlsafe(32))
    forgetting.ask(session, Elsewhere.BOT, here, now, not_before=conversation.turn_until)


def drop_addresses(session: Session, address_ids: Sequence[str]) -> None:
    """Deletes addresses, and what was sent to them. Who writes again begins a new conversation."""
    for address_id in address_ids:
        sent = [OutboxItem.address_id == address_id, OutboxItem.state.in_(ENDED)]
        session.execute(delete(OutboxItem).where(*sent), execution_options={"synchronize_session": False})
        gone = delete(Address).where(Address.id == address_id)
        session.execute(gone, execution_options={"synchronize_session": False})
