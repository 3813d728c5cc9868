"""Short-lived codes that move a conversation to another channel, once, without an account.

A code has eight signs of an alphabet without look-alikes: about 10^12 of them, for some minutes. Only a keyed hash of
it is kept, and a new code ends the one before. Guessing is hopeless because tries are counted, before anything is
looked up: so many an hour from one place, right ones and wrong ones alike, and so many wrong ones a minute from all
places together, so that many places cannot guess for one another. With a thousand codes alive at once, a year of
guessing at full speed finds one with a chance of 3 in 100. When the common limit is reached, nobody can use a code for
up to a minute; a code lives longer than that. Each process counts for itself.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable
from typing import Any, cast

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from dossiers import conversations
from dossiers.models import Conversation, ResumeCode
from dossiers.sealing import Sealer

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 8
LIFE = dt.timedelta(minutes=15)
TRIES_AN_HOUR = 20
WRONG_A_MINUTE = 60
CODES_AN_HOUR = 20
_SIGNS = f"[{ALPHABET}]{{4}}"
_LOOKS_LIKE = re.compile(rf"^(?:.{{0,60}}\bcode\W+({_SIGNS})[-\s]?({_SIGNS})|({_SIGNS})-({_SIGNS}))\W*$", re.IGNORECASE)


class TooManyTries(Exception):
    """So many codes were asked for or tried from there, or wrong ones from anywhere, that it must wait."""


class Codes:
    """Makes and redeems codes. Counts of tries live in memory only."""

    def __init__(self, sealer: Sealer, clock: Callable[[], dt.datetime]) -> None:
        self._sealer, self.clock = sealer, clock
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._tries, self._made = RateLimitItemPerHour(TRIES_AN_HOUR), RateLimitItemPerHour(CODES_AN_HOUR)
        self._wrong = RateLimitItemPerMinute(WRONG_A_MINUTE)

    def make(self, session: Session, conversation_id: str, now: dt.datetime) -> tuple[str, dt.datetime]:
        """A new code for a conversation, as people read it (`K7QF-93MX`), and when it ends.

        Raises:
            TooManyTries: the conversation asked for many already.
        """
        if not self._limiter.hit(self._made, "made", conversation_id):
            raise TooManyTries
        conversations.lock(session, conversation_id)  # two that are made at once would both stay
        session.execute(delete(ResumeCode).where(ResumeCode.conversation_id == conversation_id))
        session.execute(delete(ResumeCode).where(ResumeCode.expires_at < now))
        code = _new()
        session.add(ResumeCode(code_hash=self._hash(code), conversation_id=conversation_id, expires_at=now + LIFE))
        session.flush()
        return f"{code[:4]}-{code[4:]}", now + LIFE

    def count_try(self, who: str) -> None:
        """Counts that somebody tries a code, before it is looked at.

        Raises:
            TooManyTries: `who` tried many already, or many wrong ones came from everywhere.
        """
        if not self._limiter.hit(self._tries, "tried", who) or not self._limiter.test(self._wrong, "wrong"):
            raise TooManyTries

    def open(self, session: Session, code: str, now: dt.datetime) -> Conversation | None:
        """The conversation of a code, which is used up by this; None when it is wrong, used or over. The caller has
        counted the try."""
        given = normal(code)
        if given is None:
            return None
        mine = [ResumeCode.code_hash == self._hash(given), ResumeCode.used_at.is_(None), ResumeCode.expires_at > now]
        use = update(ResumeCode).where(*mine).values(used_at=now)
        used = session.execute(use, execution_options={"synchronize_session": False})
        if cast("CursorResult[Any]", used).rowcount != 1:
            self._limiter.hit(self._wrong, "wrong")
            return None
        statement = (
            select(Conversation)
            .join(ResumeCode, ResumeCode.conversation_id == Conversation.id)
            .where(ResumeCode.code_hash == self._hash(given))
        )
        return session.scalars(statement).one()

    def redeem(self, session: Session, code: str, who: str, now: dt.datetime) -> Conversation | None:
        """Counts the try and opens the code.

        Raises:
            TooManyTries: a right code is not looked at then either.
        """
        self.count_try(who)
        return self.open(session, code, now)

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
