"""How messages travel, as agents see it: states that move, the 24 hours of WhatsApp, what was set aside."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from channels import outbox
from dossiers.models import Kind, OutboxState, Sender
from tests.browsers import two_looks
from tests.desk.browser.test_accessibility import check

pytestmark = pytest.mark.browser
LONG_AGO = dt.timedelta(hours=30)


def opened(window, conversation_id: str, **settings) -> Page:
    page = window(**settings)
    page.goto(f"/desk/conversations/{conversation_id}")
    return page


def taken(window, conversation_id: str, **settings) -> Page:
    page = opened(window, conversation_id, **settings)
    page.get_by_role("button", name="Take the conversation").click()
    expect(page.get_by_text("You have this conversation.")).to_be_visible()
    return page


def every_state(world, conversation_id: str) -> None:
    """A message in each state, as a day could bring them."""
    due_at = world.clock() + dt.timedelta(minutes=4)
    for words, sender, state, error in [
        ("Register at the town hall within eight working days.", Sender.BOT, OutboxState.READ, None),
        ("A colleague will join you.", Sender.SYSTEM, OutboxState.DELIVERED, None),
        ("Good morning, did you sign a lease?", Sender.AGENT, OutboxState.SENT, None),
        ("Please bring it with you.", Sender.AGENT, OutboxState.SENDING, None),
        ("And your passport.", Sender.AGENT, OutboxState.FAILED, "rate_limit"),
        ("I will write to you tomorrow.", Sender.AGENT, OutboxState.DEAD, "blocked"),
        ("Is there anything else?", Sender.AGENT, OutboxState.QUEUED, None),
    ]:
        world.delivery(world.says(conversation_id, words, sender), state, error, due_at=due_at)
    world.says(conversation_id, "[changed] I live in Ledeberg, not in Ghent", kind=Kind.EDIT)
    world.says(conversation_id, "[photo] is this the letter?", kind=Kind.PHOTO)


@two_looks
def test_a_conversation_with_messages_in_every_state_passes_axe_and_fits(world, window, scheme, size):
    conversation_id = world.on("whatsapp", "How do I register in Ghent?", heard=dt.timedelta(hours=3))
    every_state(world, conversation_id)
    page = opened(window, conversation_id, viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    for words in (
        re.compile("^WhatsApp: read, "),
        re.compile("^WhatsApp: refused for now: .*; tried again at "),
        re.compile("^WhatsApp: could not be delivered, .*: the person has blocked us$"),
    ):
        expect(page.locator("#messages").get_by_text(words)).to_be_visible()
    expect(page.get_by_text(re.compile("WhatsApp takes free text for another 20 h 5"))).to_be_visible()
    page.locator("summary", has_text="Channels").click()
    expect(page.get_by_text("the next answer goes here")).to_be_visible()
    check(page, None, f"states-{scheme}-{size[0]}")


def test_states_move_while_the_page_is_open_and_the_focus_stays(world, window):
    conversation_id = world.on("whatsapp")
    page = taken(window, conversation_id)
    answer = page.get_by_label("Your answer")
    answer.fill("Good morning")
    answer.press("Control+Enter")
    mine = page.locator(".from-agent")
    expect(mine).to_contain_text("WhatsApp: waiting to be sent")
    (message,) = [item.message_id for item in world.outbox(conversation_id)[-1:]]
    for state, words in {
        OutboxState.SENDING: "WhatsApp: being sent",
        OutboxState.DELIVERED: "WhatsApp: delivered, ",
        OutboxState.READ: "WhatsApp: read, ",
    }.items():
        world.delivery(message, state)
        expect(mine).to_contain_text(words)
    expect(answer).to_be_focused()


@two_looks
def test_the_closed_window_with_a_template_passes_axe_and_fits(world, window, scheme, size):
    conversation_id = world.on("whatsapp", "How do I get my deposit back?", heard=LONG_AGO)
    page = taken(window, conversation_id, viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    expect(page.get_by_text("WhatsApp takes no free text now.")).to_be_visible()
    check(page, None, f"closed-{scheme}-{size[0]}")
    page.get_by_role("link", name="We have an answer to a question").click()
    expect(page.get_by_label("What the question is about")).to_be_focused()
    check(page, None, f"template-{scheme}-{size[0]}")
    page.keyboard.type("the deposit of your flat")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="This is what the person will read")).to_be_visible()
    check(page, None, f"template-seen-{scheme}-{size[0]}")
    page.get_by_role("button", name="Send this text").click()
    expect(page.locator(".from-agent")).to_contain_text("your question about the deposit of your flat.")
    expect(page.locator(".from-agent")).to_contain_text("WhatsApp: waiting to be sent")
    assert world.outbox(conversation_id)[-1].template is not None


def test_when_the_window_closes_the_draft_stays_and_goes_when_the_person_writes_again(world, window):
    conversation_id = world.on("whatsapp")
    page = taken(window, conversation_id)
    answer = page.get_by_label("Your answer")
    answer.press_sequentially("A long ans")
    world.address(conversation_id, heard_at=world.clock() - LONG_AGO)
    expect(page.get_by_role("alert").filter(has_text="WhatsApp takes no free text now.")).to_be_visible()
    expect(answer).to_be_focused()
    page.keyboard.type("wer")
    answer.press("Control+Enter")
    expect(page.get_by_text("Your own words are not taken now: the reason is above.")).to_be_visible()
    assert world.texts(conversation_id, Sender.AGENT) == []
    page.get_by_role("link", name="We have an answer to a question").click()
    expect(page.get_by_label("Your answer")).to_have_value("A long answer")
    world.address(conversation_id, heard_at=world.clock())
    world.says(conversation_id, "I am here")
    expect(page.get_by_text(re.compile("WhatsApp takes free text for another"))).to_be_visible()
    page.get_by_label("Your answer").press("Control+Enter")
    expect(page.locator(".from-agent")).to_contain_text("A long answer")
    assert world.texts(conversation_id, Sender.AGENT) == ["A long answer"]


def test_the_server_has_the_last_word_whatever_the_page_believes(world, window):
    conversation_id = world.on("whatsapp", heard=LONG_AGO)
    page = taken(window, conversation_id)
    page.get_by_label("Your answer").fill("Good morning")
    send = page.get_by_role("button", name="Send")
    expect(send).to_be_disabled()
    send.evaluate("button => button.setAttribute('aria-disabled', 'false')")
    send.click()
    expect(page.get_by_role("alert").filter(has_text="takes no free text now: the person last wrote")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_have_value("Good morning")
    assert world.texts(conversation_id, Sender.AGENT) == []


def test_a_template_and_a_kept_draft_work_without_scripts(world, window):
    conversation_id = world.on("whatsapp", heard=LONG_AGO)
    page = taken(window, conversation_id, java_script_enabled=False)
    page.get_by_label("Your answer").fill("Good morning")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("Your answer")).to_have_value("Good morning")
    expect(page.locator("#reply-problem")).to_contain_text("WhatsApp takes no free text now")
    page.get_by_role("link", name="An appointment or a next step is ready").click()
    page.get_by_label("What is ready").fill("your appointment")
    page.get_by_label("When and where").fill("Tuesday at 10:00")
    page.get_by_role("button", name="See the text").click()
    page.get_by_role("button", name="Send this text").click()
    expect(page.locator(".from-agent")).to_contain_text("Your next step is ready: your appointment.")


@pytest.fixture
def set_aside(world) -> str:
    """Messages that did not arrive, for every reason, and one that is tried again."""
    conversation_id = world.on("telegram", "Where do I register?")
    silent = world.on("whatsapp", heard=LONG_AGO)
    left = world.on("telegram", stopped_at=world.clock())
    for where, words, state, error in [
        (conversation_id, "Register at the town hall within eight working days.", OutboxState.DEAD, "blocked"),
        (silent, "Your appointment is on Tuesday at ten.", OutboxState.DEAD, outbox.WINDOW_CLOSED),
        (left, "How is it going?", OutboxState.DEAD, outbox.STOPPED),
        (conversation_id, "And bring your passport.", OutboxState.FAILED, "rate_limit"),
    ]:
        due_at = world.clock() + dt.timedelta(minutes=4)
        world.delivery(world.says(where, words, Sender.BOT), state, error, due_at=due_at, attempts=3)
    return conversation_id


@two_looks
def test_the_set_aside_page_passes_axe_and_fits(world, busy_day, set_aside, window, scheme, size):
    page = window(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    check(page, "/desk/set-aside", f"set-aside-full-{scheme}-{size[0]}")
    again = page.get_by_role("button", name=re.compile("^Send again"))
    expect(again).to_have_count(1)
    again.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="on its way again")).to_be_visible()
    expect(again).to_have_count(0)
    check(page, None, f"set-aside-sent-{scheme}-{size[0]}")
    assert world.outbox(set_aside)[0].state == OutboxState.QUEUED
