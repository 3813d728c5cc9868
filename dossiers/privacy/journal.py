"""Hashes of what was erased, so that an old copy of the database, put back, can be made to forget it again.

The database keeps them, and a file beside it keeps them too: the database that is put back is older than what was
erased since. The file only grows. It holds hashes of random numbers and dates, nothing that leads to anybody.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers.conversations import hashed
from dossiers.models import Elsewhere, ErasedKey
from dossiers.privacy import forgetting

DEFAULT = "var/erased.txt"


def remember(session: Session, ids: Iterable[str], now: dt.datetime) -> None:
    """Keeps that what had these random ids (a person, conversations, a dossier) was erased; soon in the file too."""
    for key in {hashed(one) for one in ids}:
        if session.get(ErasedKey, key) is None:
            session.add(ErasedKey(key=key, erased_at=now))
    session.flush()
    forgetting.ask(session, Elsewhere.LEDGER, "", now)


def known(session: Session) -> set[str]:
    """The hashes that the database keeps."""
    return set(session.scalars(select(ErasedKey.key)))


def read(path: Path) -> dict[str, dt.datetime]:
    """The hashes that the file keeps, with their moments; a line that was cut off is left out."""
    found = {}
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        key, _, at = line.partition(" ")
        try:
            moment = dt.datetime.fromisoformat(at)
        except ValueError:
            continue
        if len(key) == 64 and moment.tzinfo is not None:
            found[key] = moment
    return found


def write(session: Session, path: Path) -> int:
    """Adds to the file what it does not have yet, and waits until it is on the disk. Returns how many there were."""
    have = read(path)
    new = [row for row in session.scalars(select(ErasedKey).order_by(ErasedKey.erased_at)) if row.key not in have]
    if not new:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = not path.exists() or path.read_bytes().endswith(b"\n") or path.stat().st_size == 0
    with path.open("a", encoding="utf-8") as file:
        path.chmod(0o600)
        file.write("" if whole else "\n")
        file.writelines(f"{row.key} {row.erased_at.isoformat()}\n" for row in new)
        file.flush()
        os.fsync(file.fileno())
    return len(new)


def take_over(session: Session, path: Path) -> int:
    """Brings into the database what only the file knows. Returns how many there were."""
    have = known(session)
    new = {key: at for key, at in read(path).items() if key not in have}
    session.add_all(ErasedKey(key=key, erased_at=at) for key, at in new.items())
    session.flush()
    return len(new)
