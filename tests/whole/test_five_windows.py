"""Two agents and three newcomers in five browser windows at once: take, pass on, lapse, close, and on with the bot."""

from __future__ import annotations

import datetime as dt
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from dossiers.database import Database, make_engine, now
from dossiers.models import Conversation, Message, Sender, Speaker
from knowledge.wording import say
from tasks.paths import APP_PYTHON, ROOT
from tests.browsers import settled
from tests.whole.conftest import Stack
from tests.whole.phones import SLOW, Phone, browser

pytestmark = pytest.mark.browser

__all__ = ["browser"]  # a fixture

PASSWORD = "five windows at once"


class Desk:
    """An agent at work."""

    def __init__(self, page: Page, stack: Stack, login: str) -> None:
        self.page, self.url = page, f"{stack.url}/desk"
        page.goto(self.url)
        page.get_by_label("Login").fill(login)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Queue", level=1)).to_be_visible()

    def open(self, conversation_id: str) -> None:
        self.page.goto(f"{self.url}/conversations/{conversation_id}")

    def take(self, conversation_id: str) -> None:
        self.open(conversation_id)
        self.page.get_by_role("button", name="Take the conversation").click()
        expect(self.page.get_by_text("You have this conversation.")).to_be_visible()

    def says(self, text: str) -> None:
        self.page.get_by_label("Your answer").fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()
        expect(self.page.get_by_role("log")).to_contain_text(text, timeout=SLOW)

    def reads(self, text: str) -> None:
        expect(self.page.get_by_role("log")).to_contain_text(text, timeout=SLOW)


@pytest.fixture
def database(stack: Stack) -> Iterator[Database]:
    """The running app's own database."""
    engine = make_engine(stack.values["DATABASE_URL"])
    yield Database(engine)
    engine.dispose()


def make_agent(stack: Stack, login: str, name: str) -> None:
    command = [str(APP_PYTHON), "-m", "desk", "create-agent", "--login", login, "--name", name, "--password-stdin"]
    subprocess.run(
        command, cwd=ROOT, env=stack.values, input=f"{PASSWORD}\n", text=True, check=True, capture_output=True
    )


def asks_for_a_person(phone: Phone, database: Database, text: str) -> str:
    """Writes, asks for a person and waits for one. Returns the conversation's id."""
    said = select(Message.conversation_id).where(Message.text == text, Message.sender == Sender.PERSON)
    phone.ask(text)
    phone.shows(text)
    phone.ask("I want to talk to a person please")
    deadline = time.monotonic() + SLOW / 1000
    while time.monotonic() < deadline:
        with database.read() as session:
            waits = select(Conversation.id).where(Conversation.id.in_(said), Conversation.speaker == Speaker.QUEUE)
            if (found := session.scalars(waits).first()) is not None:
                return found
        phone.page.wait_for_timeout(200)
    raise AssertionError(f"nobody waits who wrote {text!r}")


def later(database: Database, conversation_id: str) -> None:
    """So much time passes that the agent's hold on a conversation is over."""
    with database.write() as session:
        over = now() - dt.timedelta(seconds=1)
        session.execute(update(Conversation).where(Conversation.id == conversation_id).values(lease_until=over))


def said_to(database: Database, conversation_id: str, sender: Sender) -> list[str]:
    with database.read() as session:
        statement = select(Message.text).where(Message.conversation_id == conversation_id, Message.sender == sender)
        return list(session.scalars(statement.order_by(Message.id)))


