"""What a partner organisation may see: the profiles of people who agreed to it by the partner's name, and no more.

Every look is noted in the audit log, and the person can see who looked (`looks`). A consent that was taken back counts
from that moment: each function asks again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from dossiers import audit, consents, searching, tasks
from dossiers.models import (
    Agent,
    AuditEntry,
    Dossier,
    DossierField,
    FieldState,
    Introduction,
    PartnerAccount,
    TaskKind,
)
from knowledge.figures import BELGIUM
from knowledge.library import Library

# What the text of the consent names. No name, and nothing by which somebody is reached.
AGREED = ("nationality", "home_town", "purpose", "looking_for")
PER_PAGE = 20
ASK_AGAIN_AFTER = dt.timedelta(days=30)
SHOWN, OPENED, ASKED, SEARCHED = "talent.shown", "talent.opened", "talent.introduction_asked", "talent.searched"
LOOKS = (SHOWN, OPENED, ASKED)


class Reason(StrEnum):
    """Why a partner wants to be introduced."""

    VACANCY = "vacancy"
    ADVICE = "advice"
    TRAINING = "training"
    NETWORK = "network"


REASONS = {
    Reason.VACANCY: "a vacancy that may fit",
    Reason.ADVICE: "advice on looking for work",
    Reason.TRAINING: "training or a language course",
    Reason.NETWORK: "people of the same trade",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """What a partner sees of a person. ``values``: by field, as kept; ``asked_at``: when it asked to be introduced."""

    person_id: str
    values: dict[str, str]
    asked_at: dt.datetime | None = None

    @property
    def name(self) -> str:
        """What to call it, since it has no name: the same for every partner account, and it tells nothing."""
        return f"Profile {self.person_id[:6].upper()}"


@dataclass(frozen=True, slots=True)
class Page:
    """Some profiles. ``total``: how many were found; ``after``: where the next page begins, if any."""

    profiles: Sequence[Profile]
    total: int
    after: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """One time that a partner saw a person's profile: in a list, opened, or asking to be introduced."""

    at: dt.datetime
    partner: str
    action: str


class NotShared(Exception):
    """The partner may not see this profile, or there is none: which of them is nobody's business."""


class AskedAlready(Exception):
    """The partner asked a short while ago; ``at`` tells when."""

    def __init__(self, at: dt.datetime) -> None:
        super().__init__("asked already")
        self.at = at


def partner_of(session: Session, agent_id: str) -> str | None:
    """The partner to which an account belongs."""
    found = session.get(PartnerAccount, agent_id)
    return found.partner if found else None


def belongs_to(session: Session, agent_id: str, partner: str | None, *, by: str, now: dt.datetime) -> None:
    """Ties an account to a partner, or to none. ``by``: the actor, as in the audit log."""
    found = session.get(PartnerAccount, agent_id)
    if (found.partner if found else None) == partner:
        return
    if found is not None:
        session.delete(found)
        session.flush()
    if partner is not None:
        session.add(PartnerAccount(agent_id=agent_id, partner=partner))
        session.flush()
    audit.note(
        session,
        actor=by,
        action="account.partner_set",
        subject=f"agent:{agent_id}",
        now=now,
        details={"partner": partner},
    )


def search(
    session: Session,
    partner: str,
    library: Library,
    *,
    agent: Agent,
    now: dt.datetime,
    typed: str = "",
    town: str = "",
    purpose: str = "",
    after: str = "",
) -> Page:
    """Profiles that hold every word typed, of this town and this purpose, the last changed first. Notes who saw which.

    ``after``: the ``after`` of the page before.
    """
    found = _shared(partner)
    if words := searching.words_of(typed):
        found = found.where(Dossier.id.in_(searching.holding(session, words, library, AGREED)))
    for key, value in (("home_town", town), ("purpose", purpose)):
        if value:
            found = found.where(Dossier.id.in_(_with(key, value)))
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    if last := session.scalars(select(Dossier).where(Dossier.person_id == after)).first():
        same_moment = (Dossier.changed_at == last.changed_at) & (Dossier.id < last.id)
        found = found.where((Dossier.changed_at < last.changed_at) | same_moment)
    rows = session.scalars(found.order_by(Dossier.changed_at.desc(), Dossier.id.desc()).limit(PER_PAGE + 1)).all()
    profiles = _profiles(session, partner, rows[:PER_PAGE])
    _note(session, SEARCHED, agent, partner, f"partner:{partner}", now, shown=len(profiles))
    for profile in profiles:
        _note(session, SHOWN, agent, partner, f"person:{profile.person_id}", now)
    return Page(profiles, total, profiles[-1].person_id if len(rows) > PER_PAGE else None)


