"""Migrations lead to the tables that the code describes, and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect, text

from dossiers.database import make_engine

OLD_MESSAGE = """INSERT INTO messages (conversation_id, sender, text, facts, sources, options, created_at)
    VALUES ('c', 'bot', 'said before', '[]', '[]', '[]', '2026-11-01 00:00:00')"""
OLD_PEOPLE = (
    "INSERT INTO people (id, created_at) VALUES ('p', '2026-11-01 00:00:00')",
    """INSERT INTO conversations (id, person_id, channel, token_hash, speaker, failed_turns, missed_turns, created_at,
    last_message_at) VALUES ('c', 'p', 'web', 'x', 'bot', 0, 0, '2026-11-01 00:00:00', '2026-11-01 00:00:00')""",
)


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def columns(engine: Engine, table: str) -> set[str]:
    return {column["name"] for column in inspect(engine).get_columns(table)}


def test_they_lead_to_the_tables_of_the_code_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    url = f"sqlite:///{tmp_path}/migrated.db"
    monkeypatch.setenv("DATABASE_URL", url)
    config = Config("alembic.ini")
    command.upgrade(config, "head")
    command.check(config)  # raises when the code describes other tables than these
    engine = make_engine(url)
    assert {"feedback", "settled_questions", "plans", "addresses", "sent_parts", "resume_codes"} <= tables(engine)
    command.downgrade(config, "0003")
    assert not {"addresses", "sent_parts", "resume_codes"} & tables(engine)
    assert "kind" not in columns(engine, "messages")
    command.downgrade(config, "0002")
    assert "plans" not in tables(engine)
    assert "plan" not in columns(engine, "messages")
    command.downgrade(config, "0001")
    assert not {"feedback", "settled_questions"} & tables(engine)
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_messages_from_before_there_were_plans_stay_and_have_none(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
):
    url = f"sqlite:///{tmp_path}/old.db" if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    engine = make_engine(url)
    if kind == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    monkeypatch.setenv("DATABASE_URL", url)
    config = Config("alembic.ini")
    command.upgrade(config, "0002")
    with engine.begin() as connection:
        for statement in (*OLD_PEOPLE, OLD_MESSAGE):
            connection.execute(text(statement))
    command.upgrade(config, "head")
    command.check(config)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT text, CAST(plan AS VARCHAR) FROM messages")).all() == [
            ("said before", "[]")
        ]
    command.downgrade(config, "0002")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT text FROM messages")).all() == [("said before",)]
    engine.dispose()
