"""Notes on the desk: for colleagues alone, whom they name, and that they never reach a person by any way."""

from __future__ import annotations

import pytest

from dossiers.models import Conversation, Message, OutboxItem, Role, Sender
from tests.desk.working import member, team

SECRET = "Landlord sounds violent, be careful"


@pytest.fixture
def mia(world):
    world.agent()
    return world.logged_in()


@pytest.fixture
def tom(world):
    world.agent("tom", "Tom De Wit")
    return world.logged_in("tom")


def write(browser, conversation_id: str, text: str):
    page = f"/desk/conversations/{conversation_id}"
    browser.get(page)
    return browser.post(f"{page}/notes", text=text)


def test_a_note_stands_beside_the_conversation_for_every_colleague(world, mia, tom):
    conversation_id, _ = world.conversation()
    assert write(mia, conversation_id, SECRET).headers["location"].endswith("#notes")
    page = tom.get(f"/desk/conversations/{conversation_id}").text
    assert SECRET in page
    assert "The person never sees these" in page


@pytest.mark.parametrize("channel", ["web", "telegram", "whatsapp"])
def test_a_note_reaches_the_person_by_no_way(world, mia, channel):
    if channel == "web":
        conversation_id, token = world.conversation()
    else:
        conversation_id, token = world.on(channel), ""
    before = len(world.outbox(conversation_id))
    write(mia, conversation_id, f"{SECRET} @nobody /sends <b>it</b>")
    mia.post(f"/desk/conversations/{conversation_id}/take")
    mia.post(f"/desk/conversations/{conversation_id}/reply", text="Good morning")
    mia.post(f"/desk/conversations/{conversation_id}/close")
    assert len(world.outbox(conversation_id)) == before + 3
    with world.database.read() as session:
        assert not session.query(Message).filter(Message.text.contains("violent")).count()
        assert not session.query(OutboxItem).filter(OutboxItem.idempotency_key.contains("note")).count()
    if token:
        headers = {"authorization": f"Bearer {token}"}
        seen = world.browser().get(f"/api/conversations/{conversation_id}/messages", headers=headers)
        assert "violent" not in seen.text
        assert "Good morning" in seen.text


def test_who_is_named_finds_the_note_and_it_is_read_once_they_open_the_conversation(world, mia, tom):
    conversation_id, _ = world.conversation()
    write(mia, conversation_id, "Do you know this form, @tom?")
    listed = tom.get("/desk/mentions").text
    assert "Mia Peeters named you in a note" in listed
    assert "new</span>" in listed
    tom.get(f"/desk/conversations/{conversation_id}")
    assert "new</span>" not in tom.get("/desk/mentions").text
    assert "Nobody has named you" in mia.get("/desk/mentions").text


def test_the_writer_learns_who_could_not_be_told(world, mia):
    ghent, aalst = team(world, "Ghent", "gent"), team(world, "Aalst", "aalst")
    member(world, "far", aalst)
    conversation_id, _ = world.conversation()
    with world.database.write() as session:
        session.get_one(Conversation, conversation_id).team_id = ghent
    member(world, "near", ghent)
    near = world.logged_in("near")
    answer = write(near, conversation_id, "@far and @nobody, look at this. Mail x@example.org is no colleague.")
    assert answer.status_code == 200
    assert "Nobody here has the login @nobody." in answer.text
    assert "@far may not see this conversation and was not told." in answer.text
    assert "@example.org" not in answer.text.split("The note is kept.")[1][:300]
    assert "Nobody has named you" in world.logged_in("far").get("/desk/mentions").text


def test_who_may_no_longer_see_the_conversation_does_not_see_the_note_in_their_list(world, mia):
    aalst = team(world, "Aalst", "aalst")
    member(world, "ann")
    conversation_id, _ = world.conversation()
    write(mia, conversation_id, f"@ann {SECRET}")
    ann = world.logged_in("ann")
    assert "violent" in ann.get("/desk/mentions").text
    with world.database.write() as session:
        session.get_one(Conversation, conversation_id).team_id = aalst
    assert "violent" not in ann.get("/desk/mentions").text


@pytest.mark.parametrize("role", [Role.EDITOR, Role.PARTNER, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER])
def test_other_roles_write_and_read_no_notes(world, mia, role):
    conversation_id, _ = world.conversation()
    write(mia, conversation_id, SECRET)
    member(world, "other", role=role)
    other = world.logged_in("other")
    other.get("/desk/account")
    assert other.post(f"/desk/conversations/{conversation_id}/notes", text="x").status_code == 403
    assert other.get("/desk/mentions").status_code == 403
    assert "violent" not in other.get(f"/desk/conversations/{conversation_id}").text


def test_an_agent_of_another_team_writes_no_note_and_deletes_none(world, mia):
    ghent, aalst = team(world, "Ghent", "gent"), team(world, "Aalst", "aalst")
    member(world, "far", aalst)
    conversation_id, _ = world.conversation()
    write(mia, conversation_id, SECRET)
    with world.database.write() as session:
        session.get_one(Conversation, conversation_id).team_id = ghent
    far = world.logged_in("far")
    here = f"/desk/conversations/{conversation_id}/notes"
    assert far.post(here, text="x").status_code == 403
    assert far.post(f"{here}/1/delete").status_code == 403


def test_only_the_writer_deletes_a_note(world, mia, tom):
    conversation_id, _ = world.conversation()
    write(mia, conversation_id, SECRET)
    here = f"/desk/conversations/{conversation_id}"
    tom.get(here)
    assert tom.post(f"{here}/notes/1/delete").status_code == 404
    assert mia.post(f"{here}/notes/1/delete").status_code == 303
    assert SECRET not in mia.get(here).text


def test_a_note_that_is_too_long_or_empty_is_not_kept_and_its_text_stays(world, mia):
    conversation_id, _ = world.conversation()
    answer = write(mia, conversation_id, "x" * 2001)
    assert answer.status_code == 422
    assert "x" * 2001 in answer.text
    assert write(mia, conversation_id, " ").status_code == 422
    assert "No notes yet." in mia.get(f"/desk/conversations/{conversation_id}").text


def test_what_stands_in_a_note_is_escaped(world, mia):
    conversation_id, _ = world.conversation()
    write(mia, conversation_id, "<script>alert(1)</script>")
    assert "<script>alert" not in mia.get(f"/desk/conversations/{conversation_id}").text
    assert world.texts(conversation_id, Sender.AGENT) == []
