"""Searching at the desk: what one may see, marked and escaped, without addresses that tell what was searched."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from desk.reading.search import excerpt, marked
from dossiers.models import Agent, Conversation, Role, Sender, Team, TeamMember

PAGE = "/desk/search"


@pytest.fixture
def mia(world):
    world.agent()
    return world.logged_in()


def searched(browser, text: str, **more) -> str:
    browser.get(PAGE)
    answer = browser.http.post(PAGE, data={"csrf_token": browser.csrf(), "text": text}, **more)
    assert answer.status_code == 200
    return answer.text


def team_of(world, conversation_id: str, name: str, *members: Agent) -> None:
    with world.database.write() as session:
        team = Team(name=name, created_at=world.clock())
        session.add(team)
        session.flush()
        session.add_all([TeamMember(team_id=team.id, agent_id=agent.id) for agent in members])
        session.execute(update(Conversation).where(Conversation.id == conversation_id).values(team_id=team.id))


def test_a_conversation_is_found_with_the_message_that_says_it(world, mia):
    conversation_id, _ = world.conversation("My landlord keeps the deposit")
    page = searched(mia, "depos landl")
    assert re.search(rf'href="/desk/conversations/{conversation_id}\?around=(\d+)#message-\1"', page)
    assert "My <mark>landlord</mark> keeps the <mark>deposit</mark>" in page
    assert "1 conversation" in page


def test_a_dossier_is_found_and_says_where_the_words_stand(world, mia):
    conversation_id, _ = world.conversation("hello")
    dossier_id = world.dossier(conversation_id, first_name="Aya", nationality="JP", concern="A school for my shy child")
    page = searched(mia, "japan school")
    assert f'href="/desk/dossiers/{dossier_id}"' in page
    assert "<mark>Japan</mark>" in page
    assert "What worries me most:" in page
    assert "A <mark>school</mark> for my shy child" in page


def test_what_an_agent_wrote_is_found_as_a_colleagues(world, mia):
    conversation_id, _ = world.conversation("hello")
    world.says(conversation_id, "the guarantee is blocked", Sender.AGENT)
    assert "a colleague:" in searched(mia, "guarantee")


def test_script_of_a_stranger_stays_text(world, mia):
    world.conversation("<script>alert('deposit')</script> deposit <mark>")
    page = searched(mia, "deposit alert script mark")
    assert "<script>alert" not in page
    assert "&lt;<mark>script</mark>&gt;<mark>alert</mark>" in page


def test_with_a_script_of_the_desk_only_the_results_come(world, mia):
    world.conversation("the deposit")
    part = searched(mia, "deposit", headers={"hx-request": "true"})
    assert "<html" not in part
    assert "<mark>deposit</mark>" in part


@pytest.mark.parametrize("text", ["", "a", "?", " "])
def test_too_little_finds_nothing_and_says_what_to_do(world, mia, text):
    world.conversation("a deposit")
    page = searched(mia, text)
    assert "/desk/conversations/" not in page
    assert ("two letters" in page) == bool(text.strip())


def test_nothing_found_is_said(mia):
    assert "Nothing holds these words." in searched(mia, "zebra")


def test_conversations_and_dossiers_of_other_teams_are_not_found(world):
    mia, tom = world.agent(), world.agent("tom", "Tom De Wit")
    ours, _ = world.conversation("the bicycle")
    theirs, _ = world.conversation("the bicycle")
    team_of(world, ours, "ours", mia)
    team_of(world, theirs, "theirs", tom)
    theirs_dossier = world.dossier(theirs, first_name="Noor", concern="the bicycle")
    page = searched(world.logged_in(), "bicycle")
    assert ours in page
    assert theirs not in page
    assert theirs_dossier not in page


@pytest.mark.parametrize("role", [Role.PARTNER, Role.EDITOR, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER])
def test_who_has_no_business_with_conversations_cannot_search(world, role):
    agent = world.agent()
    with world.database.write() as session:
        session.get_one(Agent, agent.id).roles = [str(role)]
    browser = world.logged_in()
    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, text="deposit").status_code == 403


def test_a_search_without_the_token_of_the_page_is_refused(mia):
    assert mia.http.post(PAGE, data={"text": "deposit"}).status_code == 403


def test_words_are_never_part_of_an_address(world, mia):
    world.conversation("the deposit")
    page = searched(mia, "deposit")
    assert 'method="post" action="/desk/search"' in page
    assert not re.search(r'(?:href|action|hx-post)="[^"]*deposit', page)


def test_an_excerpt_shows_the_place_of_the_word_and_is_short():
    text = "before " * 60 + "deposit " + "after " * 60
    shown = excerpt(text, ["depos"])
    assert "<mark>deposit</mark>" in shown
    assert shown.startswith("… before")
    assert shown.endswith(" …")
    assert len(shown) < 260


def test_marking_changes_nothing_but_the_marks():
    text = "Le dépôt <b> & dépôts, DEPOT; e\u0301te\u0301"
    shown = marked(text, ["depot", "ete"])
    assert shown.unescape().replace("<mark>", "").replace("</mark>", "") == text
    assert shown.count("<mark>") == 4
