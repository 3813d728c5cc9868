"""What tests of every room share: a database of each kind and a frozen moment."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from dossiers.database import Base, Database, make_engine
from tests import servers

MOMENT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)


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


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with all tables; every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path}/test.db")
    else:
        engine = make_engine(request.getfixturevalue("postgresql_url"))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    Base.metadata.create_all(engine)
    yield Database(engine)
    engine.dispose()
