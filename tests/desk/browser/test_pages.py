"""The desk as agents use it: keyboard, live pages, drafts, lost connections."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dossiers import accounts, floor
from dossiers.models import Agent, Conversation, Sender
from tests.desk.conftest import Server

pytestmark = pytest.mark.browser


def test_the_queue_is_live_and_taking_needs_only_the_keyboard(world, window):
    page = window()
    expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    conversation_id, _ = world.conversation("My landlord keeps the deposit")
    world.hub.wake(conversation_id)
    expect(page.get_by_text("1 person is waiting.")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1\) Queue"))
    take = page.get_by_role("button", name=re.compile("^Take the conversation with"))
    take.focus()
    second, _ = world.conversation("And I wait too")
    world.hub.wake(second)
    expect(page.get_by_text("2 people are waiting.")).to_be_visible()
    expect(page.locator(f"#take-{conversation_id}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have this conversation.")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_be_focused()


def test_a_conversation_goes_back_and_forth_without_losing_focus_or_draft(world, window):
    conversation_id, token = world.conversation()
    page = window()
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    answer = page.get_by_label("Your answer")
    answer.press_sequentially("Did you si")
    world.says(conversation_id, "Are you there?")
    expect(page.locator("#messages").get_by_text("Are you there?")).to_be_visible()
    world.dossier(conversation_id, first_name="Aya")
    expect(page.locator("aside").get_by_text("Aya")).to_be_visible()
    expect(answer).to_be_focused()
    page.keyboard.type("gn")
    expect(answer).to_have_value("Did you sign")
    page.reload()
    expect(answer).to_have_value("Did you sign")
    answer.press("Control+Enter")
    expect(page.locator(".from-agent .text")).to_have_text("Did you sign")
    expect(answer).to_have_value("")
    expect(answer).to_be_focused()
    expect(page.locator(".from-agent").get_by_text("waiting to be delivered")).to_be_visible()
    page.request.get(f"/api/conversations/{conversation_id}/messages", headers={"authorization": f"Bearer {token}"})
    world.hub.wake(conversation_id)
    expect(page.locator(".from-agent").get_by_text(re.compile("^delivered, "))).to_be_visible()
    expect(page.locator(".from-agent")).to_have_count(1)
    page.get_by_text("Close the conversation").click()
    page.get_by_role("button", name="Close, back to the assistant").click()
    expect(page.get_by_text("You have closed the conversation.")).to_be_visible()
    assert world.speaker(conversation_id) == "bot"


def test_a_colleague_reads_along_and_learns_who_is_speaking(world, window):
    conversation_id, _ = world.conversation()
    mia, tom = window(), window("tom")
    for page in (mia, tom):
        page.goto(f"/desk/conversations/{conversation_id}")
        expect(page.get_by_text("This person waits for a colleague.")).to_be_visible()
    mia.get_by_role("button", name="Take the conversation").click()
    expect(tom.get_by_text("This conversation is with Mia Peeters.")).to_be_visible()
    expect(tom.get_by_role("button", name="Take the conversation")).to_have_count(0)
    expect(tom.get_by_label("Your answer")).to_be_hidden()
    mia.get_by_label("Your answer").fill("Good morning")
    mia.get_by_role("button", name="Send").click()
    expect(tom.locator(".from-agent")).to_contain_text("Good morning")
    mia.get_by_role("button", name="Give back to the queue").click()
    tom.get_by_role("button", name="Take the conversation").click()
    expect(tom.get_by_label("Your answer")).to_be_focused()


def test_when_the_lease_lapses_the_page_says_so_and_the_draft_stays(world, window):
    conversation_id, _ = world.conversation()
    page = window()
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    answer = page.get_by_label("Your answer")
    answer.fill("A long answer")
    with world.database.write() as session:
        session.get_one(Conversation, conversation_id).lease_until = world.clock() - floor.LEASE
    world.lapse()
    expect(page.get_by_role("alert").filter(has_text="You no longer have this conversation")).to_be_visible()
    expect(answer).to_be_focused()
    expect(answer).to_have_value("A long answer")
    answer.press("Control+Enter")
    expect(page.get_by_text("Take it first; your draft is kept.")).to_be_visible()
    assert world.texts(conversation_id, Sender.AGENT) == []
    page.get_by_role("button", name="Take the conversation").click()
    expect(answer).to_have_value("A long answer")
    answer.press("Control+Enter")
    expect(page.locator(".from-agent")).to_contain_text("A long answer")


def test_without_a_connection_the_answer_is_kept_and_sent_once_afterwards(world, window):
    conversation_id, _ = world.conversation()
    page = window()
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    page.get_by_label("Your answer").fill("Good morning")
    # the answer arrives, its confirmation does not
    page.route("**/reply", lambda route: (route.fetch(), route.abort()))
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("could not be sent: there is no connection")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_have_value("Good morning")
    page.unroute("**/reply")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("Your answer")).to_have_value("")
    assert world.texts(conversation_id, Sender.AGENT) == ["Good morning"]
    expect(page.locator(".from-agent")).to_have_count(1)


def test_after_a_restart_of_the_app_the_page_goes_on_where_it_was(server, world, window):
    conversation_id, _ = world.conversation()
    page = window()
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    page.get_by_label("Your answer").fill("half an ans")
    port = server.port
    server.stop()
    expect(page.get_by_text("The connection is lost.")).to_be_visible()
    world.says(conversation_id, "written meanwhile")
    again = Server(world, port)
    again.start()
    try:
        expect(page.locator("#messages").get_by_text("written meanwhile")).to_be_visible(timeout=20_000)
        expect(page.get_by_text("Connected again.")).to_be_visible()
        expect(page.locator("#messages > li")).to_have_count(3)
        expect(page.get_by_label("Your answer")).to_have_value("half an ans")
        expect(page.get_by_label("Your answer")).to_be_focused()
        world.says(conversation_id, "and live again")
        expect(page.locator("#messages").get_by_text("and live again")).to_be_visible()
    finally:
        page.close()
        again.stop()


def test_a_revoked_session_says_so_and_reveals_nothing_more(world, window):
    conversation_id, _ = world.conversation()
    page = window()
    page.goto(f"/desk/conversations/{conversation_id}")
    expect(page.locator("#floor")).to_contain_text("waits")
    with world.database.write() as session:
        accounts.deactivate(session, session.query(Agent).filter_by(login="mia").one())
    world.says(conversation_id, "planted afterwards")
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    expect(page.get_by_text("planted afterwards")).to_have_count(0)


def test_logging_out_removes_the_drafts(world, window):
    conversation_id, _ = world.conversation()
    page = window()
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    page.get_by_label("Your answer").fill("private draft")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert "private" not in page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")
    page.go_back()
    expect(page.get_by_text("My landlord keeps the deposit")).to_have_count(0)


def test_the_search_follows_what_is_typed(busy_day, window):
    page = window()
    page.goto("/desk/dossiers")
    search = page.get_by_role("searchbox")
    search.press_sequentially("japan")
    expect(page.get_by_text("1 dossier", exact=True)).to_be_visible()
    search.press_sequentially(" nowhere")
    expect(page.get_by_text("No dossier fits this.")).to_be_visible()
    expect(search).to_be_focused()
    assert page.url.endswith("/desk/dossiers")


def test_the_desk_works_without_scripts(world, window):
    conversation_id, _ = world.conversation()
    page = window(java_script_enabled=False)
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    page.get_by_label("Your answer").fill("Good morning")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".from-agent")).to_contain_text("Good morning")
    page.goto("/desk/dossiers")
    page.get_by_role("searchbox").fill("nobody")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("No dossier fits this.")).to_be_visible()
