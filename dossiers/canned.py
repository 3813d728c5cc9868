"""Prepared answers with gaps like {first_name}: kept for one agent, a team or everybody, and filled in for a person."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from dossiers.database import locked
from dossiers.models import PreparedAnswer

LONGEST_TITLE, LONGEST_SHORTCUT, LONGEST_TEXT = 120, 40, 4000
_GAP = re.compile(r"\{\s*([A-Za-z][A-Za-z0-9_ -]{0,40}?)\s*\}")
_SHORTCUT = re.compile(r"[a-z0-9][a-z0-9-]*")


class Variable(StrEnum):
    """What can be filled in."""

    FIRST_NAME = "first_name"
    TOWN = "town"
    AGENT = "agent"
    DEADLINE = "deadline"
    PLACE = "place"


class Unusable(Exception):
    """The prepared answer cannot be kept; ``text`` says why, in one sentence."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Outdated(Exception):
    """A colleague changed it meanwhile. Nothing was overwritten."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with what is known written in. ``open``: the gaps that stay, as they stand in it."""

    text: str
    open: tuple[str, ...] = ()


def gaps(text: str) -> list[str]:
    """The names of all gaps, each once, in their order, known or not."""
    return list(dict.fromkeys(found[1] for found in _GAP.finditer(text)))


def unknown(text: str) -> list[str]:
    """The gaps that nothing can fill: misspelt ones."""
    return [name for name in gaps(text) if name not in set(Variable)]


def filled(text: str, values: Mapping[Variable, str | None]) -> Filled:
    """The text for one person. What is not known stays as a gap and is named; what is filled in is taken as it is,
    whatever it looks like."""
    pieces, still_open, end = [], [], 0
    for found in _GAP.finditer(text):
        name = found[1]
        value = values.get(Variable(name)) if name in set(Variable) else None
        if not value:
            still_open.append(found[0])
        pieces += [text[end : found.start()], value or found[0]]
        end = found.end()
    return Filled("".join([*pieces, text[end:]]), tuple(dict.fromkeys(still_open)))


def checked(shortcut: str, title: str, text: str) -> tuple[str, str, str]:
    """The three fields, tidied.

    Raises:
        Unusable: one is missing, too long, or has a gap that nothing can fill.
    """
    shortcut, title = shortcut.strip().lstrip("/").lower(), " ".join(title.split())
    text = text.replace("\r\n", "\n").strip()
    if not title or len(title) > LONGEST_TITLE:
        raise Unusable(f"Give a title of at most {LONGEST_TITLE} characters.")
    if shortcut and (not _SHORTCUT.fullmatch(shortcut) or len(shortcut) > LONGEST_SHORTCUT):
        raise Unusable("A shortcut is one word of small letters, digits and hyphens, like deposit.")
    if not text or len(text) > LONGEST_TEXT or "\x00" in text:
        raise Unusable(f"Write a text of at most {LONGEST_TEXT} characters.")
    if wrong := unknown(text):
        known = ", ".join(f"{{{one}}}" for one in Variable)
        raise Unusable(f"Nothing can fill in {' or '.join(f'{{{one}}}' for one in wrong)}. You can use {known}.")
    return shortcut, title, text


def _seen_by(agent_id: str, teams: Collection[str], *, all_teams: bool) -> ColumnElement[bool]:
    shared = PreparedAnswer.owner_id.is_(None)
    mine = PreparedAnswer.owner_id == agent_id
    if all_teams:
        return or_(mine, shared)
    return or_(mine, shared & or_(PreparedAnswer.team_id.is_(None), PreparedAnswer.team_id.in_(list(teams))))


def for_agent(
    session: Session, agent_id: str, teams: Collection[str], *, all_teams: bool = False
) -> Sequence[PreparedAnswer]:
    """Everything that an agent may use: their own, their teams' and everybody's, by title."""
    statement = select(PreparedAnswer).where(_seen_by(agent_id, teams, all_teams=all_teams))
    return session.scalars(statement.order_by(PreparedAnswer.title, PreparedAnswer.id)).all()


def get(
    session: Session, answer_id: str, agent_id: str, teams: Collection[str], *, all_teams: bool = False
) -> PreparedAnswer | None:
    """One of these; None when there is none, or it is not for this agent."""
    seen = _seen_by(agent_id, teams, all_teams=all_teams)
    return session.scalars(select(PreparedAnswer).where(PreparedAnswer.id == answer_id, seen)).first()


def search(answers: Sequence[PreparedAnswer], words: str, limit: int = 8) -> list[PreparedAnswer]:
    """Those whose title or shortcut holds every word; a shortcut that begins so comes first."""
    wanted = words.strip().lstrip("/").casefold().split()

    def fits(one: PreparedAnswer) -> bool:
        return all(word in f"{one.shortcut} {one.title}".casefold() for word in wanted)

    found = [one for one in answers if fits(one)]
    start = wanted[0] if wanted else ""
    return sorted(found, key=lambda one: (not (start and one.shortcut.startswith(start)), one.title.casefold()))[:limit]


def keep(
    session: Session,
    fields: tuple[str, str, str],
    *,
    agent_id: str,
    owner_id: str | None,
    team_id: str | None,
    now: dt.datetime,
) -> PreparedAnswer:
    """A new prepared answer from fields that `checked` gave."""
    shortcut, title, text = fields
    made = PreparedAnswer(
        owner_id=owner_id,
        team_id=None if owner_id else team_id,
        shortcut=shortcut,
        title=title,
        text=text,
        changed_at=now,
        changed_by=agent_id,
    )
    session.add(made)
    session.flush()
    return made


def change(
    session: Session,
    answer: PreparedAnswer,
    fields: tuple[str, str, str],
    *,
    agent_id: str,
    based_on: int,
    now: dt.datetime,
) -> None:
    """Changes one.

    Raises:
        Outdated: it is not of the revision that the form was made from.
    """
    statement = select(PreparedAnswer).where(PreparedAnswer.id == answer.id).execution_options(populate_existing=True)
    fresh = session.scalars(locked(statement, session)).first()
    if fresh is None or fresh.revision != based_on:
        raise Outdated
    fresh.shortcut, fresh.title, fresh.text = fields
    fresh.revision += 1
    fresh.changed_at, fresh.changed_by = now, agent_id
    session.flush()
