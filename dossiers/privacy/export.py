"""Everything about a person, to take along: as data (JSON) and in words.

What is in it is what `declarations` says is exported, so that the two cannot differ. Notes of colleagues about the
person are in it: they are the person's data. Names of colleagues are not: those are theirs. Marks that only carry
messages (hashes, states of delivery) are not in it either.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers.database import Base
from dossiers.models import Receipt
from dossiers.privacy import reaching, wording
from dossiers.privacy.declarations import DECLARED
from dossiers.sealing import Sealer, Unreadable
from knowledge.library import Library

FORMAT, VERSION = "what-now-export", 1
Row = Mapping[str, Any]
# What outlives a person, and leads to them until then.
UNLINKED = {Receipt.__tablename__: Base.metadata.tables[Receipt.__tablename__]}


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of data in words: each entry is a list of names and values."""

    key: str
    title: str
    entries: Sequence[Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Export:
    """All of it. ``data``: rows by table, under the names that `docs/privacy.md` explains; ``sections``: in words."""

    made_at: dt.datetime
    data: Mapping[str, Sequence[Row]]
    sections: Sequence[Section]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of what kind, for a receipt."""
        return {DECLARED[name].called: len(rows) for name, rows in self.data.items() if rows}

    def to_json(self) -> str:
        """The data as a document of its own."""
        document = {"format": FORMAT, "version": VERSION, "made_at": self.made_at.isoformat(), "data": self.data}
        return json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n"


def collect(
    session: Session, person_id: str, library: Library, now: dt.datetime, sealer: Sealer | None = None
) -> Export:
    """Everything about a person as it is now; nothing when there is nobody. ``sealer``: opens their own addresses."""
    tables = {**reaching.reached(), **UNLINKED}
    data: dict[str, list[Row]] = {}
    sections = []
    for name, declared in DECLARED.items():
        if not declared.exported or name not in tables:
            continue
        table = tables[name]
        condition = table.c.person_id == person_id if name in UNLINKED else reaching.belongs(table, person_id)
        order = list(table.primary_key.columns)
        found = session.execute(select(table).where(condition).order_by(*order)).mappings().all()
        opened = [_opened(name, row, sealer) for row in found]
        data[name] = [{called: row[column] for column, called in declared.exported.items()} for row in opened]
        entries = [wording.entry(library, name, row, declared.exported) for row in opened]
        if any(entries):
            sections.append(Section(name, wording.title(declared.called), [entry for entry in entries if entry]))
    return Export(now, data, sections)


def _opened(name: str, row: Any, sealer: Sealer | None) -> dict[str, Any]:
    """A row as a dictionary; an address as the person knows it, or not at all."""
    found = dict(row)
    if name == "addresses":
        try:
            found["sealed"] = sealer.open(found["sealed"]) if sealer is not None else None
        except Unreadable:
            found["sealed"] = None
    return found


def _plain(value: Any) -> str:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
