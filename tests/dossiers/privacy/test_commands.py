"""`python -m dossiers`: run as people run it."""

from __future__ import annotations

import json
import sqlite3

import pytest
from typer.testing import CliRunner

from dossiers import conversations
from dossiers.__main__ import commands
from dossiers.conversations import Said
from dossiers.database import Base, Database, make_engine, now
from dossiers.models import Message, Person, Receipt, Sender
from dossiers.privacy import erasing, journal


@pytest.fixture
def url(tmp_path) -> str:
    found = f"sqlite:///{tmp_path / 'app.db'}"
    engine = make_engine(found)
    Base.metadata.create_all(engine)
    engine.dispose()
    return found


@pytest.fixture
def database(url):
    engine = make_engine(url)
    yield Database(engine)
    engine.dispose()


@pytest.fixture
def run(url, tmp_path):
    environment = {
        "DATABASE_URL": url,
        "ERASED_JOURNAL": str(tmp_path / "erased.txt"),
        "DOCUMENTS_DIR": str(tmp_path / "documents"),
    }
    return lambda *arguments, **more: CliRunner().invoke(commands, arguments, env={**environment, **more})


def somebody(database: Database, days_ago: int = 0) -> str:
    import datetime as dt

    at = now() - dt.timedelta(days=days_ago)
    with database.write() as session:
        made, _ = conversations.start(session, channel="web", municipality=None, now=at)
        conversations.add(session, made, Sender.PERSON, Said("My landlord keeps the deposit"), at)
        return made.person_id


def test_the_register_is_printed_as_text_and_as_data(run):
    assert run("register").stdout.startswith("# Register of processing activities")
    assert json.loads(run("register", "--json", CONTROLLER="City of Ghent").stdout)["controller"] == "City of Ghent"


def test_a_term_that_is_no_number_is_named(run):
    done = run("register", RETENTION_TEXTS_DAYS="soon")
    assert done.exit_code == 1
    assert "RETENTION_TEXTS_DAYS" in done.stderr


def test_retention_is_counted_first_and_carried_out_with_the_number_of_the_count(run, database):
    somebody(database, days_ago=200)
    counted = run("retention", "--dry-run")
    assert "       1  What was written in conversations" in counted.stdout
    with database.read() as session:
        assert session.query(Message).one().text != ""
    number = counted.stdout.split("--confirm ")[1].strip()
    assert run("retention", "--confirm", number).exit_code == 0
    with database.read() as session:
        assert session.query(Message).one().text == ""


@pytest.mark.parametrize("arguments", [(), ("--dry-run", "--confirm", "1"), ("--confirm", "99")])
def test_retention_does_nothing_by_mistake(run, database, arguments):
    somebody(database, days_ago=200)
    assert run("retention", *arguments).exit_code == 1
    with database.read() as session:
        assert session.query(Message).one().text != ""


def test_after_an_old_copy_was_put_back_who_was_erased_is_erased_again(run, database, tmp_path, url):
    erased, other = somebody(database), somebody(database)
    assert run("backup", str(tmp_path / "copy.db")).exit_code == 0
    erasing.erase_person(database, erased, now=now())
    with database.read() as session:
        journal.write(session, tmp_path / "erased.txt")
    database.engine.dispose()
    source = sqlite3.connect(tmp_path / "copy.db")
    target = sqlite3.connect(tmp_path / "app.db")
    source.backup(target)
    source.close()
    target.close()
    with database.read() as session:
        assert session.get(Person, erased) is not None
    done = run("reapply-erasures")
    assert done.exit_code == 0
    assert "Erased again: 1" in done.stdout
    with database.read() as session:
        assert session.get(Person, erased) is None
        assert session.get(Person, other) is not None
    assert "Erased again: 0" in run("reapply-erasures").stdout


def test_a_copy_never_overwrites_and_is_for_its_owner_alone(run, database, tmp_path):
    target = tmp_path / "copies" / "copy.db"
    assert run("backup", str(target)).exit_code == 0
    assert target.stat().st_mode & 0o077 == 0
    assert run("backup", str(target)).exit_code == 1


def test_a_copy_of_what_is_not_there_is_refused(run, tmp_path):
    done = run("backup", str(tmp_path / "copy.db"), DATABASE_URL=f"sqlite:///{tmp_path}/none.db")
    assert done.exit_code == 1
    assert "DATABASE_URL" in done.stderr
    assert not (tmp_path / "copy.db").exists()


def test_a_receipt_is_found_by_its_number_alone(run, database):
    erasing.erase_person(database, somebody(database), now=now())
    with database.read() as session:
        number = session.query(Receipt).one().number
    assert "Your data were erased" in run("receipt", number).stdout
    assert run("receipt", "2222-2222-2222-2222").exit_code == 1


def test_a_database_without_tables_is_said_in_one_sentence(run, tmp_path):
    done = run("retention", "--dry-run", DATABASE_URL=f"sqlite:///{tmp_path}/empty.db")
    assert done.exit_code == 1
    assert "no tables yet" in done.stderr
