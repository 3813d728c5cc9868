"""The page from which a conversation is kept for somebody or passed on."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from dossiers.models import Availability, Conversation, OutboxItem, Role, Sender
from tests.desk import working

HERE = "/desk/conversations/{}"


@pytest.fixture
def gent(world):
    return working.team(world, "Gent", "gent")


@pytest.fixture
def people(world, gent):
    """Mia and Tom of Gent, and Cleo, who coordinates; all at the desk."""
    found = {
        "mia": working.member(world, "mia", gent),
        "tom": working.member(world, "tom", gent),
        "cleo": working.member(world, "cleo", role=Role.COORDINATOR),
    }
    for agent_id in found.values():
        working.here(world, agent_id)
    return found


@pytest.fixture
def waiting(world, people):
    return world.conversation()[0]


@pytest.fixture
def mia(world, waiting):
    """Mia, who has the conversation."""
    browser = world.logged_in()
    browser.post(f"{HERE.format(waiting)}/take")
    return browser


def do(browser, conversation_id: str, what: str, **fields: str):
    browser.get(f"{HERE.format(conversation_id)}/pass-on")
    return browser.post(f"{HERE.format(conversation_id)}/pass-on/{what}", **fields)


def holder(world, conversation_id: str) -> str | None:
    with world.database.read() as session:
        return session.get_one(Conversation, conversation_id).agent_id


def to_whom(page: str, field: str) -> list[str]:
    select = page.split(f'id="{field}"')[1].split("</select>", maxsplit=1)[0]
    return re.findall(r"<option[^>]*>([^<]+)</option>", select)


def test_a_coordinator_keeps_a_waiting_conversation_for_an_agent(world, waiting, people):
    answer = do(world.logged_in("cleo"), waiting, "assign", agent_id=people["mia"], note="knows the case")
    assert answer.headers["location"] == "/desk/?note=assigned"
    assert "for you" in world.logged_in().get("/desk/").text
    tom = world.logged_in("tom").get("/desk/").text
    assert "for Mia" in tom
    assert f'id="take-{waiting}"' not in tom


def test_an_agent_keeps_it_for_themselves_and_for_nobody_else(world, waiting, people):
    mia = world.logged_in()
    page = mia.get(f"{HERE.format(waiting)}/pass-on").text
    assert 'id="keep-for"' not in page
    assert do(mia, waiting, "assign", agent_id=people["tom"]).status_code == 403
    assert do(mia, waiting, "assign", agent_id=people["mia"]).headers["location"] == "/desk/?note=kept"


def test_what_is_kept_for_a_colleague_an_agent_cannot_take_over_by_keeping_it(world, waiting, people, clock):
    do(world.logged_in(), waiting, "assign", agent_id=people["mia"])
    tom = world.logged_in("tom")
    assert "It is kept for Mia" in do(tom, waiting, "assign", agent_id=people["tom"]).text
    clock.forward(minutes=15)
    assert do(tom, waiting, "assign", agent_id=people["tom"]).status_code == 303


def test_an_agent_passes_their_conversation_on_to_a_colleague_who_is_there(world, waiting, people, mia):
    page = mia.get(f"{HERE.format(waiting)}/pass-on").text
    assert to_whom(page, "to-colleague") == ["Cleo (available, 0 of 4)", "Tom (available, 0 of 4)"]
    answer = do(mia, waiting, "colleague", agent_id=people["tom"], note="She speaks Spanish")
    assert answer.headers["location"] == "/desk/?note=passed"
    assert holder(world, waiting) == people["tom"]
    assert "Tom helps you from now on" in world.texts(waiting, Sender.SYSTEM)[-1]
    shown = world.logged_in("tom").get(f"{HERE.format(waiting)}/pass-on").text
    assert "Mia passed it on to Tom" in shown
    assert "She speaks Spanish" in shown


def test_who_is_away_is_not_offered_and_cannot_be_given_it(world, waiting, people, mia):
    working.here(world, people["tom"], Availability.AWAY)
    page = mia.get(f"{HERE.format(waiting)}/pass-on").text
    assert to_whom(page, "to-colleague") == ["Cleo (available, 0 of 4)"]
    answer = do(mia, waiting, "colleague", agent_id=people["tom"])
    assert answer.status_code == 409
    assert "Tom cannot take it now" in answer.text
    assert holder(world, waiting) == people["mia"]


def test_another_team_gets_it_and_the_first_sees_it_no_more(world, waiting, mia):
    aalst = working.team(world, "Aalst", "aalst")
    working.member(world, "ana", aalst)
    do(mia, waiting, "team", team_id=aalst, note="lives in Aalst")
    assert mia.get(HERE.format(waiting)).status_code == 403
    assert waiting in world.logged_in("ana").get("/desk/").text
    assert "passed your question on to Aalst" in world.texts(waiting, Sender.SYSTEM)[-1]


def test_another_service_is_shown_before_it_is_told(world, waiting, mia):
    seen = do(mia, waiting, "service", place="huurdersbond", note="deposit")
    assert "will read" in seen.text
    assert "https://huurvragen.be" in seen.text
    assert holder(world, waiting) is not None
    assert world.texts(waiting, Sender.AGENT) == []
    answer = do(mia, waiting, "service", place="huurdersbond", note="deposit", action="send")
    assert answer.headers["location"] == "/desk/?note=referred"
    assert world.speaker(waiting) == "bot"
    (told,) = world.texts(waiting, Sender.AGENT)
    assert "Huurdersbond" in told
    assert "https://huurvragen.be" in told
    assert "deposit" not in told


def test_where_to_go_is_not_told_when_it_would_not_arrive(world, people, clock):
    conversation_id = world.on("whatsapp")
    mia = world.logged_in()
    mia.post(f"{HERE.format(conversation_id)}/take")
    world.address(conversation_id, heard_at=clock() - dt.timedelta(hours=30))
    answer = do(mia, conversation_id, "service", place="vdab", action="send")
    assert answer.status_code == 409
    assert "takes no free text now" in answer.text
    assert world.speaker(conversation_id) == "agent"


def test_the_note_is_shown_as_text_and_never_sent(world, waiting, people, mia):
    evil = "<script>alert(1)</script>"
    do(mia, waiting, "colleague", agent_id=people["tom"], note=evil)
    page = world.logged_in("tom").get(f"{HERE.format(waiting)}/pass-on").text
    assert "&lt;script&gt;" in page
    assert evil not in page
    with world.database.read() as session:
        assert session.query(OutboxItem).filter_by(conversation_id=waiting).count() == 2  # joined, passed on
    assert not any("alert" in text for text in world.texts(waiting, Sender.SYSTEM) + world.texts(waiting, Sender.AGENT))


@pytest.mark.parametrize("what", ["colleague", "team", "service"])
def test_what_somebody_else_has_cannot_be_passed_on(world, waiting, people, mia, gent, what):
    fields = {"colleague": {"agent_id": people["cleo"]}, "team": {"team_id": gent}}
    answer = do(world.logged_in("tom"), waiting, what, **fields.get(what, {"place": "vdab", "action": "send"}))
    assert answer.status_code == 409
    assert "nothing was changed" in answer.text
    assert holder(world, waiting) == people["mia"]


@pytest.mark.parametrize(
    ("what", "fields"),
    [("team", {"team_id": "0" * 32}), ("service", {"place": "nowhere"}), ("colleague", {"agent_id": "0" * 32})],
)
def test_what_is_no_more_is_said(world, waiting, mia, what, fields):
    assert do(mia, waiting, what, **fields).status_code == 404


@pytest.mark.parametrize("role", [Role.EDITOR, Role.PARTNER, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER])
def test_other_roles_can_neither_see_nor_do_any_of_it(world, waiting, role):
    working.member(world, "other", role=role)
    browser = world.browser()
    browser.log_in("other")
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/desk/account").text)
    token = csrf[1] if csrf else browser.csrf()
    page = HERE.format(waiting)
    assert browser.http.get(f"{page}/pass-on").status_code == 403
    for path in (
        f"{page}/pass-on/assign",
        f"{page}/pass-on/team",
        f"{page}/settle",
        "/desk/next",
        "/desk/presence",
        "/desk/tasks",
    ):
        answer = browser.http.post(path, data={"csrf_token": token, "agent_id": "0" * 32, "team_id": "0" * 32})
        assert answer.status_code in (403, 422), path
    assert browser.http.get("/desk/tasks").status_code == 403
    assert browser.http.get("/desk/events").status_code == 403
    assert world.speaker(waiting) == "queue"
