"""Chromium windows on the page of one's data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests import browsers


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsers.chromium() as running:
        yield running


@pytest.fixture
def window(chromium, live):
    """Opens windows without scripts of the page's own; fails when a page complains in the console."""
    complaints: list[str] = []
    contexts = []

    def opened(**settings) -> Page:
        context = chromium.new_context(base_url=live.base, **settings)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [line for line in complaints if "Failed to load resource" not in line] == []
