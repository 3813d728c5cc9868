"""One-time codes of an authenticator app (TOTP), and recovery codes for when the phone is gone.

The secret is sealed in the database, a recovery code is kept as a keyed hash. A code is accepted once: who reads it
over a shoulder cannot use it again.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass

import pyotp
from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlalchemy.orm import Session

from dossiers import audit
from dossiers.accounts import throttle
from dossiers.accounts.agents import NEED_SECOND_FACTOR, roles_of
from dossiers.accounts.errors import AccountError
from dossiers.accounts.sessions import Way
from dossiers.models import Agent, RecoveryCode, SecondFactor
from dossiers.sealing import Sealer, Unreadable

STEP = 30
LEEWAY = (0, -1, 1)  # steps: clocks of phones are a little early or late
RECOVERY_CODES = 10
ISSUER = "Pre-care desk"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Rules:
    """When a second factor is asked for. ``grace``: how long a role that needs one works without.

    ``on_this_machine_only``: nobody else reaches the desk, so that the agent of the demonstration may go without.
    """

    grace: dt.timedelta = dt.timedelta(days=14)
    on_this_machine_only: bool = False

    def due_at(self, agent: Agent) -> dt.datetime | None:
        """From when on the agent can do nothing without a second factor; None: they need none."""
        if NEED_SECOND_FACTOR.isdisjoint(roles_of(agent)) or agent.second_factor_since is None:
            return None
        if agent.second_factor_exempt and self.on_this_machine_only:
            return None
        return agent.second_factor_since + self.grace


@dataclass(frozen=True, slots=True)
class Status:
    """How an agent's second factor stands. ``recovery_codes``: how many are left."""

    on_since: dt.datetime | None
    recovery_codes: int


def status(session: Session, agent_id: str) -> Status:
    """Whether an agent has a second factor."""
    found = session.get(SecondFactor, agent_id)
    left = session.scalar(select(func.count()).select_from(RecoveryCode).where(RecoveryCode.agent_id == agent_id))
    return Status(found.confirmed_at if found else None, left or 0)


def is_on(session: Session, agent_id: str) -> bool:
    """Whether a code is asked for at log-in."""
    found = session.get(SecondFactor, agent_id)
    return found is not None and found.confirmed_at is not None


def begin(session: Session, sealer: Sealer, agent: Agent, now: dt.datetime) -> None:
    """A new secret, which counts for nothing until a code of it was given.

    Raises:
        AccountError: there is a second factor already.
    """
    if is_on(session, agent.id):
        raise AccountError("Codes of an app are on already. Turn them off first to change the phone.")
    session.execute(delete(SecondFactor).where(SecondFactor.agent_id == agent.id))
    session.add(SecondFactor(agent_id=agent.id, sealed=sealer.seal(pyotp.random_base32()), created_at=now))
    session.flush()


@dataclass(frozen=True, slots=True)
class Offer:
    """What the authenticator app takes over: as a QR code of ``address``, or ``secret`` typed in."""

    secret: str
    address: str


def offered(session: Session, sealer: Sealer, agent: Agent) -> Offer | None:
    """The secret that waits for its first code; None: `begin` first. Once it is confirmed nobody sees it again."""
    found = session.get(SecondFactor, agent.id)
    if found is None or found.confirmed_at is not None:
        return None
    try:
        secret = sealer.open(found.sealed)
    except Unreadable:
        return None
    return Offer(secret, pyotp.TOTP(secret).provisioning_uri(name=agent.login, issuer_name=ISSUER))


def confirm(session: Session, sealer: Sealer, agent: Agent, code: str, now: dt.datetime) -> list[str] | None:
    """Turns the second factor on when the code is right; gives the recovery codes, which exist only here."""
    found = session.get(SecondFactor, agent.id)
    if found is None or found.confirmed_at is not None or not _is_code(session, sealer, agent.id, code, now):
        return None
    session.execute(update(SecondFactor).where(SecondFactor.agent_id == agent.id).values(confirmed_at=now))
    audit.note(
        session, actor=f"agent:{agent.id}", action="account.second_factor.on", subject=f"agent:{agent.id}", now=now
    )
    return new_recovery_codes(session, sealer, agent.id)


def new_recovery_codes(session: Session, sealer: Sealer, agent_id: str) -> list[str]:
    """Ten codes; the earlier ones no longer count."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.agent_id == agent_id))
    codes = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(10)]
    session.add_all(RecoveryCode(code_hash=_mark(sealer, agent_id, code), agent_id=agent_id) for code in codes)
    session.flush()
    return codes


def accepted(session: Session, sealer: Sealer, agent_id: str, given: str, now: dt.datetime) -> Way | None:
    """How a code opens the door, and uses it up: a code of the app or a recovery code; None: it does not."""
    found = session.get(SecondFactor, agent_id)
    if found is None or found.confirmed_at is None:
        return None
    if _is_code(session, sealer, agent_id, given, now):
        return Way.CODE
    plain = "".join(given.split()).replace("-", "").casefold()
    if len(plain) != 12:
        return None
    code = f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"
    used = session.execute(delete(RecoveryCode).where(RecoveryCode.code_hash == _mark(sealer, agent_id, code)))
    assert isinstance(used, CursorResult)
    return Way.RECOVERY if used.rowcount == 1 else None


def _is_code(session: Session, sealer: Sealer, agent_id: str, given: str, now: dt.datetime) -> bool:
    """Whether it is a code of about now that was not used before. Of two at the same moment, one wins."""
    found = session.get_one(SecondFactor, agent_id)
    given = "".join(given.split())
    if not (given.isascii() and given.isdigit() and len(given) == 6):
        return False
    try:
        totp = pyotp.TOTP(sealer.open(found.sealed))
    except Unreadable:
        return False
    current = int(now.timestamp()) // STEP
    fitting = [current + off for off in LEEWAY if hmac.compare_digest(totp.generate_otp(current + off), given)]
    for step in fitting:
        taken = session.execute(
            update(SecondFactor)
            .where(
                SecondFactor.agent_id == agent_id,
                or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < step),
            )
            .values(last_step=step)
        )
        assert isinstance(taken, CursorResult)
        if taken.rowcount == 1:
            return True
    return False


def turn_off(session: Session, agent: Agent, *, actor: str, now: dt.datetime) -> None:
    """Forgets the secret and the recovery codes, and failed tries."""
    session.execute(delete(SecondFactor).where(SecondFactor.agent_id == agent.id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.agent_id == agent.id))
    throttle.forgive(session, throttle.of_codes(agent.id))
    audit.note(session, actor=actor, action="account.second_factor.off", subject=f"agent:{agent.id}", now=now)


def _mark(sealer: Sealer, agent_id: str, code: str) -> str:
    return sealer.mark("recovery code", agent_id, code)
