"""The four people of the workshops, from the first message in the widget to the plan on their phone."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
import vobject  # type: ignore[import-untyped]
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.whole.conftest import Stack
from tests.whole.phones import SLOW, Phone, browser

__all__ = ["browser"]  # a fixture

pytestmark = pytest.mark.browser

PEOPLE = {
    "aya": (
        "Researcher from Japan, arrived yesterday in Gent with husband, kids 3 and 7, visa D. We have a flat. what now",
        "Register with your town hall",
    ),
    "rolf": (
        "hi, german, looking for a job, here in Gent since last week with my girlfriend. where do i start?",
        "Find an address where you may register",
    ),
    "pedro": (
        "I come from Argentina to Ghent next month for a job, my single permit is granted. What do I have to do now?",
        "Ask for your visa D at the Belgian embassy",
    ),
    "mirela": (
        "Bulgarian, contract as carer in Aalst, came 3 weeks ago, children of 6 and 14, we rent a flat. what next",
        "Register with your town hall as an EU citizen",
    ),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_from_the_first_message_to_the_plan(browser: Browser, stack: Stack, screenshots: Path, name: str) -> None:
    question, step = PEOPLE[name]
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone = Phone(context.new_page(), stack.url)
    phone.ask(question)
    phone.shows("comes first")
    expect(phone.log.get_by_text(step).first).to_be_visible(timeout=SLOW)
    phone.page.screenshot(path=screenshots / f"plan-{name}-chat.png")

    with context.expect_page() as opened:
        phone.log.get_by_role("link", name="See, print or share your whole plan").last.click()
    page = opened.value
    expect(page.get_by_role("heading", name="What matters now")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(step).first).to_be_visible()
    page.screenshot(path=screenshots / f"plan-{name}-page.png", full_page=True)
    assert Axe().run(page).response["violations"] == []

    calendar = httpx.get(page.url.split("?")[0] + ".ics", timeout=30).raise_for_status().text
    dated = [event.summary.value for event in vobject.readOne(calendar).contents.get("vevent", [])]
    assert dated, "no date is in the calendar"
    assert httpx.get(page.url.split("?")[0] + "/cards", timeout=30).raise_for_status().text.count('lang="nl"') > 0
    context.close()
