"""Countries by name, also when they are misspelt."""

from __future__ import annotations

import pytest

from knowledge.vocabulary import country_name, misspelt_country


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("phillipines", "PH"),
        ("marocco", "MA"),
        ("portugese", "PT"),
        ("hungery", "HU"),
        ("swizerland", "CH"),
        ("indain", "IN"),
    ],
)
def test_a_misspelt_country_or_people_is_recognised(word: str, code: str) -> None:
    assert misspelt_country(word) == code


@pytest.mark.parametrize("word", ["people", "hungry", "student", "married", "yesterday", "employee", "london", "india"])
def test_an_ordinary_word_is_no_country(word: str) -> None:
    assert misspelt_country(word) is None


def test_an_unknown_code_is_said_as_it_is() -> None:
    assert (country_name("MA"), country_name("XX")) == ("Morocco", "XX")
