"""What a search found, in words, with the place where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import labels
from desk.access import SignedIn
from desk.permissions import Action, Reach, reach
from desk.reading import dossiers
from dossiers import searching, topics
from dossiers.models import Dossier, DossierField, Sender
from dossiers.searching import Spoken
from knowledge.library import Library

MOST = 25
AROUND = 60
LENGTH = 200
SHOWN_ANYWAY = ("first_name", "nationality", "home_town", "purpose")


@dataclass(frozen=True, slots=True)
class FoundDossier:
    """``tags``: what is known of the person; ``where``: what the words stand in, ``excerpt`` with the words marked."""

    id: str
    name: Markup
    changed_at: dt.datetime
    tags: Sequence[Markup]
    where: str
    excerpt: Markup | None


@dataclass(frozen=True, slots=True)
class FoundConversation:
    """A conversation and the message that holds the words."""

    id: str
    name: str
    message_id: int
    said_by: str
    said_at: dt.datetime
    excerpt: Markup


@dataclass(frozen=True, slots=True)
class Results:
    """What was found. ``words``: those that were searched for, none when too little was typed."""

    words: Sequence[str]
    dossiers: Sequence[FoundDossier]
    conversations: Sequence[FoundConversation]

    @property
    def is_full(self) -> bool:
        """Whether there may be more than is shown."""
        return max(len(self.dossiers), len(self.conversations)) >= MOST


def teams_of(who: SignedIn, action: Action) -> frozenset[str] | None:
    """The teams of which somebody may see things; None: of all."""
    return None if reach(who.roles, action) is Reach.EVERYWHERE else who.teams


def find(session: Session, who: SignedIn, typed: str, library: Library) -> Results:
    """Dossiers and conversations that somebody may see and that hold every word."""
    words = searching.words_of(typed)
    found: Sequence[Dossier] = []
    said: Sequence[Spoken] = []
    if who.may(Action.DOSSIER_READ):
        found = searching.dossiers(session, typed, library, teams_of(who, Action.DOSSIER_READ), MOST)
    if who.may(Action.CONVERSATION_READ):
        said = searching.conversations(session, typed, teams_of(who, Action.CONVERSATION_READ), MOST)
    return Results(words, _dossiers(session, found, words, library), _conversations(session, said, words))


def marked(text: str, words: Collection[str]) -> Markup:
    """The text with the words marked; everything in it is escaped."""
    cut = searching.pieces(text, words)
    return Markup("").join(Markup("<mark>{}</mark>").format(part) if hit else escape(part) for part, hit in cut)


def excerpt(text: str, words: Collection[str]) -> Markup:
    """The part of the text around the first of the words, on one line, with the words marked."""
    line = " ".join(text.split())
    at = 0
    for part, hit in searching.pieces(line, words):
        if hit:
            break
        at += len(part)
    begin = 0 if at <= AROUND or len(line) <= LENGTH else line.rfind(" ", 0, at - AROUND // 2) + 1
    end = begin + LENGTH
    piece = line[begin:] if len(line) <= end else line[begin:end].rsplit(" ", 1)[0]
    before, after = "… " if begin else "", " …" if begin + len(piece) < len(line) else ""
    return Markup("{}{}{}").format(before, marked(piece, words), after)


def holds(text: str, words: Collection[str]) -> bool:
    """Whether one of the words stands in the text."""
    return any(hit for _, hit in searching.pieces(text, words))


def _dossiers(session: Session, found: Sequence[Dossier], words: Sequence[str], library: Library) -> list[FoundDossier]:
    notes = topics.of_dossiers(session, [dossier.id for dossier in found])
    rows = []
    for shown in dossiers.shown(session, found, library):
        said = [(line.label, line.value) for line in shown.current if line.key not in SHOWN_ANYWAY and not line.skipped]
        said += [(topics.label(key), f"{row.note} {row.waits_for or ''}") for key, row in notes[shown.id].items()]
        where, text = next(((label, text) for label, text in said if holds(text, words)), ("", ""))
        tags = [marked(value, words) for key in SHOWN_ANYWAY[1:] if (value := shown.value(key))]
        rows.append(
            FoundDossier(
                id=shown.id,
                name=marked(shown.name, words),
                changed_at=shown.changed_at,
                tags=tags,
                where=where,
                excerpt=excerpt(text, words) if text else None,
            )
        )
    return rows


def _conversations(session: Session, found: Sequence[Spoken], words: Sequence[str]) -> list[FoundConversation]:
    names = _first_names(session, {one.conversation.person_id for one in found})
    return [
        FoundConversation(
            id=one.conversation.id,
            name=(name := labels.newcomer(names.get(one.conversation.person_id), one.conversation.id)),
            message_id=one.message.id,
            said_by=name if one.message.sender == Sender.PERSON else "a colleague",
            said_at=one.message.created_at,
            excerpt=excerpt(one.message.text, words),
        )
        for one in found
    ]


def _first_names(session: Session, people: Iterable[str]) -> dict[str, str]:
    statement = (
        select(Dossier.person_id, DossierField.value)
        .join(DossierField, DossierField.dossier_id == Dossier.id)
        .where(Dossier.person_id.in_(set(people)), DossierField.key == "first_name")
        .where(DossierField.replaced_at.is_(None), DossierField.value.is_not(None))
    )
    return {person_id: name or "" for person_id, name in session.execute(statement)}
