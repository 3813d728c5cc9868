"""Finds what an address names, or says that it is not there."""

from __future__ import annotations

from sqlalchemy.orm import Session

from desk.access import Refused
from dossiers.models import Conversation


def found(session: Session, conversation_id: str) -> Conversation:
    """The conversation.

    Raises:
        Refused: 404, there is none.

    """
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise Refused(404, "There is no such conversation. It may have been erased.")
    return conversation
