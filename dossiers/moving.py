"""Moves what belongs to one row to another row of the same table, whatever tables there are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, Table, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dossiers.database import Base


class InTheWay(Exception):
    """Something cannot move, or did not; ``table`` names where it is."""

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.table = table


def move(session: Session, kind: type[Base], old: str, new: str, leave: Collection[str] = ()) -> None:
    """Lets every row that points to the row with the id ``old`` point to ``new``. ``leave``: tables to leave out.

    Raises:
        InTheWay: both have a row of which there can be only one. The transaction must be rolled back, or its savepoint.
    """
    session.flush()
    for table, column in pointing(kind):
        if table.name in leave:
            continue
        try:
            session.execute(update(table).where(column == old).values({column: new}))
        except IntegrityError:
            raise InTheWay(table.name) from None
    session.expire_all()


def drop(session: Session, kind: type[Base], row_id: str) -> None:
    """Deletes a row to which nothing points: deleting it takes nothing along.

    Raises:
        InTheWay: something points to it.
    """
    session.flush()
    for table, column in pointing(kind):
        if session.scalar(select(func.count()).select_from(table).where(column == row_id)):
            raise InTheWay(table.name)
    table = Base.metadata.tables[kind.__tablename__]
    session.execute(delete(table).where(table.c.id == row_id))


def pointing(kind: type[Base]) -> Iterator[tuple[Table, Column[Any]]]:
    """Every column of every table that points to rows of this kind."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == kind.__tablename__ for key in column.foreign_keys):
                yield table, column
