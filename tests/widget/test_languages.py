"""The languages of the interface: which one is spoken, how it is changed, and what stays English."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.widget.axe import findings
from tests.widget.conftest import Open, Widget
from tests.widget.stub_server import Stub, site

pytestmark = pytest.mark.browser

TITLES = {"nl": "Wat nu?", "fr": "Et maintenant ?", "de": "Was nun?", "es": "¿Y ahora qué?"}


def page_with(stub: Stub, lang: str | None, page_lang: str = "en") -> str:
    asked = f' data-lang="{lang}"' if lang else ""
    script = f'<script src="{stub.url}/widget.js"{asked} async></script>'
    page = (
        f'<!doctype html><html lang="{page_lang}"><head><title>A town</title>{script}</head>'
        "<body><main><h1>A town</h1></main></body></html>"
    )
    return stub.page("/test/language", page)


def spoken(widget: Widget) -> str:
    return str(widget.page.locator("what-now-chat dialog").get_attribute("lang"))


@pytest.mark.parametrize(
    ("asked", "browser_locale", "page_lang", "label"),
    [
        (None, "nl-BE", "nl", "What now? Ask us"),
        ("nl", "en-GB", "en", "Wat nu? Vraag het ons"),
        ("auto", "fr-BE", "nl", "Et maintenant ? Demandez-nous"),
        ("auto", "pl-PL", "de", "Was nun? Fragen Sie uns"),
        ("auto", "pl-PL", "uk", "What now? Ask us"),
    ],
)
def test_the_button_speaks_the_language_that_is_asked_for(
    stub: Stub, visit: Open, asked: str | None, browser_locale: str, page_lang: str, label: str
) -> None:
    widget = visit(page_with(stub, asked, page_lang), locale=browser_locale)
    expect(widget.launcher).to_have_text(label)
    assert not any("/widget/" in request for request in stub.requests)


@pytest.mark.parametrize("lang", list(TITLES))
def test_each_language_is_whole_and_accessible(stub: Stub, visit: Open, lang: str) -> None:
    widget = visit(page_with(stub, lang))
    widget.launcher.click()
    dialog = widget.page.locator("what-now-chat dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator("h2")).to_have_text(TITLES[lang])
    expect(dialog).to_have_attribute("lang", lang)
    expect(dialog).to_have_attribute("dir", "ltr")
    assert findings(widget.page) == []
    # A starter is shown in the reader's language and sent in the assistant's.
    dialog.locator(".log .options button").first.click()
    widget.shows("I have just arrived. What now?")
    widget.shows("Register at the town hall soon")
    assert stub.said("person") == ["I have just arrived. What now?"]
    assert widget.messages.last.locator(".said").get_attribute("lang") == "en"
    # Longer words than the English ones fit the narrowest window too, also in the menu.
    widget.page.set_viewport_size({"width": 320, "height": 568})
    fits = "element => element.scrollWidth <= element.clientWidth"
    assert dialog.evaluate(fits) is True
    dialog.locator(".head .menu").click()
    expect(dialog.locator(".sheet .options button")).to_have_count(5)
    assert dialog.evaluate(fits) is True
    assert findings(widget.page) == []


def test_nothing_of_another_language_is_fetched_in_english(widget: Widget, stub: Stub) -> None:
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    fetched = [request for request in stub.requests if "/widget/" in request]
    assert len(fetched) == 1
    assert fetched[0].startswith("GET /widget/panel-")


def test_a_language_is_chosen_in_the_panel_and_remembered(widget: Widget, stub: Stub) -> None:
    widget.page.evaluate("addEventListener('what-now:language', (event) => (window.told = event.detail))")
    widget.open().ask("Hello")
    widget.shows("You asked: Hello")
    widget.button("Menu").click()
    expect(widget.dialog.get_by_role("heading", name="Menu")).to_be_focused()
    widget.button("Nederlands").click()
    dialog = widget.page.locator("what-now-chat dialog")
    expect(dialog.locator("h2")).to_have_text("Wat nu?")
    assert widget.page.evaluate("told") == "nl"
    expect(widget.button("Nederlands")).to_have_attribute("aria-pressed", "true")
    expect(widget.button("Nederlands")).to_be_focused()
    widget.button("Terug naar de chat").click()
    widget.shows("You asked: Hello")
    widget.page.reload()
    expect(widget.launcher).to_have_text("Wat nu? Vraag het ons")
    widget.launcher.click()
    expect(dialog.locator("h2")).to_have_text("Wat nu?")
    assert widget.page.locator("what-now-chat").get_attribute("lang") == "nl"


def test_a_municipality_offers_the_languages_it_wants(stub: Stub, visit: Open) -> None:
    stub.site = site(languages=["en", "nl"])
    widget = visit().open()
    widget.button("Menu").click()
    offered = widget.dialog.get_by_role("group", name="Language").get_by_role("button")
    expect(offered).to_have_text(["English", "Nederlands"])
    widget.page.keyboard.press("Escape")
    widget.page.keyboard.press("Escape")
    stub.site = site(languages=["fr", "en"])
    widget = visit(page_with(stub, "nl"))
    widget.launcher.click()
    expect(widget.page.locator("what-now-chat dialog h2")).to_have_text("Et maintenant ?")
    stub.site = site(languages=["en"])
    widget = visit().open()
    expect(widget.button("Menu")).to_have_count(0)


def test_a_language_that_cannot_be_had_is_english_with_a_word_of_apology(widget: Widget, stub: Stub) -> None:
    widget.open()
    widget.button("Menu").click()
    expect(widget.button("Nederlands")).to_be_visible()
    stub.faults.no_pieces = True
    widget.button("Nederlands").click()
    expect(widget.dialog).to_contain_text("Sorry, this language could not be fetched.")
    expect(widget.dialog.get_by_role("heading", name="What now?")).to_be_visible()
    stub.faults.no_pieces = False
    widget.button("Nederlands").click()
    expect(widget.page.locator("what-now-chat dialog h2")).to_have_text("Wat nu?")


def test_the_page_changes_the_language(stub: Stub, contexts: Callable[..., BrowserContext], visit: Open) -> None:
    widget = visit(page_with(stub, "en")).open()
    widget.page.evaluate("document.querySelector('what-now-chat').lang = 'fr'")
    expect(widget.page.locator("what-now-chat dialog h2")).to_have_text("Et maintenant ?")
    assert spoken(widget) == "fr"
