"""The steps of a plan below a message: what is shown, by mouse, by keyboard and to a screen reader."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.widget.conftest import Open, Widget
from tests.widget.stub_server import PLANNED, Stub
from tests.widget.test_accessibility import FOCUS, findings, walk

pytestmark = pytest.mark.browser


def asked(widget: Widget) -> Locator:
    """The card, once the plan was asked for."""
    widget.open().ask("What is my plan?")
    widget.shows("Three things matter now.")
    card = widget.log.locator(".plan")
    expect(card.locator("ol")).to_be_hidden()  # the text names the steps already
    card.locator("> summary").click()
    expect(card.locator("ol").first).to_be_visible()
    return card


def words(place: Locator) -> str:
    return " ".join((place.text_content() or "").split())


def test_every_step_has_its_state_title_and_date_in_words(widget: Widget) -> None:
    steps = asked(widget).locator("ol > li")
    shown = [" | ".join(words(part) for part in step.locator("> p").all()) for step in steps.all()]
    assert shown == [
        "To do now Late | Declare your stay to the municipality | the last day was Monday 9 November 2026",
        "To do now | Register at the town hall | by Wednesday 2 December 2026 (10 days left)",
        "Waiting | Collect your residence card",
        "Later | Exchange your driving licence | possible from Monday 4 January 2027",
        "Done | Sign the lease | done on Sunday 1 November 2026",
    ]
    expect(steps.locator("svg:not([aria-hidden=true])")).to_have_count(0)
    expect(steps.locator("details")).to_have_count(3)


def test_the_details_give_the_rule_what_it_waits_for_and_the_checked_sources(widget: Widget) -> None:
    first, _, third = asked(widget).locator("li details").all()
    expect(first.locator("p").first).to_be_hidden()
    first.locator("summary").click()
    expect(first).to_contain_text("The rule: Within three working days after you arrive.")
    expect(first).to_contain_text("Immigration Office, checked on 20 November 2026")
    link = first.get_by_role("link", name="Declaration of arrival (opens in a new tab)")
    assert link.get_attribute("href") == "https://office.example/en/declaration-of-arrival"
    assert link.get_attribute("target") == "_blank"
    assert "noopener" in (link.get_attribute("rel") or "")
    third.locator("summary").click()
    expect(third).to_contain_text("It waits for:")
    assert third.locator("li").all_inner_texts() == ["Register at the town hall", "Be at home for the residence check"]


def test_the_link_in_the_text_opens_the_plan_on_the_assistants_server(widget: Widget, stub: Stub) -> None:
    asked(widget)
    link = widget.messages.last.get_by_role("link", name="Open your whole plan (opens in a new tab)")
    assert link.get_attribute("rel") == "noopener noreferrer"
    with widget.page.context.expect_page() as opened:
        link.click()
    assert opened.value.url == f"{stub.url}/plan/k3Yd.aSe1-w.Q9_x"
    assert opened.value.evaluate("window.opener") is None
    expect(widget.dialog).to_be_visible()


def test_by_keyboard_in_reading_order(widget: Widget) -> None:
    card = asked(widget)
    page = widget.page
    widget.messages.last.get_by_role("link", name="Open your whole plan").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card.locator("li details").first).to_have_attribute("open", "")
    assert walk(page, 4) == [
        "Declaration of arrival (opens in a new tab)",
        "More about this step: Register at the town hall",
        "More about this step: Collect your residence card",
        "I have done the first one",
    ]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(card.locator("li details").last).to_have_attribute("open", "")
    page.keyboard.press("Space")
    expect(card.locator("li details").last).not_to_have_attribute("open", "")
    assert str(page.evaluate(FOCUS)).startswith("More about this step: Collect")


def test_a_screen_reader_hears_the_text_once_and_the_card_not_at_all(widget: Widget, stub: Stub) -> None:
    card = asked(widget)
    message = widget.messages.last
    assert words(message).startswith("Assistant: Three things matter now.")
    expect(message).to_contain_text("5 steps are listed below.")
    expect(card).to_have_attribute("aria-live", "off")
    expect(card.get_by_role("list").first).to_be_visible()
    card.locator("li summary").first.click()
    message.evaluate("element => element.kept = true")
    stub.say(widget.conversation(), "bot", "Something new")
    widget.shows("Something new")
    # The same element stays, opened as it was: nothing is said again.
    before = widget.messages.nth(1)
    assert before.evaluate("element => element.kept") is True
    expect(before.locator("li details").first).to_have_attribute("open", "")


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 320, "height": 568}},
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "reduced_motion": "reduce"},
        {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
        {"viewport": {"width": 390, "height": 844}, "forced_colors": "active"},
    ],
    ids=["320 px", "dark", "200 %", "forced colours"],
)
def test_the_card_fits_and_axe_finds_nothing(visit: Open, options: dict[str, Any]) -> None:
    widget = visit(**options)
    card = asked(widget)
    for summary in card.locator("li summary").all():
        summary.click()
        box = summary.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= options["viewport"]["width"]
    for scope in (widget.log, card):
        assert scope.evaluate("element => element.scrollWidth <= element.clientWidth") is True
    assert card.evaluate("element => getComputedStyle(element).borderTopWidth") == "1px"
    assert card.locator(".late").evaluate("element => getComputedStyle(element).borderTopWidth") == "1px"
    assert findings(widget.page) == []


def test_the_message_is_read_from_its_first_line(visit: Open) -> None:
    widget = visit(viewport={"width": 390, "height": 700})
    asked(widget)
    expect(widget.log.get_by_text("Three things matter now.")).to_be_in_viewport()


@pytest.mark.parametrize(
    "plan", [None, "text", [], [None, 3, {}], [{"title": "x", "state": "lost"}], [{"state": "now"}]]
)
def test_without_steps_there_is_no_card(widget: Widget, stub: Stub, plan: object) -> None:
    stub.bot = lambda _: [{**PLANNED, "plan": plan}]
    widget.open().ask("What is my plan?")
    widget.shows("Three things matter now.")
    expect(widget.log.locator(".plan")).to_have_count(0)
    expect(widget.log).not_to_contain_text("listed below")
