"""The audit log: written with what it tells, never changed, in one chain whoever writes, and free of personal data."""

from __future__ import annotations

import datetime as dt
import json
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError
from typer.testing import CliRunner

from dossiers import audit, audit_chain
from dossiers.audit_chain import Fault, Head
from dossiers.audit_commands import commands
from dossiers.database import Base, Database, make_engine
from dossiers.models import AuditEntry, Person

SECRET, OTHER = "a secret of this installation", "another secret"
KEY, OTHER_KEY = audit.key_of(SECRET), audit.key_of(OTHER)


@pytest.fixture
def sealed(database: Database) -> Database:
    """A database whose writers know the secret."""
    return Database(database.engine, audit.sealing([SECRET]))


def write(database: Database, moment: dt.datetime, count: int = 5) -> None:
    for number in range(count):
        with database.write() as session:
            audit.note(
                session,
                actor=f"agent:{number}",
                action="dossier.read",
                subject=f"dossier:{number}",
                now=moment + dt.timedelta(seconds=number),
                details={"fields": number, "kind": "short", "first": number == 0, "none": None},
            )


def rows(database: Database) -> list[AuditEntry]:
    with database.read() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


def verdict(database: Database, *keys: bytes, since: Head | None = None) -> audit_chain.Verdict:
    with database.read() as session:
        return audit_chain.verify(session, keys, since)


