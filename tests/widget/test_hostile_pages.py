"""Pages as towns really have them: a style sheet that resets everything, old scripts, and the strictest policy."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.widget.conftest import Open, Widget
from tests.widget.stub_server import Stub, site

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).resolve().parents[2] / "var" / "screenshots"

AGGRESSIVE = """<style>
  * { all: unset !important; font-size: 40px !important; line-height: 3 !important; color: red !important }
  div, button, p, span, h2, h3, ul, li, textarea, dialog, svg { float: left !important; margin: 30px !important;
      text-transform: uppercase !important; background: yellow !important; border: 9px dashed lime !important }
  html, body, main { display: block !important }
  head, style, script, title { display: none !important }
  body { zoom: 1.5 !important; transform: scale(0.8) rotate(2deg) !important; filter: sepia(1) !important }
</style>"""

OLD_SCRIPTS = """<script>
  // Helpers on the prototypes, enumerable, as libraries had them before 2010.
  Array.prototype.each = function (work) { for (var place in this) work(this[place]); };
  Array.prototype.toJSON = function () { return 'broken'; };
  Array.prototype.contains = function (one) { return this.indexOf(one) >= 0; };
  Array.from = function (list) { return [].slice.call(list); };
  Object.prototype.forAll = function () { return this; };
  String.prototype.toJSON = function () { return '"' + this + '"'; };
  Element.prototype.remove = function () { return this; };
  Element.prototype.show = Element.prototype.hide = Element.prototype.toggle = function () { return this; };
  Function.prototype.delay = function (ms) { return setTimeout(this, ms); };
  // A polyfill that replaces what is there and forgets a half of it.
  (function (Native) {
    var Polyfill = function (work) { return new Native(work); };
    Polyfill.prototype = Native.prototype;
    Polyfill.resolve = function (value) { return Native.resolve(value); };
    Polyfill.reject = function (value) { return Native.reject(value); };
    Polyfill.all = function (list) { return Native.all(list); };
    delete Native.prototype.finally;
    window.Promise = Polyfill;
  })(window.Promise);
  (function (stringify, parse) {
    JSON.stringify = function (value) { return stringify(value).replace(/[\\u0080-\\uffff]/g, function (sign) {
      return '\\\\u' + ('000' + sign.charCodeAt(0).toString(16)).slice(-4); }); };
    JSON.parse = function (text) { return parse(text); };
  })(JSON.stringify, JSON.parse);
  delete window.requestIdleCallback;
  // Key filters: shortcuts of the page, and "no keys but ours".
  window.keys = [];
  document.addEventListener('keydown', function (event) {
    keys.push(event.key); event.preventDefault(); event.stopPropagation(); }, true);
  document.addEventListener('keyup', function (event) { event.stopImmediatePropagation(); }, true);
  document.onkeypress = function () { return false; };
