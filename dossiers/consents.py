"""Consents: one record a purpose and partner, each with the text that was read. Nothing is ever deleted here.

What holds is what was given and not taken back. A new version of a text ends no consent to the old one: that stays
valid for what it says, and the new text is asked at the next occasion (`is_current`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import Session

from dossiers.models import Address, ConsentRecord, Conversation, Where

DOSSIER, SHARE, FOLLOW_UP, EVALUATION = "dossier", "share-profile", "follow-up", "evaluation"
CHAT = "chat"  # what a site asks before the first message
PURPOSES = (DOSSIER, SHARE, FOLLOW_UP, EVALUATION)


def held(session: Session, person_id: str, purpose: str, partner: str = "") -> ConsentRecord | None:
    """The newest consent that holds for exactly this purpose and partner."""
    statement = _held(person_id).where(ConsentRecord.purpose == purpose, ConsentRecord.partner == partner)
    return session.scalars(statement.order_by(ConsentRecord.id.desc())).first()


def is_current(session: Session, person_id: str, purpose: str, version: str, partner: str = "") -> bool:
    """Whether the person agreed to this version of the text; if not, it is to be asked at the next occasion."""
    found = held(session, person_id, purpose, partner)
    return found is not None and found.text_version == version


def all_held(session: Session, person_id: str) -> Sequence[ConsentRecord]:
    """Everything that holds now, the oldest first."""
    return session.scalars(_held(person_id).order_by(ConsentRecord.id)).all()


def history(session: Session, person_id: str) -> Sequence[ConsentRecord]:
    """Everything that was ever agreed to, also what was taken back, the oldest first."""
    statement = select(ConsentRecord).where(ConsentRecord.person_id == person_id)
    return session.scalars(statement.order_by(ConsentRecord.id)).all()


def partners_of(session: Session, person_id: str) -> frozenset[str]:
    """The ids of the partners with which the profile may be shared now."""
    statement = select(ConsentRecord.partner).where(
        ConsentRecord.person_id == person_id, *_holds(SHARE), ConsentRecord.partner != ""
    )
    return frozenset(session.scalars(statement))


def shares_with(partner: str) -> Select[str]:
    """The ids of the people whose profile this partner may see now, to be used in another statement. Nobody for a
    partner without a name."""
    return select(ConsentRecord.person_id).where(
        *_holds(SHARE), ConsentRecord.partner == partner, ConsentRecord.partner != ""
    )


def may_follow_up(session: Session, person_id: str) -> bool:
    """Whether somebody may write to this person first. To be asked again in the transaction that sends."""
    return held(session, person_id, FOLLOW_UP) is not None


def give(
    session: Session,
    person_id: str,
    *,
    purpose: str,
    version: str,
    text: str,
    now: dt.datetime,
    partner: str = "",
    given_in: Where = Where.CHAT,
    message_id: int | None = None,
) -> ConsentRecord:
    """Stores that the person agreed to exactly this text. Agreeing again to the same version changes nothing.

    Raises:
        ValueError: sharing without a partner's name, or a partner where none belongs.
    """
    if (purpose == SHARE) != bool(partner):
        raise ValueError("a profile is shared with a partner by name, and nothing else is")
    before = held(session, person_id, purpose, partner)
    if before is not None and before.text_version == version:
        return before
    record = ConsentRecord(
        person_id=person_id,
        purpose=purpose,
        partner=partner,
        text_version=version,
        text=text,
        given_in=given_in,
        message_id=message_id,
        given_at=now,
    )
    session.add(record)
    if purpose == FOLLOW_UP:
        _write_first(session, person_id, now)
    session.flush()
    return record


def withdraw(
    session: Session,
    person_id: str,
    purpose: str,
    *,
    now: dt.datetime,
    partner: str | None = None,
    withdrawn_in: Where = Where.CHAT,
    message_id: int | None = None,
) -> int:
    """Ends every consent for a purpose, at once: `partners_of`, `shares_with` and `may_follow_up` know nothing of it
    any more. ``partner`` None: with every partner. Returns how many ended."""
    statement = _held(person_id).where(ConsentRecord.purpose == purpose)
    if partner is not None:
        statement = statement.where(ConsentRecord.partner == partner)
    ended = session.scalars(statement).all()
    for record in ended:
        record.withdrawn_at, record.withdrawn_in, record.withdrawn_message_id = now, withdrawn_in, message_id
    if purpose == FOLLOW_UP:
        _write_first(session, person_id, None)
    session.flush()
    return len(ended)


def _held(person_id: str) -> Select[ConsentRecord]:
    return select(ConsentRecord).where(ConsentRecord.person_id == person_id, ConsentRecord.withdrawn_at.is_(None))


def _holds(purpose: str) -> tuple[ColumnElement[bool], ...]:
    return (ConsentRecord.purpose == purpose, ConsentRecord.withdrawn_at.is_(None))


def _write_first(session: Session, person_id: str, agreed_at: dt.datetime | None) -> None:
    """Marks the person's addresses as those to which we may (not) write first."""
    own = select(Conversation.id).where(Conversation.person_id == person_id)
    may = update(Address).where(Address.conversation_id.in_(own))
    if agreed_at is not None:  # who asked us to stop is not written to, whatever they agreed to before
        may = may.where(Address.stopped_at.is_(None))
    session.execute(may.values(agreed_at=agreed_at), execution_options={"synchronize_session": "fetch"})
