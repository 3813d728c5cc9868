"""Prepared answers on the desk: one's own, shared ones, and putting them into an answer."""

from __future__ import annotations

import datetime as dt

import pytest

from dossiers.models import Conversation, PreparedAnswer, Role, Sender
from tests.desk.working import arrived, member, team

TEXT = "Dear {first_name}, in {town} you have until {deadline}. Go to {place}. {agent}"


@pytest.fixture
def mia(world):
    world.agent()
    return world.logged_in()


@pytest.fixture
def carla(world):
    member(world, "carla", role=Role.COORDINATOR)
    return world.logged_in("carla")


def make(browser, title: str = "First steps", text: str = TEXT, **more: str):
    browser.get("/desk/prepared/new")
    return browser.post("/desk/prepared/new", title=title, text=text, **more)


def only(world) -> PreparedAnswer:
    with world.database.read() as session:
        return session.query(PreparedAnswer).one()


def put(browser, world, conversation_id: str, what: str = "", text: str = ""):
    page = f"/desk/conversations/{conversation_id}"
    browser.get(page)
    return browser.post(f"{page}/insert", put=what or f"answer:{only(world).id}", text=text)


def test_one_of_ones_own_is_filled_in_for_the_person(world, mia):
    conversation_id, _ = world.conversation()
    world.dossier(conversation_id, first_name="Aya", home_town="gent")
    arrived(world, conversation_id, dt.date(2026, 11, 20))
    assert make(mia, shortcut="/start").status_code == 303
    page = put(mia, world, conversation_id, text="Good morning.").text
    assert "Good morning.\n\nDear Aya, in Ghent you have until" in page.replace("Gent", "Ghent")
    assert "2 December 2026" in page
    assert "Mia Peeters</textarea>" in page
    assert "{" not in page.split('<textarea id="text"')[1].split("</textarea>")[0].split(">", 1)[1]


def test_what_is_not_known_is_named_and_is_never_sent_raw(world, mia):
    conversation_id, _ = world.conversation()
    make(mia)
    page = put(mia, world, conversation_id).text
    assert "Not known yet: {first_name}, {deadline}." in page
    here = f"/desk/conversations/{conversation_id}"
    mia.post(f"{here}/take")
    answer = mia.post(f"{here}/reply", text="Dear {first_name}, hello {whatever}")
    assert answer.status_code == 409
    assert "{first_name} and {whatever} is still in it" in answer.text
    assert world.texts(conversation_id, Sender.AGENT) == []


def test_a_misspelt_gap_is_refused_when_the_answer_is_made_and_the_text_stays(world, mia):
    answer = make(mia, text="Dear {firstname}")
    assert answer.status_code == 422
    assert "Nothing can fill in {firstname}." in answer.text
    assert "Dear {firstname}</textarea>" in answer.text


def test_an_agent_makes_none_for_others_and_a_coordinator_does(world, mia, carla):
    aalst = team(world, "Aalst", "aalst")
    assert make(mia, whose="everybody").status_code == 403
    assert make(mia, whose=aalst).status_code == 403
    assert make(carla, "For all", whose="everybody").status_code == 303
    assert "For all" in mia.get("/desk/prepared").text
    answer_id = only(world).id
    assert mia.get(f"/desk/prepared/{answer_id}").status_code == 403
    mia.get("/desk/prepared/new")
    assert mia.post(f"/desk/prepared/{answer_id}", title="Mine now", text="x", based_on="1").status_code == 403
    assert mia.post(f"/desk/prepared/{answer_id}/delete").status_code == 403
    assert only(world).title == "For all"


def test_those_of_a_team_or_of_a_colleague_are_not_found_by_others(world, mia, carla):
    aalst = team(world, "Aalst", "aalst")
    conversation_id, _ = world.conversation()
    make(carla, "For Aalst", whose=aalst)
    assert "For Aalst" not in mia.get("/desk/prepared").text
    assert put(mia, world, conversation_id).status_code == 404
    assert mia.get(f"/desk/prepared/{only(world).id}").status_code == 404


@pytest.mark.parametrize("role", [Role.EDITOR, Role.PARTNER, Role.PRIVACY_OFFICER])
def test_who_does_not_speak_to_people_has_none(world, role):
    member(world, "other", role=role)
    other = world.logged_in("other")
    assert other.get("/desk/prepared").status_code == 403


def test_a_colleagues_change_is_not_overwritten_without_a_word(world, carla):
    make(carla, whose="everybody")
    here = f"/desk/prepared/{only(world).id}"
    carla.get(here)
    assert carla.post(here, title="First", text="one", based_on="1").status_code == 303
    carla.get(here)
    told = carla.post(here, title="Second", text="two", based_on="1")
    assert told.status_code == 409
    assert ">two</textarea>" in told.text
    assert only(world).text == "one"
    assert carla.post(here, title="Second", text="two", based_on="2").status_code == 303
    assert carla.post(f"{here}/delete").status_code == 303
    assert "no prepared answer yet" in carla.get("/desk/prepared").text


def test_nothing_is_inserted_into_a_conversation_of_another_team(world, mia):
    ghent, aalst = team(world, "Ghent", "gent"), team(world, "Aalst", "aalst")
    member(world, "far", aalst)
    conversation_id, _ = world.conversation()
    with world.database.write() as session:
        session.get_one(Conversation, conversation_id).team_id = ghent
    far = world.logged_in("far")
    answer = far.post(f"/desk/conversations/{conversation_id}/insert", put="article:rental-deposit")
    assert answer.status_code == 403
