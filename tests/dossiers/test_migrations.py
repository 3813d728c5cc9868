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
    assert {"topic_statuses", "interests", "documents", "dossier_merges"} <= tables(engine)
    assert {"notes", "mentions", "prepared_answers", "reply_drafts"} <= tables(engine)
    assert {"team_hours", "closures", "digest_subscriptions"} <= tables(engine)
    assert {"presence", "assignments", "transfers", "tasks"} <= tables(engine)
    assert {"identities", "invitations", "login_steps", "second_factors", "recovery_codes"} <= tables(engine)
    assert {"receipts", "erasures_asked", "forgettings", "erased_keys", "retention_runs"} <= tables(engine)
    command.downgrade(config, "0005")
    assert not {"topic_statuses", "interests", "documents", "dossier_merges"} & tables(engine)
    assert not {"agent_id", "settled_at", "settled_by"} & columns(engine, "dossier_fields")
    assert not {"team_hours", "closures", "digest_subscriptions"} & tables(engine)
    assert not {"presence", "assignments", "transfers", "tasks"} & tables(engine)
    assert not {"risks", "choice", "message_left_at", "closing_summary"} & columns(engine, "handovers")
    assert not {"receipts", "erasures_asked", "forgettings", "erased_keys", "retention_runs"} & tables(engine)
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


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_consent_to_share_that_names_no_partner_ends_and_all_others_go_on(
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
    command.upgrade(config, "0007")
    with engine.begin() as connection:
        connection.execute(text(OLD_PEOPLE[0]))
        for purpose in ("dossier", "share-profile", "chat"):
            statement = """INSERT INTO consents (person_id, purpose, text_version, text, given_at)
                VALUES ('p', :purpose, '1', 'what was said', '2026-11-01 00:00:00')"""
            connection.execute(text(statement), {"purpose": purpose})
    command.upgrade(config, "0008")
    with engine.connect() as connection:
        kept = connection.execute(
            text(
                "SELECT purpose, partner, given_in, withdrawn_at IS NULL, withdrawn_in, text FROM consents ORDER BY id"
            )
        ).all()
    assert [tuple(row) for row in kept] == [
        ("dossier", "", "chat", True, None, "what was said"),
        ("share-profile", "", "chat", False, "service", "what was said"),
        ("chat", "", "site", True, None, "what was said"),
    ]
    command.downgrade(config, "0007")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM consents")).scalar() == 3
    engine.dispose()
