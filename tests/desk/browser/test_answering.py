"""The conversation page as agents work on it: drafts, typing, notes, what is put in, and what is looked at first."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect

from dossiers import canned
from dossiers.models import Agent, Sender
from tests.browsers import two_looks
from tests.desk.browser.test_accessibility import check

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("DESK_PICTURES")


def open_and_take(page: Page, conversation_id: str) -> None:
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    expect(page.get_by_text("You have this conversation.")).to_be_visible()


def test_a_draft_is_there_in_another_browser_and_two_windows_do_not_destroy_it(world, window):
    conversation_id, _ = world.conversation()
    one = window()
    open_and_take(one, conversation_id)
    with one.expect_response("**/draft"):
        one.get_by_label("Your answer").fill("Did you sign")
    two = window()
    two.goto(f"/desk/conversations/{conversation_id}")
    answer = two.get_by_label("Your answer")
    expect(answer).to_have_value("Did you sign")
    with two.expect_response("**/draft"):
        answer.fill("Did you sign the lease?")
    with one.expect_response("**/draft"):
        one.get_by_label("Your answer").fill("Did you pay")
    expect(one.get_by_text("You wrote something else to this person in another window.")).to_be_visible()
    expect(one.get_by_label("Your answer")).to_have_value("Did you pay")
    one.get_by_role("button", name="Use the other text").click()
    expect(one.get_by_label("Your answer")).to_have_value("Did you sign the lease?")
    one.keyboard.press("Control+Enter")
    expect(one.locator(".from-agent")).to_contain_text("Did you sign the lease?")
    assert world.texts(conversation_id, Sender.AGENT) == ["Did you sign the lease?"]


def test_each_sees_that_the_other_types_and_who_reads_along(world, window):
    conversation_id, token = world.conversation()
    mia, tom = window(), window("tom")
    open_and_take(mia, conversation_id)
    tom.goto(f"/desk/conversations/{conversation_id}")
    expect(mia.get_by_text("Tom De Wit is reading too.")).to_be_visible()
    expect(tom.get_by_text("Mia Peeters is reading too.")).to_be_visible()
    headers = {"authorization": f"Bearer {token}"}
    mia.request.post(f"/api/conversations/{conversation_id}/typing", headers=headers)
    expect(mia.get_by_text("The person is typing.")).to_be_visible()
    world.says(conversation_id, "Here I am")
    expect(mia.get_by_text("The person is typing.")).to_be_hidden()


def test_a_slash_opens_the_search_and_what_is_put_in_can_be_sent(world, window):
    conversation_id, _ = world.conversation("How much is the rental deposit?")
    with world.database.write() as session:
        mia = session.query(Agent).filter_by(login="mia").one().id
        fields = canned.checked("hello", "Greeting", "Good morning {first_name}, this is {agent}.")
        canned.keep(session, fields, agent_id=mia, owner_id=mia, team_id=None, now=world.clock())
    page = window()
    open_and_take(page, conversation_id)
    answer = page.get_by_label("Your answer")
    answer.press("/")
    expect(page.get_by_label("Search by a few words")).to_be_focused()
    page.keyboard.type("hel")
    expect(page.get_by_role("button", name="Greeting")).to_be_visible()
    page.keyboard.press("Enter")
    expect(answer).to_have_value("Good morning {first_name}, this is Mia Peeters.")
    expect(answer).to_be_focused()
    expect(page.get_by_text("Not known yet: {first_name}.")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="{first_name} is still in it")).to_be_visible()
    answer.fill("")
    page.get_by_text("Insert a prepared answer or an article").click()
    page.get_by_label("Search by a few words").fill("rental deposit")
    page.get_by_role("button", name="Paying the rental deposit").click()
    expect(page.get_by_text("Sources go along: Paying the rental deposit")).to_be_visible()
    expect(answer).to_have_value(re.compile("three months' rent"))
    answer.press("Control+Enter")
    expect(page.locator(".from-agent").get_by_role("list", name="Sources")).to_be_visible()
    expect(answer).to_have_value("")
    expect(page.get_by_text("Sources go along")).to_have_count(0)


@two_looks
def test_a_doubtful_answer_is_shown_first_and_every_state_passes_axe(world, window, scheme, size):
    conversation_id, _ = world.conversation("How much is the rental deposit?")
    world.dossier(conversation_id, first_name="Aya", nationality="JP", home_town="gent")
    other, _ = world.conversation("And me?")
    page = window(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    open_and_take(page, other)
    open_and_take(page, conversation_id)
    expect(page.get_by_role("navigation", name="My conversations").get_by_role("link")).to_have_count(2)
    page.get_by_label("New note").fill("Be careful, he sounds afraid. @tom @nobody")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("Nobody here has the login @nobody.")).to_be_visible()
    expect(page.locator("#notes li")).to_contain_text("Mia Peeters")
    answer = page.get_by_label("Your answer")
    answer.fill("The rental deposit for a main residence is at most two months' rent.")
    answer.press("Control+Enter")
    expect(page.get_by_role("heading", name="Please look at this before you send")).to_be_visible()
    expect(answer).to_be_focused()
    assert world.texts(conversation_id, Sender.AGENT) == []
    check(page, None, f"doubted-{scheme}-{size[0]}")
    page.get_by_role("button", name="Send it as it is").click()
    expect(page.locator(".from-agent")).to_contain_text("two months' rent")
    page.get_by_text("Insert a prepared answer or an article").click()
    page.get_by_label("Search by a few words").fill("deposit")
    expect(page.get_by_role("button", name="Paying the rental deposit")).to_be_visible()
    page.get_by_text("Close the conversation").click()
    check(page, None, f"inserting-{scheme}-{size[0]}")


def test_the_other_pages_pass_axe(world, window):
    page = window()
    for address, name in (
        ("/desk/prepared", "prepared"),
        ("/desk/prepared/new", "prepared-new"),
        ("/desk/mentions", "mentions"),
    ):
        check(page, address, name)


def test_without_scripts_everything_works_with_whole_pages(world, window):
    conversation_id, _ = world.conversation("How much is the rental deposit?")
    page = window(java_script_enabled=False)
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    page.get_by_label("Your answer").fill("Good morning")
    page.get_by_text("Insert a prepared answer or an article").click()
    page.get_by_label("Search by a few words").fill("rental deposit")
    page.get_by_label("Search by a few words").press("Enter")
    assert world.texts(conversation_id, Sender.AGENT) == []
    page.get_by_role("button", name="Paying the rental deposit").click()
    expect(page.get_by_label("Your answer")).to_have_value(re.compile("^Good morning\n\n"))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".from-agent")).to_contain_text("three months' rent")
