"""What a person would like beside what must be arranged. What was said stays as history: a change is a new row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers.models import Dossier, Interest, Sender
from dossiers.record import lock
from knowledge.wording import say, say_or

INTERESTS = ("buddy", "mentor", "volunteering", "dutch", "activities")
ANY: Final = -1  # as `based_on`: whatever was said before


class NoSuchInterest(Exception):
    """There is no such interest."""


class InterestChanged(Exception):
    """Somebody else set it since the form was shown; ``current`` holds now."""

    def __init__(self, current: Interest | None) -> None:
        super().__init__("changed meanwhile")
        self.current = current


def label(key: str) -> str:
    """What an interest is called."""
    return say_or(f"interest_{key}", key)


def in_words(wanted: bool) -> str:
    """Yes or no, as a person would say it."""
    return say("interest_yes" if wanted else "interest_no")


def current(session: Session, dossier_id: str) -> dict[str, Interest]:
    """What was said of each interest, in the order of `INTERESTS`; those of which nothing was said are missing."""
    rows = select(Interest).where(Interest.dossier_id == dossier_id).order_by(Interest.id)
    found = {row.key: row for row in session.scalars(rows)}
    return {key: found[key] for key in INTERESTS if key in found}


def history(session: Session, dossier_id: str) -> Sequence[Interest]:
    """Everything that was ever said, the oldest first."""
    rows = select(Interest).where(Interest.dossier_id == dossier_id)
    return session.scalars(rows.order_by(Interest.stated_at, Interest.id)).all()


def put(
    session: Session,
    dossier: Dossier,
    key: str,
    wanted: bool,
    *,
    stated_by: Sender,
    now: dt.datetime,
    agent_id: str | None = None,
    message_id: int | None = None,
    based_on: int | None = ANY,
) -> Interest:
    """Keeps that the person wants something, or does not. The same again adds nothing.

    ``based_on``: the id of the row that a form showed, None when it showed none.

    Raises:
        NoSuchInterest: there is none of this key.
        InterestChanged: it was set meanwhile; nothing was changed.
    """
    if key not in INTERESTS:
        raise NoSuchInterest
    lock(session, dossier.id)
    held = current(session, dossier.id).get(key)
    if based_on != ANY and (held.id if held else None) != based_on:
        if held is not None:
            session.expunge(held)  # it can be read when the transaction is over
        raise InterestChanged(held)
    if held is not None and held.wanted == wanted:
        return held
    row = Interest(
        dossier_id=dossier.id,
        key=key,
        wanted=wanted,
        stated_by=stated_by,
        agent_id=agent_id,
        message_id=message_id,
        stated_at=now,
    )
    session.add(row)
    dossier.changed_at = now
    session.flush()
    return row
