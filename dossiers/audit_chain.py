"""Looks after the chain of the audit log: is it whole, and where does it end.

What it proves: the rows that are there are those that were written, in their order, up to the row that somebody noted
elsewhere (`Head`). Who can write to the database can make a new chain of plain hashes, but not its seals; and a head
that was kept elsewhere tells when the end was cut off. It does not prove that everything was written down, and who
knows the installation's secret can make all of it anew, except a head that others keep.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dossiers import audit
from dossiers.models import AuditEntry

AT_ONCE = 500
_ROWS = text(
    "SELECT number, at, actor, action, subject, details, previous, hash, seal FROM audit_log"
    " WHERE number > :after ORDER BY number LIMIT :most"
)


class Fault(StrEnum):
    """What is wrong with the first row that is."""

    MISSING = "missing"
    CHANGED = "changed"
    UNLINKED = "unlinked"
    FORGED = "forged"
    NOT_THE_HEAD = "not_the_head"


FAULTS = {
    Fault.MISSING: "it is not there",
    Fault.CHANGED: "it does not say what was written",
    Fault.UNLINKED: "it does not follow the row before it",
    Fault.FORGED: "its seal was not made with the secret of this installation",
    Fault.NOT_THE_HEAD: "it is not the row that was noted as the head",
}


@dataclass(frozen=True, slots=True)
class Head:
    """A row by number and hash, short enough to keep elsewhere: whoever has it can tell that nothing before changed."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def read(cls, written: str) -> Head:
        """The head as it was printed.

        Raises:
            ValueError: it is none.
        """
        found = re.fullmatch(r"\s*(\d{1,15}):([0-9a-f]{64})\s*", written)
        if found is None:
            raise ValueError("a head is a number, a colon and 64 digits and letters")
        return cls(int(found[1]), found[2])


@dataclass(frozen=True, slots=True)
class Verdict:
    """``rows``: how many are right; ``head``: the last of them; ``unsealed``: those that a program wrote which did not
    know the secret; ``broken``: the first row that is wrong, ``fault`` how."""

    rows: int
    head: Head
    unsealed: int
    broken: int | None = None
    fault: Fault | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.broken is None

    def in_words(self) -> str:
        """One sentence for people."""
        if self.fault is not None:
            return f"The chain is broken at row {self.broken}: {FAULTS[self.fault]}."
        rows = "1 row" if self.rows == 1 else f"{self.rows} rows"
        if not self.unsealed:
            return f"The chain is whole: {rows}."
        return f"The chain is whole: {rows}, {self.unsealed} of them without a seal."


def head(session: Session) -> Head:
    """The last row of the log; number 0 when there is none yet."""
    newest = select(AuditEntry.number, AuditEntry.hash).order_by(AuditEntry.number.desc()).limit(1)
    return Head(*(session.execute(newest).first() or (0, audit.START)))


def verify(session: Session, keys: Sequence[bytes] = (), since: Head | None = None) -> Verdict:
    """Looks at every row, oldest first, until one is wrong.

    ``keys``: those that may have sealed rows; without any, seals are not looked at. ``since``: a head that was kept
    elsewhere: that row must still be there, with that hash.
    """
    before, rows, unsealed = Head(0, audit.START), 0, 0

    def wrong(number: int, fault: Fault) -> Verdict:
        return Verdict(rows, before, unsealed, number, fault)

    for row in _rows(session, 0):
        number = before.number + 1
        if row["number"] != number:
            return wrong(number, Fault.MISSING)
        if row["previous"] != before.hash:
            return wrong(number, Fault.UNLINKED)
        if not _unchanged(row):
            return wrong(number, Fault.CHANGED)
        if keys and row["seal"] is not None and not _sealed(row, keys):
            return wrong(number, Fault.FORGED)
        rows, unsealed, before = rows + 1, unsealed + (row["seal"] is None), Head(number, row["hash"])
        if since is not None and number == since.number and before.hash != since.hash:
            return wrong(number, Fault.NOT_THE_HEAD)
    if since is not None and before.number < since.number:
        return wrong(since.number, Fault.NOT_THE_HEAD)
    return Verdict(rows, before, unsealed)


def _rows(session: Session, after: int) -> Iterator[dict[str, Any]]:
    """The rows as they are kept, also when somebody made them unreadable."""
    while found := session.execute(_ROWS, {"after": after, "most": AT_ONCE}).mappings().all():
        yield from (dict(row) for row in found)
        after = found[-1]["number"]


def _unchanged(row: dict[str, Any]) -> bool:
    try:
        at = dt.datetime.fromisoformat(row["at"]) if isinstance(row["at"], str) else row["at"]
        at = at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at
        details = json.loads(row["details"]) if isinstance(row["details"], str) else row["details"]
        return audit.digest({**row, "at": at, "details": details}) == str(row["hash"])
    except (ValueError, TypeError, AttributeError):
        return False


def _sealed(row: dict[str, Any], keys: Sequence[bytes]) -> bool:
    return any(hmac.compare_digest(audit.seal(key, row["hash"]), str(row["seal"])) for key in keys)
