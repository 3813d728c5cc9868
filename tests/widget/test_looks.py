"""Themes, attributes and CSS variables, and pictures of them for people to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.widget.axe import findings
from tests.widget.conftest import Open, Widget, wait_for
from tests.widget.stub_server import APPS, CONSENT, Stub, site

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).resolve().parents[2] / "var" / "screenshots"
THEMES = ("neutral", "ghent", "flanders")
TEXT = [
    ("--ink", "--paper"),
    ("--ink", "--soft"),
    ("--ink", "--human"),
    ("--ink", "--warn"),
    ("--quiet", "--paper"),
    ("--quiet", "--soft"),
    ("--link", "--paper"),
    ("--link", "--soft"),
    ("--mine-ink", "--mine"),
    ("--head-ink", "--head"),
]
EDGES = [("--edge", "--paper"), ("--warn-edge", "--warn"), ("--link", "--paper"), ("--head-ink", "--head")]


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def page_with(stub: Stub, style: str = "", **attributes: str) -> str:
    extra = "".join(f' data-{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    script = f'<script src="{stub.url}/widget.js"{extra} async></script>'
    body = "<main><h1>A town</h1><p>Some text of the page.</p></main>"
    return stub.page(
        "/test/look",
        f'<!doctype html><html lang="en"><head><title>A town</title><style>{style}</style>{script}</head>'
        f"<body>{body}</body></html>",
    )


def colours(widget: Widget) -> dict[str, str]:
    names = sorted({name for pair in TEXT + EDGES for name in pair})
    found: dict[str, str] = widget.page.evaluate(
        """(names) => {
            const panel = document.querySelector('what-now-chat').shadowRoot.querySelector('what-now-panel');
            const style = getComputedStyle(panel);
            return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name).trim()])); }""",
        names,
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_has_enough_contrast(stub: Stub, visit: Open, theme: str, scheme: str) -> None:
    widget = visit(page_with(stub, theme=theme, scheme=scheme)).open()
    found = colours(widget)
    low = {pair: contrast(found[pair[0]], found[pair[1]]) for pair in TEXT}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}
    edges = {pair: contrast(found[pair[0]], found[pair[1]]) for pair in EDGES}
    assert {pair: ratio for pair, ratio in edges.items() if ratio < 3} == {}
    widget.ask("How do I register?")
    widget.shows("Register at the town hall soon")
    stub.give_floor(widget.conversation(), "agent", "Ellen")
    stub.say(widget.conversation(), "agent", "Hello", agent="Ellen")
    widget.shows("Hello")
    assert findings(widget.page) == []
    widget.button("Menu").click()
    expect(widget.button("Nederlands")).to_be_visible()
    assert findings(widget.page) == []


def test_the_visitors_own_setting_decides_between_light_and_dark(stub: Stub, visit: Open) -> None:
    paper = {}
    for scheme in ("light", "dark"):
        widget = visit(page_with(stub, theme="ghent"), color_scheme=scheme).open()
        paper[scheme] = colours(widget)["--paper"]
    assert luminance(paper["light"]) > 0.9
    assert luminance(paper["dark"]) < 0.1


@pytest.mark.parametrize(("attribute", "value"), [("theme", "dark"), ("scheme", "dark")])
def test_dark_can_be_asked_for_as_before_and_as_now(stub: Stub, visit: Open, attribute: str, value: str) -> None:
    widget = visit(page_with(stub, **{attribute: value}), color_scheme="light").open()
    assert luminance(colours(widget)["--paper"]) < 0.1


def test_the_municipality_chooses_a_theme_unless_the_page_does(stub: Stub, visit: Open) -> None:
    stub.site = site(theme="ghent")
    widget = visit(page_with(stub)).open()
    expect(widget.page.locator("what-now-chat")).to_have_attribute("theme", "ghent")
    assert colours(widget)["--mine"] == "#0340c7"
    widget = visit(page_with(stub, theme="flanders")).open()
    expect(widget.page.locator("what-now-chat")).to_have_attribute("theme", "flanders")
    stub.site = site(theme="<b>nonsense</b>")
    widget = visit(page_with(stub)).open()
    expect(widget.page.locator("what-now-chat theme")).to_have_count(0)
    assert widget.page.locator("what-now-chat").get_attribute("theme") is None


def test_css_variables_of_the_page_are_followed(stub: Stub, visit: Open) -> None:
    style = """body { --what-now-accent: #7a1fa2; --what-now-accent-text: #fffffe; --what-now-head: #330044;
        --what-now-head-text: #fffff0; --what-now-width: 20em; --what-now-height: 30em; --what-now-side: 40px;
        --what-now-bottom: 60px }"""
    widget = visit(page_with(stub, style)).open()
    found = colours(widget)
    assert (found["--mine"], found["--mine-ink"], found["--head"], found["--head-ink"]) == (
        "#7a1fa2",
        "#fffffe",
        "#330044",
        "#fffff0",
    )
    box = widget.dialog.bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(320, abs=2)
    assert box["height"] == pytest.approx(480, abs=2)
    assert box["x"] + box["width"] == pytest.approx(1280 - 40, abs=1)
    assert box["y"] + box["height"] == pytest.approx(800 - 60, abs=1)


def test_texts_of_the_page_take_the_place_of_ours(stub: Stub, visit: Open) -> None:
    said = {
        "label": "Ask the town",
        "title": "Newcomers",
        "subtitle": "We help you",
        "welcome": "Welcome to Aalst.",
        "municipality": "aalst",
    }
    widget = visit(page_with(stub, **said))
    expect(widget.launcher).to_have_text("Ask the town")
    widget.launcher.click()
    dialog = widget.page.get_by_role("dialog", name="Newcomers")
    expect(dialog).to_contain_text("We help you")
    expect(dialog).to_contain_text("Welcome to Aalst.")
    # No tooltip over the whole chat.
    assert widget.page.locator("what-now-chat").get_attribute("title") is None
    wait_for(widget.page, lambda: "GET /api/sites/aalst" in stub.requests)


@pytest.mark.parametrize(
    ("topic", "first"),
    [
        ("registration", "How do I register at the town hall?"),
        ("housing", "I am looking for a place to live"),
        ("permits", "Do I need a residence permit?"),
        ("tax", "How do I file my tax return?"),
        ("work", "Am I allowed to work here?"),
        ("family", "Can my partner and children join me?"),
        ("nonsense", "I have just arrived. What now?"),
    ],
)
def test_the_subject_of_the_page_decides_what_is_offered_first(stub: Stub, visit: Open, topic: str, first: str) -> None:
    widget = visit(page_with(stub, topic=topic)).open()
    starters = widget.log.locator(".options button")
    expect(starters.first).to_have_text(first)
    starters.first.click()
    wait_for(widget.page, lambda: bool(stub.conversations) and stub.said("person") == [first])


VIEWS: dict[str, dict[str, Any]] = {
    "320": {"viewport": {"width": 320, "height": 640}},
    # A window of 1280 by 1024 enlarged to 200 %.
    "200-percent": {"viewport": {"width": 640, "height": 512}, "device_scale_factor": 2},
    "400-percent": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
    "wide": {},
    "dark": {"color_scheme": "dark"},
    "forced-colours": {"forced_colors": "active", "color_scheme": "dark"},
}


@pytest.mark.parametrize("view", list(VIEWS))
def test_pictures_of_every_state(stub: Stub, visit: Open, view: str) -> None:
    """Kept in var/screenshots for people; what a machine can see of them is asserted."""
    stub.site = site(
        consent=CONSENT, channels=APPS, powered_by={"text": "Made by the City of Ghent", "url": "https://stad.example"}
    )
    PICTURES.mkdir(parents=True, exist_ok=True)
    widget = visit(**VIEWS[view])

    def look(name: str) -> None:
        widget.page.screenshot(path=PICTURES / f"widget-{view}-{name}.png")
        for scope in (widget.page.locator("html"), widget.dialog):
            assert scope.evaluate("element => element.scrollWidth <= element.clientWidth") is True, name
        assert findings(widget.page, colours=view != "forced-colours") == [], name

    widget.open()
    expect(widget.button("I agree to this")).to_be_visible()
    look("consent")
    widget.button("I do not agree").click()
    expect(widget.dialog).to_contain_text("Nothing was sent")
    look("declined")
    widget.button("Read the question again").click()
    widget.button("I agree to this").click()
    look("begin")
    widget.ask("How do I register?")
    widget.shows("Register at the town hall soon")
    look("answer")
    widget.conversation().channels.append({"channel": "telegram", "since": "2026-11-20T10:00:00Z"})
    widget.button("Menu").click()
    expect(widget.button("Stop on Telegram")).to_be_visible()
    look("menu")
    widget.button("Continue on Telegram or WhatsApp").click()
    expect(widget.dialog.locator(".code")).to_be_visible()
    look("code")
    widget.page.keyboard.press("Escape")
    widget.button("I have a code").click()
    expect(widget.page.get_by_label("Code of eight signs")).to_be_visible()
    look("enter")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_of_every_theme(stub: Stub, visit: Open, theme: str, scheme: str) -> None:
    widget = visit(page_with(stub, theme=theme, scheme=scheme), viewport={"width": 460, "height": 720}).open()
    widget.ask("How do I register?")
    widget.shows("Register at the town hall soon")
    picture = PICTURES / f"widget-theme-{theme}-{scheme}.png"
    widget.page.screenshot(path=picture)
    assert picture.stat().st_size > 5_000
