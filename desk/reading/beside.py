"""What stands beside a conversation and changes by itself: notes, one's other conversations, who else reads along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import labels
from desk.access import SignedIn
from desk.services import DeskServices
from dossiers import notes, signs
from dossiers.models import Agent, Conversation, Dossier, DossierField, Message, Sender, Speaker
from dossiers.notes import Written


@dataclass(frozen=True, slots=True)
class Open:
    """One of the agent's conversations. ``waits``: the person wrote last."""

    id: str
    name: str
    waits: bool


@dataclass(frozen=True, slots=True)
class Company:
    """Who is there now. ``types``: the person types; ``readers``: names of other colleagues who have it open."""

    types: bool = False
    readers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """All of it, for one agent. Each part has a template of its name."""

    notes: Sequence[Written]
    mine: Sequence[Open]
    company: Company

    @classmethod
    def of(cls, session: Session, desk: DeskServices, who: SignedIn, conversation_id: str) -> Around:
        """How it is now."""
        return cls(
            notes.of_conversation(session, conversation_id),
            conversations_of(session, who.agent.id),
            company(session, desk.hub.signs(conversation_id), who.agent.id),
        )

    def parts(self) -> Iterator[tuple[str, object]]:
        """Name and value of each."""
        yield from (("notes", self.notes), ("mine", self.mine), ("company", self.company))


def conversations_of(session: Session, agent_id: str) -> list[Open]:
    """The conversations of an agent, in the order in which they began; it does not change while one works."""
    latest = (
        select(Message.conversation_id, Message.sender, func.max(Message.id).label("last"))
        .where(Message.sender.in_([Sender.PERSON, Sender.AGENT]))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.speaker == Speaker.AGENT, Conversation.agent_id == agent_id)
        .group_by(Message.conversation_id, Message.sender)
    )
    last: dict[tuple[str, str], int] = {(row[0], str(row[1])): row[2] for row in session.execute(latest)}
    mine = (
        select(Conversation.id, DossierField.value)
        .outerjoin(Dossier, Dossier.person_id == Conversation.person_id)
        .outerjoin(
            DossierField,
            (DossierField.dossier_id == Dossier.id)
            & (DossierField.key == "first_name")
            & DossierField.replaced_at.is_(None),
        )
        .where(Conversation.speaker == Speaker.AGENT, Conversation.agent_id == agent_id)
        .order_by(Conversation.created_at, Conversation.id)
    )
    return [
        Open(
            conversation_id,
            labels.newcomer(first_name, conversation_id),
            last.get((conversation_id, Sender.PERSON), 0) > last.get((conversation_id, Sender.AGENT), 0),
        )
        for conversation_id, first_name in session.execute(mine)
    ]


def company(session: Session, given: frozenset[str], agent_id: str) -> Company:
    """Who is there besides this agent, by the signs of the conversation."""
    others = signs.readers(given) - {agent_id}
    names = session.scalars(select(Agent.name).where(Agent.id.in_(others)).order_by(Agent.name)).all() if others else ()
    return Company(signs.PERSON_TYPES in given, tuple(names))
