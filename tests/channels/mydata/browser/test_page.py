"""The page in a real browser: axe, narrow, enlarged, on paper, and by hand from a correction to the end."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Page, expect

from dossiers import documents, interests, record, topics
from dossiers.models import Agent, Conversation, DocumentState, Sender, TopicState
from knowledge.profile import Profile
from tests.browsers import settled
from tests.channels.mydata.conftest import World

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESKTOP, NARROW = (390, 844), (1280, 900), (320, 640)
Window = Callable[..., Page]


def full(live: World) -> str:
    """Somebody of whom everything is known that can be."""
    mine = live.person(
        first_name="Aya",
        nationality="JP",
        home_town="gent",
        purpose="researcher",
        job_offer="no",
        concern="a flat with a long lease for four of us, near a school",
        contact=None,
        said="we come in march, what now",
    )
    live.plan(mine, Profile(country="JP", purpose="researcher", arrival=dt.date(2027, 3, 1), partner=True))
    live.give(mine, "share-profile:vdab", "follow-up")
    with live.database.write() as session:
        agent = Agent(login=mine, name="An", password_hash="x", created_at=live.now)
        session.add(agent)
        session.flush()
        dossier = record.dossier_of(session, session.get_one(Conversation, mine).person_id)
        assert dossier is not None
        by: dict[str, Any] = {"agent_id": agent.id, "now": live.now}
        documents.request(session, dossier, "lease", reason="To see your address", last_day=dt.date(2026, 12, 1), **by)
        documents.note(session, dossier, "passport", DocumentState.HELD, text="", now=live.now)
        interests.put(session, dossier, "buddy", True, stated_by=Sender.PERSON, now=live.now)
        topics.put(
            session,
            dossier,
            "housing",
            TopicState.IN_PROGRESS,
            set_by=Sender.AGENT,
            note="Two visits",
            based_on=None,
            **by,
        )
    return live.path(mine)


def check(page: Page) -> None:
    """No finding of axe, and nothing that must be scrolled sideways."""
    found = Axe().run(settled(page), options={"runOnly": RULES})
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], page.url


def picture(page: Page, name: str) -> None:
    """Kept when $PICTURES names a folder, to be looked at."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"mydata-{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("scheme", "size"),
    [("light", PHONE), ("dark", DESKTOP), ("light", NARROW), ("dark", NARROW)],
    ids=["phone", "desktop-dark", "narrow", "narrow-dark"],
)
def test_the_pages_pass_axe_and_fit(live: World, window: Window, scheme: str, size: tuple[int, int]) -> None:
    page = window(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    path = full(live)
    page.goto(path)
    picture(page, f"{size[0]}-{scheme}")
    check(page)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    picture(page, f"{size[0]}-{scheme}-open")
    check(page)
    for end in ("/erase", "/end"):
        page.goto(path + end)
        picture(page, f"{size[0]}-{scheme}-{end[1:]}")
        check(page)
    page.goto("/mydata/never-made")
    check(page)


def test_at_200_percent_and_with_forced_colours_nothing_is_cut_off(live: World, window: Window) -> None:
    page = window(viewport={"width": 640, "height": 450}, device_scale_factor=2, forced_colors="active")
    page.goto(full(live))
    picture(page, "200-percent")
    check(page)
    small = window(viewport={"width": 320, "height": 640})
    small.goto(full(live))
    small.evaluate("document.documentElement.style.fontSize = '200%'")
    width = small.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1]


def test_without_scripts_somebody_corrects_agrees_sends_and_erases(live: World, window: Window) -> None:
    page = window(viewport={"width": PHONE[0], "height": PHONE[1]}, java_script_enabled=False)
    page.goto(full(live))
    page.locator("#field-home_town").get_by_text("Change Town").click()
    page.locator("#field-home_town").get_by_label("Town", exact=True).fill("Aalst")
    page.get_by_role("button", name="Save Town").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    expect(page.locator("#field-home_town .value")).to_have_text("Aalst")
    page.get_by_role("button", name="Take it back Follow-up messages").click()
    expect(page.locator("#consent-follow-up .state")).to_have_text("You did not agree")
    pdf: FilePayload = {"name": "lease.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    page.locator("input[type=file]").set_input_files(pdf)
    page.get_by_role("button", name="Send it Lease").click()
    expect(page.get_by_text("received")).to_be_visible()
    page.get_by_role("button", name="Read and print it").click()
    expect(page.get_by_role("heading", name="A copy of your data")).to_be_visible()
    picture(page, "copy")
    page.get_by_role("link", name="Back to your data page").click()
    page.get_by_role("link", name="Erase everything about me").click()
    page.get_by_role("button", name="Yes, erase everything").click()
    expect(page.get_by_role("heading", name="Everything about you is erased")).to_be_visible()
    picture(page, "erased")


def test_on_paper_there_are_answers_and_no_buttons(live: World, window: Window) -> None:
    page = window(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    page.goto(full(live))
    page.emulate_media(media="print")
    picture(page, "print")
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.locator("#field-home_town .value")).to_be_visible()
