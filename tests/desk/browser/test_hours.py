"""The office hours and the mail about who waits: axe, narrow and dark, and by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from dossiers import hours
from dossiers.models import Agent, Role, Team
from tests.desk.browser.test_accessibility import check, picture

pytestmark = pytest.mark.browser


@pytest.fixture
def coordinator(world):
    with world.database.write() as session:
        agent = session.query(Agent).filter_by(login="mia").one()
        agent.roles = [str(Role.COORDINATOR)]
        session.add(Team(id="aalst", name="Aalst", municipalities=["aalst"], created_at=world.clock()))
        session.flush()
        today = world.clock().date()
        hours.close_on(session, None, today, today, "Team day")
    return world


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_both_pages_pass_axe_and_fit(coordinator, window, scheme, width):
    page = window(viewport={"width": width, "height": 900}, color_scheme=scheme)
    check(page, "/desk/hours", f"hours-{scheme}-{width}")
    check(page, "/desk/hours?team=aalst", f"hours-team-{scheme}-{width}")
    check(page, "/desk/digest", f"digest-{scheme}-{width}")


def test_hours_are_set_with_the_keyboard_and_a_mistake_is_named_at_its_field(coordinator, window):
    page = window()
    page.goto("/desk/hours")
    monday = page.get_by_label("Monday", exact=True)
    monday.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("nine to five")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Monday")
    expect(monday).to_have_attribute("aria-invalid", "true")
    expect(monday).to_have_value("nine to five")
    picture(page, "hours-mistake")
    page.get_by_role("link", name="Monday").click()
    expect(monday).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("10-12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The hours are kept")
    expect(monday).to_have_value("10:00-12:00")
