"""The indexes of the full-text search (`dossiers.searching`), kept current by the database itself.

SQLite: contentless FTS5 tables, filled and emptied by triggers. They hold words, never texts. What is deleted there
stays in old segments until these are merged; so a removal leaves a note in ``search_tidy``, and the transaction that
removed something merges them before it ends (`_tidy`). With ``secure_delete`` the words are then gone from the file.

PostgreSQL: expression indexes; there is nothing to keep current, and a vacuum removes what is gone.

Values that are codes are indexed with marks, so that they can be asked for exactly: `xqpurpose student xqend`. Of a
nationality there is nothing but the marked code, `xqnationalitysy`: two letters alone would be found by chance.
"""

from __future__ import annotations

from sqlalchemy import DDL, event, text
from sqlalchemy.orm import Session

from dossiers.database import Base

PREFIX = "search_"  # of all that lives beside the tables: migrations compare it with nothing

_FIELD_SHOWN = "{row}.value IS NOT NULL AND {row}.value NOT IN ('yes', 'no') AND {row}.key <> 'consent'"
_FIELD_WORDS = """CASE {row}.key WHEN 'nationality' THEN 'xqnationality' || {row}.value
    WHEN 'home_town' THEN {row}.value || ' xqhometown ' || {row}.value || ' xqend'
    WHEN 'purpose' THEN {row}.value || ' xqpurpose ' || {row}.value || ' xqend' ELSE {row}.value END"""
# table, its index, the columns that are read, which rows are indexed, and their words
_INDEXED = (
    ("messages", "search_messages", "text, sender", "{row}.sender IN ('person', 'agent')", "{row}.text"),
    ("dossier_fields", "search_fields", "key, value", _FIELD_SHOWN, _FIELD_WORDS),
    ("topic_statuses", "search_topics", "note, waits_for", "1", "{row}.note || ' ' || COALESCE({row}.waits_for, '')"),
)


def _sqlite() -> list[str]:
    made = ["CREATE TABLE IF NOT EXISTS search_tidy (name VARCHAR(40) PRIMARY KEY)"]
    for table, index, columns, which, words in _INDEXED:
        old = f"INSERT INTO {index} ({index}, rowid, words) VALUES ('delete', OLD.id, {words.format(row='OLD')});"  # noqa: S608
        new = f"INSERT INTO {index} (rowid, words) VALUES (NEW.id, {words.format(row='NEW')});"  # noqa: S608
        tidy = f"INSERT OR IGNORE INTO search_tidy VALUES ('{index}');"  # noqa: S608
        gone, come = which.format(row="OLD"), which.format(row="NEW")
        made += [
            f"""CREATE VIRTUAL TABLE IF NOT EXISTS {index}
            USING fts5(words, content='', tokenize='unicode61 remove_diacritics 2', prefix='2 3')""",
            f"CREATE TRIGGER IF NOT EXISTS {index}_come AFTER INSERT ON {table} WHEN {come} BEGIN {new} END",
            f"CREATE TRIGGER IF NOT EXISTS {index}_gone AFTER DELETE ON {table} WHEN {gone} BEGIN {old} {tidy} END",
            f"""CREATE TRIGGER IF NOT EXISTS {index}_before BEFORE UPDATE OF id, {columns} ON {table}
            WHEN {gone} BEGIN {old} {tidy} END""",
            f"""CREATE TRIGGER IF NOT EXISTS {index}_after AFTER UPDATE OF id, {columns} ON {table}
            WHEN {come} BEGIN {new} END""",
        ]
    return made


# Folded as SQLite's tokenizer does: no accents, small letters, and nothing but words.
_FOLDED = r"""regexp_replace(lower(regexp_replace(normalize({text}, NFD), '[\u0300-\u036f]', '', 'g')),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g')"""
_WORDS_OF_FIELD = """CASE WHEN key = 'consent' OR value IN ('yes', 'no') THEN NULL
    WHEN key = 'nationality' THEN 'xqnationality' || value
    WHEN key = 'home_town' THEN value || ' xqhometown ' || value || ' xqend'
    WHEN key = 'purpose' THEN value || ' xqpurpose ' || value || ' xqend' ELSE value END"""


def _function(signature: str, words: str) -> str:
    # Names nothing of this schema, so that a dump can be restored; not inlined, so that queries find the index.
    return f"""CREATE OR REPLACE FUNCTION {signature} RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    BEGIN RETURN to_tsvector('pg_catalog.simple', coalesce({_FOLDED.format(text=words)}, '')); END $$"""


def _postgresql() -> list[str]:
    return [
        _function("search_words(words text)", "words"),
        _function("search_field_words(key text, value text)", f"({_WORDS_OF_FIELD})"),
        """CREATE INDEX IF NOT EXISTS search_messages ON messages USING gin (search_words(text))
        WHERE sender IN ('person', 'agent')""",
        """CREATE INDEX IF NOT EXISTS search_fields ON dossier_fields USING gin (search_field_words(key, value))""",
        """CREATE INDEX IF NOT EXISTS search_topics ON topic_statuses
        USING gin (search_words(note || ' ' || coalesce(waits_for, '')))""",
    ]


INDEXES = {"sqlite": _sqlite(), "postgresql": _postgresql()}


def _ddl(statement: str) -> DDL:
    return DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]


for _kind, _statements in INDEXES.items():
    for _statement in _statements:
        event.listen(Base.metadata, "after_create", _ddl(_statement).execute_if(dialect=_kind))


@event.listens_for(Session, "before_commit")
def _tidy(session: Session) -> None:
    """Merges what a removal left behind, so that erased words are gone with the transaction that erased them."""
    if session.get_bind().dialect.name != "sqlite" or session.in_nested_transaction():
        return
    session.flush()
    for index in session.scalars(text("SELECT name FROM search_tidy")).all():
        session.execute(text(f"INSERT INTO {index} ({index}) VALUES ('optimize')"))  # noqa: S608  (our own names)
        session.execute(text("DELETE FROM search_tidy WHERE name = :name"), {"name": index})