def without_guards(database: Database) -> None:
    """What somebody does who may do everything in the database."""
    with database.engine.begin() as connection:
        if database.engine.dialect.name == "sqlite":
            for name in ("never_changed", "never_deleted", "in_order"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS audit_log_{name}"))
        else:
            for name in ("rows", "whole"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS audit_log_{name} ON audit_log"))


def test_a_note_tells_who_did_what_to_what_when_and_with_which_details(database, moment):
    write(database, moment, 1)
    row = rows(database)[0]
    assert (row.number, row.actor, row.action, row.subject, row.at) == (
        1,
        "agent:0",
        "dossier.read",
        "dossier:0",
        moment,
    )
    assert row.details == {"fields": 0, "kind": "short", "first": True, "none": None}


def test_a_note_is_part_of_the_callers_transaction(database, moment):
    with pytest.raises(ZeroDivisionError), database.write() as session:  # noqa: PT012  (both are one transaction)
        audit.note(session, actor="system", action="a.failed", subject="x:1", now=moment)
        raise ZeroDivisionError
    assert rows(database) == []


def test_what_a_savepoint_undid_is_not_noted_and_the_rest_is(database, moment):
    with database.write() as session:
        audit.note(session, actor="system", action="a.before", subject="x:1", now=moment)
        with pytest.raises(ZeroDivisionError), session.begin_nested():  # noqa: PT012
            audit.note(session, actor="system", action="a.undone", subject="x:1", now=moment)
            raise ZeroDivisionError
        with pytest.raises(IntegrityError), session.begin_nested():  # noqa: PT012
            audit.note(session, actor="system", action="a.failed", subject="x:1", now=moment)
            session.add_all([Person(id="same", created_at=moment), Person(id="same", created_at=moment)])
            session.flush()
        with session.begin_nested():
            audit.note(session, actor="system", action="a.within", subject="x:1", now=moment)
        audit.note(session, actor="system", action="a.after", subject="x:1", now=moment)
    assert [row.action for row in rows(database)] == ["a.before", "a.within", "a.after"]


def test_nothing_can_be_noted_where_it_would_be_lost(database, moment):
    with database.read() as session, pytest.raises(ValueError, match=r"Database\.write"):
        audit.note(session, actor="system", action="a.b", subject="x:1", now=moment)


@pytest.mark.parametrize(
    "value",
    ["Jan Janssens", "jan@example.org", "+32 470 12 34 56", "0470123456", "32470123456", "x" * 81, "naïve", "a\nb"],
)
def test_what_may_be_somebodys_words_or_address_is_withheld_and_told(database, moment, value):
    with database.write() as session, pytest.warns(audit.NotACode):
        audit.note(session, actor="system", action="a.b", subject="x:1", now=moment, details={"what": value})
    assert rows(database)[0].details == {"what": audit.WITHHELD}


def test_a_subject_or_actor_that_is_no_id_is_withheld_too(database, moment):
    with database.write() as session, pytest.warns(audit.NotACode):
        audit.note(session, actor="agent:mia@example.org", action="a.b", subject="login:Jan Janssens", now=moment)
    assert (rows(database)[0].actor, rows(database)[0].subject) == ("agent:withheld", "login:withheld")


@pytest.mark.parametrize(
    "value", ["vdab", "share-profile:vdab", "2026-11-23", "application/pdf", "a,b", 31, True, None]
)
def test_codes_counts_and_days_are_kept(database, moment, value):
    with database.write() as session:
        audit.note(session, actor="system", action="a.b", subject="x:1", now=moment, details={"what": value})
    assert rows(database)[0].details == {"what": value}


@pytest.mark.parametrize("action", ["read", "Dossier.read", "dossier.", "dossier read.x", "a." + "b" * 70])
def test_an_action_is_a_dotted_name(database, moment, action):
    with database.write() as session, pytest.raises(ValueError, match="dotted"):
        audit.note(session, actor="system", action=action, subject="x:1", now=moment)


def test_the_database_refuses_to_change_or_delete_a_row(database, moment):
    write(database, moment)
    for statement in (
        update(AuditEntry).where(AuditEntry.number == 2).values(actor="agent:9"),
        update(AuditEntry).values(seal=None),
        delete(AuditEntry).where(AuditEntry.number == 5),
        delete(AuditEntry),
    ):
        with pytest.raises(DatabaseError, match="never"), database.write() as session:
            session.execute(statement)
    assert len(rows(database)) == 5
    assert verdict(database).whole


def test_the_database_refuses_a_row_in_the_place_of_another_or_far_off(database, moment):
    write(database, moment)
    last = {column.name: getattr(rows(database)[-1], column.name) for column in AuditEntry.__table__.columns}
    for number in (5, 3, 9):
        with pytest.raises(DatabaseError), database.write() as session:
            session.execute(insert(AuditEntry).values({**last, "number": number}))
    if database.engine.dialect.name == "sqlite":
        with pytest.raises(DatabaseError, match="gaps"), database.write() as session:
            session.execute(insert(AuditEntry).prefix_with("OR REPLACE").values({**last, "actor": "agent:9"}))
    else:
        with pytest.raises(DatabaseError, match="never"), database.write() as session:
            session.execute(text("TRUNCATE audit_log"))


def test_many_writers_at_once_make_one_chain_without_gaps(sealed, moment):
    errors: list[BaseException] = []
    begin = threading.Barrier(6)

    def work(number: int) -> None:
        try:
            begin.wait()
            for turn in range(5):
                with sealed.write() as session:
                    audit.note(session, actor=f"agent:{number}", action="a.b", subject=f"x:{turn}", now=moment)
                    session.add(Person(id=f"{number}-{turn}", created_at=moment))
                    audit.note(session, actor=f"agent:{number}", action="a.c", subject=f"x:{turn}", now=moment)
        except BaseException as error:  # noqa: BLE001  (shown by the test)
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    found = rows(sealed)
    assert [row.number for row in found] == list(range(1, 61))
    assert verdict(sealed, KEY).whole
    assert all(one.actor == other.actor for one, other in zip(found[::2], found[1::2], strict=True))


def test_a_whole_chain_is_found_whole(sealed, moment):
    write(sealed, moment)
    found = verdict(sealed, KEY)
    assert (found.whole, found.rows, found.unsealed, found.head.number) == (True, 5, 0, 5)
    assert found.in_words() == "The chain is whole: 5 rows."


def test_an_empty_log_is_whole(database):
    assert verdict(database, KEY).whole


def test_rows_of_a_program_without_the_secret_are_counted(database, sealed, moment):
    write(database, moment, 2)
    write(sealed, moment, 1)
    assert verdict(sealed, KEY).in_words() == "The chain is whole: 3 rows, 2 of them without a seal."


def test_rows_sealed_with_an_earlier_secret_stay_right(database, moment):
    write(Database(database.engine, audit.sealing([OTHER])), moment, 2)
    write(Database(database.engine, audit.sealing([SECRET])), moment, 2)
    assert verdict(database, KEY, OTHER_KEY).whole
    assert verdict(database, KEY).fault is Fault.FORGED


TAMPERED = {
    "number": st.integers(100, 200),
    "at": st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2025, 1, 1)).map(lambda at: at.replace(tzinfo=dt.UTC)),  # noqa: DTZ001
    "actor": st.text("abc:1", min_size=1, max_size=20),
    "action": st.text("abc.", min_size=1, max_size=20),
    "subject": st.text("abc:1", min_size=1, max_size=20),
    "details": st.dictionaries(st.sampled_from(["fields", "kind", "more"]), st.one_of(st.integers(), st.booleans())),
    "previous": st.text("0123456789abcdef", min_size=64, max_size=64),
    "hash": st.text("0123456789abcdef", min_size=64, max_size=64),
    "seal": st.one_of(st.none(), st.text("0123456789abcdef", min_size=64, max_size=64)),
}


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_change_of_any_field_of_any_row_is_found_there(sealed, moment, data):
    without_guards(sealed)
    with sealed.write() as session:
        session.execute(delete(AuditEntry))
    write(sealed, moment)
    number = data.draw(st.integers(1, 5))
    field = data.draw(st.sampled_from(sorted(TAMPERED)))
    value = data.draw(TAMPERED[field])
    before = getattr(rows(sealed)[number - 1], field)
    with sealed.write() as session:
        session.execute(update(AuditEntry).where(AuditEntry.number == number).values({field: value}))
    found = verdict(sealed, KEY)
    if json.dumps(before, default=str, sort_keys=True) == json.dumps(value, default=str, sort_keys=True):
        assert found.whole
    else:
        assert found.broken == number
        assert f"row {number}:" in found.in_words()


