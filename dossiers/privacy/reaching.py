"""Which rows belong to a person: everything that goes with the person by `ON DELETE CASCADE`.

Nothing is listed here. The foreign keys of the tables say it, so that a new table is reached as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, ForeignKey, Table, func, or_, select
from sqlalchemy.orm import Session

from dossiers.database import Base
from dossiers.models import Person

ROOT = Person.__tablename__


def reached() -> Mapping[str, Table]:
    """Tables whose rows go when their person goes, `people` first, each after those it hangs on."""
    found = {ROOT: Base.metadata.tables[ROOT]}
    for table in Base.metadata.sorted_tables:
        if table.name != ROOT and any(key.column.table.name in found for key in _cascading(table)):
            found[table.name] = table
    return found


def belongs(table: Table, person_id: str) -> ColumnElement[bool]:
    """The condition for a person's rows of a table that is `reached`."""
    if table.name == ROOT:
        return table.c.id == person_id
    ways = [
        key.parent.in_(select(key.column).where(belongs(key.column.table, person_id)))
        for key in _cascading(table)
        if key.column.table.name in reached()
    ]
    return or_(*ways)


def counts(session: Session, person_id: str) -> dict[str, int]:
    """How many rows of each table are a person's; tables without any are left out."""
    found = {}
    for name, table in reached().items():
        number = session.scalar(select(func.count()).select_from(table).where(belongs(table, person_id))) or 0
        if number:
            found[name] = number
    return found


def _cascading(table: Table) -> list[ForeignKey]:
    keys = [key for key in table.foreign_keys if (key.ondelete or "").upper() == "CASCADE"]
    return sorted((key for key in keys if key.column.table is not table), key=lambda key: key.parent.name)
