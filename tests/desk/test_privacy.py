"""The privacy officer's pages: what they show, what they do, and whom they let in."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from dossiers import accounts
from dossiers.models import Agent, Conversation, Message, Receipt, RetentionRun, Role
from tests.desk.conftest import PASSWORD

PAGES = ("", "/register", "/register/download", "/retention", "/requests")


@pytest.fixture(autouse=True)
def _own_documents(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCUMENTS_DIR", str(tmp_path / "documents"))


def account(world, login: str, *roles: Role) -> None:
    with world.database.write() as session:
        made = accounts.create_agent(
            session, login=login, name=login.title(), password=PASSWORD, now=world.clock(), roles=list(roles)
        )
        made.second_factor_exempt = True


@pytest.fixture
def officer(world):
    """Logged in as the privacy officer."""
    account(world, "nele", Role.PRIVACY_OFFICER)
    found = world.browser()
    assert found.log_in("nele").status_code == 303
    found.get("/desk/privacy/requests")
    return found


def test_the_privacy_officer_lands_on_their_pages_and_nobody_else_gets_in(world, officer):
    assert officer.get("/desk/privacy").status_code == 200
    for role in Role:
        if role is Role.PRIVACY_OFFICER:
            continue
        account(world, role.value, role)
        other = world.browser()
        assert other.log_in(role.value).status_code == 303
        for page in PAGES:
            assert other.get(f"/desk/privacy{page}").status_code == 403, (role, page)
        other.get("/desk/account")
        for post in ("/retention/count", "/retention/run", "/requests/find", "/requests/erase"):
            assert other.post(f"/desk/privacy{post}").status_code == 403, (role, post)
    assert world.browser().get("/desk/privacy").status_code == 303


def test_without_the_token_of_the_page_nothing_is_done(world, officer):
    conversation_id, _ = world.conversation()
    for post in ("/retention/count", "/retention/run", "/requests/erase"):
        answer = officer.http.post(f"/desk/privacy{post}", data={"reference": conversation_id, "sure": "yes"})
        assert answer.status_code == 403
    with world.database.read() as session:
        assert session.query(Conversation).count() == 1
        assert session.query(RetentionRun).count() == 0


class TestTheRegister:
    """Made from the declarations, as a page and as files."""

    def test_it_names_every_purpose_with_its_terms(self, officer):
        page = officer.get("/desk/privacy/register").text
        for shown in (
            "Answering questions",
            "art. 6(1)(a)",
            "180 days after the last message",
            "Recipients",
            "messages",
        ):
            assert shown in page

    def test_it_follows_the_settings(self, officer, monkeypatch):
        monkeypatch.setenv("RETENTION_TEXTS_DAYS", "77")
        monkeypatch.setenv("CONTROLLER", "City of <Ghent>")
        page = officer.get("/desk/privacy/register").text
        assert "77 days after the last message" in page
        assert "City of &lt;Ghent&gt;" in page

    def test_it_can_be_downloaded(self, officer):
        as_text = officer.get("/desk/privacy/register/download?as=md")
        assert as_text.text.startswith("# Register of processing activities")
        assert "attachment" in as_text.headers["content-disposition"]
        as_data = json.loads(officer.get("/desk/privacy/register/download?as=json").text)
        assert {"controller", "activities", "safeguards"} <= set(as_data)
        assert officer.get("/desk/privacy/register/download?as=exe").status_code == 422


class TestRetention:
    """Counted first, ended on demand, and told who did it."""

    def test_a_count_changes_nothing_and_is_shown(self, world, clock, officer):
        world.conversation("an old secret")
        clock.forward(days=200)
        officer.log_in("nele")
        officer.get("/desk/privacy/retention")
        answer = officer.post("/desk/privacy/retention/count")
        page = officer.get(answer.headers["location"]).text
        assert "Nothing was changed" in page
        assert "End these" in page
        assert "an old secret" not in page
        with world.database.read() as session:
            assert session.query(Message).filter(Message.text == "an old secret").count() == 1

    def test_what_was_counted_ends_on_demand(self, world, clock, officer):
        world.conversation("an old secret")
        clock.forward(days=200)
        officer.log_in("nele")
        officer.get("/desk/privacy/retention")
        officer.get(officer.post("/desk/privacy/retention/count").headers["location"])
        (seen,) = re.findall(r'name="seen" value="(\d+)"', officer.page.text)
        answer = officer.post("/desk/privacy/retention/run", seen=seen)
        page = officer.get(answer.headers["location"]).text
        assert "Done" in page
        assert "Nele" in page
        with world.database.read() as session:
            assert session.query(Message).filter(Message.text == "an old secret").count() == 0

    @pytest.mark.parametrize("seen", ["0", "1", "999"])
    def test_what_was_not_counted_does_not_end(self, world, clock, officer, seen):
        world.conversation("an old secret")
        clock.forward(days=200)
        officer.log_in("nele")
        officer.get("/desk/privacy/retention")
        answer = officer.post("/desk/privacy/retention/run", seen=seen)
        assert "not-counted" in answer.headers["location"]
        with world.database.read() as session:
            assert session.query(Message).filter(Message.text == "an old secret").count() == 1

    def test_new_terms_are_announced(self, officer):
        assert "Nothing was counted yet" in officer.get("/desk/privacy/retention").text
        officer.post("/desk/privacy/retention/count")
        assert "nothing ends before 24 November 2026" in officer.get("/desk/privacy/retention").text


class TestErasing:
    """In two steps, by number, without showing what was written."""

    def test_whom_a_reference_means_is_shown_in_counts_only(self, world, officer):
        conversation_id, _ = world.conversation("my secret question")
        dossier_id = world.dossier(conversation_id, first_name="Aya")
        for reference in (
            conversation_id,
            f"https://chat.example.org/desk/conversations/{conversation_id}#x",
            dossier_id,
        ):
            page = officer.post("/desk/privacy/requests/find", reference=reference).text
            assert conversation_id in page
            assert "messages: " in page
            assert "my secret question" not in page
            assert "Aya" not in page

    @pytest.mark.parametrize("reference", ["", "Aya", "0" * 32, "g" * 32, "%", "' or 1=1 --"])
    def test_a_reference_that_means_nobody_finds_nobody(self, world, officer, reference):
        world.conversation("Aya")
        answer = officer.post("/desk/privacy/requests/find", reference=reference)
        assert answer.status_code in (404, 422)

    def test_not_without_the_tick(self, world, officer):
        conversation_id, _ = world.conversation()
        answer = officer.post("/desk/privacy/requests/erase", reference=conversation_id)
        assert answer.status_code == 422
        assert "Nothing was erased" in answer.text
        with world.database.read() as session:
            assert session.get(Conversation, conversation_id) is not None

    def test_everything_goes_and_a_receipt_stays(self, world, officer):
        conversation_id, _ = world.conversation("my secret question")
        other, _ = world.conversation("somebody else's")
        answer = officer.post("/desk/privacy/requests/erase", reference=conversation_id, sure="yes")
        page = officer.get(answer.headers["location"]).text
        with world.database.read() as session:
            number = session.query(Receipt).one().number
            assert session.get(Conversation, conversation_id) is None
            assert session.get(Conversation, other) is not None
        assert number in page
        again = officer.get(f"/desk/privacy/requests?number={number.lower()}").text
        assert "Your data were erased" in again
        assert officer.post("/desk/privacy/requests/erase", reference=conversation_id, sure="yes").status_code == 404

    def test_a_number_that_is_none_is_said_so(self, officer):
        page = officer.get("/desk/privacy/requests", params={"number": "<b>2222-2222"}).text
        assert "There is no receipt with this number" in page
        assert "<b>2222" not in page

    def test_what_must_still_be_forgotten_is_told(self, world, officer):
        conversation_id, _ = world.conversation()
        officer.post("/desk/privacy/requests/erase", reference=conversation_id, sure="yes")
        assert "1 by the bot" in officer.get("/desk/privacy").text


def test_who_is_erased_was_looked_at_and_erased_by_somebody_with_a_name(world, officer):
    from dossiers.models import AuditEntry

    conversation_id, _ = world.conversation()
    officer.post("/desk/privacy/requests/find", reference=conversation_id)
    officer.post("/desk/privacy/requests/erase", reference=conversation_id, sure="yes")
    with world.database.read() as session:
        told = {entry.action: entry.actor for entry in session.query(AuditEntry)}
        nele = session.query(Agent).filter_by(login="nele").one().id
    assert told["rights.looked"] == f"agent:{nele}"
    assert told["person.erased"] == f"agent:{nele}"


def test_a_count_is_good_for_an_hour_only(world, clock, officer):
    officer.get("/desk/privacy/retention")
    officer.post("/desk/privacy/retention/count")
    with world.database.read() as session:
        seen = session.query(RetentionRun).one().id
    clock.now += dt.timedelta(minutes=61)
    officer.get("/desk/privacy/retention")
    assert "not-counted" in officer.post("/desk/privacy/retention/run", seen=str(seen)).headers["location"]
