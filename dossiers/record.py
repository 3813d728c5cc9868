"""The dossier itself: opened with consent, one statement a row, erased on request."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dossiers import feedback, plans
from dossiers.models import ConsentRecord, Dossier, DossierField, FieldState, Sender

DOSSIER = "dossier"


class ConsentMissing(Exception):
    """No dossier without the person's consent."""


def dossier_of(session: Session, person_id: str) -> Dossier | None:
    """The person's dossier, when there is one."""
    return session.scalars(select(Dossier).where(Dossier.person_id == person_id)).first()


def consent_of(session: Session, person_id: str, purpose: str) -> ConsentRecord | None:
    """The consent that holds now for a purpose."""
    statement = select(ConsentRecord).where(
        ConsentRecord.person_id == person_id,
        ConsentRecord.purpose == purpose,
        ConsentRecord.withdrawn_at.is_(None),
    )
    return session.scalars(statement.order_by(ConsentRecord.id.desc())).first()


def give_consent(
    session: Session,
    person_id: str,
    *,
    purpose: str,
    version: str,
    text: str,
    message_id: int | None,
    now: dt.datetime,
) -> ConsentRecord:
    """Stores that the person agreed to exactly this text. Agreeing again to the same version changes nothing."""
    held = consent_of(session, person_id, purpose)
    if held is not None and held.text_version == version:
        return held
    record = ConsentRecord(
        person_id=person_id, purpose=purpose, text_version=version, text=text, message_id=message_id, given_at=now
    )
    session.add(record)
    session.flush()
    return record


def withdraw_consent(session: Session, person_id: str, purpose: str, now: dt.datetime) -> bool:
    """Ends the consent for a purpose. False when none was held."""
    statement = select(ConsentRecord).where(
        ConsentRecord.person_id == person_id,
        ConsentRecord.purpose == purpose,
        ConsentRecord.withdrawn_at.is_(None),
    )
    held = session.scalars(statement).all()
    for record in held:
        record.withdrawn_at = now
    return bool(held)


def open_dossier(session: Session, person_id: str, conversation_id: str, now: dt.datetime) -> Dossier:
    """The person's dossier, made when there is none.

    Raises:
        ConsentMissing: the person has not agreed.
    """
    if consent_of(session, person_id, DOSSIER) is None:
        raise ConsentMissing
    dossier = dossier_of(session, person_id)
    if dossier is None:
        dossier = Dossier(person_id=person_id, conversation_id=conversation_id, created_at=now, changed_at=now)
        session.add(dossier)
        session.flush()
    return dossier


def current_fields(session: Session, dossier: Dossier) -> dict[str, DossierField]:
    """The newest statement of every field, by key."""
    statement = select(DossierField).where(DossierField.dossier_id == dossier.id, DossierField.replaced_at.is_(None))
    return {field.key: field for field in session.scalars(statement.order_by(DossierField.id))}


def state(
    session: Session,
    dossier: Dossier,
    key: str,
    value: str | None,
    *,
    stated_by: Sender,
    message_id: int | None,
    now: dt.datetime,
) -> DossierField:
    """Keeps a statement; None means that the question was skipped. An earlier statement stays as history."""
    earlier = current_fields(session, dossier).get(key)
    if earlier is not None:
        if earlier.value == value:
            return earlier
        earlier.replaced_at = now
    field = DossierField(
        dossier_id=dossier.id,
        key=key,
        value=value,
        state=FieldState.SKIPPED if value is None else FieldState.STATED,
        stated_by=stated_by,
        message_id=message_id,
        stated_at=now,
    )
    session.add(field)
    dossier.changed_at = now
    session.flush()
    return field


def erase(session: Session, person_id: str, now: dt.datetime) -> bool:
    """Deletes the dossier with all its statements and the plan, ends every consent and removes the comments on answers.

    False when there was neither a dossier nor a consent nor a plan.
    """
    withdrew = [
        withdraw_consent(session, person_id, purpose, now)
        for purpose in session.scalars(select(ConsentRecord.purpose).where(ConsentRecord.person_id == person_id)).all()
    ]
    feedback.forget_comments(session, person_id)
    had_plan = plans.forget(session, person_id)
    dossier = dossier_of(session, person_id)
    if dossier is not None:
        session.execute(delete(DossierField).where(DossierField.dossier_id == dossier.id))
        session.delete(dossier)
        session.flush()
    return dossier is not None or had_plan or any(withdrew)
