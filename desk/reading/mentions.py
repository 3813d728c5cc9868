"""Notes that name somebody, as their list shows them. Only those of conversations that they may still see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from desk.access import SignedIn
from desk.formats import shortened
from desk.permissions import Action
from dossiers import notes


@dataclass(frozen=True, slots=True)
class Mentioned:
    """One note. ``unread``: it was not seen yet."""

    note_id: int
    conversation_id: str
    author: str
    text: str
    at: dt.datetime
    unread: bool


def of_agent(session: Session, who: SignedIn, *, unread: bool = False) -> list[Mentioned]:
    """The notes that name somebody, the newest first."""
    return [
        Mentioned(
            one.note.id,
            one.note.conversation_id,
            one.note.author,
            shortened(one.note.text),
            one.note.created_at,
            one.read_at is None,
        )
        for one in notes.mentions_of(session, who.agent.id, unread=unread)
        if who.may_in(Action.CONVERSATION_READ, one.team_id)
    ]
