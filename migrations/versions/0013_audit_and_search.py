"""the chained log of what was done, accounts of partners, full-text search, messages that were put away"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# A later migration that makes one of these tables anew on SQLite (batch_alter_table) drops its triggers: it must make
# them again. tests/dossiers/test_searching.py compares the triggers of a migrated database with those of the code.
AUDIT_SQLITE = (
    """CREATE TRIGGER audit_log_never_changed BEFORE UPDATE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'rows of audit_log are never changed'); END""",
    """CREATE TRIGGER audit_log_never_deleted BEFORE DELETE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'rows of audit_log are never deleted'); END""",
    """CREATE TRIGGER audit_log_in_order BEFORE INSERT ON audit_log
    WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit_log)
    BEGIN SELECT RAISE(ABORT, 'rows of audit_log have no gaps'); END""",
)
AUDIT_POSTGRESQL = (
    """CREATE FUNCTION audit_log_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
    IF TG_OP = 'INSERT' THEN
    IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit_log) THEN
    RAISE EXCEPTION 'rows of audit_log have no gaps';
    END IF;
    RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of audit_log are never changed or deleted';
    END $$""",
    """CREATE TRIGGER audit_log_rows BEFORE INSERT OR UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_guard()""",
    """CREATE TRIGGER audit_log_whole BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_guard()""",
)
SEARCH_SQLITE = (
    """CREATE TABLE search_tidy (name VARCHAR(40) PRIMARY KEY)""",
    """CREATE VIRTUAL TABLE search_messages
    USING fts5(words, content='', tokenize='unicode61 remove_diacritics 2', prefix='2 3')""",
    """CREATE TRIGGER search_messages_come AFTER INSERT ON messages WHEN NEW.sender IN ('person', 'agent') BEGIN
    INSERT INTO search_messages (rowid, words) VALUES (NEW.id, NEW.text); END""",
    """CREATE TRIGGER search_messages_gone AFTER DELETE ON messages WHEN OLD.sender IN ('person', 'agent') BEGIN
    INSERT INTO search_messages (search_messages, rowid, words) VALUES ('delete', OLD.id, OLD.text); INSERT OR
    IGNORE INTO search_tidy VALUES ('search_messages'); END""",
    """CREATE TRIGGER search_messages_before BEFORE UPDATE OF id, text, sender ON messages
    WHEN OLD.sender IN ('person', 'agent') BEGIN INSERT INTO search_messages (search_messages, rowid, words) VALUES
    ('delete', OLD.id, OLD.text); INSERT OR IGNORE INTO search_tidy VALUES ('search_messages'); END""",
    """CREATE TRIGGER search_messages_after AFTER UPDATE OF id, text, sender ON messages
    WHEN NEW.sender IN ('person', 'agent') BEGIN INSERT INTO search_messages (rowid, words) VALUES (NEW.id,
    NEW.text); END""",
    """CREATE VIRTUAL TABLE search_fields
    USING fts5(words, content='', tokenize='unicode61 remove_diacritics 2', prefix='2 3')""",
    """CREATE TRIGGER search_fields_come AFTER INSERT ON dossier_fields WHEN NEW.value IS NOT NULL AND NEW.value NOT
    IN ('yes', 'no') AND NEW.key <> 'consent' BEGIN INSERT INTO search_fields (rowid, words) VALUES (NEW.id, CASE
    NEW.key WHEN 'nationality' THEN 'xqnationality' || NEW.value
    WHEN 'home_town' THEN NEW.value || ' xqhometown ' || NEW.value || ' xqend'
    WHEN 'purpose' THEN NEW.value || ' xqpurpose ' || NEW.value || ' xqend' ELSE NEW.value END); END""",
    """CREATE TRIGGER search_fields_gone AFTER DELETE ON dossier_fields WHEN OLD.value IS NOT NULL AND OLD.value NOT
    IN ('yes', 'no') AND OLD.key <> 'consent' BEGIN INSERT INTO search_fields (search_fields, rowid, words) VALUES
    ('delete', OLD.id, CASE OLD.key WHEN 'nationality' THEN 'xqnationality' || OLD.value
    WHEN 'home_town' THEN OLD.value || ' xqhometown ' || OLD.value || ' xqend'
    WHEN 'purpose' THEN OLD.value || ' xqpurpose ' || OLD.value || ' xqend' ELSE OLD.value END); INSERT OR IGNORE
    INTO search_tidy VALUES ('search_fields'); END""",
    """CREATE TRIGGER search_fields_before BEFORE UPDATE OF id, key, value ON dossier_fields
    WHEN OLD.value IS NOT NULL AND OLD.value NOT IN ('yes', 'no') AND OLD.key <> 'consent' BEGIN INSERT INTO
    search_fields (search_fields, rowid, words) VALUES ('delete', OLD.id, CASE OLD.key WHEN 'nationality' THEN
    'xqnationality' || OLD.value
    WHEN 'home_town' THEN OLD.value || ' xqhometown ' || OLD.value || ' xqend'
    WHEN 'purpose' THEN OLD.value || ' xqpurpose ' || OLD.value || ' xqend' ELSE OLD.value END); INSERT OR IGNORE
    INTO search_tidy VALUES ('search_fields'); END""",
    """CREATE TRIGGER search_fields_after AFTER UPDATE OF id, key, value ON dossier_fields
    WHEN NEW.value IS NOT NULL AND NEW.value NOT IN ('yes', 'no') AND NEW.key <> 'consent' BEGIN INSERT INTO
    search_fields (rowid, words) VALUES (NEW.id, CASE NEW.key WHEN 'nationality' THEN 'xqnationality' || NEW.value
    WHEN 'home_town' THEN NEW.value || ' xqhometown ' || NEW.value || ' xqend'
    WHEN 'purpose' THEN NEW.value || ' xqpurpose ' || NEW.value || ' xqend' ELSE NEW.value END); END""",
    """CREATE VIRTUAL TABLE search_topics
    USING fts5(words, content='', tokenize='unicode61 remove_diacritics 2', prefix='2 3')""",
    """CREATE TRIGGER search_topics_come AFTER INSERT ON topic_statuses WHEN 1 BEGIN INSERT INTO search_topics (rowid,
    words) VALUES (NEW.id, NEW.note || ' ' || COALESCE(NEW.waits_for, '')); END""",
    """CREATE TRIGGER search_topics_gone AFTER DELETE ON topic_statuses WHEN 1 BEGIN INSERT INTO search_topics
    (search_topics, rowid, words) VALUES ('delete', OLD.id, OLD.note || ' ' || COALESCE(OLD.waits_for, '')); INSERT
    OR IGNORE INTO search_tidy VALUES ('search_topics'); END""",
    """CREATE TRIGGER search_topics_before BEFORE UPDATE OF id, note, waits_for ON topic_statuses
    WHEN 1 BEGIN INSERT INTO search_topics (search_topics, rowid, words) VALUES ('delete', OLD.id, OLD.note || ' '
    || COALESCE(OLD.waits_for, '')); INSERT OR IGNORE INTO search_tidy VALUES ('search_topics'); END""",
    """CREATE TRIGGER search_topics_after AFTER UPDATE OF id, note, waits_for ON topic_statuses
    WHEN 1 BEGIN INSERT INTO search_topics (rowid, words) VALUES (NEW.id, NEW.note || ' ' ||
    COALESCE(NEW.waits_for, '')); END""",
)
SEARCH_POSTGRESQL = (
    r"""CREATE FUNCTION search_words(words text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    BEGIN RETURN to_tsvector('pg_catalog.simple', coalesce(regexp_replace(lower(regexp_replace(normalize(words,
    NFD), '[\u0300-\u036f]', '', 'g')),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g'), '')); END $$""",
    r"""CREATE FUNCTION search_field_words(key text, value text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL
    SAFE AS $$
    BEGIN RETURN to_tsvector('pg_catalog.simple', coalesce(regexp_replace(lower(regexp_replace(normalize((CASE WHEN
    key = 'consent' OR value IN ('yes', 'no') THEN NULL
    WHEN key = 'nationality' THEN 'xqnationality' || value
    WHEN key = 'home_town' THEN value || ' xqhometown ' || value || ' xqend'
    WHEN key = 'purpose' THEN value || ' xqpurpose ' || value || ' xqend' ELSE value END), NFD), '[\u0300-\u036f]',
    '', 'g')),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g'), '')); END $$""",
    """CREATE INDEX search_messages ON messages USING gin (search_words(text))
    WHERE sender IN ('person', 'agent')""",
    """CREATE INDEX search_fields ON dossier_fields USING gin (search_field_words(key, value))""",
    """CREATE INDEX search_topics ON topic_statuses
    USING gin (search_words(note || ' ' || coalesce(waits_for, '')))""",
)

FILL = (
    """INSERT INTO search_messages (rowid, words)
    SELECT id, text FROM messages AS old WHERE old.sender IN ('person', 'agent')""",
    """INSERT INTO search_fields (rowid, words)
    SELECT id, CASE key WHEN 'nationality' THEN 'xqnationality' || value
    WHEN 'home_town' THEN value || ' xqhometown ' || value || ' xqend'
    WHEN 'purpose' THEN value || ' xqpurpose ' || value || ' xqend' ELSE value END
    FROM dossier_fields WHERE value IS NOT NULL AND value NOT IN ('yes', 'no') AND key <> 'consent'""",
    """INSERT INTO search_topics (rowid, words)
    SELECT id, note || ' ' || COALESCE(waits_for, '') FROM topic_statuses""",
)
NAMES = ("messages", "fields", "topics")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "audit_log",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_log")),
    )
    for column in ("actor", "action", "subject"):
        op.create_index(f"ix_audit_log_{column}_number", "audit_log", [column, "number"])
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    op.create_table(
        "partner_accounts",
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_partner_accounts_agent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_partner_accounts")),
    )
    op.create_index(op.f("ix_partner_accounts_partner"), "partner_accounts", ["partner"])
    op.create_table(
        "introductions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_introductions_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_introductions_agent_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
    )
    op.create_index(op.f("ix_introductions_person_id"), "introductions", ["person_id"])
    op.create_index("ix_introductions_partner_person_id", "introductions", ["partner", "person_id"])
    for table in ("inbox", "outbox"):
        op.add_column(table, sa.Column("put_away_at", sa.DateTime(timezone=True), nullable=True))
    sqlite = op.get_bind().dialect.name == "sqlite"
    statements = (*AUDIT_SQLITE, *SEARCH_SQLITE, *FILL) if sqlite else (*AUDIT_POSTGRESQL, *SEARCH_POSTGRESQL)
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Back."""
    if op.get_bind().dialect.name == "sqlite":
        for name in NAMES:
            for trigger in ("come", "gone", "before", "after"):
                op.execute(f"DROP TRIGGER search_{name}_{trigger}")
            op.execute(f"DROP TABLE search_{name}")
        op.execute("DROP TABLE search_tidy")
    else:
        for name in NAMES:
            op.execute(f"DROP INDEX search_{name}")
        op.execute("DROP FUNCTION search_words")
        op.execute("DROP FUNCTION search_field_words")
    for table in ("inbox", "outbox"):
        op.drop_column(table, "put_away_at")
    op.drop_table("introductions")
    op.drop_table("partner_accounts")
    op.drop_table("audit_log")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_log_guard")
