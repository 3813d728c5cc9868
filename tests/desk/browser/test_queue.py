"""The queue by keyboard, what tells an agent that something came, and how these pages look."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from dossiers import conversations, handovers, tasks, transfers
from dossiers.models import Agent, Conversation, Sender, Speaker, TaskKind
from dossiers.tasks import New
from knowledge.wording import say
from tests.browsers import two_looks
from tests.desk import working
from tests.desk.browser.test_accessibility import check

pytestmark = pytest.mark.browser
DAY = dt.timedelta(days=1)


@pytest.fixture
def work(world) -> dict[str, str]:
    """People who wait for different reasons, one who left a message, one kept for Mia, tasks on several days."""
    now = world.clock()
    with world.database.write() as session:
        mia, tom = (session.query(Agent).filter_by(login=login).one().id for login in ("mia", "tom"))
    working.here(world, tom, capacity=3)
    patient, _ = world.conversation("Which papers do I need for my diploma?")
    pressed, _ = world.conversation("My husband and I arrived last week. Where do we register?")
    working.arrived(world, pressed, now.date() - 5 * DAY)
    world.dossier(pressed, first_name="Aya", home_town="gent")
    evicted, _ = world.conversation("I got a letter: I must leave my flat on Friday")
    working.handover(world, evicted, reason="risk", risks=["eviction"])
    left, _ = world.conversation("My card expires soon, what now?", town="aalst")
    working.handover(world, left, message_left_at=now - dt.timedelta(hours=15), after_hours=True, choice="message")
    kept, _ = world.conversation("Can my wife work here?")
    colleague, _ = world.conversation("Where can I learn Dutch?")
    with world.database.write() as session:
        session.get_one(Conversation, left).speaker = Speaker.BOT
        by, to = session.get_one(Agent, tom), session.get_one(Agent, mia)
        transfers.assign(session, session.get_one(Conversation, kept), to, by, "she asked for you", now)
        handovers.take(session, session.get_one(Conversation, colleague), by, say, now)
        about = session.get_one(Conversation, pressed)
        for title, days, kind in (
            ("Ask the school for a place", -2, TaskKind.OWN),
            ("Send the list of papers", 0, TaskKind.OWN),
            ("Look at the registration again", 6, TaskKind.OWN),
        ):
            tasks.add(session, New(about.person_id, pressed, title, now.date() + days * DAY, mia, kind), by=to, now=now)
        conversations.add(session, about, Sender.PERSON, conversations.Said("Is anybody there?"), now)
    return {"patient": patient, "pressed": pressed, "evicted": evicted, "left": left, "kept": kept, "tom": colleague}


@two_looks
def test_the_queue_tasks_and_passing_on_pass_axe_and_fit(work, window, scheme, size):
    page = window(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    name = f"{scheme}-{size[0]}"
    check(page, "/desk/", f"work-queue-{name}")
    page.locator(".people summary").click()
    check(page, None, f"work-people-{name}")
    check(page, "/desk/tasks", f"work-tasks-{name}")
    page.locator("summary").first.click()
    check(page, None, f"work-task-open-{name}")
    check(page, f"/desk/conversations/{work['pressed']}/pass-on", f"work-keep-{name}")
    page.goto(f"/desk/conversations/{work['pressed']}")
    page.locator("#take").click()
    check(page, f"/desk/conversations/{work['pressed']}/pass-on", f"work-pass-on-{name}")
    page.get_by_label("Service", exact=True).select_option("huurdersbond")
    page.get_by_role("button", name="See what Aya will read").click()
    expect(page.get_by_role("heading", name="Aya will read")).to_be_visible()
    check(page, None, f"work-referral-{name}")
    page.goto("/desk/")
    page.get_by_role("button", name="Keys", exact=True).click()
    check(page, None, f"work-keys-{name}")


def test_at_200_percent_nothing_is_cut_off(work, window):
    page = window(viewport={"width": 640, "height": 450}, device_scale_factor=2)
    check(page, "/desk/", "work-queue-zoom")
    check(page, "/desk/tasks", "work-tasks-zoom")


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


def test_the_queue_is_worked_through_by_keyboard(work, world, window):
    page = window()
    page.wait_for_timeout(500)  # the stream puts the list there once more
    page.keyboard.press("j")
    assert focused(page) == f"open-{work['evicted']}"
    page.keyboard.press("j")
    assert focused(page) == f"open-{work['left']}"
    page.keyboard.press("k")
    assert focused(page) == f"open-{work['evicted']}"
    page.keyboard.press("t")
    expect(page.get_by_text("You have this conversation.")).to_be_visible()
    assert world.speaker(work["evicted"]) == "agent"
    expect(page.locator("#text")).to_be_focused()  # whoever took it wants to write
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("je r e t ? g q")
    expect(page.locator("#text")).to_have_value("je r e t ? g q")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    expect(page.get_by_role("heading", name="Dossiers", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Keys", exact=True)).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page.get_by_role("heading", name="Queue", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Keys", exact=True)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Queue")


def test_the_keys_are_listed_and_can_be_switched_off_for_good(work, window):
    page = window()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("j")
    page.get_by_label("Use these keys in this browser").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.reload()
    page.keyboard.press("j")
    assert focused(page) == ""
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Keys", exact=True).click()
    page.get_by_label("Use these keys in this browser").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert focused(page) == f"open-{work['evicted']}"


def until(page: Page, script: str, value: int) -> None:
    """Waits for a value of the page; Playwright's own way needs what the desk's policy forbids."""
    for _ in range(80):
        if page.evaluate(script) == value:
            return
        page.wait_for_timeout(100)
    assert page.evaluate(script) == value


RECORD = """
window.shown = [];
window.Notification = class extends EventTarget {
  static permission = "default";
  static asked = 0;
  static requestPermission() { this.asked += 1; this.permission = "granted"; return Promise.resolve("granted"); }
  constructor(title, more) { super(); window.shown.push(`${title}: ${more.body}`); }
  close() {}
};
document.addEventListener("desk:sound", () => { window.sounds = (window.sounds ?? 0) + 1; });
"""


def test_a_message_of_the_browser_and_a_sound_come_only_when_asked_for(world, window):
    page = window()
    page.add_init_script(RECORD)
    page.goto("/desk/")
    expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
    assert page.evaluate("Notification.asked") == 0
    first, _ = world.conversation("My landlord keeps the deposit")
    world.hub.wake(first)
    expect(page.get_by_text("1 person is waiting.")).to_be_visible()
    assert page.evaluate("[window.shown.length, window.sounds ?? 0]") == [0, 0]
    page.locator(".people summary").click()
    page.get_by_role("button", name="Message of the browser").click()
    expect(page.get_by_role("button", name="Message of the browser")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Short sound").click()
    expect(page.get_by_text("You hear this sound when something comes.")).to_be_visible()
    until(page, "window.sounds ?? 0", 1)
    second, _ = world.conversation("And I wait too")
    world.dossier(second, first_name="Aya")
    world.hub.wake(second)
    until(page, "window.shown.length", 1)
    assert page.evaluate("window.shown") == ["Pre-care desk: Somebody waits for a colleague."]
    until(page, "window.sounds ?? 0", 2)
    page.get_by_role("button", name="Short sound").click()
    expect(page.get_by_text("No sound.")).to_be_visible()


def test_the_real_browser_shows_it_with_its_permission(server, world, window):
    page = window()
    page.context.grant_permissions(["notifications"], origin=server.url)
    page.goto("/desk/")
    page.locator(".people summary").click()
    page.get_by_role("button", name="Message of the browser").click()
    expect(page.get_by_text("Your browser shows a message when something comes.")).to_be_visible()
    conversation_id, _ = world.conversation()
    world.hub.wake(conversation_id)
    expect(page.get_by_text("1 person is waiting.")).to_be_visible()


def test_on_another_page_a_line_tells_it_once_and_leads_there(world, window):
    busy, _ = world.conversation("Question one")
    page = window()
    page.goto(f"/desk/conversations/{busy}")
    expect(page.locator("#floor")).to_contain_text("waits")
    page.wait_for_timeout(500)
    other, _ = world.conversation("Question two")
    world.hub.wake(busy)
    line = page.locator("#news")
    expect(line).to_have_text("Somebody waits for a colleague.", timeout=15_000)
    expect(line).to_have_attribute("role", "status")
    line.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Queue", level=1)).to_be_visible()
    expect(page.locator(f"#open-{other}")).to_be_visible()


def test_what_an_agent_says_of_themselves_reaches_a_colleagues_page_at_once(world, window):
    mia, tom = window(), window("tom")
    expect(tom.locator(".people")).to_contain_text("Mia Peeters: available")
    mia.locator(".people summary").click()
    mia.get_by_label("busy").check()
    mia.get_by_label("Conversations at once").fill("2")
    mia.get_by_role("button", name="Save").click()
    expect(tom.locator(".people")).to_contain_text(re.compile("Mia Peeters: busy, 0 of 2"))


def test_one_more_than_wanted_is_asked_and_taken_without_scripts(world, window):
    for text in ("One", "Two"):
        world.conversation(text)
    page = window(java_script_enabled=False)
    page.locator(".people summary").click()
    page.get_by_label("Conversations at once").fill("1")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Take the next one").click()
    page.goto("/desk/")
    page.get_by_role("button", name="Take the next one").click()
    expect(page.get_by_role("heading", name="One more?")).to_be_visible()
    page.get_by_role("button", name="Take one more").click()
    expect(page.get_by_text("You have this conversation.")).to_be_visible()
