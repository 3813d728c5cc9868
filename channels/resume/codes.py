"""Short-lived codes that move a conversation to another channel, once, without an account.

A code has eight signs of an alphabet without look-alikes: about 10^12 of them, for some minutes, with few
tries: guessing one is hopeless. Only a keyed hash is kept; a new code ends the one before.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable
from typing import Any, cast

from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from dossiers.models import Conversation, ResumeCode
from dossiers.sealing import Sealer

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 8
LIFE = dt.timedelta(minutes=15)
TRIES_AN_HOUR = 10
CODES_AN_HOUR = 20
_SIGNS = f"[{ALPHABET}]{{4}}"
_LOOKS_LIKE = re.compile(rf"^(?:.{{0,60}}\bcode\W+({_SIGNS})[-\s]?({_SIGNS})|({_SIGNS})-({_SIGNS}))\W*$", re.IGNORECASE)


class TooManyTries(Exception):
    """So many codes were asked for or tried from there that it must wait."""


class Codes:
    """Makes and redeems codes. Counts of tries live in memory only."""

    def __init__(self, sealer: Sealer, clock: Callable[[], dt.datetime]) -> None:
        self._sealer, self.clock = sealer, clock
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._tries, self._made = RateLimitItemPerHour(TRIES_AN_HOUR), RateLimitItemPerHour(CODES_AN_HOUR)

    def make(self, session: Session, conversation_id: str, now: dt.datetime) -> tuple[str, dt.datetime]:
        """A new code for a conversation, as people read it (`K7QF-93MX`), and when it ends.

        Raises:
            TooManyTries: the conversation asked for many already.
        """
        if not self._limiter.hit(self._made, "made", conversation_id):
            raise TooManyTries
        session.execute(delete(ResumeCode).where(ResumeCode.conversation_id == conversation_id))
        session.execute(delete(ResumeCode).where(ResumeCode.expires_at < now))
        code = _new()
        session.add(ResumeCode(code_hash=self._hash(code), conversation_id=conversation_id, expires_at=now + LIFE))
        session.flush()
        return f"{code[:4]}-{code[4:]}", now + LIFE

    def redeem(self, session: Session, code: str, who: str, now: dt.datetime) -> Conversation | None:
        """The conversation of a code, which is used up by this; None when it is wrong, used or over.

        Raises:
            TooManyTries: `who` tried many already. A right code is not looked at then either.
        """
        if not self._limiter.hit(self._tries, "tried", who):
            raise TooManyTries
        given = normal(code)
        if given is None:
            return None
        mine = [ResumeCode.code_hash == self._hash(given), ResumeCode.used_at.is_(None), ResumeCode.expires_at > now]
        used = session.execute(update(ResumeCode).where(*mine).values(used_at=now))
        if cast("CursorResult[Any]", used).rowcount != 1:
            return None
        statement = (
            select(Conversation)
            .join(ResumeCode, ResumeCode.conversation_id == Conversation.id)
            .where(ResumeCode.code_hash == self._hash(given))
        )
        return session.scalars(statement).one()

    def _hash(self, code: str) -> str:
        return self._sealer.mark("resume code", code)


def _new() -> str:
    """Eight signs with a digit among them, so that no word is taken for a code."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if any(sign.isdigit() for sign in code):
            return code


def normal(code: str) -> str | None:
    """A code as it is hashed, however it was typed; None when it cannot be one."""
    signs = re.sub(r"[\s\-\u2010-\u2015]", "", code).upper()
    return signs if len(signs) == LENGTH and all(sign in ALPHABET for sign in signs) else None


def found_in(text: str) -> str | None:
    """The code in a message that is nothing but a code with its hyphen, or ends in “code K7QF-93MX”."""
    match = _LOOKS_LIKE.search(text.strip())
    signs = "".join(group for group in match.groups() if group).upper() if match else ""
    return signs if any(sign.isdigit() for sign in signs) else None
