"""What an agent has typed in a conversation and not sent: one draft each, seen by its author alone."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from dossiers import conversations
from dossiers.models import ReplyDraft


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft. ``articles``: whose sources will go along; ``revision``: empty when there is no draft."""

    text: str = ""
    articles: tuple[str, ...] = ()
    revision: str = ""


NOTHING = Kept()


class Changed(Exception):
    """Another window of the same agent wrote meanwhile; ``theirs`` is what it keeps. Nothing was changed."""

    def __init__(self, theirs: Kept) -> None:
        super().__init__("the draft was changed in another window")
        self.theirs = theirs


def of(session: Session, conversation_id: str, agent_id: str) -> Kept:
    """The agent's own draft."""
    found = session.get(ReplyDraft, (conversation_id, agent_id))
    return NOTHING if found is None else Kept(found.text, tuple(found.articles), found.revision)


def save(
    session: Session,
    conversation_id: str,
    agent_id: str,
    text: str,
    articles: Sequence[str],
    *,
    based_on: str,
    now: dt.datetime,
) -> Kept:
    """Keeps a draft; an empty one is no draft any more. ``based_on``: the revision that the window had before it.

    A draft that is gone was sent or emptied elsewhere: what is typed now begins a new one.

    Raises:
        Changed: the draft is of another revision and says something else.
    """
    conversations.lock(session, conversation_id)
    found = session.get(ReplyDraft, (conversation_id, agent_id))
    if found is not None and found.revision != based_on:
        theirs = Kept(found.text, tuple(found.articles), found.revision)
        if (theirs.text, theirs.articles) == (text, tuple(articles)):
            return theirs
        raise Changed(theirs)
    if not text.strip() and not articles:
        drop(session, conversation_id, agent_id)
        return NOTHING
    if found is None:
        found = ReplyDraft(conversation_id=conversation_id, agent_id=agent_id)
        session.add(found)
    found.text, found.articles, found.changed_at = text, list(articles), now
    found.revision = secrets.token_hex(8)
    session.flush()
    return Kept(text, tuple(articles), found.revision)


def drop(session: Session, conversation_id: str, agent_id: str) -> None:
    """Deletes the agent's draft: it was sent, or is not wanted."""
    own = [ReplyDraft.conversation_id == conversation_id, ReplyDraft.agent_id == agent_id]
    session.execute(delete(ReplyDraft).where(*own))


def forget(session: Session, conversation_ids: Iterable[str]) -> int:
    """Deletes everybody's drafts in these conversations, as when a person's data are erased. Gives how many."""
    gone = delete(ReplyDraft).where(ReplyDraft.conversation_id.in_(list(conversation_ids)))
    return len(session.execute(gone.returning(ReplyDraft.agent_id)).all())
