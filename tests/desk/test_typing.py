"""Drafts that are kept, and who sees that somebody types: never what is typed, and nothing while the bot answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from dossiers import drafts
from dossiers.models import Agent, Conversation, Message, Role
from dossiers.signs import COLLEAGUE_TYPES, PERSON_TYPES
from tests.desk.conftest import Browser, make_app
from tests.desk.working import member, team


@pytest.fixture
def mia(world):
    world.agent()
    return world.logged_in()


def draft(browser, conversation_id: str, text: str, **more: str):
    page = f"/desk/conversations/{conversation_id}"
    browser.get(page)
    return browser.post(f"{page}/draft", text=text, **more)


def kept(world, conversation_id: str, login: str = "mia") -> str:
    with world.database.read() as session:
        agent = session.query(Agent).filter_by(login=login).one()
        return drafts.of(session, conversation_id, agent.id).text


def test_a_draft_is_in_the_field_again_in_another_browser_and_in_nobody_elses(world, mia):
    world.agent("tom", "Tom De Wit")
    conversation_id, _ = world.conversation()
    assert draft(mia, conversation_id, "Did you sign it?").status_code == 200
    page = f"/desk/conversations/{conversation_id}"
    assert ">Did you sign it?</textarea>" in world.logged_in().get(page).text
    assert "Did you sign it?" not in world.logged_in("tom").get(page).text


def test_the_other_window_of_the_same_agent_is_told(world, mia):
    conversation_id, _ = world.conversation()
    first = draft(mia, conversation_id, "Good").json()["revision"]
    other = draft(mia, conversation_id, "Good morning", based_on=first).json()["revision"]
    told = draft(mia, conversation_id, "Good evening", based_on=first)
    assert told.status_code == 409
    assert told.json() == {"text": "Good morning", "articles": [], "revision": other}
    assert kept(world, conversation_id) == "Good morning"


def test_a_draft_is_gone_once_it_is_sent_and_stays_when_it_is_not(world, mia):
    conversation_id, _ = world.conversation()
    page = f"/desk/conversations/{conversation_id}"
    draft(mia, conversation_id, "Good morning")
    assert mia.post(f"{page}/reply", text="Good morning").status_code == 409
    assert kept(world, conversation_id) == "Good morning"
    mia.post(f"{page}/take")
    assert mia.post(f"{page}/reply", text="Good morning").status_code == 303
    assert kept(world, conversation_id) == ""


def test_the_person_sees_that_the_colleague_types_only_while_that_one_has_the_floor(world, mia):
    conversation_id, _ = world.conversation()
    draft(mia, conversation_id, "Good", typing="true")
    assert world.hub.signs(conversation_id) == frozenset()
    mia.post(f"/desk/conversations/{conversation_id}/take")
    draft(mia, conversation_id, "Good mor", typing="true")
    draft(mia, conversation_id, "Good morning", typing="false")
    assert COLLEAGUE_TYPES in world.hub.signs(conversation_id)
    draft(mia, conversation_id, "")
    assert COLLEAGUE_TYPES not in world.hub.signs(conversation_id)


def test_on_a_platform_the_person_is_shown_that_a_colleague_types(world, mia):
    shown: list[str] = []

    async def show(conversation_id: str) -> None:
        await asyncio.sleep(0)
        shown.append(conversation_id)

    conversation_id = world.on("telegram")
    browser = Browser(make_app(replace(world.desk(), typing=show), world.hub))
    browser.log_in()
    browser.get(f"/desk/conversations/{conversation_id}")
    browser.post(f"/desk/conversations/{conversation_id}/take")
    draft(browser, conversation_id, "Good", typing="true")
    assert shown == [conversation_id]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.PARTNER])
def test_who_may_not_speak_keeps_no_draft(world, mia, role):
    conversation_id, _ = world.conversation()
    member(world, "other", role=role)
    other = world.logged_in("other")
    other.get("/desk/account")
    assert other.post(f"/desk/conversations/{conversation_id}/draft", text="x").status_code == 403


def test_an_agent_of_another_team_keeps_no_draft(world, mia):
    ghent, aalst = team(world, "Ghent", "gent"), team(world, "Aalst", "aalst")
    member(world, "far", aalst)
    conversation_id, _ = world.conversation()
    with world.database.write() as session:
        session.get_one(Conversation, conversation_id).team_id = ghent
    far = world.logged_in("far")
    assert far.post(f"/desk/conversations/{conversation_id}/draft", text="x").status_code == 403


# --- the person types ---


def types(world, conversation_id: str, token: str):
    headers = {"authorization": f"Bearer {token}"}
    return world.browser().http.post(f"/api/conversations/{conversation_id}/typing", headers=headers)


def test_a_colleague_is_told_that_the_person_types_until_the_message_is_there(world, mia):
    conversation_id, token = world.conversation()
    before = world.texts(conversation_id, "person")
    assert types(world, conversation_id, token).status_code == 204
    assert PERSON_TYPES in world.hub.signs(conversation_id)
    assert "The person is typing." in mia.get(f"/desk/conversations/{conversation_id}").text
    assert world.texts(conversation_id, "person") == before
    headers = {"authorization": f"Bearer {token}"}
    body = {"text": "And my deposit?", "client_id": "a" * 16}
    world.browser().http.post(f"/api/conversations/{conversation_id}/messages", json=body, headers=headers)
    assert PERSON_TYPES not in world.hub.signs(conversation_id)


def test_nothing_is_told_while_the_assistant_answers(world):
    conversation_id, token = world.conversation(queued=False)
    assert types(world, conversation_id, token).status_code == 204
    assert world.hub.signs(conversation_id) == frozenset()


def test_only_the_persons_own_token_says_that_they_type_and_only_so_often(world):
    conversation_id, token = world.conversation()
    assert types(world, conversation_id, "wrong").status_code == 404
    assert {types(world, conversation_id, token).status_code for _ in range(45)} == {204, 429}
    with world.database.read() as session:
        assert session.query(Message).count() == 1
