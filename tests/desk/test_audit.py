"""The page of the audit log: for the privacy officer only, filtered, page by page, checked, taken away as a table."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from sqlalchemy import text

from desk.reading import audit as reading
from desk.reading.audit import safe_cell
from dossiers import audit
from dossiers.database import Database
from dossiers.models import Agent, AuditEntry, Role

PAGE = "/desk/audit"


def with_roles(world, login: str, *roles: Role) -> Agent:
    agent = world.agent(login, f"{login.title()} Peeters")
    with world.database.write() as session:
        session.get_one(Agent, agent.id).roles = [str(role) for role in roles]
    return agent


@pytest.fixture
def officer(world):
    with_roles(world, "olga", Role.PRIVACY_OFFICER)
    return world.logged_in("olga")


def note(world, action: str = "dossier.read", actor: str = "agent:a1", subject: str = "dossier:d1", **details) -> None:
    with world.database.write() as session:
        audit.note(session, actor=actor, action=action, subject=subject, now=world.clock(), details=details)


def shown(page: str) -> list[str]:
    """What the rows of the page say was done, from top to bottom, without what logging in added."""
    rows = page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0] if "<tbody>" in page else ""
    found = [cell.split("</code>", maxsplit=1)[0] for cell in rows.split("<td><code>")[1:]]
    return [action for action in found if action.startswith(("dossier.", "consent.", "talent.", "audit."))]


def test_a_row_says_when_by_whom_what_and_to_what(world, officer, clock):
    agent = world.agent("tom", "Tom De Wit")
    note(world, actor=f"agent:{agent.id}", fields=3, first_look=True)
    page = officer.get(PAGE).text
    for words in (
        "Tom De Wit (tom)",
        "dossier.read",
        "dossier:d1",
        "fields:",
        "23 November 2026, 10:00",
        "first look:",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("actor=person", ["consent.withdrawn"]),
        ("actor=agent:a2", ["dossier.edited"]),
        ("action=dossier", ["dossier.edited", "dossier.read"]),
        ("action=dossier.read", ["dossier.read"]),
        ("action=doss", []),
        ("subject=d2", ["dossier.edited"]),
        ("subject=dossier", ["dossier.edited", "dossier.read"]),
        ("subject=dossier:d1", ["dossier.read"]),
        ("since=2026-11-24&action=dossier", ["dossier.edited"]),
        ("until=2026-11-23&action=dossier", ["dossier.read"]),
        ("since=2026-11-23&until=2026-11-24&action=dossier", ["dossier.edited", "dossier.read"]),
        ("actor=%25&action=%25", []),
    ],
)
def test_rows_can_be_chosen_by_actor_action_subject_and_day(world, officer, clock, query, found):
    note(world, "dossier.read", "agent:a1", "dossier:d1")
    clock.forward(hours=15)  # past midnight in Belgium
    note(world, "dossier.edited", "agent:a2", "dossier:d2")
    note(world, "consent.withdrawn", "person:p1", "person:p1")
    officer = world.logged_in("olga")
    assert shown(officer.get(f"{PAGE}?{query}").text) == found


def test_a_day_that_is_none_is_answered_in_words(officer):
    answer = officer.get(f"{PAGE}?since=yesterday")
    assert answer.status_code == 422
    assert "year-month-day" in answer.text


def test_older_rows_come_page_by_page_and_none_twice(world, officer, monkeypatch):
    monkeypatch.setattr(reading, "PER_PAGE", 3)
    for number in range(7):
        note(world, f"dossier.n{number}")
    seen, before = [], ""
    for _ in range(4):
        page = officer.get(f"{PAGE}?action=dossier{before}").text
        seen += shown(page)
        if 'name="before"' not in page:
            break
        before = "&before=" + page.split('name="before" value="')[1].split('"')[0]
    assert seen == [f"dossier.n{number}" for number in range(6, -1, -1)]


def test_the_chain_is_checked_and_the_check_is_noted(world, officer):
    note(world)
    officer.get(PAGE)
    answer = officer.post(f"{PAGE}/check")
    assert "The chain is whole" in answer.text
    assert shown(officer.get(f"{PAGE}?action=audit").text) == ["audit.checked"]


def test_a_row_that_was_changed_behind_our_back_is_named(world, officer):
    note(world)
    with world.database.read() as session:
        number = session.query(AuditEntry).filter_by(action="dossier.read").one().number
    with world.database.engine.begin() as connection:
        for name in ("audit_log_never_changed", "audit_log_rows ON audit_log"):
            if ("ON" in name) == (connection.dialect.name == "postgresql"):
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE audit_log SET actor = 'agent:other' WHERE action = 'dossier.read'"))
    officer.get(PAGE)
    page = officer.post(f"{PAGE}/check").text
    assert f"The chain is broken at row {number}: it does not say what was written." in page


def test_seals_are_checked_with_the_secret_of_the_app(world, officer):
    sealed = Database(world.database.engine, audit.sealing(["another secret than the apps"]))
    with sealed.write() as session:
        audit.note(session, actor="system", action="dossier.read", subject="dossier:d1", now=world.clock())
    world.database.info.update(audit.sealing(["the secret of the app"]))
    officer.get(PAGE)
    assert "its seal was not made with the secret" in officer.post(f"{PAGE}/check").text


def test_the_table_holds_the_chosen_rows_and_no_formula(world, officer):
    note(world, "dossier.read", formula="+1-2", more="-x")
    note(world, "consent.withdrawn")
    officer.get(PAGE)
    answer = officer.post(f"{PAGE}/export", action="dossier")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'attachment; filename="audit-2026-11-23.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["action"] for row in rows] == ["dossier.read"]
    assert len(rows[0]["hash"]) == 64
    assert rows[0]["details"] == "formula=+1-2 more=-x"
    assert shown(officer.get(f"{PAGE}?action=audit").text) == ["audit.exported"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx"])
def test_a_cell_that_begins_like_a_formula_is_made_text(cell):
    assert safe_cell(cell) == f"'{cell}"
    assert safe_cell(f"x{cell}") == f"x{cell}"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PRIVACY_OFFICER])
def test_nobody_else_gets_in(world, role):
    with_roles(world, "mia", role)
    browser = world.logged_in()
    assert browser.get(PAGE).status_code == 403
    assert browser.post(f"{PAGE}/check").status_code == 403
    assert browser.post(f"{PAGE}/export").status_code == 403


def test_nothing_is_done_without_the_token_of_the_page(officer):
    assert officer.http.post(f"{PAGE}/check").status_code == 403
    assert officer.http.post(f"{PAGE}/export").status_code == 403


def test_what_a_filter_holds_is_escaped(officer):
    page = officer.get(PAGE, params={"subject": '"><script>x</script>'}).text
    assert "<script>x" not in page


def test_days_are_those_of_belgium(world):
    world.clock.now = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC)  # the 24th in Ghent
    note(world)
    with_roles(world, "olga", Role.PRIVACY_OFFICER)
    officer = world.logged_in("olga")
    assert shown(officer.get(f"{PAGE}?since=2026-11-24&action=dossier").text) == ["dossier.read"]
    assert shown(officer.get(f"{PAGE}?until=2026-11-23&action=dossier").text) == []
