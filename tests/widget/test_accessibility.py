"""What docs/accessibility.md promises, on the built widget in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.widget.axe import findings
from tests.widget.conftest import Open, Widget
from tests.widget.stub_server import Stub

pytestmark = pytest.mark.browser

FOCUS = """() => { let at = document.activeElement;
    while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
    if (!at) return '';
    return at.getAttribute('aria-label') || at.textContent.replace(/\\s+/g, ' ').trim() || at.localName; }"""
PHONE = {"width": 360, "height": 740}


def walk(page: Page, presses: int, key: str = "Tab") -> list[str]:
    found = []
    for _ in range(presses):
        page.keyboard.press(key)
        found.append(str(page.evaluate(FOCUS)))
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Open, stub: Stub, scheme: str) -> None:
    widget = visit(color_scheme=scheme)
    expect(widget.launcher).to_be_visible()
    assert findings(widget.page) == []
    widget.open()
    assert findings(widget.page) == []
    stub.faults.thinking = 0.6
    widget.ask("How do I register?")
    expect(widget.thinking).to_be_visible()
    assert findings(widget.page) == []
    widget.shows("Register at the town hall soon")
    widget.button("What does it cost?").click()
    widget.shows("You asked: What does it cost?")
    conversation = widget.conversation()
    stub.give_floor(conversation, "agent", "Ellen")
    stub.say(conversation, "agent", "Hello, I am here for you.", agent="Ellen")
    stub.say(conversation, "system", "Ellen joined.")
    widget.shows("Ellen joined.")
    stub.faults.refuse_sends = 1
    widget.ask("Refused")
    expect(widget.button("Remove")).to_be_visible()
    assert findings(widget.page) == []
    widget.button("Start again").click()
    assert findings(widget.page) == []
    widget.button("Keep this chat").click()
    stub.stop()
    widget.ask("Away")
    expect(widget.warning).to_be_visible()
    assert findings(widget.page) == []
    widget.page.keyboard.press("Escape")
    assert findings(widget.page) == []


def test_axe_finds_nothing_when_the_panel_cannot_be_had(widget: Widget, stub: Stub) -> None:
    stub.faults.no_panel = True
    widget.launcher.click()
    expect(widget.page.get_by_role("alert")).to_be_visible()
    assert findings(widget.page) == []


def test_everything_by_keyboard(widget: Widget, stub: Stub) -> None:
    page = widget.page
    expect(widget.launcher).to_be_visible()
    page.locator("footer a").last.focus()
    assert walk(page, 1) == ["What now? Ask us"]
    page.keyboard.press("Enter")
    expect(widget.input).to_be_focused()
    page.keyboard.type("How do I register?")
    page.keyboard.press("Enter")
    widget.shows("Register at the town hall soon")
    expect(widget.input).to_be_focused()
    assert walk(page, 3) == ["Send", "Talk to a person", "Start again"]
    widget.input.focus()
    back = walk(page, 7, "Shift+Tab")
    assert back == [
        "Talk to a person",
        "And for my partner and children?",
        "What does it cost?",
        "Registering as a new resident (opens in a new tab)",
        "What we keep and for how long (opens in a new tab)",
        "Messages",
        "Close chat",
    ]
    widget.button("What does it cost?").focus()
    page.keyboard.press("Space")
    widget.shows("You asked: What does it cost?")
    page.keyboard.press("Escape")
    expect(widget.dialog).to_be_hidden()
    expect(widget.launcher).to_be_focused()


def test_the_floating_panel_does_not_hold_the_focus(widget: Widget) -> None:
    widget.open()
    assert "Privacy of the chat" in walk(widget.page, 8, "Shift+Tab")


def test_the_full_screen_panel_holds_the_focus(visit: Open) -> None:
    widget = visit(viewport=PHONE)
    widget.open()
    assert widget.dialog.evaluate("element => element.matches(':modal')") is True
    for key in ("Tab", "Shift+Tab"):
        for _ in range(14):
            widget.page.keyboard.press(key)
            # Between last and first the browser's own controls have their turn; the page behind never has.
            assert widget.page.evaluate("document.activeElement.localName") in {"what-now-chat", "body"}
    widget.page.keyboard.press("Escape")
    expect(widget.dialog).to_be_hidden()
    expect(widget.launcher).to_be_focused()


def test_turning_the_device_keeps_focus_and_text(visit: Open) -> None:
    widget = visit(viewport=PHONE)
    widget.open()
    widget.input.fill("half a sentence")
    widget.page.set_viewport_size({"width": 900, "height": 700})
    widget.page.wait_for_timeout(200)
    expect(widget.dialog).to_be_visible()
    expect(widget.input).to_be_focused()
    expect(widget.input).to_have_value("half a sentence")
    modal = "element => element.matches(':modal')"
    assert widget.dialog.evaluate(modal) is False
    widget.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    widget.page.wait_for_timeout(200)
    assert widget.dialog.evaluate(modal) is True
    expect(widget.input).to_be_focused()


def test_a_touch_screen_is_not_covered_by_its_keyboard_at_once(visit: Open) -> None:
    widget = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    widget.launcher.tap()
    expect(widget.dialog).to_be_visible()
    expect(widget.dialog.get_by_role("heading", name="What now?")).to_be_focused()


def test_screen_readers_hear_who_speaks_and_only_what_is_new(widget: Widget, stub: Stub) -> None:
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")
    expect(widget.log).to_have_attribute("aria-live", "polite")
    texts = [" ".join(text.split()) for text in widget.log.locator(".bubble").all_text_contents()]
    assert texts[0].startswith("You: How do I register?")
    assert texts[1].startswith("Assistant: Register at the town hall")
    stub.say(widget.conversation(), "agent", "Hello", agent="Ellen")
    stub.say(widget.conversation(), "system", "Closed")
    widget.shows("Closed")
    texts = [" ".join(text.split()) for text in widget.log.locator(".bubble").all_text_contents()]
    assert texts[2:] == ["Colleague Ellen: Hello", "Notice: Closed"]
    expect(widget.log.locator(".thinking")).to_have_count(0)
    # A message of one's own is one element from typing to stored, so it is announced once.
    widget.page.evaluate(
        """() => {
            const panel = document.querySelector('what-now-chat').shadowRoot.querySelector('what-now-panel');
            window.added = 0;
            const count = (node) => { if (node.nodeType === 1 && node.matches('.message.person')) added++; };
            new MutationObserver((all) => all.forEach((one) => one.addedNodes.forEach(count)))
                .observe(panel.shadowRoot.querySelector('.log'), {childList: true, subtree: true});
        }"""
    )
    stub.faults.slow_sends = 0.5
    widget.ask("One more question")
    widget.shows("You asked: One more question")
    widget.page.wait_for_timeout(900)
    assert widget.page.evaluate("added") == 1


def test_the_history_is_not_read_out(widget: Widget, stub: Stub) -> None:
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")
    widget.page.reload()
    widget.launcher.click()
    live = widget.page.evaluate(
        """async () => { for (;;) {
            const panel = document.querySelector('what-now-chat').shadowRoot.querySelector('what-now-panel');
            const log = panel?.shadowRoot?.querySelector('.log');
            if (log?.querySelector('[data-id]')) return log.getAttribute('aria-live');
            await new Promise(requestAnimationFrame); } }"""
    )
    assert live == "off"
    expect(widget.log).to_have_attribute("aria-live", "polite")


@pytest.mark.parametrize(
    "size",
    [
        {"width": 320, "height": 256},
        {"width": 320, "height": 568},
        PHONE,
        {"width": 640, "height": 400},
        {"width": 1280, "height": 800},
    ],
)
def test_nothing_is_cut_off_or_too_small_to_touch(visit: Open, stub: Stub, size: dict[str, int]) -> None:
    widget = visit(viewport=size)
    stub.bot = lambda _: [
        {
            "text": "A long address: https://stad.example/" + "a" * 120,
            "options": [{"title": "word " * 30, "payload": "/x"}],
        }
    ]
    widget.open().ask("Donaudampfschifffahrtsgesellschaftskapitaenswitwenrente" * 2)
    widget.shows("A long address")
    for scope in (widget.page.locator("html"), widget.log, widget.dialog):
        assert scope.evaluate("element => element.scrollWidth <= element.clientWidth") is True
    stub.faults.refuse_sends = 1
    widget.ask("refused")
    expect(widget.button("Remove")).to_be_visible()
    for control in widget.dialog.locator("button:visible, textarea:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 44, control.inner_text()
        assert box["width"] >= 44, control.inner_text()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]
    box = widget.input.bounding_box()
    assert box is not None
    assert box["y"] + 40 < size["height"]


def test_the_readers_own_text_size_is_followed(visit: Open) -> None:
    """The text grows with the browser's setting, and the page's own root size does not matter."""
    widget = visit(viewport={"width": 320, "height": 568})
    widget.page.locator("what-now-chat").evaluate(
        "element => element.style.setProperty('font-size', '8px', 'important')"
    )
    widget.open()
    assert widget.input.evaluate("element => getComputedStyle(element).fontSize") == "16px"


def test_reduced_motion_stops_the_dots(visit: Open, stub: Stub) -> None:
    widget = visit(reduced_motion="reduce")
    stub.faults.thinking = 2
    widget.open().ask("Hello")
    expect(widget.thinking).to_be_visible()
    assert widget.thinking.locator("i").first.evaluate("element => getComputedStyle(element).animationName") == "none"


def test_forced_colors_keep_every_edge(visit: Open, stub: Stub) -> None:
    widget = visit(forced_colors="active")
    expect(widget.launcher).to_be_visible()
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")
    width = "element => getComputedStyle(element).borderTopWidth"
    assert widget.log.locator(".bubble").last.evaluate(width) != "0px"
    assert widget.button("What does it cost?").evaluate(width) == "2px"
    assert widget.button("Send").evaluate(width) == "2px"
