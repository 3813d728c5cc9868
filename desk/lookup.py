"""Finds what an address names for somebody who may have it, or says why not. Every look at a conversation or a dossier
goes through here.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from desk.access import Refused, SignedIn
from desk.permissions import Action
from dossiers.models import Conversation, Dossier

OTHER_TEAM = "This belongs to another team. Ask them, or your coordinator, to hand it to you."


def conversation(
    session: Session, who: SignedIn, conversation_id: str, action: Action = Action.CONVERSATION_READ
) -> Conversation:
    """The conversation.

    Raises:
        Refused: 404, there is none; 403, they may not do this with it.
    """
    found = session.get(Conversation, conversation_id)
    if found is None:
        raise Refused(404, "There is no such conversation. It may have been erased.")
    if not who.may_in(action, found.team_id):
        raise Refused(403, OTHER_TEAM)
    return found


def dossier(session: Session, who: SignedIn, dossier_id: str, action: Action = Action.DOSSIER_READ) -> Dossier:
    """The dossier. It belongs to the team of its conversation.

    Raises:
        Refused: 404, there is none; 403, they may not do this with it.
    """
    found = session.get(Dossier, dossier_id)
    if found is None:
        raise Refused(404, "There is no such dossier. It may have been erased.")
    home = session.get(Conversation, found.conversation_id)
    if not who.may_in(action, home.team_id if home else None):
        raise Refused(403, OTHER_TEAM)
    return found
