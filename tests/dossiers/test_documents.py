"""Documents: listed, taken only when asked for, told by their content, unreadable on the disk, and truly gone."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import stat
import sys
import time
from pathlib import Path

import pytest

from dossiers import documents, record
from dossiers.documents import DocumentRefused, NotPossible
from dossiers.models import Document, DocumentState, Dossier
from dossiers.sealing import Sealer
from dossiers.vault import FileMissing, Vault
from tests.dossiers.test_record import Case, library  # noqa: F401

PLAIN = b"planted-passport-number-EH123456"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% " + PLAIN + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + PLAIN + b"\x00" * 40
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + PLAIN + b"\x00" * 40
GIF = b"GIF89a" + b"\x00" * 40
SEALER = Sealer(["a secret of sixteen letters"])
SCAN = """
import sys, time
data = sys.stdin.buffer.read()
if b"slow" in data: time.sleep(30)
sys.exit(1 if b"EICAR" in data else 2 if b"broken" in data else 0)
"""


@pytest.fixture
def case(database, library, moment, tmp_path, monkeypatch) -> Case:  # noqa: F811
    monkeypatch.setenv("DOCUMENTS_DIR", str(tmp_path / "documents"))
    monkeypatch.delenv("VIRUS_SCAN", raising=False)
    return Case(database, library, moment)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "documents"


def ask(case: Case, kind: str = "passport", days: int = 14) -> str:
    with case.database.write() as session:
        dossier = session.get_one(Dossier, case.id)
        last_day = case.now.date() + dt.timedelta(days=days)
        return documents.request(
            session, dossier, kind, reason="to register", last_day=last_day, agent_id=case.agent, now=case.now
        ).id


def send(case: Case, request_id: str, data: bytes = PDF, filename: str = "scan.pdf", **more) -> None:
    with case.database.write() as session:
        person = more.pop("person", case.person)
        now = more.pop("now", case.now)
        documents.receive(session, SEALER, request_id, person, filename, data, now, **more)


def row(case: Case, document_id: str) -> Document:
    with case.database.read() as session:
        return session.get_one(Document, document_id)


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_a_document_is_listed_with_its_state_and_a_note_and_nothing_is_stored(case, folder):
    with case.database.write() as session:
        dossier = session.get_one(Dossier, case.id)
        made = documents.note(session, dossier, "lease", DocumentState.HELD, text="until 2028", now=case.now)
        documents.note(session, dossier, "lease", DocumentState.CHECKED, text="seen", now=case.now, document_id=made.id)
    with case.database.read() as session:
        (listed,) = documents.listed(session, case.id)
    assert (listed.kind, listed.state, listed.note) == ("lease", "checked", "seen")
    assert files(folder) == []


def test_only_what_was_asked_for_can_be_sent_by_the_person_who_was_asked_in_time_and_once(case, folder):
    asked = ask(case)
    with case.database.read() as session:
        assert [one.id for one in documents.requests(session, case.person)] == [asked]
        assert documents.requests(session, "0" * 32) == []
    late = case.now + dt.timedelta(days=15)
    for wrong in ({"request_id": "0" * 32}, {"person": "0" * 32}, {"now": late}):
        with pytest.raises(DocumentRefused):
            send(case, **{"request_id": asked, **wrong})
    assert files(folder) == []
    send(case, asked)
    with pytest.raises(DocumentRefused) as refused:
        send(case, asked)
    assert refused.value.key == "document_not_asked"
    assert len(files(folder)) == 1


@pytest.mark.parametrize(
    ("filename", "data", "declared", "media_type"),
    [
        ("my passport.PDF", PDF, "application/pdf", "application/pdf"),
        ("photo.jpeg", JPEG, "image/jpg", "image/jpeg"),
        ("photo.jpg", JPEG, "", "image/jpeg"),
        ("photo.png", PNG, "application/octet-stream", "image/png"),
    ],
)
def test_a_pdf_or_a_photo_is_taken(case, filename, data, declared, media_type):
    asked = ask(case)
    send(case, asked, data, filename, declared=declared)
    found = row(case, asked)
    assert (found.state, found.media_type, found.size) == ("received", media_type, len(data))
    assert not found.scanned
    with case.database.read() as session:
        assert documents.read(session, SEALER, asked) == data


@pytest.mark.parametrize(
    ("filename", "data", "declared", "key"),
    [
        ("empty.pdf", b"", "", "document_empty"),
        ("large.pdf", PDF + b"\x00" * documents.LARGEST, "", "document_too_large"),
        ("moving.gif", GIF, "image/gif", "document_type_unknown"),
        ("page.pdf", b"<html><script>alert(1)</script>", "application/pdf", "document_type_unknown"),
        ("photo.pdf", JPEG, "application/pdf", "document_type_differs"),
        ("scan.exe", PDF, "application/pdf", "document_type_differs"),
        ("noending", PDF, "", "document_type_differs"),
        ("scan.pdf", PDF, "image/png", "document_type_differs"),
        ("both.png", PNG + PDF, "image/png", "document_type_differs"),
        ("active.pdf", PDF + b"/OpenAction << /S /JavaScript >>", "", "document_active"),
    ],
)
def test_other_files_and_files_in_disguise_are_refused_and_not_kept(case, folder, filename, data, declared, key):
    asked = ask(case)
    with pytest.raises(DocumentRefused) as refused:
        send(case, asked, data, filename, declared=declared)
    assert refused.value.key == key
    assert files(folder) == []
    assert row(case, asked).state == "asked"


def test_the_bytes_of_a_file_stand_nowhere_in_the_clear_and_its_name_says_nothing(case, folder, tmp_path):
    send(case, ask(case), filename="Aya-Tanaka-passport.pdf")
    (kept,) = files(folder)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "Aya" not in kept.name
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert PLAIN not in file.read_bytes(), file


def test_a_file_that_was_changed_or_whose_secret_is_lost_is_not_given(case, folder):
    asked = ask(case)
    send(case, asked)
    with case.database.read() as session, pytest.raises(FileMissing):
        documents.read(session, Sealer(["another secret altogether"]), asked)
    with case.database.read() as session:
        renewed = Sealer(["a new secret of letters", "a secret of sixteen letters"])
        assert documents.read(session, renewed, asked) == PDF
    (kept,) = files(folder)
    kept.write_bytes(kept.read_bytes()[:-4] + b"AAAA")
    with case.database.read() as session, pytest.raises(FileMissing):
        documents.read(session, SEALER, asked)


def test_a_file_that_was_checked_is_deleted_with_its_key(case, folder):
    asked = ask(case)
    send(case, asked)
    with case.database.write() as session:
        documents.checked(session, session.get_one(Dossier, case.id), asked, text="valid", now=case.now)
        assert len(files(folder)) == 1, "only when it is certain"
    found = row(case, asked)
    assert (found.state, found.note, found.file_name, found.sealed_key) == ("checked", "valid", None, None)
    assert files(folder) == []


def test_a_deleted_document_leaves_only_that_there_was_one(case, folder):
    asked = ask(case)
    send(case, asked)
    with case.database.write() as session:
        assert documents.delete(session, asked, case.now)
        assert not documents.delete(session, asked, case.now)
    found = row(case, asked)
    assert (found.state, found.note, found.reason, found.file_name, found.size) == ("deleted", "", None, None, None)
    assert files(folder) == []


def test_files_expire_when_nobody_looks_at_them_and_requests_that_nobody_answers(case):
    received, forgotten = ask(case), ask(case, days=1)
    send(case, received)
    with case.database.read() as session:
        assert documents.expired(session, case.now + dt.timedelta(days=30)) == []
        later = case.now + dt.timedelta(days=32)
        assert set(documents.expired(session, later)) == {received, forgotten}


def test_who_is_erased_leaves_no_file(case, folder):
    send(case, ask(case))
    with case.database.write() as session:
        record.erase(session, case.person, case.now)
    assert files(folder) == []
    with case.database.read() as session:
        assert session.query(Document).count() == 0


def test_nothing_is_kept_of_an_upload_that_fails_half_way_nor_deleted_by_a_change_that_fails(case, folder):
    asked = ask(case)
    with contextlib.suppress(ZeroDivisionError), case.database.write() as session:
        documents.receive(session, SEALER, asked, case.person, "scan.pdf", PDF, case.now)
        assert len(files(folder)) == 1 // 0
    assert files(folder) == []
    send(case, asked)
    with contextlib.suppress(ZeroDivisionError), case.database.write() as session:
        assert documents.delete(session, asked, case.now) == 1 // 0
    with case.database.read() as session:
        assert documents.read(session, SEALER, asked) == PDF


def test_files_that_no_row_names_are_swept_away_but_not_one_that_is_just_coming_in(case, folder):
    send(case, ask(case))
    vault = Vault(folder)
    (old, _), (fresh, _) = vault.put(b"left by a crash"), vault.put(b"coming in")
    past = time.time() - 7200
    for file in files(folder):
        if file.name != fresh:
            os.utime(file, (past, past))
    with case.database.read() as session:
        assert documents.sweep(session) == 1
    assert old not in {file.name for file in files(folder)}
    assert len(files(folder)) == 2


@pytest.mark.parametrize(
    ("words", "key"),
    [(b"", None), (b"EICAR", "document_infected"), (b"broken", "document_unchecked"), (b"slow", "document_unchecked")],
)
def test_a_virus_scan_decides_before_a_file_is_kept(case, folder, tmp_path, words, key):
    script = tmp_path / "scan.py"
    script.write_text(SCAN)
    vault = Vault(folder, (sys.executable, str(script)), scan_seconds=5)
    asked = ask(case)
    if key is None:
        send(case, asked, PDF + words, into=vault)
        assert row(case, asked).scanned
        return
    with pytest.raises(DocumentRefused) as refused:
        send(case, asked, PDF + words, into=vault)
    assert refused.value.key == key
    assert files(folder) == []


def test_a_scan_that_cannot_be_started_lets_nothing_in(case, folder, monkeypatch):
    monkeypatch.setenv("VIRUS_SCAN", "/no/such/scanner -")
    with pytest.raises(DocumentRefused) as refused:
        send(case, ask(case))
    assert refused.value.key == "document_unchecked"
    assert files(folder) == []


def test_a_request_needs_a_reason_and_a_day_to_come_and_a_note_does_not_undo_it(case):
    with case.database.write() as session:
        dossier = session.get_one(Dossier, case.id)
        today = case.now.date()
        by = {"agent_id": case.agent, "now": case.now}
        for kind, reason, day in (
            ("passport", "", today),
            ("passport", "why", today - dt.timedelta(days=1)),
            ("secret", "why", today),
        ):
            with pytest.raises(NotPossible):
                documents.request(session, dossier, kind, reason=reason, last_day=day, **by)
        asked = documents.request(session, dossier, "passport", reason="why", last_day=today, **by)
        with pytest.raises(NotPossible):
            documents.note(
                session, dossier, "passport", DocumentState.HELD, text="", now=case.now, document_id=asked.id
            )
        with pytest.raises(NotPossible):
            documents.note(session, dossier, "passport", DocumentState.RECEIVED, text="", now=case.now)
