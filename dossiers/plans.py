"""What a person's plan is made from: kept for the links to it, forgotten on request."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from dossiers import teams
from dossiers.database import locked
from dossiers.models import Conversation, Message, PlanRecord
from knowledge.planning.keeping import from_data, to_data
from knowledge.profile import Profile


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """What is known of the person, the id that links to the plan carry, and how often and when it last changed."""

    profile: Profile
    link_id: str
    revision: int
    changed_at: dt.datetime


def kept(session: Session, person_id: str) -> KeptPlan | None:
    """The person's plan, when there is one."""
    record = session.get(PlanRecord, person_id)
    return None if record is None else _read(record)


def keep(session: Session, person_id: str, profile: Profile, now: dt.datetime) -> KeptPlan:
    """Keeps what is known now. The links stay the same; keeping the same again changes nothing. Another town brings the
    person's conversations to its team."""
    data = to_data(profile)
    statement = locked(select(PlanRecord).where(PlanRecord.person_id == person_id), session)
    record = session.scalars(statement).first()
    town = record.profile.get("municipality") if record is not None else None
    if record is None:
        record = PlanRecord(
            person_id=person_id, profile=data, link_id=_new_link_id(), revision=1, created_at=now, changed_at=now
        )
        session.add(record)
    elif record.profile != data:
        record.profile = data
        record.revision += 1
        record.changed_at = now
    session.flush()
    if profile.municipality != town:
        teams.route_person(session, person_id)
    return _read(record)


def by_link(session: Session, link_id: str) -> KeptPlan | None:
    """The plan that a link leads to; None when it was forgotten."""
    record = session.scalars(select(PlanRecord).where(PlanRecord.link_id == link_id)).first()
    return None if record is None else _read(record)


def forget(session: Session, person_id: str) -> bool:
    """Deletes the plan, and takes it out of messages that told it; no link opens it again. False: there was none."""
    own = select(Conversation.id).where(Conversation.person_id == person_id)
    session.execute(update(Message).where(Message.conversation_id.in_(own)).values(plan=[]))
    found = session.execute(delete(PlanRecord).where(PlanRecord.person_id == person_id).returning(PlanRecord.link_id))
    return found.first() is not None


def _new_link_id() -> str:
    return secrets.token_urlsafe(24)


def _read(record: PlanRecord) -> KeptPlan:
    return KeptPlan(from_data(record.profile), record.link_id, record.revision, record.changed_at)
