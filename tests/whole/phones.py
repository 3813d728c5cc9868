"""A newcomer's phone with the widget, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import browsers

SLOW = 30_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsers.chromium() as running:
        yield running


class Phone:
    """The widget on the demo page of a town."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(url)
        page.locator("what-now-chat .launcher").click()
        self.log = page.get_by_role("log")
        self.input = page.get_by_label("Your message")

    def ask(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def press(self, title: str) -> None:
        self.log.get_by_role("button", name=title, exact=True).last.click()

    def chooses_if_asked(self, title: str) -> None:
        """Chooses a reading when the assistant is not sure which one is meant, as a person would."""
        reply = self.log.get_by_text("Take with you").or_(self.log.get_by_role("button", name=title, exact=True)).last
        expect(reply).to_be_visible(timeout=SLOW)
        if self.log.get_by_text("Take with you").count() == 0:
            self.press(title)

    def shows(self, text: str) -> None:
        expect(self.log.get_by_text(text).last).to_be_visible(timeout=SLOW)
