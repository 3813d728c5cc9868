"""The desk as agents use it: Chromium, keyboard, live pages, and axe on every page."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dossiers import accounts, conversations, floor, handovers, record
from dossiers.models import Agent, Conversation, InboxItem, Sender
from knowledge.wording import say
from tests.desk.conftest import PASSWORD, Server

pytestmark = pytest.mark.browser
VENDOR = Path("desk/static/vendor")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = os.environ.get("DESK_PICTURES")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    if not path.exists():
        pytest.skip(f"there is no Chromium at {path}")
    if not (VENDOR / "htmx.min.js").exists():
        pytest.skip("the widget's build has not put htmx into desk/static/vendor yet")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(path), args=QUIET)
        yield browser
        browser.close()


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
        return page

    yield opened
    for context in contexts:
        context.close()
    # lost connections, as the browser and htmx report them
    expected = re.compile(r"Failed to load resource|net::ERR_|^htmx:|^\[object Event\]$")
    if PICTURES:  # taking one adds a style of its own
        expected = re.compile(expected.pattern + "|Applying inline style")
    assert [line for line in complaints if not expected.search(line)] == []


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def a_busy_day(world) -> dict[str, str]:
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
        opened = session.get_one(record.Dossier, dossier)
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), (320, 640)], ids=["wide", "narrow"])
def test_every_page_passes_axe_and_fits(world, window, scheme, size):
    ids = a_busy_day(world)
    size_of = {"width": size[0], "height": size[1]}
    page = window(viewport=size_of, color_scheme=scheme)
    nobody = window(None, viewport=size_of, color_scheme=scheme)
    pages = {
        "queue": "/desk/",
        "conversation": f"/desk/conversations/{ids['aya']}",
        "with-colleague": f"/desk/conversations/{ids['tom']}",
        "dossiers": "/desk/dossiers",
        "dossier": f"/desk/dossiers/{ids['dossier']}",
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
    picture(page, name)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], name


def test_at_200_percent_nothing_is_cut_off(world, window):
    ids = a_busy_day(world)
    page = window(viewport={"width": 640, "height": 450}, device_scale_factor=2)
    for address in ("/desk/", f"/desk/conversations/{ids['aya']}", f"/desk/dossiers/{ids['dossier']}"):
        check(page, address, "zoom" + address.replace("/", "-")[:20])


def test_the_queue_is_live_and_taking_needs_only_the_keyboard(world, window):
    page = window()
    expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    conversation_id, _ = world.conversation("My landlord keeps the deposit")
    world.hub.wake(conversation_id)
    expect(page.get_by_text("1 person is waiting.")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1\) Queue"))
    take = page.get_by_role("button", name=re.compile("^Take the conversation with"))
    take.focus()
    second, _ = world.conversation("And I wait too")
    world.hub.wake(second)
    expect(page.get_by_text("2 people are waiting.")).to_be_visible()
    expect(page.locator(f"#take-{conversation_id}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have this conversation.")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_be_focused()


def test_a_conversation_goes_back_and_forth_without_losing_focus_or_draft(world, window):
    conversation_id, token = world.conversation()
    page = window()
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    answer = page.get_by_label("Your answer")
    answer.press_sequentially("Did you si")
    world.says(conversation_id, "Are you there?")
    expect(page.locator("#messages").get_by_text("Are you there?")).to_be_visible()
    world.dossier(conversation_id, first_name="Aya")
    expect(page.locator("aside").get_by_text("Aya")).to_be_visible()
    expect(answer).to_be_focused()
    page.keyboard.type("gn")
    expect(answer).to_have_value("Did you sign")
    page.reload()
    expect(answer).to_have_value("Did you sign")
    answer.press("Control+Enter")
    expect(page.locator(".from-agent .text")).to_have_text("Did you sign")
    expect(answer).to_have_value("")
    expect(answer).to_be_focused()
    expect(page.get_by_text("waiting to be delivered")).to_be_visible()
    page.request.get(f"/api/conversations/{conversation_id}/messages", headers={"authorization": f"Bearer {token}"})
    world.hub.wake(conversation_id)
    expect(page.get_by_text("delivered", exact=True)).to_be_visible()
    expect(page.locator(".from-agent")).to_have_count(1)
    page.get_by_role("button", name="Close, back to the assistant").click()
    expect(page.get_by_text("You have closed the conversation.")).to_be_visible()
    assert world.speaker(conversation_id) == "bot"


def test_a_colleague_reads_along_and_learns_who_is_speaking(world, window):
    conversation_id, _ = world.conversation()
    mia, tom = window(), window("tom")
    for page in (mia, tom):
        page.goto(f"/desk/conversations/{conversation_id}")
        expect(page.get_by_text("This person waits for a colleague.")).to_be_visible()
    mia.get_by_role("button", name="Take the conversation").click()
    expect(tom.get_by_text("This conversation is with Mia Peeters.")).to_be_visible()
    expect(tom.get_by_role("button", name="Take the conversation")).to_have_count(0)
    expect(tom.get_by_label("Your answer")).to_be_hidden()
    mia.get_by_label("Your answer").fill("Good morning")
    mia.get_by_role("button", name="Send").click()
    expect(tom.locator(".from-agent")).to_contain_text("Good morning")
    mia.get_by_role("button", name="Give back to the queue").click()
    tom.get_by_role("button", name="Take the conversation").click()
    expect(tom.get_by_label("Your answer")).to_be_focused()


def test_when_the_lease_lapses_the_page_says_so_and_the_draft_stays(world, window):
    conversation_id, _ = world.conversation()
    page = window()
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    answer = page.get_by_label("Your answer")
    answer.fill("A long answer")
    with world.database.write() as session:
        session.get_one(Conversation, conversation_id).lease_until = world.clock() - floor.LEASE
    world.lapse()
    expect(page.get_by_role("alert").filter(has_text="You no longer have this conversation")).to_be_visible()
    expect(answer).to_be_focused()
    expect(answer).to_have_value("A long answer")
    answer.press("Control+Enter")
    expect(page.get_by_text("Take it first; your draft is kept.")).to_be_visible()
    assert world.texts(conversation_id, Sender.AGENT) == []
    page.get_by_role("button", name="Take the conversation").click()
    expect(answer).to_have_value("A long answer")
    answer.press("Control+Enter")
    expect(page.locator(".from-agent")).to_contain_text("A long answer")


def test_without_a_connection_the_answer_is_kept_and_sent_once_afterwards(world, window):
    conversation_id, _ = world.conversation()
    page = window()
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    page.get_by_label("Your answer").fill("Good morning")
    # the answer arrives, its confirmation does not
    page.route("**/reply", lambda route: (route.fetch(), route.abort()))
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("could not be sent: there is no connection")).to_be_visible()
    expect(page.get_by_label("Your answer")).to_have_value("Good morning")
    page.unroute("**/reply")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("Your answer")).to_have_value("")
    assert world.texts(conversation_id, Sender.AGENT) == ["Good morning"]
    expect(page.locator(".from-agent")).to_have_count(1)


def test_after_a_restart_of_the_app_the_page_goes_on_where_it_was(server, world, window):
    conversation_id, _ = world.conversation()
    page = window()
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    page.get_by_label("Your answer").fill("half an ans")
    port = server.port
    server.stop()
    expect(page.get_by_text("The connection is lost.")).to_be_visible()
    world.says(conversation_id, "written meanwhile")
    again = Server(world, port)
    again.start()
    try:
        expect(page.locator("#messages").get_by_text("written meanwhile")).to_be_visible(timeout=20_000)
        expect(page.get_by_text("Connected again.")).to_be_visible()
        expect(page.locator("#messages > li")).to_have_count(3)
        expect(page.get_by_label("Your answer")).to_have_value("half an ans")
        expect(page.get_by_label("Your answer")).to_be_focused()
        world.says(conversation_id, "and live again")
        expect(page.locator("#messages").get_by_text("and live again")).to_be_visible()
    finally:
        page.close()
        again.stop()


def test_a_revoked_session_says_so_and_reveals_nothing_more(world, window):
    conversation_id, _ = world.conversation()
    page = window()
    page.goto(f"/desk/conversations/{conversation_id}")
    expect(page.locator("#floor")).to_contain_text("waits")
    with world.database.write() as session:
        accounts.deactivate(session, session.query(Agent).filter_by(login="mia").one())
    world.says(conversation_id, "planted afterwards")
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    expect(page.get_by_text("planted afterwards")).to_have_count(0)


def test_logging_out_removes_the_drafts(world, window):
    conversation_id, _ = world.conversation()
    page = window()
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    page.get_by_label("Your answer").fill("private draft")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert "private" not in page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")
    page.go_back()
    expect(page.get_by_text("My landlord keeps the deposit")).to_have_count(0)


def test_the_search_follows_what_is_typed(world, window):
    a_busy_day(world)
    page = window()
    page.goto("/desk/dossiers")
    search = page.get_by_role("searchbox")
    search.press_sequentially("japan")
    expect(page.get_by_text("1 dossier", exact=True)).to_be_visible()
    search.press_sequentially(" nowhere")
    expect(page.get_by_text("No dossier holds these words.")).to_be_visible()
    expect(search).to_be_focused()
    assert page.url.endswith("/desk/dossiers")


def test_the_desk_works_without_scripts(world, window):
    conversation_id, _ = world.conversation()
    page = window(java_script_enabled=False)
    page.goto(f"/desk/conversations/{conversation_id}")
    page.get_by_role("button", name="Take the conversation").click()
    page.get_by_label("Your answer").fill("Good morning")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".from-agent")).to_contain_text("Good morning")
    page.goto("/desk/dossiers")
    page.get_by_role("searchbox").fill("nobody")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("No dossier holds these words.")).to_be_visible()


def test_a_skip_link_comes_first_and_a_dossier_prints_without_the_desk_around_it(world, window):
    ids = a_busy_day(world)
    page = window()
    page.goto(f"/desk/dossiers/{ids['dossier']}")
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
