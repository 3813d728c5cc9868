"""What was done, by whom, to what: written once, never changed.

Each row carries a hash of itself and of the row before it, so that no row can be changed, taken out or put in without
the chain breaking (`dossiers.audit_chain`). The database refuses to change or delete rows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import os
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import event, insert, select, text
from sqlalchemy.orm import Session, SessionTransaction

from dossiers.models import AuditEntry

START = "0" * 64
KEYS = "audit_keys"
WITHHELD = "withheld"
_LOCK = 7_025_311  # names the lock in PostgreSQL; any number that nothing else uses
_QUEUE, _MARKS = "audit_queue", "audit_marks"
_ACTION = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
_NAMED = re.compile(r"[a-z][a-z_]*(?::[A-Za-z0-9][A-Za-z0-9_.:-]{0,79})?")
_DETAIL = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Za-z0-9_.:,/+-]{0,80}")
_TELEPHONE = re.compile(r"\+?[\d/.-]{7,20}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_log = structlog.get_logger()


class NotACode(UserWarning):
    """Something was about to be noted that is no id, count or code. Tests make it an error."""


def note(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    now: dt.datetime,
    details: Mapping[str, str | int | bool | None] | None = None,
) -> None:
    """Writes down that somebody did something, in the caller's transaction.

    ``actor``: `agent:<id>`, `person:<id>` or `system`. ``action``: dotted and stable, as `dossier.read` or
    `consent.withdrawn`. ``subject``: what it was done to, as `dossier:<id>`. ``details``: ids, counts and codes that
    explain it. Nothing that somebody wrote or that names them goes in here: the log is never erased. What does not look
    like a code is replaced by `withheld` with a warning (`NotACode`), so that the work itself never fails by it.

    The row is written at the very end of the transaction: writers wait for each other only that long, and never in a
    circle.

    Raises:
        ValueError: the session is for reading only, or the action is no dotted name.
    """
    if session.get_bind().get_execution_options().get("read_only"):
        raise ValueError("nothing can be noted in a session for reading: use Database.write")
    if not _ACTION.fullmatch(action) or len(action) > 60:
        raise ValueError(f"an action is a dotted name, as dossier.read, not {action!r}")
    row = {
        "at": now.astimezone(dt.UTC),
        "actor": _named(actor, "actor", action),
        "action": action,
        "subject": _named(subject, "subject", action),
        "details": {key: _code(key, value, action) for key, value in (details or {}).items()},
    }
    session.info.setdefault(_QUEUE, []).append(row)


def digest(row: Mapping[str, Any]) -> str:
    """The hash of a row: over all that it says, the hash of the row before, and whether it is sealed."""
    at = row["at"].astimezone(dt.UTC).isoformat(timespec="microseconds")
    said = [row["number"], at, row["actor"], row["action"], row["subject"], row["details"]]
    said += [row["previous"], row["seal"] is not None]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def key_of(secret: str) -> bytes:
    """The key that seals rows, made from the installation's secret."""
    return hmac.new(secret.encode(), b"audit log", hashlib.sha256).digest()


def sealing(secrets: Sequence[str]) -> dict[str, object]:
    """What a `Database` must know (`Database.info`) so that its writers seal. ``secrets``: the newest first."""
    return {KEYS: tuple(key_of(secret) for secret in secrets if secret)}


def from_environment() -> dict[str, object]:
    """The same for a command, from SECRET_KEY and OLD_SECRET_KEYS; without them it writes rows without a seal."""
    secrets = [os.environ.get("SECRET_KEY", ""), *os.environ.get("OLD_SECRET_KEYS", "").split(",")]
    return sealing([secret.strip() for secret in secrets])


def keys_of(info: Mapping[str, Any]) -> tuple[bytes, ...]:
    """The keys that a database or a session knows, the newest first."""
    return tuple(info.get(KEYS, ()))


def seal(key: bytes, row_hash: str) -> str:
    """What only who knows the secret can make for a row."""
    return hmac.new(key, row_hash.encode(), hashlib.sha256).hexdigest()


def _named(value: str, what: str, action: str) -> str:
    if _NAMED.fullmatch(value):
        return value
    _warn(what, action)
    kind = value.partition(":")[0]
    return f"{kind}:{WITHHELD}" if re.fullmatch(r"[a-z_]{1,20}", kind) else WITHHELD


def _code(key: str, value: str | int | bool | None, action: str) -> str | int | bool | None:
    if not _DETAIL.fullmatch(key):
        raise ValueError("a detail has a short name in small letters")
    if value is None or isinstance(value, int):
        return value
    if _CODE.fullmatch(value) and (_DAY.fullmatch(value) or not _TELEPHONE.fullmatch(value)):
        return str(value)
    _warn(key, action)
    return WITHHELD


def _warn(what: str, action: str) -> None:
    _log.warning("audit_withheld", what=what, action=action)
    warnings.warn(f"“{what}” of {action} is no id, count or code", NotACode, stacklevel=4)


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    """Adds the queued rows to the chain, after everything else of the transaction."""
    if not session.info.get(_QUEUE) or session.in_nested_transaction():
        return
    session.flush()
    rows = session.info.pop(_QUEUE)
    session.info.pop(_MARKS, None)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    newest = select(AuditEntry.number, AuditEntry.hash).order_by(AuditEntry.number.desc()).limit(1)
    number, previous = session.execute(newest).first() or (0, START)
    key = next(iter(keys_of(session.info)), None)
    for row in rows:
        number += 1
        row |= {"number": number, "previous": previous, "seal": "" if key else None}
        row["hash"] = previous = digest(row)
        if key:
            row["seal"] = seal(key, previous)
        session.execute(insert(AuditEntry).values(**row))


@event.listens_for(Session, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(_MARKS, {})[transaction] = len(session.info.get(_QUEUE, ()))


@event.listens_for(Session, "after_soft_rollback")
def _drop(session: Session, transaction: SessionTransaction) -> None:
    """What was undone was not done: its notes go with it, as far as the savepoint or the whole transaction."""
    undone: SessionTransaction | None = transaction
    while undone is not None and not undone.nested:
        undone = undone.parent
    marks = session.info.get(_MARKS, {})
    del session.info.get(_QUEUE, [])[marks.pop(undone, 0) :]
    if undone is None:
        marks.clear()
