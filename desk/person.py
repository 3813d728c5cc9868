"""What an answer to one person is made from: who they are as far as it is known, and what can be filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers import deadlines, fields, plans
from dossiers.canned import Variable
from dossiers.models import Conversation, Dossier, DossierField, Message
from knowledge.library import Library
from knowledge.planning.telling import day_in_words
from knowledge.profile import Profile
from knowledge.whereabouts import TOWN_HALL, where

SUBJECTS = 3


@dataclass(frozen=True, slots=True)
class Person:
    """``profile``: for composing answers; ``values``: what gaps are filled with; ``subjects``: the articles that were
    answered last, the newest first."""

    profile: Profile
    values: Mapping[Variable, str | None]
    subjects: Sequence[str]


def of_conversation(
    session: Session, conversation: Conversation, agent_name: str, library: Library, today: dt.date
) -> Person:
    """Everything about the person of a conversation, as it is known on a day."""
    stated = _stated(session, conversation.person_id)
    kept = plans.kept(session, conversation.person_id)
    town = stated.get("home_town") or (kept and kept.profile.municipality) or conversation.municipality
    town = town if town in library.municipalities else conversation.municipality
    profile = kept.profile if kept else Profile(municipality=town, country=stated.get("nationality"))
    subjects = _subjects(session, conversation.id, library)
    days = deadlines.open_legal(profile, today, library) if kept else []
    values = {
        Variable.FIRST_NAME: stated.get("first_name"),
        Variable.TOWN: fields.town_name(library, town),
        Variable.AGENT: agent_name,
        Variable.DEADLINE: day_in_words(days[0].by) if days else None,
        Variable.PLACE: _place(subjects, library, town),
    }
    return Person(profile, values, subjects)


def _stated(session: Session, person_id: str) -> dict[str, str]:
    statement = (
        select(DossierField.key, DossierField.value)
        .join(Dossier, Dossier.id == DossierField.dossier_id)
        .where(Dossier.person_id == person_id, DossierField.replaced_at.is_(None), DossierField.value.is_not(None))
    )
    return {key: value for key, value in session.execute(statement) if value}


def _subjects(session: Session, conversation_id: str, library: Library) -> list[str]:
    statement = (
        select(Message.article)
        .where(Message.conversation_id == conversation_id, Message.article.is_not(None))
        .order_by(Message.id.desc())
        .limit(SUBJECTS)
    )
    return list(dict.fromkeys(one for one in session.scalars(statement) if one and one in library.articles))


def _place(subjects: Sequence[str], library: Library, town: str | None) -> str | None:
    """The counter for the last subject in the person's town, else their town hall, on one line."""
    roles = [library.articles[article].place for article in subjects[:1]]
    found = where(next((role for role in roles if role), TOWN_HALL), library, town)
    return ", ".join(found.text.splitlines()) if found is not None and found.page is not None else None
