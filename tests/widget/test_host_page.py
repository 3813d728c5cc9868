"""The page that embeds the widget: never broken, never covered, and never able to break it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.widget.conftest import Open, Widget
from tests.widget.stub_server import BUILD, Stub, free_port

pytestmark = pytest.mark.browser

BODY = """<main><h1>A town</h1><button id="own">Own button</button><a id="corner" href="#there">In the corner</a></main>
<style>#corner { position: fixed; right: 20px; bottom: 20px; width: 200px; height: 40px }</style>"""
WATCH = """<script>window.clicks = 0; addEventListener('click', () => clicks++);
window.keys = []; addEventListener('keydown', event => keys.push(event.key));</script>"""

HOSTILE = """<style>
  * { display: none !important; color: red !important; font: 40px/3 cursive !important;
      position: static !important; box-sizing: content-box !important; transform: rotate(3deg) !important;
      letter-spacing: 9px !important; text-transform: uppercase !important; pointer-events: none !important;
      visibility: hidden !important; opacity: 0 !important }
  html, body, main, h1 { display: block !important; visibility: visible !important; opacity: 1 !important;
      transform: none !important }
  html { font-size: 62.5% !important; direction: rtl }
  what-now-chat { --accent: #ff0; --text: #fff; width: 100vw !important; height: 100vh !important;
      zoom: 3 !important; filter: blur(9px) !important }
  button, textarea, dialog { all: unset !important; width: 3px !important }
</style>"""


def html(body: str, script: str = "") -> str:
    return f'<!doctype html><html lang="en"><head><title>A town</title>{script}</head><body>{body}</body></html>'


def embed(stub: Stub, **attributes: str) -> str:
    extra = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<script src="{stub.url}/widget.js" data-municipality="gent"{extra} async></script>'


def in_corner(page: Page) -> str:
    """What a click in the bottom right corner would hit."""
    return str(page.evaluate("document.elementFromPoint(innerWidth - 60, innerHeight - 40)?.id ?? ''"))


def test_the_page_is_untouched_when_the_server_is_away(stub: Stub, visit: Open) -> None:
    script = f'<script src="http://127.0.0.1:{free_port()}/widget.js" async></script>'
    widget = visit(stub.page("/test/away", html(WATCH + BODY, script)))
    assert in_corner(widget.page) == "corner"
    widget.page.locator("#own").click()
    widget.page.locator("#corner").click()
    assert widget.page.evaluate("clicks") == 2
    assert widget.page.locator("what-now-chat").count() == 0


def test_only_the_launcher_covers_anything(stub: Stub, visit: Open) -> None:
    widget = visit(stub.page("/test/plain", html(BODY, embed(stub))))
    expect(widget.launcher).to_be_visible()
    size = widget.page.locator("what-now-chat").bounding_box()
    assert size is not None
    assert size["width"] < 260
    assert size["height"] < 80
    covered = """() => { let hits = 0;
        for (let x = 5; x < innerWidth; x += 20) for (let y = 5; y < innerHeight; y += 20)
        if (document.elementFromPoint(x, y)?.localName === 'what-now-chat') hits++; return hits * 400; }"""
    assert widget.page.evaluate(covered) < 25_000
    widget.open()
    widget.page.locator("#own").click()
    expect(widget.dialog).to_be_visible()
    widget.page.evaluate("document.querySelector('what-now-chat').close()")
    expect(widget.dialog).to_be_hidden()
    assert widget.page.evaluate(covered) < 25_000


def test_a_server_that_went_away_is_an_apology_and_a_retry(widget: Widget, stub: Stub) -> None:
    expect(widget.launcher).to_be_visible()
    stub.stop()
    widget.launcher.click()
    expect(widget.page.get_by_role("alert")).to_contain_text("Sorry, the assistant cannot be reached right now.")
    widget.page.keyboard.press("Escape")
    expect(widget.launcher).to_be_focused()
    widget.page.get_by_label("Search on this site").fill("still works")
    widget.launcher.click()
    widget.button("Try again").click()
    expect(widget.page.get_by_role("alert")).to_contain_text("Sorry")
    stub.start()
    widget.button("Try again").click()
    expect(widget.dialog).to_be_visible()
    widget.ask("Hello")
    widget.shows("You asked: Hello")


