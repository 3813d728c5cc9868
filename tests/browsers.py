"""A real Chromium for the tests of every room."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Every size and every scheme of colours once: a page's colours do not depend on its width.
two_looks = pytest.mark.parametrize(
    ("scheme", "size"), [("light", (320, 640)), ("dark", (1280, 900))], ids=["narrow-light", "wide-dark"]
)
NAMES = ("chromium", "chromium-browser", "google-chrome")


def found() -> str | None:
    """The browser named by $CHROMIUM, else the first one on the PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).is_file() else shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser; without one the tests that want it are skipped with the reason."""
    path = found()
    if path is None:
        names = ", ".join(NAMES)
        pytest.skip(
            f"No browser: $CHROMIUM names none and none of {names} is installed (Debian: apt-get install chromium)."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def settled(page: Page) -> Page:
    """The page once it is whole and has its style sheet: what is judged before that is half a page."""
    page.wait_for_load_state("load")
    expect(page.locator("main")).to_be_attached()
    expect(page.locator("body")).to_have_css("margin-top", "0px")
    return page
