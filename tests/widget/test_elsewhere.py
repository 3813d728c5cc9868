"""Going on in another app, and coming back, with a code."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget.axe import findings
from tests.widget.conftest import Open, Widget, wait_for
from tests.widget.stub_server import APPS, Conversation, Stub, site

pytestmark = pytest.mark.browser


@pytest.fixture
def apps(stub: Stub, visit: Open) -> Widget:
    """The chat of a municipality that is on Telegram and WhatsApp."""
    stub.site = site(channels=APPS)
    return visit()


def begun(widget: Widget) -> Conversation:
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    return widget.conversation()


def enter(widget: Widget, code: str) -> None:
    widget.page.get_by_label("Code of eight signs").fill(code)
    widget.button("Go on here").click()


def test_a_municipality_without_other_apps_offers_none(widget: Widget, stub: Stub) -> None:
    begun(widget)
    widget.button("Menu").click()
    expect(widget.button("Nederlands")).to_be_visible()
    expect(widget.dialog).not_to_contain_text("Telegram")
    expect(widget.button("I have a code")).to_have_count(0)


def test_the_menu_is_fetched_only_when_it_is_opened(apps: Widget, stub: Stub) -> None:
    begun(apps)
    assert not any("/widget/menu-" in request for request in stub.requests)
    apps.button("Menu").click()
    expect(apps.button("Continue on Telegram or WhatsApp")).to_be_visible()
    assert sum("/widget/menu-" in request for request in stub.requests) == 1


def test_a_code_is_shown_large_with_its_end_and_links(apps: Widget, stub: Stub) -> None:
    conversation = begun(apps)
    apps.button("Menu").click()
    apps.button("Continue on Telegram or WhatsApp").click()
    expect(apps.dialog.get_by_role("heading", name="Your code")).to_be_focused()
    code = apps.dialog.locator(".code")
    expect(code).to_have_text("K7QF-0002")
    assert stub.codes["K7QF-0002"] is conversation
    assert float(code.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")) >= 24
    expect(apps.dialog.get_by_role("link", name="Open Telegram")).to_have_attribute("href", APPS["telegram"])
    expect(apps.dialog.get_by_role("link", name="Open WhatsApp")).to_have_attribute("href", APPS["whatsapp"])
    expect(apps.dialog).to_contain_text("The code works until")
    assert findings(apps.page) == []
    apps.button("Make a new code").click()
    expect(code).not_to_have_text("K7QF-0002")
    apps.page.keyboard.press("Escape")
    expect(apps.dialog.get_by_role("heading", name="Menu")).to_be_focused()
    apps.page.keyboard.press("Escape")
    expect(apps.input).to_be_focused()
    apps.shows("You asked: Hello")


def test_only_one_app_is_named_alone(stub: Stub, visit: Open) -> None:
    stub.site = site(channels={"telegram": APPS["telegram"], "whatsapp": None})
    widget = visit()
    begun(widget)
    widget.button("Menu").click()
    widget.button("Continue on Telegram").click()
    expect(widget.dialog.get_by_role("link", name="Open Telegram")).to_be_visible()
    expect(widget.dialog).not_to_contain_text("WhatsApp")


def test_before_the_first_message_the_apps_are_linked_without_a_code(apps: Widget, stub: Stub) -> None:
    apps.open()
    apps.button("Menu").click()
    expect(apps.dialog.get_by_role("link", name="Open Telegram")).to_be_visible()
    expect(apps.button("Continue on Telegram or WhatsApp")).to_have_count(0)
    assert not any(request.startswith("POST") for request in stub.requests)


def test_a_chat_from_another_app_goes_on_here(apps: Widget, stub: Stub) -> None:
    there = Conversation("there", "other", "gent")
    stub.conversations["there"] = there
    stub.say(there, "person", "Written on Telegram")
    stub.say(there, "bot", "Answered on Telegram")
    code = stub.code_for(there)
    apps.open()
    apps.button("Menu").click()
    apps.button("I have a code").click()
    expect(apps.dialog).not_to_contain_text("takes the place")
    assert findings(apps.page) == []
    enter(apps, f" {code.lower()} ")
    apps.shows("Answered on Telegram")
    expect(apps.input).to_be_focused()
    apps.ask("Hello from here")
    apps.shows("You asked: Hello from here")
    assert [message["text"] for message in there.messages][-2] == "Hello from here"
    apps.page.reload()
    apps.open()
    apps.shows("Written on Telegram")


def test_a_code_takes_the_place_of_the_chat_that_was_here(apps: Widget, stub: Stub) -> None:
    begun(apps)
    there = Conversation("there", "other", "gent")
    stub.conversations["there"] = there
    stub.say(there, "bot", "Answered on Telegram")
    apps.button("Menu").click()
    apps.button("I have a code").click()
    expect(apps.dialog).to_contain_text("It takes the place of the chat that stands here now.")
    enter(apps, stub.code_for(there))
    apps.shows("Answered on Telegram")
    apps.shows("You asked: Hello", times=0)


@pytest.mark.parametrize(("often", "told"), [(False, "This code does not work."), (True, "That was tried too often.")])
def test_a_code_that_does_not_work_is_told_and_nothing_is_lost(
    apps: Widget, stub: Stub, often: bool, told: str
) -> None:
    begun(apps)
    apps.button("Menu").click()
    apps.button("I have a code").click()
    stub.faults.many_codes = often
    enter(apps, "WRNG-2345")
    expect(apps.dialog.get_by_role("status").filter(has_text=told)).to_be_visible()
    expect(apps.page.get_by_label("Code of eight signs")).to_have_value("WRNG-2345")
    assert findings(apps.page) == []
    apps.page.keyboard.press("Escape")
    apps.page.keyboard.press("Escape")
    apps.shows("You asked: Hello")
    apps.ask("Still here")
    apps.shows("You asked: Still here")


def test_linked_apps_are_listed_and_can_be_left(apps: Widget, stub: Stub) -> None:
    conversation = begun(apps)
    conversation.channels = [
        {"channel": "telegram", "since": "2026-11-20T10:00:00Z"},
        {"channel": "carrier-pigeon", "since": "2026-11-20T10:00:00Z"},
    ]
    apps.button("Menu").click()
    expect(apps.dialog.locator(".linked li")).to_have_count(1)
    expect(apps.dialog.locator(".linked")).to_contain_text("Telegram, since 20 November")
    apps.button("Stop on Telegram").click()
    expect(apps.dialog).to_contain_text("The chat no longer goes on on Telegram.")
    assert [linked["channel"] for linked in conversation.channels] == ["carrier-pigeon"]
    expect(apps.button("Stop on Telegram")).to_have_count(0)


def test_an_app_that_was_left_already_ends_nothing(apps: Widget, stub: Stub) -> None:
    conversation = begun(apps)
    conversation.channels = [{"channel": "telegram", "since": "2026-11-20T10:00:00Z"}]
    apps.button("Menu").click()
    expect(apps.button("Stop on Telegram")).to_be_visible()
    conversation.channels = []
    apps.button("Stop on Telegram").click()
    expect(apps.button("Stop on Telegram")).to_have_count(0)
    expect(apps.warning).to_be_hidden()


def test_a_chat_whose_token_no_longer_works_offers_to_enter_a_code(apps: Widget, stub: Stub) -> None:
    conversation = begun(apps)
    conversation.token = "another"  # it went on elsewhere and came back to another browser
    apps.ask("Are you there?")
    expect(apps.warning).to_contain_text("This chat has ended")
    assert findings(apps.page) == []
    apps.button("I have a code").click()
    enter(apps, stub.code_for(conversation))
    apps.shows("You asked: Hello")
    expect(apps.warning).to_be_hidden()
    apps.ask("Back again")
    apps.shows("You asked: Back again")


def test_a_menu_that_cannot_be_had_is_an_apology(apps: Widget, stub: Stub) -> None:
    begun(apps)
    stub.faults.no_pieces = True
    apps.button("Menu").click()
    expect(apps.dialog).to_contain_text("Sorry, this part could not be fetched.")
    assert findings(apps.page) == []
    stub.faults.no_pieces = False
    apps.button("Try now").click()
    expect(apps.button("I have a code")).to_be_visible()


def test_a_message_that_comes_while_the_menu_is_open_is_told(apps: Widget, stub: Stub) -> None:
    conversation = begun(apps)
    apps.button("Menu").click()
    expect(apps.button("I have a code")).to_be_visible()
    wait_for(apps.page, lambda: any("/events" in request for request in stub.requests))
    stub.say(conversation, "agent", "Hello from a colleague", agent="Ellen")
    apps.button("New message below").click()
    apps.shows("Hello from a colleague")