def test_five_windows_at_once(browser: Browser, stack: Stack, database: Database, screenshots: Path) -> None:
    make_agent(stack, "mia5", "Mia Peeters")
    make_agent(stack, "jan5", "Jan Maes")
    contexts = [browser.new_context(viewport={"width": 390, "height": 844}) for _ in range(3)]
    contexts += [browser.new_context(viewport={"width": 1280, "height": 900}) for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    ana, bo, chi = (Phone(page, stack.url) for page in pages[:3])
    mia, jan = Desk(pages[3], stack, "mia5"), Desk(pages[4], stack, "jan5")

    first = asks_for_a_person(ana, database, "Hello, my name is Ana. My landlord keeps the deposit of my old flat.")
    second = asks_for_a_person(bo, database, "Hello, I am Bo. Which papers do I need for the town hall?")
    third = asks_for_a_person(chi, database, "Hello, here is Chi. Where do I learn Dutch in Ghent?")
    for one in (first, second, third):
        expect(mia.page.locator(f".waiting [href$='{one}']").first).to_be_attached(timeout=SLOW)
    mia.page.screenshot(path=screenshots / "five-queue.png", full_page=True)

    # take: each agent one person, at the same time; nobody reads what is not theirs
    mia.take(first)
    jan.take(second)
    ana.shows(say("agent_joined", name="Mia Peeters"))
    bo.shows(say("agent_joined", name="Jan Maes"))
    mia.says("Good morning Ana, when did your lease end?")
    jan.says("Good morning Bo, which passport do you have?")
    ana.shows("when did your lease end?")
    bo.shows("which passport do you have?")
    ana.ask("it ended on 31 October")
    bo.ask("a passport of Peru")
    mia.reads("it ended on 31 October")
    jan.reads("a passport of Peru")
    assert ana.log.get_by_text("passport").count() == 0
    assert bo.log.get_by_text("lease end").count() == 0
    mia.page.screenshot(path=screenshots / "five-conversation.png", full_page=True)

    # pass on, with a note that only colleagues see
    mia.page.get_by_role("link", name="Pass on").click()
    card = mia.page.get_by_role("region", name="To a colleague")
    card.get_by_label("Who goes on").select_option(label=card.locator("option", has_text="Jan Maes").inner_text())
    card.get_by_label("Note for whoever goes on").fill("She has a copy of the lease.")
    card.get_by_role("button", name="Pass on to the colleague").click()
    ana.shows("Jan Maes")
    jan.open(first)
    expect(jan.page.get_by_text("She has a copy of the lease.").first).to_be_visible()
    jan.says("Hello Ana, I go on for Mia. Please send the list of the state of the flat.")
    ana.shows("I go on for Mia.")
    assert not any("copy of the lease" in text for who in Sender for text in said_to(database, first, who))

    # lapse: Mia takes the third person and leaves her desk
    mia.take(third)
    chi.shows(say("agent_joined", name="Mia Peeters"))
    mia.page.goto("about:blank")
    later(database, third)
    chi.shows(say("agent_lapsed"))
    jan.take(third)
    chi.shows(say("agent_joined", name="Jan Maes"))
    jan.says("Hello Chi, Mia had to go. There are courses near you.")
    chi.shows("There are courses near you.")

    # close: what was agreed reaches the person, and the assistant goes on
    jan.open(first)
    jan.page.get_by_text("Close the conversation …").click()
    jan.page.get_by_label("What we agreed").fill("Ana sends a registered letter this week.")
    jan.page.get_by_role("button", name="Close, back to the assistant").click()
    ana.shows("Ana sends a registered letter this week.")
    ana.ask("where do I register my new address?")
    expect(ana.log.locator(".message").last).not_to_contain_text("where do I register", timeout=SLOW)

    # the assistant was silent wherever a colleague had the floor
    bo.ask("what does a residence card cost?")
    jan.open(second)
    jan.reads("what does a residence card cost?")
    bo.page.wait_for_timeout(1500)
    expect(bo.log.locator(".message").last).to_contain_text("what does a residence card cost?")
    with database.read() as session:
        speakers = {one: str(session.get_one(Conversation, one).speaker) for one in (first, second, third)}
    assert speakers == {first: "bot", second: "agent", third: "agent"}
    jan.page.screenshot(path=screenshots / "five-jan.png", full_page=True)
    bo.page.screenshot(path=screenshots / "five-bo.png")

    mia.page.goto(f"{stack.url}/desk/")
    for page in pages:
        found = Axe().run(settled(page))
        assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    for context in contexts:
        context.close()
