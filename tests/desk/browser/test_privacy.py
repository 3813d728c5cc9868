"""The privacy officer's pages in a browser: axe, narrow and wide, light and dark, enlarged; and erasing by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dossiers import accounts
from dossiers.models import Conversation, Role
from dossiers.privacy import running, terms
from tests.desk.browser.test_accessibility import check
from tests.desk.conftest import PASSWORD

pytestmark = pytest.mark.browser
WINDOWS: dict[str, dict[str, Any]] = {
    "wide-light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "narrow-dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
    "enlarged": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
}


@pytest.fixture
def officer(world, window, tmp_path, monkeypatch):
    """Opens windows of the privacy officer."""
    monkeypatch.setenv("DOCUMENTS_DIR", str(tmp_path / "documents"))
    with world.database.write() as session:
        made = accounts.create_agent(
            session, login="nele", name="Nele", password=PASSWORD, now=world.clock(), roles=[Role.PRIVACY_OFFICER]
        )
        made.second_factor_exempt = True

    def opened(**settings) -> Page:
        page = window(None, **settings)
        page.set_default_timeout(30_000)
        page.goto("/desk/login")
        page.get_by_label("Login").fill("nele")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        expect(page.get_by_role("heading", name="Privacy", level=1)).to_be_visible()
        return page

    return opened


@pytest.mark.parametrize("name", WINDOWS)
def test_every_page_passes_axe_and_fits(world, officer, name):
    conversation_id, _ = world.conversation("a question")
    running.count(world.database, terms.configured(), world.clock())
    page = officer(**WINDOWS[name])
    for address in ("", "/register", "/retention", "/requests"):
        check(page, f"/desk/privacy{address}", f"privacy{address.replace('/', '-')}-{name}")
    page.get_by_label("Number of the conversation").fill(conversation_id)
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_role("heading", name="Erase somebody", level=1)).to_be_visible()
    check(page, None, f"privacy-erase-{name}")


def test_somebody_is_erased_by_keyboard_alone(world, officer):
    conversation_id, _ = world.conversation("a question")
    page = officer()
    page.goto("/desk/privacy/requests")
    page.get_by_label("Number of the conversation").focus()
    page.keyboard.type(conversation_id)
    page.keyboard.press("Enter")
    page.get_by_label("I have made sure").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Erased. Give the person this number")).to_be_visible()
    with world.database.read() as session:
        assert session.get(Conversation, conversation_id) is None
