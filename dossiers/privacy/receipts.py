"""Receipts: what was done with somebody's data, when, and how much of what. Nothing in them is personal."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers.models import Receipt, Right

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GROUPS, SIGNS = 4, 4


def new_number() -> str:
    """A number that people can read aloud (`K7QF-93MX-2WTP-A4ND`): about 10^24 of them, so that none is guessed."""
    while True:
        number = "-".join("".join(secrets.choice(ALPHABET) for _ in range(SIGNS)) for _ in range(GROUPS))
        if re.search("[A-Z]", number):  # never only digits: it must not look like a telephone number
            return number


def write(
    session: Session,
    person_id: str | None,
    kind: Right,
    counts: Mapping[str, int],
    now: dt.datetime,
    *,
    number: str | None = None,
) -> Receipt:
    """Writes a receipt. ``person_id``: whose it is, while there is somebody; None for what was erased.

    ``counts``: rows by kind, as `{"messages": 12}`. ``number``: one that was told to the person before.
    """
    receipt = Receipt(number=number or new_number(), kind=kind, counts=dict(counts), at=now, person_id=person_id)
    session.add(receipt)
    session.flush()
    return receipt


def by_number(session: Session, number: str) -> Receipt | None:
    """The receipt with a number, however it was typed; None when there is none."""
    signs = re.sub(r"[\s\-\u2010-\u2015]", "", number).upper()
    if len(signs) != GROUPS * SIGNS or not all(sign in ALPHABET for sign in signs):
        return None
    parts = [signs[place : place + SIGNS] for place in range(0, len(signs), SIGNS)]
    return session.get(Receipt, "-".join(parts))


def of_person(session: Session, person_id: str) -> Sequence[Receipt]:
    """The receipts of somebody who is not erased, the newest first."""
    statement = select(Receipt).where(Receipt.person_id == person_id).order_by(Receipt.at.desc(), Receipt.number)
    return session.scalars(statement).all()


def in_words(receipt: Receipt) -> str:
    """What a receipt says, in one sentence for people."""
    what = {
        Right.VIEW: "Your data were shown to you",
        Right.CORRECT: "Your data were corrected",
        Right.EXPORT: "You got a copy of your data",
        Right.ERASE: "Your data were erased",
        Right.END: "Your chat was ended",
        Right.WITHDRAW: "You took your consent back",
    }[Right(receipt.kind)]
    parts = [f"{name.replace('_', ' ')}: {number}" for name, number in receipt.counts.items()]
    return f"{what} ({', '.join(parts)})." if parts else f"{what}."
