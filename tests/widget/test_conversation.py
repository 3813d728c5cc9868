"""What a person does in the chat, from the first question to a colleague and back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.widget.conftest import Open, Widget, wait_for
from tests.widget.stub_server import REGISTER, Stub

pytestmark = pytest.mark.browser

NO_STORAGE = (
    "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('denied', 'SecurityError'); }});"
)


def focused(widget: Widget) -> str:
    """What has the focus, through every shadow root."""
    script = """() => {
        let at = document.activeElement;
        while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
        return at ? (at.getAttribute('aria-label') || at.textContent || at.tagName).trim() : '';
    }"""
    return str(widget.page.evaluate(script))


def test_a_question_gets_an_answer_with_its_source(widget: Widget, stub: Stub) -> None:
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon after you arrive.")
    answer = widget.messages.last
    assert answer.locator("li").all_inner_texts()[:2] == ["your passport", "your lease or a statement of the owner"]
    assert answer.locator("strong").all_inner_texts() == ["Bring", "Where"]
    link = answer.get_by_role("link", name="Registering as a new resident")
    assert link.get_attribute("href") == "https://stad.example/en/register"
    assert "noopener" in (link.get_attribute("rel") or "")
    expect(answer.locator(".sources")).to_contain_text("City of Ghent, checked on 3 May 2026")
    assert widget.conversation().municipality == "gent"


def test_nothing_is_sent_before_the_first_message(widget: Widget, stub: Stub) -> None:
    expect(widget.launcher).to_be_visible()
    assert not any("panel" in request for request in stub.requests)
    widget.open()
    expect(widget.dialog).to_contain_text("Not for emergencies")
    expect(widget.dialog).to_contain_text("Your messages are kept")
    expect(widget.dialog.get_by_role("link", name="What we keep")).to_have_attribute(
        "href", f"{stub.url}/demo/privacy.html"
    )
    wait_for(widget.page, lambda: "GET /api/sites/gent" in stub.requests)
    assert [request for request in stub.requests if "/api/" in request] == ["GET /api/sites/gent"]


def test_the_thinking_sign_comes_and_goes(widget: Widget, stub: Stub) -> None:
    stub.faults.thinking = 1.0
    widget.open().ask("How do I register?")
    expect(widget.thinking).to_contain_text("The assistant is looking this up")
    widget.shows("Register at the town hall soon")
    expect(widget.thinking).to_have_count(0)


def test_enter_sends_and_shift_enter_makes_a_line(widget: Widget, stub: Stub) -> None:
    widget.open()
    widget.input.press_sequentially("first")
    widget.input.press("Shift+Enter")
    widget.input.press_sequentially("second")
    widget.input.press("Enter")
    widget.shows("I do not know this yet.")
    assert stub.said("person") == ["first\nsecond"]
    expect(widget.input).to_have_value("")
    widget.input.press("Enter")
    widget.input.fill("   ")
    widget.button("Send").click()
    assert stub.said("person") == ["first\nsecond"]


def test_the_conversation_is_kept_over_a_reload(widget: Widget, stub: Stub) -> None:
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")
    widget.page.reload()
    widget.open()
    widget.shows("How do I register?")
    widget.shows("Register at the town hall soon")
    widget.ask("Another question")
    widget.shows("You asked: Another question")
    assert len(stub.conversations) == 1


def test_it_works_where_storage_is_blocked(stub: Stub, contexts: Callable[..., BrowserContext], visit: Open) -> None:
    context = contexts()
    context.add_init_script(NO_STORAGE)
    widget = visit(context=context)
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")
    widget.ask("Once more")
    widget.shows("You asked: Once more")
    assert len(stub.conversations) == 1
    widget.page.reload()
    widget.open()
    expect(widget.messages).to_have_count(1)


def test_an_option_is_sent_as_its_payload_and_then_out_of_use(widget: Widget, stub: Stub) -> None:
    widget.open().ask("How do I register?")
    cost = widget.button("What does it cost?")
    cost.click()
    widget.shows("You asked: What does it cost?")
    assert stub.said("person")[-1] == "What does it cost?"
    expect(cost).to_have_attribute("aria-disabled", "true")
    expect(cost).to_have_attribute("aria-pressed", "true")
    assert focused(widget) == "What does it cost?"
    cost.press("Enter")
    widget.button("And for my partner and children?").click(force=True)
    widget.page.wait_for_timeout(400)
    assert len(stub.said("person")) == 2
    expect(widget.log.locator("[aria-disabled=false]")).to_have_count(1)


def test_talk_to_a_person_and_back_to_the_assistant(widget: Widget, stub: Stub) -> None:
    widget.open()
    widget.button("Talk to a person").click()
    widget.shows("A colleague joins you, about 5 minutes.")
    expect(widget.dialog).to_contain_text("You asked for a person.")
    expect(widget.thinking).to_have_count(0)
    conversation = widget.conversation()
    stub.give_floor(conversation, "agent", "Ellen")
    stub.say(conversation, "agent", "Hello, I am here for you.", agent="Ellen")
    widget.shows("Hello, I am here for you.")
    expect(widget.dialog).to_contain_text("You are now writing with Ellen, a colleague.")
    expect(widget.log.locator(".agent .tag")).to_contain_text("Colleague Ellen")
    widget.ask("Thank you")
    widget.shows("Thank you")
    expect(widget.thinking).to_have_count(0)
    stub.give_floor(conversation, "bot")
    expect(widget.dialog).not_to_contain_text("You are now writing with")
    widget.ask("How do I register?")
    widget.shows("Register at the town hall soon")


def test_an_arriving_message_does_not_take_the_focus(widget: Widget, stub: Stub) -> None:
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    widget.button("Close chat").focus()
    stub.say(widget.conversation(), "bot", "A reminder")
    widget.shows("A reminder")
    assert focused(widget) == "Close chat"
    widget.input.fill("half a sen")
    stub.say(widget.conversation(), "bot", "Another reminder")
    widget.shows("Another reminder")
    assert focused(widget) == "Your message"
    expect(widget.input).to_have_value("half a sen")
    widget.page.locator("#search").focus()
    stub.say(widget.conversation(), "bot", "A third one")
    widget.shows("A third one")
    assert widget.page.evaluate("document.activeElement.id") == "search"


def test_what_arrives_while_it_is_closed_is_counted(widget: Widget, stub: Stub) -> None:
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    widget.page.keyboard.press("Escape")
    expect(widget.dialog).to_be_hidden()
    stub.say(widget.conversation(), "agent", "One", agent="Ellen")
    stub.say(widget.conversation(), "agent", "Two", agent="Ellen")
    expect(widget.page.get_by_role("button", name="2 new messages")).to_be_visible()
    widget.open()
    widget.shows("Two")
    widget.page.keyboard.press("Escape")
    expect(widget.launcher.locator(".count")).to_be_hidden()


def test_who_waits_for_a_colleague_is_told_on_the_next_page(widget: Widget, stub: Stub) -> None:
    widget.open().ask("I want a person")
    expect(widget.dialog).to_contain_text("You asked for a person.")
    stub.requests.clear()
    widget.page.goto(f"{stub.url}/?another=page")
    wait_for(widget.page, lambda: any("/events" in request for request in stub.requests))
    stub.say(widget.conversation(), "agent", "Here I am", agent="Ellen")
    expect(widget.page.get_by_role("button", name="1 new message")).to_be_visible()
    expect(widget.dialog).to_be_hidden()


def test_start_again_asks_first_and_forgets(widget: Widget, stub: Stub) -> None:
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")
    widget.button("Start again").click()
    assert focused(widget) == "Keep this chat"
    widget.page.keyboard.press("Escape")
    expect(widget.dialog).to_be_visible()
    assert focused(widget) == "Start again"
    widget.button("Start again").click()
    widget.button("Yes, start a new chat").click()
    widget.shows("Register at the town hall soon", times=0)
    assert focused(widget) == "Your message"
    widget.ask("Hello")
    widget.shows("You asked: Hello")
    assert len(stub.conversations) == 2


def test_two_tabs_share_one_conversation(stub: Stub, contexts: Callable[..., BrowserContext], visit: Open) -> None:
    context = contexts()
    one, other = visit(context=context), visit(context=context)
    one.open()
    other.open()
    one.ask("From the first")
    other.shows("From the first")
    other.ask("From the second")
    for widget in (one, other):
        widget.shows("You asked: From the second")
        expect(widget.log.locator(".person")).to_have_count(2)
    assert len(stub.conversations) == 1
    one.button("Start again").click()
    one.button("Yes, start a new chat").click()
    other.shows("From the first", times=0)


def test_two_tabs_that_start_at_once_share_one_conversation(
    stub: Stub, contexts: Callable[..., BrowserContext], visit: Open
) -> None:
    context = contexts()
    one, other = visit(context=context), visit(context=context)
    one.open().input.fill("From the first")
    other.open().input.fill("From the second")
    one.input.press("Enter")
    other.input.press("Enter")
    for widget in (one, other):
        widget.shows("You asked: From the first")
        widget.shows("You asked: From the second")
        expect(widget.log.locator(".person")).to_have_count(2)
    assert len(stub.conversations) == 1


def test_a_long_history_is_read_to_its_end(widget: Widget, stub: Stub) -> None:
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    for number in range(430):
        stub.say(widget.conversation(), "bot", f"Line {number}.")
    widget.page.reload()
    widget.open()
    widget.shows("Line 429.")
    expect(widget.messages).to_have_count(432)


def test_a_long_answer_is_shown_from_its_first_line(widget: Widget, stub: Stub) -> None:
    stub.bot = lambda _: [{**REGISTER, "text": "The first line.\n\n" + "\n\n".join(["Many words follow here."] * 30)}]
    widget.open().ask("How do I register?")
    widget.shows("The first line.")
    expect(widget.log.get_by_text("The first line.")).to_be_in_viewport()
    widget.log.evaluate("log => log.scrollTop = 0")
    widget.page.wait_for_timeout(100)
    stub.say(widget.conversation(), "bot", "Something new")
    widget.button("New message below").click()
    expect(widget.log.get_by_text("Something new")).to_be_in_viewport()
    expect(widget.button("New message below")).to_be_hidden()
