"""Alembic's entry: runs the migrations on the database that DATABASE_URL names."""

from __future__ import annotations

import os
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from dossiers import models  # noqa: F401  (fills the metadata)
from dossiers.database import Base, UtcDateTime, make_engine
from dossiers.models.search import PREFIX

config = context.config
metadata = Base.metadata


def render(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """Migrations speak of plain column types, so that they stand without this project's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def compared(_item: Any, name: str | None, _kind: str, _reflected: bool, _other: Any) -> bool:
    """What the tables must agree about with the code: not the indexes of the search, which are written by hand."""
    return not (name or "").startswith(PREFIX)


def _without_cascades(connection: Connection) -> None:
    """SQLite changes a table by making it anew: dropping the old one must not delete what refers to its rows."""
    if connection.dialect.name == "sqlite":
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")


def run() -> None:
    """Upgrades or compares, in one transaction."""
    url = config.get_main_option("sqlalchemy.url") or os.environ.get("DATABASE_URL", "sqlite:///var/app.db")
    engine = make_engine(url)
    with engine.connect() as connection:
        _without_cascades(connection)
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render,
            include_object=compared,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
