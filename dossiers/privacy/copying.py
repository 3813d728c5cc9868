"""A whole copy of an SQLite database while the app goes on, and what is to be done after one is put back."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlalchemy import make_url

from dossiers.database import normal_url


class CannotCopy(Exception):
    """The copy is not made; the message says why and what to do."""


def copy(url: str, target: Path) -> None:
    """Copies the database as it is at one moment. What was erased before is in no page of the copy (`VACUUM INTO`).

    Raises:
        CannotCopy: the database is none of SQLite, is not there, or the target exists.
    """
    parsed = make_url(normal_url(url))
    if parsed.get_backend_name() != "sqlite":
        raise CannotCopy(
            "This is PostgreSQL: use its own program, for example “pg_dump --format=custom --file FILE DATABASE_URL”."
        )
    if not parsed.database or not Path(parsed.database).is_file():
        raise CannotCopy("There is no database yet. Check DATABASE_URL.")
    if target.exists():
        raise CannotCopy(f"{target} exists already. Choose another name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    connection = sqlite3.connect(parsed.database, timeout=30)
    try:
        connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise CannotCopy(f"The copy could not be made ({type(error).__name__}). Is there room on the disk?") from None
    finally:
        connection.close()
