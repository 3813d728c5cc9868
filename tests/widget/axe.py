"""What axe objects to on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def findings(page: Page) -> list[str]:
    """What axe objects to, one line each."""
    violations = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{found['id']}: {node['target']} {node['failureSummary']}" for found in violations for node in found["nodes"]
    ]
