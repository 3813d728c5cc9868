"""The chained log of what was done. Rows are added and never changed: the database itself refuses (`GUARDS`)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DDL, JSON, Index, String, event
from sqlalchemy.orm import Mapped, mapped_column

from dossiers.database import Base, UtcDateTime

Details = dict[str, str | int | bool | None]


class AuditEntry(Base):
    """One thing that was done. ``hash`` covers the whole row and ``previous``, the hash of the row before it.

    ``seal`` is a keyed hash of ``hash``, made with the secret of the installation; None when the writing program did
    not know it. Written by `dossiers.audit` alone.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_actor_number", "actor", "number"),
        Index("ix_audit_log_action_number", "action", "number"),
        Index("ix_audit_log_subject_number", "subject", "number"),
        Index("ix_audit_log_at", "at"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    details: Mapped[Details] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str | None] = mapped_column(String(64))


# REPLACE deletes a row of the same number without a word, so a new row must also be the next one.
_SQLITE = (
    """CREATE TRIGGER IF NOT EXISTS audit_log_never_changed BEFORE UPDATE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'rows of audit_log are never changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS audit_log_never_deleted BEFORE DELETE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'rows of audit_log are never deleted'); END""",
    """CREATE TRIGGER IF NOT EXISTS audit_log_in_order BEFORE INSERT ON audit_log
    WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit_log)
    BEGIN SELECT RAISE(ABORT, 'rows of audit_log have no gaps'); END""",
)
_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION audit_log_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit_log) THEN
                RAISE EXCEPTION 'rows of audit_log have no gaps';
            END IF;
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'rows of audit_log are never changed or deleted';
    END $$""",
    "DROP TRIGGER IF EXISTS audit_log_rows ON audit_log",
    """CREATE TRIGGER audit_log_rows BEFORE INSERT OR UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_guard()""",
    "DROP TRIGGER IF EXISTS audit_log_whole ON audit_log",
    """CREATE TRIGGER audit_log_whole BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_guard()""",
)
GUARDS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}


def _ddl(statement: str) -> DDL:
    return DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]


for _kind, _statements in GUARDS.items():
    for _statement in _statements:
        event.listen(AuditEntry.__table__, "after_create", _ddl(_statement).execute_if(dialect=_kind))
