"""axe on every page, light and dark, wide and narrow; enlarged, on paper, by keyboard."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browsers import settled, two_looks

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("DESK_PICTURES")


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


@two_looks
def test_every_page_passes_axe_and_fits(busy_day, window, scheme, size):
    size_of = {"width": size[0], "height": size[1]}
    page = window(viewport=size_of, color_scheme=scheme)
    nobody = window(None, viewport=size_of, color_scheme=scheme)
    pages = {
        "queue": "/desk/",
        "conversation": f"/desk/conversations/{busy_day['aya']}",
        "with-colleague": f"/desk/conversations/{busy_day['tom']}",
        "dossiers": "/desk/dossiers",
        "dossier": f"/desk/dossiers/{busy_day['dossier']}",
        "set-aside": "/desk/set-aside",
        "problem": f"/desk/dossiers/{'0' * 32}",
    }
    check(nobody, "/desk/login", f"login-{scheme}-{size[0]}")
    for name, address in pages.items():
        check(page, address, f"{name}-{scheme}-{size[0]}")
    page.goto(pages["conversation"])
    page.get_by_role("button", name="Take the conversation").click()
    expect(page.get_by_label("Your answer")).to_be_focused()
    page.get_by_label("Your answer").fill("Good morning Aya. Did both of you sign the inventory?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".from-agent")).to_be_visible()
    check(page, None, f"speaking-{scheme}-{size[0]}")


def check(page: Page, address: str | None, name: str) -> None:
    """No finding of axe, nothing that must be scrolled sideways, no target smaller than WCAG 2.2 asks."""
    if address:
        page.goto(address)
    settled(page)
    picture(page, name)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], name


def test_at_200_percent_nothing_is_cut_off(busy_day, window):
    page = window(viewport={"width": 640, "height": 450}, device_scale_factor=2)
    for address in ("/desk/", f"/desk/conversations/{busy_day['aya']}", f"/desk/dossiers/{busy_day['dossier']}"):
        check(page, address, "zoom" + address.replace("/", "-")[:20])


def test_a_skip_link_comes_first_and_a_dossier_prints_without_the_desk_around_it(busy_day, window):
    page = window()
    page.goto(f"/desk/dossiers/{busy_day['dossier']}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.emulate_media(media="print")
    picture(page, "dossier-print")
    expect(page.get_by_role("heading", name="Dossier of Aya")).to_be_visible()
    expect(page.get_by_text("Do you agree that your answers are kept")).to_be_visible()
    expect(page.get_by_role("navigation", name="Desk")).to_be_hidden()
    expect(page.get_by_role("link", name="All dossiers")).to_be_hidden()
