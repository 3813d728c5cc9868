"""Plants unmistakable values in everything that is kept about a person, and looks for them afterwards.

Tables and columns are found in the metadata: one that is added is planted too, or the planting fails.
"""

from __future__ import annotations

import datetime as dt
import random
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from sqlalchemy import JSON, Boolean, Column, CursorResult, Date, Integer, String, Table, text
from sqlalchemy.orm import Session

from dossiers.database import Base, Database, UtcDateTime
from dossiers.models import new_id
from dossiers.privacy import reaching

LONGEST, SHORTEST = 24, 8
# Words that the code itself needs to be right. Nobody's data are among them.
CODES: Mapping[tuple[str, str], str] = {
    ("conversations", "speaker"): "bot",
    ("conversations", "channel"): "telegram",
    ("messages", "sender"): "person",
    ("messages", "kind"): "text",
    ("inbox", "state"): "done",
    ("outbox", "state"): "sent",
    ("outbox", "channel"): "telegram",
    ("sent_parts", "state"): "sent",
    ("addresses", "channel"): "telegram",
    ("erasures_asked", "number"): "ASKED-BY-NOBODY",
}


@dataclass
class Planted:
    """What was planted for one person: the words, and the ids of the rows."""

    person_id: str
    words: dict[tuple[str, str], str] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)


def plant(
    session: Session, moment: dt.datetime, seed: int, *, agent: str, without: tuple[str, ...] = ("erasures_asked",)
) -> Planted:
    """One row in every table of a person, with a word of its own in every column that takes words."""
    letters = random.Random(seed)
    found = Planted(new_id(), ids={"agents": agent})
    for name, table in reaching.reached().items():
        if name in without:
            continue
        row = {column.name: _value(found, table, column, moment, letters) for column in table.columns}
        row = {key: value for key, value in row.items() if value is not None}
        found.ids[name] = _insert(session, table, row)
    del found.ids["agents"]
    found.words["people", "file"] = "".join(letters.choice(string.ascii_lowercase) for _ in range(LONGEST))
    return found


def _insert(session: Session, table: Table, row: dict[str, Any]) -> Any:
    key: Any = cast("CursorResult[Any]", session.execute(table.insert().values(**row))).inserted_primary_key
    assert key is not None
    return key[0]


def _value(found: Planted, table: Table, column: Column[Any], moment: dt.datetime, letters: random.Random) -> Any:
    if table.name == "people" and column.name == "id":
        return found.person_id
    for key in column.foreign_keys:
        return found.ids.get(key.column.table.name)  # of another room, as an agent: none, where that is allowed
    if isinstance(column.type, UtcDateTime):
        return moment
    if isinstance(column.type, Date):
        return moment.date()
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, Integer):
        return None if column.primary_key and table.name != "sent_parts" else 1
    return _word(found, table, column, letters)


def _word(found: Planted, table: Table, column: Column[Any], letters: random.Random) -> Any:
    assert isinstance(column.type, String | JSON), f"how is {table.name}.{column.name} planted?"
    if column.primary_key:
        return new_id()
    if (table.name, column.name) in CODES:
        return CODES[table.name, column.name]
    length = min(LONGEST, getattr(column.type, "length", None) or LONGEST)
    assert length >= SHORTEST, f"{table.name}.{column.name} is too short for a word that can be found"
    word = "".join(letters.choice(string.ascii_lowercase) for _ in range(length))
    found.words[table.name, column.name] = word
    return [word] if isinstance(column.type, JSON) else word


def agent(session: Session, moment: dt.datetime) -> str:
    """A colleague, for columns that must name one."""
    made = Base.metadata.tables["agents"]
    row = {"id": new_id(), "login": new_id(), "name": "Mia", "password_hash": "", "roles": [], "active": True}
    session.execute(made.insert().values(**row, created_at=moment))
    return str(row["id"])


def everything(database: Database, folder: Path) -> bytes:
    """Every byte that lies in the files of a database and beside it, or in the tables of a server."""
    if database.engine.dialect.name == "sqlite":
        return b"\n".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
    with database.engine.connect() as connection:
        names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        rows = [connection.scalars(text(f'SELECT t::text FROM "{name}" t')).all() for name in names]
    files = [file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()]
    return b"\n".join([*(str(row).encode() for table in rows for row in table), *files])


def left(planted: Planted, haystack: bytes) -> set[tuple[str, str]]:
    """The columns whose words are there. An index keeps a word without what it shares with the word before it."""
    low = haystack.lower()
    return {place for place, word in planted.words.items() if word[3:].encode() in low}
