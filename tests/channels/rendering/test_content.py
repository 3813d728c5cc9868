"""How a message is read into blocks, cards, citations and options."""

from __future__ import annotations

import pytest

from channels.platform import Outgoing
from channels.rendering.content import (
    Checklist,
    Citation,
    Items,
    Option,
    Paragraph,
    Place,
    Span,
    content,
    safe_url,
    visible,
)
from tests.channels.rendering.messages import PLAN_ADDRESS

PAGE = {"title": "Appointments", "url": "https://stad.gent/x", "publisher": "City office", "checked_on": "2026-11-21"}


def plain(text: str) -> tuple[Span, ...]:
    return (Span(text),)


def test_blank_lines_part_paragraphs_and_dashes_make_lists() -> None:
    found = content(Outgoing(1, "One\r\nline two\n \n\n- a\n-  b\nafter"))
    assert found.blocks == (
        Paragraph((plain("One"), plain("line two"))),
        Items((plain("a"), plain("b"))),
        Paragraph((plain("after"),)),
    )


def test_a_list_under_a_label_is_a_checklist() -> None:
    found = content(Outgoing(1, "First.\n**Take with you:**\n- **your** passport\n- photo\n\n**Cost:** free"))
    assert found.blocks == (
        Paragraph((plain("First."),)),
        Checklist(
            (Span("Take with you:", label=True),), ((Span("your", label=True), Span(" passport")), plain("photo"))
        ),
        Paragraph(((Span("Cost:", label=True), Span(" free")),)),
    )


def test_a_label_without_a_list_right_below_is_a_paragraph() -> None:
    found = content(Outgoing(1, "**Take with you:**\n\n- photo"))
    assert found.blocks == (Paragraph(((Span("Take with you:", label=True),),)), Items((plain("photo"),)))


def test_the_place_has_a_name_details_and_the_page_that_is_cited() -> None:
    found = content(Outgoing(1, "**Where:** City office\nZuid 1, Gent\n09 210 10 10", sources=[PAGE]))
    (place,) = found.blocks
    assert place == Place(
        Span("Where:", label=True),
        plain("City office"),
        (plain("Zuid 1, Gent"), plain("09 210 10 10")),
        found.citations[0],
    )
    (without,) = content(Outgoing(1, "**Where:** Elsewhere", sources=[PAGE])).blocks
    assert isinstance(without, Place)
    assert without.page is None


def test_the_link_to_the_plan_is_the_only_link() -> None:
    text = (
        f"[My plan]({PLAN_ADDRESS}) [x](https://evil.example/) [y](javascript:/plan/a) [z](https://a@b.example/plan/a)"
    )
    (block,) = content(Outgoing(1, text)).blocks
    assert block == Paragraph(((Span("My plan", url=PLAN_ADDRESS), Span(text.partition(")")[2])),))


def test_a_link_without_a_server_is_shown_as_its_words() -> None:
    (block,) = content(Outgoing(1, "[My plan](/plan/abc)")).blocks
    assert block == Paragraph((plain("My plan"),))


@pytest.mark.parametrize("sender", ["agent", "system"])
def test_what_others_than_the_assistant_write_has_no_markup(sender: str) -> None:
    text = f"**Where:** here\n  - item\n[My plan]({PLAN_ADDRESS})"
    found = content(Outgoing(1, text, sender=sender, agent="An"))
    assert found.blocks == (Paragraph(tuple(plain(line) for line in text.split("\n"))),)


def test_only_a_colleague_is_named() -> None:
    assert content(Outgoing(1, "Hi", sender="agent", agent="An\n\u202eX")).author == "An X"
    assert content(Outgoing(1, "Hi", sender="agent")).author == "Colleague"
    assert content(Outgoing(1, "Hi", sender="system", agent="An")).author is None
    assert content(Outgoing(1, "Hi", agent="An")).author is None


def test_a_page_is_cited_with_its_day_in_words_and_a_safe_address() -> None:
    bad = {"title": "", "url": "javascript:x", "publisher": "City", "checked_on": "soon"}
    found = content(Outgoing(1, "Hi", sources=[PAGE, bad, {}, {"url": "https://only.example/"}]))
    assert found.citations == (
        Citation("Appointments", "City office", "21 November 2026", "https://stad.gent/x"),
        Citation("City", "City", "soon", None),
        Citation("https://only.example/", "", "", "https://only.example/"),
    )


def test_a_step_is_a_card() -> None:
    entry = {
        "step": "a", "title": "Register\nnow", "state": "blocked", "late": True, "by": None, "when": "soon",
        "reason": "r", "waits_for": ["x", "\u200b"], "facts": [], "sources": [PAGE],
    }  # fmt: skip
    (card,) = content(Outgoing(1, "", plan=[entry, {"title": "\u200b"}])).cards
    assert (card.title, card.state, card.late, card.when, card.reason) == ("Register now", "blocked", True, "soon", "r")
    assert card.waits_for == ("x",)
    assert [one.title for one in card.citations] == ["Appointments"]


def test_options_keep_their_places_and_always_have_a_title() -> None:
    found = content(Outgoing(1, "", options=[{"title": " a\n b "}, {"title": "\u2066\u200b"}, {"payload": "/x"}]))
    assert found.options == (Option(0, "a b"), Option(1, "2"), Option(2, "3"))


def test_characters_that_control_others_are_removed_and_those_of_a_language_stay() -> None:
    (block,) = content(Outgoing(1, "a\x00b\u202ec\u2067d\ud83d\tمی\u200cخواهم \u200fx")).blocks
    assert block == Paragraph((plain("abcd می\u200cخواهم \u200fx"),))


@pytest.mark.parametrize(
    "address",
    ["", None, "javascript:alert(1)", "ftp://a.example", "//a.example", "https://", "https://u:p@a.example",
     "https://a b", "https://a.example/\u202e", "https://a.example\\@b.example", "https://[",
     "https://a.example/" + "x" * 1000],
)  # fmt: skip
def test_other_addresses_than_those_of_web_pages_are_not_followed(address: object) -> None:
    assert safe_url(address) is None


@pytest.mark.parametrize(
    "address", ["https://stad.gent/en?a=(b)#c", "http://xn--a.example:8080/_x_", "https://gent.be/é"]
)
def test_web_pages_are_followed(address: str) -> None:
    assert safe_url(address) == address


@pytest.mark.parametrize(
    ("text", "there"), [("", False), (" \u200b\u2060\ufe0f\u2800", False), ("a", True), ("👍", True)]
)
def test_what_cannot_be_seen_is_nothing(text: str, there: bool) -> None:
    assert visible(text) is there
