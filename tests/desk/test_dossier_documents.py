"""Documents at the desk: asked for with a reason, read as a download only, each time written down, then gone."""

from __future__ import annotations

import datetime as dt
import re

import pytest

import desk
from dossiers import documents
from dossiers.models import AuditEntry, Document, Dossier
from dossiers.sealing import Sealer
from tests.desk.conftest import make_app
from tests.desk.test_dossier_editing import address

PDF = b"%PDF-1.7\n<script>alert(1)</script>\n%%EOF\n"
SEALER = Sealer(["a secret of sixteen letters"])


@pytest.fixture
def aya(world, tmp_path, monkeypatch):
    monkeypatch.setenv("DOCUMENTS_DIR", str(tmp_path / "documents"))
    monkeypatch.delenv("VIRUS_SCAN", raising=False)
    world.agent()
    conversation_id, _ = world.conversation()
    services = world.desk()
    object.__setattr__(services, "sealer", SEALER)
    assert isinstance(services, desk.DeskServices)
    world.app = make_app(services, world.hub)
    return world.dossier(conversation_id, first_name="Aya")


@pytest.fixture
def mia(world, aya):
    return world.logged_in()


@pytest.fixture
def asked(world, mia, aya) -> str:
    mia.get(address(aya, "documents", "new"))
    day = str(world.clock().date() + dt.timedelta(days=7))
    answer = mia.post(address(aya, "documents", "ask"), kind="passport", reason="to register you", last_day=day)
    assert answer.status_code == 303
    with world.database.read() as session:
        return session.query(Document).one().id


@pytest.fixture
def sent(world, aya, asked) -> str:
    with world.database.write() as session:
        person = session.get_one(Dossier, aya).person_id
        documents.receive(session, SEALER, asked, person, "x.pdf", PDF, world.clock())
    return asked


def state(world, document_id: str) -> str:
    with world.database.read() as session:
        return session.get_one(Document, document_id).state


def actions(world) -> list[str]:
    with world.database.read() as session:
        return [entry.action for entry in session.query(AuditEntry).order_by(AuditEntry.number)]


def test_a_document_is_listed_and_noted(world, mia, aya):
    mia.get(address(aya, "documents", "new"))
    mia.post(address(aya, "documents", "note"), kind="lease", state="held", text="until 2028")
    page = mia.get(address(aya)).text
    assert "Lease" in page
    assert "the person has it" in page
    assert "until 2028" in page


def test_asking_needs_a_reason_and_a_day_to_come(world, mia, aya):
    mia.get(address(aya, "documents", "new"))
    for reason, day in (("", "2026-12-01"), ("why", "2026-11-01"), ("why", "soon")):
        answer = mia.post(address(aya, "documents", "ask"), kind="lease", reason=reason, last_day=day)
        assert answer.status_code == 422
        assert "a last day that is not in the past" in answer.text
    assert mia.post(address(aya, "documents", "note"), kind="lease", state="received").status_code == 422


def test_a_file_is_a_download_that_no_browser_shows_and_each_is_written_down(world, mia, aya, sent):
    page = mia.get(address(aya, "documents", sent)).text
    assert "It was not scanned for viruses" in page
    answer = mia.get(address(aya, "documents", sent, "file"))
    assert answer.content == PDF
    assert re.fullmatch(r'attachment; filename="passport-\w{6}\.pdf"', answer.headers["content-disposition"])
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]
    mia.get(address(aya, "documents", sent, "file"))
    assert actions(world).count("document.read") == 2


def test_a_file_is_gone_when_it_was_checked(world, mia, aya, sent, tmp_path):
    mia.get(address(aya, "documents", sent))
    assert mia.post(address(aya, "documents", sent, "checked"), text="valid until 2028").status_code == 303
    assert state(world, sent) == "checked"
    assert list((tmp_path / "documents").iterdir()) == []
    assert mia.get(address(aya, "documents", sent, "file")).status_code == 404
    mia.get(address(aya))
    assert mia.post(address(aya, "documents", sent, "checked"), text="again").status_code == 409


def test_a_file_can_be_deleted_unread_and_a_request_be_taken_back(world, mia, aya, sent, tmp_path):
    mia.get(address(aya, "documents", sent))
    mia.post(address(aya, "documents", sent, "delete"))
    assert state(world, sent) == "deleted"
    assert list((tmp_path / "documents").iterdir()) == []


def test_a_document_of_another_dossier_is_not_there(world, mia, aya, sent):
    conversation_id, _ = world.conversation()
    other = world.dossier(conversation_id, first_name="Pedro")
    mia.get(address(other))
    assert mia.get(address(other, "documents", sent)).status_code == 404
    assert mia.get(address(other, "documents", sent, "file")).status_code == 404
    mia.get(address(other))
    assert mia.post(address(other, "documents", sent, "delete")).status_code == 404
    assert mia.post(address(other, "documents", sent, "checked"), text="").status_code == 409
    assert state(world, sent) == "received"


def test_the_name_that_the_person_gave_and_the_content_stand_in_no_page(world, mia, aya, sent):
    page = mia.get(address(aya)).text + mia.get(address(aya, "documents", sent)).text
    assert "x.pdf" not in page
    assert "alert(1)" not in page