def test_a_panel_that_cannot_be_had_is_an_apology(widget: Widget, stub: Stub) -> None:
    stub.faults.no_panel = True
    widget.launcher.click()
    expect(widget.page.get_by_role("alert")).to_contain_text("Sorry")
    widget.button("Close").click()
    expect(widget.launcher).to_be_focused()
    expect(widget.page.get_by_role("alert")).to_be_hidden()


def test_hostile_style_sheets_do_not_reach_it(stub: Stub, visit: Open) -> None:
    widget = visit(stub.page("/test/hostile", html(HOSTILE + "<main><h1>A town</h1></main>", embed(stub))))
    expect(widget.launcher).to_be_visible()
    box = widget.launcher.bounding_box()
    assert box is not None
    assert 100 < box["width"] < 260
    assert 44 <= box["height"] < 80
    assert box["x"] + box["width"] == pytest.approx(1280 - 16, abs=1)
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")
    style = """(element) => { const style = getComputedStyle(element);
        return ['fontSize', 'textTransform', 'letterSpacing', 'opacity', 'direction', 'pointerEvents']
            .map(name => style[name]).join(' '); }"""
    assert widget.log.locator(".bubble").last.evaluate(style) == "16px none normal 1 ltr auto"
    assert widget.page.locator("what-now-chat").evaluate("element => getComputedStyle(element).filter") == "none"
    panel = widget.dialog.bounding_box()
    assert panel is not None
    assert panel["width"] == pytest.approx(400, abs=2)


@pytest.mark.parametrize("allowed", ["'nonce-town'", "'strict-dynamic' 'nonce-town'", "SERVER"])
def test_a_strict_content_security_policy_is_enough(stub: Stub, visit: Open, allowed: str) -> None:
    policy = (
        f"default-src 'none'; script-src {allowed.replace('SERVER', stub.url)}; connect-src {stub.url}; "
        "style-src 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types what-now-chat"
    )
    body = html("<h1>A town</h1>", embed(stub, nonce="town"))
    page = stub.page("/test/strict", body, Content_Security_Policy=policy)
    widget = visit()
    blocked: list[str] = []
    widget.page.on("console", lambda message: blocked.append(message.text) if message.type == "error" else None)
    widget.page.goto(page.replace("127.0.0.1", "localhost"))
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")
    widget.button("Talk to a person").first.click()
    widget.shows("A colleague joins you")
    assert (
        widget.log.locator(".bubble").first.evaluate("element => getComputedStyle(element).borderTopLeftRadius")
        == "14px"
    )
    assert blocked == []


def test_text_from_outside_is_never_markup(widget: Widget, stub: Stub) -> None:
    attack = (
        "<img src=x onerror=\"window.hit='text'\"><script>window.hit='script'</script>"
        "**<b onclick=alert(1)>label</b>**\n- <svg onload=alert(2)>"
    )
    stub.bot = lambda _: [
        {
            "text": attack,
            "options": [{"title": "<img src=x onerror=\"window.hit='option'\">", "payload": "/ask"}],
            "sources": [
                {
                    "title": "<i>Page</i>",
                    "url": "javascript:window.hit='url'",
                    "publisher": "<b>P</b>",
                    "checked_on": "<u>now</u>",
                },
                {
                    "title": "Data",
                    "url": "data:text/html,<script>alert(3)</script>",
                    "publisher": "P",
                    "checked_on": "2026-01-02",
                },
                {"title": "Spaces", "url": " JaVaScRiPt:alert(4)", "publisher": "P", "checked_on": "2026-01-02"},
                {"title": "Relative", "url": "//evil.example/x", "publisher": "P", "checked_on": "2026-01-02"},
            ],
        }
    ]
    widget.open().ask("<img src=x onerror=\"window.hit='own'\">")
    widget.shows("window.hit='script'")
    stub.say(widget.conversation(), "agent", "<img src=x onerror=\"window.hit='agent'\">", agent="<b>E</b>")
    stub.give_floor(widget.conversation(), "agent", "<img src=x onerror=\"window.hit='floor'\">")
    widget.shows("window.hit='agent'")
    widget.page.wait_for_timeout(300)
    assert widget.page.evaluate("window.hit") is None
    assert widget.log.locator("img, script, b:not(.tag b), i:not(.dots i), svg, u").count() == 0
    assert widget.log.locator(".sources a").count() == 0
    expect(widget.log.locator(".sources")).to_contain_text("<i>Page</i>")