@pytest.mark.parametrize("gone", [1, 3])
def test_a_row_that_was_taken_out_is_missed(sealed, moment, gone):
    write(sealed, moment)
    without_guards(sealed)
    with sealed.write() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.number == gone))
    assert (verdict(sealed).broken, verdict(sealed).fault) == (gone, Fault.MISSING)


def forge(database: Database, key: bytes | None) -> None:
    """Writes the log anew from row 3 on, with hashes that fit."""
    without_guards(database)
    with database.write() as session:
        previous = session.get_one(AuditEntry, 2).hash
        for number in range(3, 6):
            row = session.get_one(AuditEntry, number)
            row.actor, row.previous = "agent:innocent", previous
            if key is None:
                row.seal = None
            row.hash = previous = audit.digest({c.name: getattr(row, c.name) for c in AuditEntry.__table__.columns})
            if key is not None:
                row.seal = audit.seal(key, row.hash)


def test_a_chain_that_was_made_anew_without_the_secret_is_found_by_its_seals(sealed, moment):
    write(sealed, moment)
    forge(sealed, OTHER_KEY)
    assert verdict(sealed).whole  # plain hashes alone say nothing
    assert (verdict(sealed, KEY).broken, verdict(sealed, KEY).fault) == (3, Fault.FORGED)


def test_a_chain_that_was_made_anew_without_seals_shows_how_many_are_missing(sealed, moment):
    write(sealed, moment)
    forge(sealed, None)
    assert verdict(sealed, KEY).unsealed == 3


def test_a_head_that_was_kept_elsewhere_finds_what_the_secret_cannot(sealed, moment):
    write(sealed, moment)
    with sealed.read() as session:
        kept = audit_chain.head(session)
    assert verdict(sealed, KEY, since=kept).whole
    forge(sealed, KEY)
    assert verdict(sealed, KEY).whole
    assert (verdict(sealed, KEY, since=kept).broken, verdict(sealed, KEY, since=kept).fault) == (5, Fault.NOT_THE_HEAD)


def test_an_end_that_was_cut_off_is_found_by_the_head_that_was_kept(sealed, moment):
    write(sealed, moment)
    with sealed.read() as session:
        kept = audit_chain.head(session)
    without_guards(sealed)
    with sealed.write() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.number > 3))
    assert verdict(sealed, KEY).whole
    assert verdict(sealed, KEY, since=kept).broken == 5


def test_a_head_is_read_as_it_was_printed():
    head = Head(12, "ab" * 32)
    assert Head.read(f" {head}\n") == head
    with pytest.raises(ValueError, match="head"):
        Head.read("12:xyz")


@pytest.fixture
def on_disk(tmp_path, monkeypatch, moment) -> Database:
    url = f"sqlite:///{tmp_path}/log.db"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.delenv("OLD_SECRET_KEYS", raising=False)
    made = Database(make_engine(url), audit.sealing([SECRET]))
    Base.metadata.create_all(made.engine)
    write(made, moment)
    return made


def test_the_commands_print_the_head_and_judge_the_chain(on_disk):
    run = CliRunner().invoke
    kept = run(commands, ["head"]).stdout.strip()
    assert kept.startswith("5:")
    good = run(commands, ["verify", "--from-head", kept])
    assert (good.exit_code, good.stdout) == (0, "The chain is whole: 5 rows.\n")
    assert run(commands, ["verify"]).stdout == "The chain is whole: 5 rows.\n"
    forge(on_disk, KEY)
    bad = run(commands, ["verify", "--from-head", kept])
    assert bad.exit_code == 1
    assert "row 5" in bad.stdout


def test_the_command_says_when_it_could_not_check_the_seals(on_disk, monkeypatch):
    monkeypatch.delenv("SECRET_KEY")
    found = CliRunner().invoke(commands, ["verify"])
    assert found.exit_code == 0
    assert "The seals were not checked" in found.stdout


def test_the_command_answers_a_wrong_head_and_a_missing_database_in_words(tmp_path, monkeypatch):
    wrong = CliRunner().invoke(commands, ["verify", "--from-head", "nonsense"])
    assert (wrong.exit_code, "64 digits" in wrong.output) == (2, True)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    missing = CliRunner().invoke(commands, ["head"])
    assert (missing.exit_code, "cannot be read" in missing.output) == (2, True)


# SQLite has one writer at a time.
@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_note_waits_until_the_end_so_that_no_writer_waits_for_another_in_a_circle(database, moment):
    with database.write() as one:
        audit.note(one, actor="system", action="a.b", subject="x:1", now=moment)
        one.flush()
        with database.write() as other:
            audit.note(other, actor="system", action="a.c", subject="x:1", now=moment)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 2
