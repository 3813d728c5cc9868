"""The pages in a real browser: axe, narrow, enlarged, by keyboard and on paper."""

from __future__ import annotations

from collections.abc import Callable

import pypdfium2  # type: ignore[import-untyped]
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from channels.ticket.page import cards, ticket
from knowledge.planning.plan import plan
from tests.browsers import settled, two_looks
from tests.channels.ticket.conftest import World
from tests.knowledge.planning.people import AYA, PERSONAS, TODAY

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
ENDS = ("", "?open=yes", "/cards", "/cards?all=yes")
A4 = (595, 842)  # in points

Window = Callable[..., Page]


def check(page: Page, address: str) -> None:
    """No finding of axe, and nothing that must be scrolled sideways."""
    page.goto(address)
    found = Axe().run(settled(page), options={"runOnly": RULES})
    assert found.violations_count == 0, f"{address}: {found.generate_report()}"
    fits(page)


def fits(page: Page) -> None:
    """Nothing must be scrolled sideways."""
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], page.url


@two_looks
def test_every_page_passes_axe_and_fits(live: World, window: Window, scheme: str, size: tuple[int, int]):
    page = window(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    for end in ("/cards", "" if size[0] > 1000 else "?open=yes"):
        check(page, live.path(AYA, "aya") + end)
    check(page, "/plan/never-made")


@pytest.mark.parametrize("name", PERSONAS)
def test_at_200_percent_nothing_is_cut_off(live: World, window: Window, name: str):
    page = window(viewport={"width": 640, "height": 450}, device_scale_factor=2)
    for end in ENDS:
        page.goto(live.path(PERSONAS[name], name) + end)
        fits(page)


def test_with_large_letters_nothing_is_cut_off(live: World, window: Window):
    page = window(viewport={"width": 320, "height": 640})
    page.goto(live.path(AYA, "aya") + "?open=yes")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    fits(page)


def test_by_keyboard_to_a_step_and_into_it(live: World, window: Window):
    page = window()
    page.goto(live.path(AYA, "aya"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to your plan")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    folded = page.locator("#open-bank-account")
    expect(folded.locator(".body")).to_be_hidden()
    folded.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(folded.locator(".body")).to_be_visible()
    page.get_by_role("link", name="Cards for the counter").click()
    expect(page.get_by_role("heading", name="Cards for the counter", level=1)).to_be_visible()
    page.get_by_role("link", name="Show the cards for later too").click()
    page.get_by_role("link", name="Back to your plan").click()
    expect(page.get_by_role("heading", name="Your plan", level=1)).to_be_visible()


def test_targets_are_large_enough_for_a_thumb(live: World, window: Window):
    page = window(viewport={"width": 320, "height": 640})
    page.goto(live.path(AYA, "aya"))
    for target in page.locator("summary, .doors a:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 40


def printed(page: Page, address: str) -> pypdfium2.PdfDocument:
    """The page as a printer gets it."""
    page.goto(address)
    return pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))


def words(document: pypdfium2.PdfDocument) -> list[str]:
    return [" ".join(sheet.get_textpage().get_text_range().split()) for sheet in document]


@pytest.mark.parametrize("name", PERSONAS)
def test_on_paper_the_whole_plan_is_there_unfolded_or_not(live: World, window: Window, name: str):
    page, path = window(), live.path(PERSONAS[name], name)
    document = printed(page, path)
    sheets = words(document)
    assert all(tuple(map(round, sheet.get_size())) == A4 for sheet in document)
    assert all(len(text) > 300 for text in sheets), [len(text) for text in sheets]
    assert len(sheets) <= 12
    assert sheets == words(printed(page, path + "?open=yes"))
    paper = "".join(sheets).replace(" ", "").replace("\ufffe", "-")
    for entry in plan(PERSONAS[name], TODAY, live.library).entries:
        assert entry.step.title.replace(" ", "") in paper, entry.step.id
    made = ticket(PERSONAS[name], TODAY, live.library)
    for item in (item for section in made.sections for _, items in section.groups for item in items):
        assert item.told.why.replace(" ", "") in paper, item.told.id
    assert "Dates in my calendar" not in sheets[0]


def test_no_step_is_cut_by_the_end_of_a_sheet(live: World, window: Window):
    page = window(viewport={"width": 1000, "height": 800})
    page.goto(live.path(AYA, "aya"))
    page.emulate_media(media="print")
    heights = page.evaluate("[...document.querySelectorAll('.step')].map(step => step.getBoundingClientRect().height)")
    assert max(heights) < 700  # a sheet has about a thousand
    assert set(page.evaluate("[...document.querySelectorAll('.step')].map(s => getComputedStyle(s).breakInside)")) == {
        "avoid"
    }


@pytest.mark.parametrize("name", PERSONAS)
def test_four_cards_fit_on_a_sheet(live: World, window: Window, name: str):
    page, path = window(), live.path(PERSONAS[name], name)
    document = printed(page, path + "/cards?all=yes")
    sheets = words(document)
    count = len(cards(PERSONAS[name], TODAY, live.library, every=True)[0])
    assert len(sheets) == -(-count // 4)
    assert all(tuple(map(round, sheet.get_size())) == A4 for sheet in document)
    assert [text.count("This means:") for text in sheets[:-1]] == [4] * (len(sheets) - 1)


def test_every_card_there_can_be_fits_its_quarter(live: World, window: Window):
    """All steps that have a card, whomever they are for, at the size of the paper."""
    page = window(viewport={"width": 794, "height": 1122})  # A4 at 96 dots an inch
    page.emulate_media(media="print")
    quarter = 148.5 / 25.4 * 96
    for name, profile in PERSONAS.items():
        page.goto(live.path(profile, name) + "/cards?all=yes")
        heights = page.evaluate(
            "[...document.querySelectorAll('.card')].map(c => [c.innerText, c.getBoundingClientRect().height])"
        )
        assert heights
        for text, height in heights:
            assert height <= quarter, text


def test_dutch_is_marked_as_dutch(live: World, window: Window):
    page = window()
    page.goto(live.path(AYA, "aya") + "/cards")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator("blockquote").first).to_have_attribute("lang", "nl")
