"""Talent profiles in words, as a partner reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers import fields, talent
from dossiers.models import Agent, PartnerAccount, Role
from dossiers.talent import Profile
from knowledge.library import Library


@dataclass(frozen=True, slots=True)
class Shown:
    """A profile in words. ``lines``: title and value of each field that may be seen."""

    id: str
    name: str
    lines: Sequence[tuple[str, str]]
    asked_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """An account that belongs to a partner, or should."""

    id: str
    name: str
    login: str
    active: bool
    partner: str | None


def shown(profile: Profile, library: Library) -> Shown:
    """The profile in words, always in the same order."""
    lines = [
        (fields.label(key), fields.in_words(library, key, profile.values[key]))
        for key in talent.AGREED
        if key in profile.values
    ]
    return Shown(profile.person_id, profile.name, lines, profile.asked_at)


def choices(session: Session, partner: str, library: Library) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Towns and purposes to choose from, by value and in words, in the order of the words."""
    towns, purposes = talent.towns_and_purposes(session, partner)
    return _in_words(library, "home_town", towns), _in_words(library, "purpose", purposes)


def accounts(session: Session) -> list[Account]:
    """Every account with the partner role or tied to a partner, by name."""
    statement = select(Agent, PartnerAccount.partner).outerjoin(PartnerAccount, PartnerAccount.agent_id == Agent.id)
    found = session.execute(statement.order_by(Agent.name, Agent.login))
    return [
        Account(agent.id, agent.name, agent.login, agent.active, partner)
        for agent, partner in found
        if Role.PARTNER in agent.roles or partner
    ]


def _in_words(library: Library, key: str, values: Sequence[str]) -> list[tuple[str, str]]:
    return sorted(
        ((value, fields.in_words(library, key, value)) for value in values), key=lambda one: one[1].casefold()
    )
