"""The dossier itself: opened with consent, one statement a row, erased on request.

Each statement keeps who made it, when and in which message. A later one replaces it and never deletes it. What the
assistant only concluded (`infer`) gives way to everything that somebody said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from dossiers import consents, documents, feedback, plans, teams
from dossiers.database import locked
from dossiers.models import ConsentRecord, Dossier, DossierField, FieldState, Sender
from dossiers.privacy import journal

DOSSIER = "dossier"


class ConsentMissing(Exception):
    """No dossier without the person's consent."""


class ChangedMeanwhile(Exception):
    """Somebody else changed it since the form was shown; ``current`` holds now, None: nothing does."""

    def __init__(self, current: DossierField | None) -> None:
        super().__init__("changed meanwhile")
        self.current = current


def dossier_of(session: Session, person_id: str) -> Dossier | None:
    """The person's dossier, when there is one."""
    return session.scalars(select(Dossier).where(Dossier.person_id == person_id)).first()


def open_dossier(session: Session, person_id: str, conversation_id: str, now: dt.datetime) -> Dossier:
    """The person's dossier, made when there is none.

    Raises:
        ConsentMissing: the person has not agreed.
    """
    if consents.held(session, person_id, DOSSIER) is None:
        raise ConsentMissing
    dossier = dossier_of(session, person_id)
    if dossier is None:
        dossier = Dossier(person_id=person_id, conversation_id=conversation_id, created_at=now, changed_at=now)
        session.add(dossier)
        session.flush()
    return dossier


def lock(session: Session, dossier_id: str) -> None:
    """Takes the dossier's row lock until the end of the transaction, so that each field has one current statement."""
    session.execute(locked(select(Dossier.id).where(Dossier.id == dossier_id), session))


def current_fields(session: Session, dossier: Dossier) -> dict[str, DossierField]:
    """The newest statement of every field, by key."""
    statement = select(DossierField).where(DossierField.dossier_id == dossier.id, DossierField.replaced_at.is_(None))
    return {field.key: field for field in session.scalars(statement.order_by(DossierField.id))}


def history(session: Session, dossier: Dossier) -> Sequence[DossierField]:
    """Every statement that was ever made, the oldest first."""
    statement = select(DossierField).where(DossierField.dossier_id == dossier.id)
    return session.scalars(statement.order_by(DossierField.stated_at, DossierField.id)).all()


def state(
    session: Session,
    dossier: Dossier,
    key: str,
    value: str | None,
    *,
    stated_by: Sender,
    message_id: int | None,
    now: dt.datetime,
    agent_id: str | None = None,
    settles: bool = False,
) -> DossierField:
    """Keeps a statement; None means that the question was skipped. An earlier statement stays as history.

    ``settles``: the speaker corrects what was said before, so that the difference needs no look.
    """
    lock(session, dossier.id)
    earlier = current_fields(session, dossier).get(key)
    if earlier is not None and earlier.value == value and earlier.state != FieldState.INFERRED:
        holds = earlier
    else:
        replaces = earlier is not None and earlier.state != FieldState.INFERRED and earlier.value is not None
        corrects = stated_by == Sender.AGENT and replaces
        known = FieldState.SKIPPED if value is None else FieldState.CORRECTED if corrects else FieldState.STATED
        holds = _put(session, dossier, key, value, known, stated_by, agent_id, message_id, now)
        if key == "home_town":
            teams.route_person(session, dossier.person_id)
    if settles:
        _settle(session, dossier, key, agent_id, now)
    return holds


def change(
    session: Session,
    dossier: Dossier,
    key: str,
    value: str | None,
    *,
    stated_by: Sender,
    now: dt.datetime,
    based_on: int | None,
    agent_id: str | None = None,
) -> DossierField:
    """Puts a value in a field as a form does, in full knowledge of what was there: that settles earlier differences.

    ``based_on``: the id of the statement that the form showed, None when it showed none.

    Raises:
        ChangedMeanwhile: another statement holds by now; nothing was changed.
    """
    lock(session, dossier.id)
    current = current_fields(session, dossier).get(key)
    if (current.id if current else None) != based_on:
        if current is not None:
            session.expunge(current)  # it can be read when the transaction is over
        raise ChangedMeanwhile(current)
    return state(
        session, dossier, key, value, stated_by=stated_by, message_id=None, now=now, agent_id=agent_id, settles=True
    )


def infer(
    session: Session, dossier: Dossier, key: str, value: str, *, message_id: int | None, now: dt.datetime
) -> bool:
    """Keeps what the assistant concluded. False, and nothing is changed, when somebody said something about it or
    did not want to answer."""
    lock(session, dossier.id)
    earlier = current_fields(session, dossier).get(key)
    if earlier is not None and (earlier.state != FieldState.INFERRED or earlier.value == value):
        return False
    _put(session, dossier, key, value, FieldState.INFERRED, Sender.BOT, None, message_id, now)
    return True


def _put(
    session: Session,
    dossier: Dossier,
    key: str,
    value: str | None,
    known: FieldState,
    stated_by: Sender,
    agent_id: str | None,
    message_id: int | None,
    now: dt.datetime,
) -> DossierField:
    rows = (DossierField.dossier_id == dossier.id, DossierField.key == key, DossierField.replaced_at.is_(None))
    session.execute(update(DossierField).where(*rows).values(replaced_at=now))
    field = DossierField(
        dossier_id=dossier.id,
        key=key,
        value=value,
        state=known,
        stated_by=stated_by,
        agent_id=agent_id,
        message_id=message_id,
        stated_at=now,
    )
    session.add(field)
    dossier.changed_at = now
    session.flush()
    return field


def _settle(session: Session, dossier: Dossier, key: str, agent_id: str | None, now: dt.datetime) -> None:
    """Notes on the earlier statements of a field that their difference from what holds needs no look any more."""
    earlier = (DossierField.dossier_id == dossier.id, DossierField.key == key, DossierField.replaced_at.is_not(None))
    open_ones = update(DossierField).where(*earlier, DossierField.settled_at.is_(None))
    session.execute(open_ones.values(settled_at=now, settled_by=agent_id))


def erase(session: Session, person_id: str, now: dt.datetime) -> bool:
    """Deletes the dossier with all that hangs on it and the plan, ends every consent and removes the comments on
    answers. Files that were received are deleted when the transaction commits.

    False when there was neither a dossier nor a consent nor a plan.
    """
    withdrew = [
        consents.withdraw(session, person_id, purpose, now=now)
        for purpose in session.scalars(select(ConsentRecord.purpose).where(ConsentRecord.person_id == person_id)).all()
    ]
    feedback.forget_comments(session, person_id)
    documents.forget(session, person_id)
    had_plan = plans.forget(session, person_id)
    dossier = dossier_of(session, person_id)
    if dossier is not None:
        journal.remember(session, [dossier.id], now)
        session.execute(delete(DossierField).where(DossierField.dossier_id == dossier.id))
        session.delete(dossier)
        session.flush()
    return dossier is not None or had_plan or any(withdrew)
