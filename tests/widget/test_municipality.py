"""What a municipality says of its own chat: who made it, its privacy notice, and what must be agreed to first."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget.axe import findings
from tests.widget.conftest import Open, Widget, wait_for
from tests.widget.stub_server import CONSENT, Stub, site

pytestmark = pytest.mark.browser


def posts(stub: Stub) -> list[str]:
    return [request for request in stub.requests if request.startswith("POST")]


def test_it_is_asked_when_the_panel_opens_and_not_before(widget: Widget, stub: Stub) -> None:
    expect(widget.launcher).to_be_visible()
    widget.page.wait_for_timeout(300)
    assert not any("/api/" in request for request in stub.requests)
    widget.open()
    wait_for(widget.page, lambda: "GET /api/sites/gent" in stub.requests)
    widget.page.keyboard.press("Escape")
    widget.open()
    widget.page.wait_for_timeout(300)
    assert stub.requests.count("GET /api/sites/gent") == 1


def test_who_made_it_and_the_privacy_notice_are_shown(stub: Stub, visit: Open) -> None:
    stub.site = site(
        powered_by={"text": "Made by the City", "url": "https://stad.example/made"},
        privacy={"text": "We erase your chat after 30 days.", "url": "https://stad.example/privacy"},
    )
    page = (
        '<!doctype html><html lang="en"><title>A town</title><main><h1>A town</h1></main>'
        f'<script src="{stub.url}/widget.js" async></script></html>'
    )
    widget = visit(stub.page("/test/town", page)).open()
    made = widget.dialog.get_by_role("link", name="Made by the City")
    expect(made).to_have_attribute("href", "https://stad.example/made")
    expect(widget.log).to_contain_text("We erase your chat after 30 days.")
    expect(widget.log.get_by_role("link", name="What we keep")).to_have_attribute(
        "href", "https://stad.example/privacy"
    )
    assert findings(widget.page) == []


def test_what_a_municipality_says_is_never_markup(stub: Stub, visit: Open) -> None:
    attack = "<img src=x onerror=\"window.hit='site'\">"
    stub.site = site(
        name=attack,
        powered_by={"text": attack, "url": "javascript:window.hit='powered'"},
        privacy={"text": attack, "url": "javascript:window.hit='privacy'"},
        consent={"version": "1", "text": attack, "agree": attack, "decline": attack},
    )
    widget = visit().open()
    expect(widget.dialog.locator(".powered")).to_have_text(attack)
    assert widget.dialog.locator("img, .powered a").count() == 0
    assert widget.page.evaluate("window.hit") is None


@pytest.mark.parametrize("trouble", ["no_site", "slow_site"])
def test_without_it_the_chat_does_well(widget: Widget, stub: Stub, trouble: str) -> None:
    setattr(stub.faults, trouble, 20.0 if trouble == "slow_site" else True)
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")
    expect(widget.button("Menu")).to_be_visible()


def test_nothing_is_sent_before_somebody_agrees(stub: Stub, visit: Open) -> None:
    stub.site = site(consent=CONSENT)
    widget = visit().open()
    expect(widget.dialog).to_contain_text("We keep your messages for 90 days to help you.")
    expect(widget.input).to_be_hidden()
    expect(widget.dialog.locator("#asked")).to_be_focused()
    expect(widget.button("I have just arrived. What now?")).to_have_attribute("aria-disabled", "true")
    widget.button("I have just arrived. What now?").click(force=True)
    assert findings(widget.page) == []
    widget.page.wait_for_timeout(500)
    assert posts(stub) == []
    widget.button("I agree to this").click()
    expect(widget.input).to_be_focused()
    widget.ask("How do I register?")
    widget.shows("Register at the town hall soon")
    assert widget.conversation().consent == "2026-11"
    widget.page.reload()
    widget.open()
    widget.shows("Register at the town hall soon")
    expect(widget.input).to_be_visible()


def test_what_was_written_before_the_question_came_waits_for_the_answer(stub: Stub, visit: Open) -> None:
    stub.site, stub.faults.slow_site = site(consent=CONSENT), 1.0
    widget = visit().open()
    widget.ask("Written quickly")
    expect(widget.button("I agree to this")).to_be_visible()
    expect(widget.log).to_contain_text("Not sent yet. Please answer the question below first.")
    expect(widget.thinking).to_have_count(0)
    assert posts(stub) == []
    widget.button("I agree to this").click()
    widget.shows("You asked: Written quickly")
    assert stub.said("person") == ["Written quickly"]


def test_who_declines_is_told_of_other_ways_and_may_think_again(stub: Stub, visit: Open) -> None:
    stub.site = site(consent=CONSENT)
    script = (
        f'<script src="{stub.url}/widget.js" data-contact-phone="+32 9 000 00 00" '
        'data-contact-url="/contact" async></script>'
    )
    page = stub.page(
        "/test/town", f'<!doctype html><html lang="en"><title>A town</title><main><h1>A town</h1></main>{script}</html>'
    )
    widget = visit(page).open()
    widget.button("I do not agree").click()
    expect(widget.dialog).to_contain_text("That is fine. Nothing was sent.")
    expect(widget.dialog.locator("#asked")).to_be_focused()
    expect(widget.dialog.get_by_role("link", name="Call +32 9 000 00 00")).to_have_attribute("href", "tel:+3290000000")
    expect(widget.dialog.get_by_role("link", name="Other ways to reach us")).to_have_attribute(
        "href", f"{stub.url}/contact"
    )
    expect(widget.input).to_be_hidden()
    assert findings(widget.page) == []
    assert posts(stub) == []
    widget.button("Read the question again").click()
    widget.button("I agree to this").click()
    widget.ask("Hello")
    widget.shows("You asked: Hello")


def test_a_text_that_changed_meanwhile_is_asked_again(stub: Stub, visit: Open) -> None:
    stub.site = site(consent=CONSENT)
    widget = visit().open()
    widget.button("I agree to this").click()
    stub.site = site(consent={**CONSENT, "version": "2027-01", "text": "Now we keep them for 30 days."})
    widget.ask("Hello")
    expect(widget.dialog).to_contain_text("Now we keep them for 30 days.")
    assert stub.conversations == {}
    widget.button("I agree to this").click()
    widget.button("Change and send again").click()
    widget.input.press("Enter")
    widget.shows("You asked: Hello")
    assert widget.conversation().consent == "2027-01"


def test_starting_again_asks_again(stub: Stub, visit: Open) -> None:
    """On a computer of the library the next one may be somebody else."""
    stub.site = site(consent=CONSENT)
    widget = visit().open()
    widget.button("I agree to this").click()
    widget.ask("Hello")
    widget.shows("You asked: Hello")
    widget.button("Start again").click()
    widget.button("Yes, start a new chat").click()
    expect(widget.button("I agree to this")).to_be_visible()
    expect(widget.dialog.locator("#asked")).to_be_focused()
