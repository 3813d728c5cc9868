"""Notes of colleagues for colleagues. They are no messages: nothing that sends or shows messages knows of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from dossiers.models import Agent, Conversation, Mention, Note

LONGEST = 2000
MOST_MENTIONS = 50


@dataclass(frozen=True, slots=True)
class Written:
    """A note as it stands beside the messages. ``mentioned``: the names of the colleagues whom it is for."""

    id: int
    conversation_id: str
    author_id: str
    author: str
    text: str
    created_at: dt.datetime
    mentioned: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A note that names an agent. ``team_id``: that of its conversation, which decides who may still see it."""

    note: Written
    team_id: str | None
    read_at: dt.datetime | None


def write(
    session: Session, conversation: Conversation, author: Agent, text: str, mentioned: Iterable[Agent], now: dt.datetime
) -> Note:
    """Keeps a note and whom it is for; its author is not told of their own. Whether these colleagues may see the
    conversation is for the caller to know."""
    note = Note(conversation_id=conversation.id, agent_id=author.id, text=text, created_at=now)
    session.add(note)
    session.flush()
    for agent_id in {agent.id for agent in mentioned} - {author.id}:
        session.add(Mention(note_id=note.id, agent_id=agent_id))
    session.flush()
    return note


def of_conversation(session: Session, conversation_id: str) -> list[Written]:
    """The notes of a conversation, the oldest first."""
    statement = (
        select(Note, Agent.name)
        .join(Agent, Agent.id == Note.agent_id)
        .where(Note.conversation_id == conversation_id)
        .order_by(Note.id)
    )
    rows = session.execute(statement).all()
    names = _mentioned(session, [note.id for note, _ in rows])
    return [_written(note, author, names.get(note.id, ())) for note, author in rows]


def mentions_of(session: Session, agent_id: str, *, unread: bool = False) -> list[Named]:
    """The notes that name an agent, the newest first, at most fifty. ``unread``: only those not seen yet."""
    statement = (
        select(Note, Agent.name, Conversation.team_id, Mention.read_at)
        .join(Mention, Mention.note_id == Note.id)
        .join(Agent, Agent.id == Note.agent_id)
        .join(Conversation, Conversation.id == Note.conversation_id)
        .where(Mention.agent_id == agent_id)
        .order_by(Note.id.desc())
        .limit(MOST_MENTIONS)
    )
    if unread:
        statement = statement.where(Mention.read_at.is_(None))
    return [
        Named(_written(note, author, ()), team, read_at) for note, author, team, read_at in session.execute(statement)
    ]


def seen(session: Session, conversation_id: str, agent_id: str, now: dt.datetime) -> None:
    """The agent has read everything of this conversation that names them."""
    here = select(Note.id).where(Note.conversation_id == conversation_id)
    unread = [Mention.note_id.in_(here), Mention.agent_id == agent_id, Mention.read_at.is_(None)]
    session.execute(
        update(Mention).where(*unread).values(read_at=now), execution_options={"synchronize_session": False}
    )


def remove(session: Session, note_id: int, author_id: str, conversation_id: str) -> bool:
    """Deletes a note of one's own. False when it is another's, stands elsewhere or is gone."""
    own = [Note.id == note_id, Note.agent_id == author_id, Note.conversation_id == conversation_id]
    return session.execute(delete(Note).where(*own).returning(Note.id)).first() is not None


def forget(session: Session, conversation_ids: Iterable[str]) -> int:
    """Deletes all notes of these conversations, as when a person's data are erased. Gives how many there were."""
    gone = delete(Note).where(Note.conversation_id.in_(list(conversation_ids))).returning(Note.id)
    return len(session.execute(gone).all())


def _mentioned(session: Session, note_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    if note_ids:
        statement = (
            select(Mention.note_id, Agent.name)
            .join(Agent, Agent.id == Mention.agent_id)
            .where(Mention.note_id.in_(note_ids))
            .order_by(Agent.name)
        )
        for note_id, name in session.execute(statement):
            found.setdefault(note_id, []).append(name)
    return found


def _written(note: Note, author: str, mentioned: Sequence[str]) -> Written:
    return Written(
        note.id,
        note.conversation_id,
        note.agent_id,
        author,
        note.text,
        note.created_at,
        tuple(mentioned),
    )
