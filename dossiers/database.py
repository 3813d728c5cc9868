"""Engine and sessions. One code for SQLite and PostgreSQL; times are stored in UTC and always come back aware."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Engine, MetaData, Select, create_engine, event
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 15


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment in time. Refuses naive values, which would silently mean different moments on different machines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    """Base of all tables. Constraints have names, so that migrations can find them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def now() -> dt.datetime:
    """This moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def normal_url(url: str) -> str:
    """The URL with this project's PostgreSQL driver when it names none."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)


def make_engine(url: str) -> Engine:
    """An engine for a database URL. Errors never carry the values of a statement, which hold what people wrote.

    SQLite gets write-ahead logging, foreign keys, and transactions that take the write lock at once, so that two
    writers wait for each other instead of failing half-way.
    """
    parsed = make_url(normal_url(url))
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        mode = "DEFERRED" if connection.get_execution_options().get("read_only") else "IMMEDIATE"
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


class Database:
    """Hands out sessions. `write` commits once at the end or rolls back; `read` never takes the write lock.

    ``info``: what every writing session knows (`Session.info`), as the key that seals the audit log.
    """

    def __init__(self, engine: Engine, info: dict[str, object] | None = None) -> None:
        self.engine = engine
        self.info = info or {}
        self._writer = sessionmaker(engine, expire_on_commit=False, info=self.info)
        self._reader = sessionmaker(engine.execution_options(read_only=True), expire_on_commit=False, autoflush=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction."""
        with self._writer.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading only; whatever it changed is dropped."""
        with self._reader() as session:
            yield session


def locked[S: Select[Any]](statement: S, session: Session) -> S:
    """The statement with a row lock where the database has row locks (SQLite's writer already holds the only lock)."""
    return statement if session.get_bind().dialect.name == "sqlite" else statement.with_for_update()
