"""Chromium windows on a running desk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dossiers import conversations, handovers, record
from dossiers.models import Agent, Conversation, Dossier, InboxItem, Sender
from knowledge.wording import say
from tests import browsers
from tests.desk.conftest import PASSWORD

VENDOR = Path("desk/static/vendor")
PICTURES = os.environ.get("DESK_PICTURES")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not (VENDOR / "htmx.min.js").exists():
        pytest.skip("the widget's build has not put htmx into desk/static/vendor yet")
    with browsers.chromium() as running:
        yield running


@pytest.fixture
def world(server):
    server.world.agent()
    server.world.agent("tom", "Tom De Wit")
    return server.world


@pytest.fixture
def window(chromium, server):
    """Opens windows that are logged in; fails when a page complains in the console."""
    complaints: list[str] = []
    contexts = []

    def opened(login: str | None = "mia", **settings) -> Page:
        context = chromium.new_context(base_url=server.url, timezone_id="Europe/Brussels", **settings)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if login:
            page.goto("/desk/")
            page.get_by_label("Login").fill(login)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Log in").click()
            expect(page.get_by_role("heading", name="Queue", level=1)).to_be_visible()
            if settings.get("java_script_enabled", True):
                page.locator(".keys-open").wait_for(state="attached")  # its scripts have run
        return page

    yield opened
    for context in contexts:
        context.close()
    # lost connections and refused answers, as the browser and htmx report them
    expected = re.compile(
        r"Failed to load resource|net::ERR_|^htmx:|^\[object Event\]$|Status Error Code 409 from \S+/reply"
    )
    if PICTURES:  # taking one adds a style of its own
        expected = re.compile(expected.pattern + "|Applying inline style")
    assert [line for line in complaints if not expected.search(line)] == []


@pytest.fixture
def busy_day(world) -> dict[str, str]:
    """Conversations in every state, one with a dossier, one message that was set aside."""
    source = {
        "title": "Rental deposit",
        "url": "https://www.vlaanderen.be/deposit",
        "publisher": "Flanders",
        "checked_on": "2026-11-01",
    }
    aya, _ = world.conversation("How do I get my rental deposit back?", queued=False)
    world.says(
        aya,
        "The deposit stays on a blocked account in your name.\n\n- **Take with you:** the lease and the inventory\n"
        "- **By when:** when the lease ends\n\nBoth of you must agree before the bank pays it out.",
        Sender.BOT,
        outcome="answered",
        article="deposit-return",
        sources=[source],
        options=[{"title": "Talk to a person", "payload": "/human"}],
    )
    world.says(aya, "He does not answer my letters and I leave Ghent on Friday.")
    dossier = world.dossier(
        aya, first_name="Aya", nationality="JP", home_town="gent", purpose="researcher", job_offer="yes", contact=None
    )
    with world.database.write() as session:
        opened = session.get_one(Dossier, dossier)
        for key, value in {"concern": "My landlord keeps the deposit", "arrival": "January 2025"}.items():
            record.state(session, opened, key, value, stated_by=Sender.PERSON, message_id=None, now=world.clock())
        record.state(
            session, opened, "arrival", "February 2025", stated_by=Sender.PERSON, message_id=None, now=world.clock()
        )
        handovers.request(session, session.get_one(Conversation, aya), "asked", world.clock())
    world.conversation("My residence card expires next week, what now?", town="aalst")
    world.conversation("Where do I register with my children?", queued=False)
    tom, _ = world.conversation("Which papers do I need for my diploma?")
    with world.database.write() as session:
        colleague = session.query(Agent).filter_by(login="tom").one()
        handovers.take(session, session.get_one(Conversation, tom), colleague, say, world.clock())
        message = conversations.add(
            session,
            session.get_one(Conversation, tom),
            Sender.PERSON,
            conversations.Said("a message that broke"),
            world.clock(),
        )
        session.add(
            InboxItem(
                channel="web",
                external_id="x",
                conversation_id=tom,
                message_id=message.id,
                state="dead",
                error="KeyError",
                received_at=world.clock(),
                due_at=world.clock(),
            )
        )
    return {"aya": aya, "tom": tom, "dossier": dossier}
