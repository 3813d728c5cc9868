"""What tests of every room share: a database of each kind and a frozen moment."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from dossiers.database import Base, Database, make_engine
from tests import servers

MOMENT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
EMPTY, ONE = f"empty_{os.getpid()}", f"one_{os.getpid()}"  # tests run in several processes, on one server perhaps


def pytest_configure(config: pytest.Config) -> None:
    """What is no code must not reach the audit log."""
    config.addinivalue_line("filterwarnings", "error::dossiers.audit.NotACode")


@pytest.fixture
def moment() -> dt.datetime:
    """A Monday morning in November 2026."""
    return MOMENT


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A real PostgreSQL for the whole run, given or started here; a missing one is skipped with its reason."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    try:
        with servers.postgresql() as url:
            yield url
    except LookupError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables and nothing in them, to be copied."""
    file = tmp_path_factory.mktemp("template") / "empty.db"
    engine = make_engine(f"sqlite:///{file}")
    Base.metadata.create_all(engine)
    engine.dispose()  # the last one to close writes everything into the one file
    return file


@pytest.fixture(scope="session")
def postgresql_template(postgresql_url: str) -> Iterator[Engine]:
    """Where databases are made from `EMPTY`, which has all tables; making one takes a fifth of making its tables."""
    server = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {EMPTY} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {EMPTY}"))
    empty = make_engine(_named(postgresql_url, EMPTY))
    Base.metadata.create_all(empty)
    empty.dispose()
    yield server
    server.dispose()


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with all tables; every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_file"), tmp_path / "test.db")
        engine = make_engine(f"sqlite:///{tmp_path}/test.db")
    else:
        server = request.getfixturevalue("postgresql_template")
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {ONE} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {ONE} TEMPLATE {EMPTY} STRATEGY file_copy"))
        engine = make_engine(_named(request.getfixturevalue("postgresql_url"), ONE))
    yield Database(engine)
    engine.dispose()
