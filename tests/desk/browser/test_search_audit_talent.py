"""Search, audit log and talent in a real browser: axe, narrow, dark, enlarged, by keyboard, and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dossiers import audit, consents, talent
from dossiers.models import Agent, Conversation, Role
from tests.browsers import two_looks
from tests.desk.browser.test_accessibility import check

pytestmark = pytest.mark.browser


@pytest.fixture
def world(server):
    """Mia may do everything, and also belongs to a partner."""
    world = server.world
    mia = world.agent()
    with world.database.write() as session:
        session.get_one(Agent, mia.id).roles = [str(role) for role in Role]
        talent.belongs_to(session, mia.id, "vdab", by="system", now=world.clock())
    return world


@pytest.fixture
def person(world) -> str:
    """Somebody with a dossier who shares their profile; the person's id."""
    conversation_id, _ = world.conversation("My landlord keeps the dépôt of my flat, is that allowed?")
    world.dossier(
        conversation_id,
        first_name="Aya",
        nationality="JP",
        home_town="gent",
        purpose="researcher",
        concern="A school for my shy child, and the deposit of our flat in the Brugse Poort",
    )
    with world.database.write() as session:
        person_id = session.get_one(Conversation, conversation_id).person_id
        consents.give(
            session, person_id, purpose="share-profile", partner="vdab", version="1", text="t", now=world.clock()
        )
        for number in range(12):
            audit.note(
                session,
                actor="system" if number % 3 else f"person:{person_id}",
                action="retention.run" if number % 3 else "consent.given",
                subject=f"person:{person_id}",
                now=world.clock(),
                details={"purpose": "share-profile:vdab", "rows": number, "dry_run": number % 2 == 0},
            )
        return person_id


@two_looks
def test_the_pages_pass_axe_and_fit(world, person, window, scheme, size):
    page = window(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    name = f"{scheme}-{size[0]}"
    check(page, "/desk/search", f"search-empty-{name}")
    page.get_by_label("Words in dossiers and conversations").fill("depo")
    expect(page.locator("mark").first).to_be_visible()
    check(page, None, f"search-{name}")
    check(page, "/desk/audit", f"audit-{name}")
    page.get_by_role("button", name="Check the chain now").click()
    expect(page.get_by_text("The chain is whole")).to_be_visible()
    check(page, None, f"audit-checked-{name}")
    check(page, "/desk/talent", f"talent-empty-{name}")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    expect(page.get_by_text("1 profile")).to_be_visible()
    check(page, None, f"talent-{name}")
    check(page, f"/desk/talent/{person}", f"talent-profile-{name}")
    check(page, "/desk/partners", f"partners-{name}")


def test_at_200_percent_and_in_forced_colours_nothing_is_cut_off(world, person, window):
    page = window(viewport={"width": 640, "height": 450}, device_scale_factor=2, forced_colors="active")
    for address in ("/desk/search", "/desk/audit", "/desk/talent", f"/desk/talent/{person}"):
        check(page, address, f"forced{address.replace('/', '-')}")


def test_results_come_while_one_types_and_are_told_to_who_does_not_see_them(world, person, window):
    page = window()
    page.goto("/desk/search")
    field = page.get_by_label("Words in dossiers and conversations")
    field.press_sequentially("landl")
    expect(page.locator("#results [role=status]")).to_contain_text("1 conversation")
    expect(page.locator("mark")).to_have_text("landlord")
    expect(field).to_be_focused()
    page.get_by_role("link", name=re.compile("^Aya")).last.press("Enter")
    expect(page).to_have_url(re.compile(r"/desk/conversations/\w+\?around=\d+#message-\d+$"))


def test_search_and_talent_work_without_scripts(world, person, window):
    page = window(java_script_enabled=False)
    page.goto("/desk/search")
    page.get_by_label("Words in dossiers and conversations").fill("school")
    page.get_by_role("search").get_by_role("button", name="Search").click()
    expect(page.locator("mark")).to_have_text("school")
    page.goto("/desk/talent")
    page.get_by_label("Words in the profile").fill("japan")
    page.get_by_role("search").get_by_role("button", name="Search").click()
    page.get_by_role("link", name=re.compile("^Profile ")).click()
    page.get_by_role("button", name="Ask to be introduced").click()
    expect(page.get_by_role("status")).to_contain_text("You have asked to be introduced")
