"""Alembic's entry: runs the migrations on the database that DATABASE_URL names."""

from __future__ import annotations

import os
from typing import Any, Literal

from alembic import context

from dossiers import models  # noqa: F401  (fills the metadata)
from dossiers.database import Base, UtcDateTime, make_engine

config = context.config
metadata = Base.metadata


def render(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """Migrations speak of plain column types, so that they stand without this project's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    """Upgrades or compares, in one transaction."""
    url = config.get_main_option("sqlalchemy.url") or os.environ.get("DATABASE_URL", "sqlite:///var/app.db")
    engine = make_engine(url)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
