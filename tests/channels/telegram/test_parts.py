"""The words of a part without its form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.helpers import escape_markdown

from channels.telegram.parts import forms, unescaped
from tests.channels.telegram.conftest import keyboard, marked, part


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("*Bring*: a copy\\.", "Bring: a copy."),
        ("[the page](https://x.be/a_b\\)c)", "the page: https://x.be/a_b)c"),
        ("[a\\_b](https://x.be)", "a_b: https://x.be"),
        ("[https://x\\.be](https://x.be)", "https://x.be"),
        ("\\*not bold\\*", "*not bold*"),
        ("open [bracket", "open [bracket"),
    ],
)
def test_signs_go_and_words_and_addresses_stay(source: str, words: str) -> None:
    assert unescaped(source) == words


@given(st.text(max_size=80))
def test_what_was_escaped_comes_back_word_for_word(words: str) -> None:
    assert unescaped(escape_markdown(words, version=2)) == words


def test_a_plain_part_has_no_other_form() -> None:
    assert forms(part("1 * 2_3")) == [part("1 * 2_3")]


def test_first_the_form_goes_then_the_buttons() -> None:
    buttons = keyboard(callback_data="m1:0")
    meant = marked("*a*", reply_markup=buttons)
    assert forms(meant) == [meant, part("a", reply_markup=buttons), part("a")]
    assert forms(marked("*a*")) == [marked("*a*"), part("a")]