</script>"""


def picture(widget: Widget, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    widget.page.screenshot(path=PICTURES / f"widget-hostile-{name}.png")


def embedded(stub: Stub, head: str = "", extra: str = "") -> str:
    script = f'<script src="{stub.url}/widget.js" data-municipality="gent"{extra} defer></script>'
    return (
        f'<!doctype html><html lang="en"><head><title>A town</title>{head}{script}</head>'
        "<body><main><h1>A town</h1><p>Text of the page.</p></main></body></html>"
    )


def test_an_aggressive_style_sheet_changes_nothing(stub: Stub, visit: Open) -> None:
    widget = visit(stub.page("/test/aggressive", embedded(stub, AGGRESSIVE)))
    box = widget.launcher.bounding_box()
    assert box is not None
    assert 100 < box["width"] < 260
    assert 44 <= box["height"] < 80
    # Neither the zoom nor the transform of the body moves it out of the corner of the window.
    assert box["x"] + box["width"] == pytest.approx(1280 - 16, abs=1)
    assert box["y"] + box["height"] == pytest.approx(800 - 16, abs=1)
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")
    style = """(element) => { const style = getComputedStyle(element);
        return [style.fontSize, style.color, style.float, style.textTransform, style.marginTop,
            style.borderTopStyle].join(' '); }"""
    assert widget.log.locator(".bubble").last.evaluate(style) == "16px rgb(22, 40, 58) none none 0px solid"
    panel = widget.dialog.bounding_box()
    assert panel is not None
    assert panel["width"] == pytest.approx(400, abs=2)
    assert panel["x"] + panel["width"] == pytest.approx(1280 - 16, abs=1)
    widget.button("Menu").click()
    expect(widget.button("Nederlands")).to_be_visible()
    assert widget.button("Nederlands").evaluate("element => getComputedStyle(element).fontSize") == "16px"
    widget.button("Back to the chat").click()
    picture(widget, "style")


def test_scripts_of_another_age_break_nothing(stub: Stub, visit: Open) -> None:
    widget = visit(stub.page("/test/old", embedded(stub, OLD_SCRIPTS)))
    widget.open()
    widget.input.press_sequentially("Where is the café? s/")
    expect(widget.input).to_have_value("Where is the café? s/")
    widget.input.press("Enter")
    widget.shows("You asked: Where is the café? s/")
    assert stub.said("person") == ["Where is the café? s/"]
    # What is meant to go away goes away although the page took `remove` from every element.
    expect(widget.thinking).to_have_count(0)
    widget.ask("How do I register?")
    widget.button("What does it cost?").click()
    widget.shows("You asked: What does it cost?")
    expect(widget.log.locator(".pending")).to_have_count(0)
    widget.button("Start again").click()
    expect(widget.dialog.locator(".confirm")).to_have_count(1)
    widget.page.keyboard.press("Escape")
    expect(widget.dialog.locator(".confirm")).to_have_count(0)
    widget.button("Menu").click()
    widget.button("Français").click()
    expect(widget.page.locator("what-now-chat dialog h2")).to_have_text("Et maintenant ?")
    widget.button("Retour au chat").click()
    expect(widget.page.locator("what-now-chat .sheet")).to_have_count(0)
    picture(widget, "scripts")
    widget.page.keyboard.press("Escape")
    expect(widget.launcher).to_be_focused()
    assert widget.page.evaluate("keys") == []
    widget.page.reload()
    widget.launcher.click()
    widget.shows("You asked: What does it cost?")
    assert len(stub.conversations) == 1


@pytest.mark.parametrize("allowed", ["'nonce-town'", "'strict-dynamic' 'nonce-town'", "SERVER"])
def test_the_strictest_policy_lets_every_part_in(stub: Stub, visit: Open, allowed: str) -> None:
    stub.site = site(channels={"telegram": "https://t.me/x", "whatsapp": None}, theme="ghent")
    policy = (
        f"default-src 'none'; script-src {allowed.replace('SERVER', stub.url)}; connect-src {stub.url}; "
        "style-src 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types what-now-chat"
    )
    page = stub.page("/test/strict", embedded(stub, extra=' nonce="town"'), Content_Security_Policy=policy)
    widget = visit()
    blocked: list[str] = []
    widget.page.on("console", lambda message: blocked.append(message.text) if message.type == "error" else None)
    widget.page.goto(page.replace("127.0.0.1", "localhost"))
    widget.open().ask("How do I register?")
    widget.shows("Register at the town hall soon")
    widget.button("Menu").click()
    widget.button("Continue on Telegram").click()
    expect(widget.dialog.locator(".code")).to_be_visible()
    assert widget.dialog.locator(".code").evaluate("element => getComputedStyle(element).textAlign") == "center"
    widget.page.keyboard.press("Escape")
    widget.button("Deutsch").click()
    expect(widget.page.locator("what-now-chat dialog h2")).to_have_text("Was nun?")
    picture(widget, "policy")
    assert blocked == []
