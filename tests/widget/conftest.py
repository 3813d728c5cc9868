"""A browser, the stub server and a page with the widget on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests import browsers
from tests.widget.stub_server import BUILD, Conversation, Stub

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def built() -> Path:
    """The widget's build; the tests are of what a town embeds, not of the sources."""
    if not (BUILD / "manifest.json").is_file():
        pytest.fail("The widget is not built: run `npm ci && npm run build` in widget/.", pytrace=False)
    return BUILD


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each file: while Playwright runs, no other test of its process can have an event loop."""
    with browsers.chromium() as running:
        yield running


@pytest.fixture
def stub(built: Path) -> Iterator[Stub]:
    stub = Stub().start()
    yield stub
    stub.stop()


class Widget:
    """The chat as a person meets it on one page."""

    def __init__(self, page: Page, stub: Stub) -> None:
        self.page, self.stub = page, stub
        self.launcher = page.locator("what-now-chat .launcher")
        self.dialog = page.get_by_role("dialog", name="What now?")
        self.input = page.get_by_label("Your message")
        self.log = page.get_by_role("log")
        self.messages = self.log.locator(".message")
        self.thinking = self.log.locator(".thinking")
        self.warning = page.locator("what-now-chat .status.warn")

    def open(self) -> Widget:
        self.launcher.click()
        expect(self.dialog).to_be_visible()
        return self

    def ask(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def shows(self, text: str, times: int = 1) -> None:
        """The log shows a message with exactly this text so many times."""
        expect(self.log.locator(".bubble").filter(has_text=text)).to_have_count(times)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def conversation(self) -> Conversation:
        return self.stub.only


Open = Callable[..., Widget]


@pytest.fixture
def errors() -> list[str]:
    """Errors that reached the host page; empty at the end of every test."""
    return []


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        context.set_default_timeout(10_000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def visit(stub: Stub, contexts: Callable[..., BrowserContext], errors: list[str]) -> Iterator[Open]:
    """Opens a page (the demo page unless told) in a new browser profile, or in a given one."""

    def visit(url: str | None = None, context: BrowserContext | None = None, **options: Any) -> Widget:
        page = (context or contexts(**options)).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url or stub.url)
        return Widget(page, stub)

    yield visit
    assert errors == []


@pytest.fixture
def widget(visit: Open) -> Widget:
    return visit()


def wait_for(page: Page, condition: Callable[[], bool], seconds: float = 10) -> None:
    """Waits until something is true on the server's side; the page lives on meanwhile."""
    for _ in range(int(seconds * 20)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not happen in time")