def open_profile(session: Session, partner: str, person_id: str, *, agent: Agent, now: dt.datetime) -> Profile:
    """One profile. Notes who opened it.

    Raises:
        NotShared: the person did not agree, not any more, or is not there.
    """
    profile = _one(session, partner, person_id)
    _note(session, OPENED, agent, partner, f"person:{person_id}", now)
    return profile


def ask_introduction(
    session: Session, partner: str, person_id: str, reason: Reason, library: Library, *, agent: Agent, now: dt.datetime
) -> None:
    """Asks the pre-care team to bring the two together: a task for whoever serves the person. The partner gets nothing.

    Raises:
        NotShared: the person did not agree, not any more, or is not there.
        AskedAlready: within the last 30 days.
    """
    profile = _one(session, partner, person_id)
    if profile.asked_at is not None and now - profile.asked_at < ASK_AGAIN_AFTER:
        raise AskedAlready(profile.asked_at)
    dossier = session.scalars(select(Dossier).where(Dossier.person_id == person_id)).one()
    session.add(Introduction(partner=partner, person_id=person_id, agent_id=agent.id, reason=str(reason), asked_at=now))
    name = library.partners[partner].name if partner in library.partners else partner
    task = tasks.New(
        person_id=person_id,
        conversation_id=dossier.conversation_id,
        title=f"{name} asks to be introduced: {REASONS[reason]}. Ask the newcomer first.",
        due_on=now.astimezone(BELGIUM).date(),
        kind=TaskKind.INTRODUCTION,
    )
    tasks.add(session, task, by=None, now=now)
    _note(session, ASKED, agent, partner, f"person:{person_id}", now, reason=str(reason))


def towns_and_purposes(session: Session, partner: str) -> tuple[Sequence[str], Sequence[str]]:
    """What can be chosen from: only what some profile of this partner has."""
    statement = (
        select(DossierField.key, DossierField.value)
        .distinct()
        .where(
            DossierField.dossier_id.in_(_shared(partner).with_only_columns(Dossier.id)),
            DossierField.replaced_at.is_(None),
            DossierField.value.is_not(None),
            DossierField.key.in_(("home_town", "purpose")),
        )
    )
    found: dict[str, list[str]] = {"home_town": [], "purpose": []}
    for key, value in session.execute(statement):
        found[key].append(value or "")
    return found["home_town"], found["purpose"]


def looks(session: Session, person_id: str, most: int = 200) -> Sequence[Look]:
    """Which partners saw a person's profile and when, the latest first."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.subject == f"person:{person_id}", AuditEntry.action.in_(LOOKS))
        .order_by(AuditEntry.number.desc())
        .limit(most)
    )
    return [Look(row.at, str(row.details.get("partner", "")), row.action) for row in session.scalars(statement)]


def _shared(partner: str) -> Select[Dossier]:
    """The dossiers whose profile this partner may see at this moment."""
    return select(Dossier).where(Dossier.person_id.in_(consents.shares_with(partner)))


def _with(key: str, value: str) -> Select[str]:
    field = aliased(DossierField)
    return select(field.dossier_id).where(field.key == key, field.value == value, field.replaced_at.is_(None))


def _one(session: Session, partner: str, person_id: str) -> Profile:
    # One statement whoever it is: who guesses learns as much from the time as from the answer.
    found = session.scalars(_shared(partner).where(Dossier.person_id == person_id)).all()
    profiles = _profiles(session, partner, found)
    if not profiles:
        raise NotShared
    return profiles[0]


def _profiles(session: Session, partner: str, dossiers: Sequence[Dossier]) -> list[Profile]:
    values: dict[str, dict[str, str]] = {dossier.id: {} for dossier in dossiers}
    rows = select(DossierField).where(
        DossierField.dossier_id.in_(values),
        DossierField.key.in_(AGREED),
        DossierField.replaced_at.is_(None),
        DossierField.value.is_not(None),
        DossierField.state != FieldState.INFERRED,
    )
    for row in session.scalars(rows):
        values[row.dossier_id][row.key] = row.value or ""
    asked = select(Introduction.person_id, func.max(Introduction.asked_at)).where(
        Introduction.partner == partner, Introduction.person_id.in_([dossier.person_id for dossier in dossiers])
    )
    last = dict(session.execute(asked.group_by(Introduction.person_id)).all())
    return [Profile(one.person_id, values[one.id], last.get(one.person_id)) for one in dossiers]


def _note(
    session: Session, action: str, agent: Agent, partner: str, subject: str, now: dt.datetime, **more: str | int
) -> None:
    audit.note(
        session,
        actor=f"agent:{agent.id}",
        action=action,
        subject=subject,
        now=now,
        details={"partner": partner, **more},
    )