def test_typing_is_no_shortcut_of_the_page(stub: Stub, visit: Open) -> None:
    widget = visit(stub.page("/test/keys", html(WATCH + BODY, embed(stub))))
    widget.open()
    widget.input.press_sequentially("s/?")
    widget.input.press("Enter")
    assert widget.page.evaluate("keys") == []
    assert widget.page.evaluate("Object.keys(window).filter(name => /what|now|widget/i.test(name))") == []


def test_the_element_alone_works_and_the_script_twice_is_harmless(stub: Stub, visit: Open) -> None:
    element = (
        f'<what-now-chat server="{stub.url}" municipality="aalst" position="left" label="Vraag het"></what-now-chat>'
    )
    widget = visit(stub.page("/test/element", html(BODY + element + embed(stub) + embed(stub))))
    expect(widget.page.locator("what-now-chat")).to_have_count(1)
    expect(widget.launcher).to_have_text("Vraag het")
    box = widget.launcher.bounding_box()
    assert box is not None
    assert box["x"] == pytest.approx(16, abs=1)
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    assert widget.conversation().municipality == "aalst"
    panel = widget.dialog.bounding_box()
    assert panel is not None
    assert panel["x"] == pytest.approx(16, abs=1)


def test_the_page_is_told_what_happens_but_not_what_is_said(stub: Stub, visit: Open) -> None:
    listen = """<script>window.told = []; window.before = [];
        for (const name of ['ready', 'started', 'language', 'open', 'close', 'unread']) {
            document.addEventListener(`what-now:${name}`, (event) => told.push([name, event.detail]));
            addEventListener(`what-now-${name}`, (event) => before.push([name, event.detail])); }</script>"""
    widget = visit(stub.page("/test/events", html(listen + BODY, embed(stub))))
    expect(widget.launcher).to_be_visible()
    widget.page.evaluate("document.querySelector('what-now-chat').open()")
    widget.ask("Hello")
    widget.shows("You asked: Hello")
    widget.page.keyboard.press("Escape")
    stub.say(widget.conversation(), "bot", "A secret")
    expect(widget.launcher.locator(".count")).to_be_visible()
    told = widget.page.evaluate("told")
    assert told == [["ready", None], ["open", None], ["started", None], ["close", None], ["unread", 1]]
    assert widget.page.evaluate("before") == told


def test_the_page_may_call_the_chat_as_soon_as_it_is_ready(stub: Stub, visit: Open) -> None:
    listen = "<script>addEventListener('what-now:ready', (event) => event.target.open());</script>"
    widget = visit(stub.page("/test/ready", html(BODY, listen + embed(stub))))
    expect(widget.dialog).to_be_visible()


def test_a_pinned_loader_works_from_its_own_address(stub: Stub, visit: Open) -> None:
    manifest = json.loads((BUILD / "manifest.json").read_text())
    pinned = manifest["pinned"]
    integrity = manifest["files"][pinned]["integrity"]
    script = f'<script src="{stub.url}/widget/{pinned}" integrity="{integrity}" crossorigin="anonymous" async></script>'
    page = stub.page("/test/pinned", html(BODY, script)).replace("127.0.0.1", "localhost")
    widget = visit(page).open()
    widget.ask("Hello")
    widget.shows("You asked: Hello")
    assert "GET /widget.js" not in stub.requests


def test_a_page_without_randomuuid_or_locks(stub: Stub, contexts: Callable[..., BrowserContext], visit: Open) -> None:
    """As on a plain http address, where browsers leave both out."""
    context = contexts()
    context.add_init_script(
        "delete Crypto.prototype.randomUUID; Object.defineProperty(navigator, 'locks', {value: undefined});"
    )
    widget = visit(context=context)
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    sent = widget.conversation().messages[0]["client_id"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", sent)
