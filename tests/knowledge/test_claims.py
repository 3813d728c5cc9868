"""Figures are read from texts however they are written, and only alike ones are compared."""

from __future__ import annotations

import pytest

from knowledge.claims import Kind, claims, comparable, number, same, states_a_rule


def one(sentence: str):
    (found,) = claims(sentence)
    return found


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.030,50", 1030.5),
        ("1,030.50", 1030.5),
        ("1 030", 1030),
        ("48.912", 48912),
        ("2323", 2323),
        ("1.5", 1.5),
        ("twelve", 12),
    ],
)
def test_a_number_has_one_value_in_every_way_of_writing_it(written, value):
    assert number(written) == value


@pytest.mark.parametrize(
    ("one_way", "other_way"),
    [
        ("It costs €1.030,50.", "It costs 1,030.50 euro."),
        ("within 3 months", "within 90 days"),
        ("within two weeks", "within 14 days"),
        ("It takes a year.", "It takes twelve months."),
        ("It takes three to four weeks.", "It takes about 4 weeks."),
        ("at most three months' rent", "maximum 3 months of rent"),
        ("within eight working days", "within 8 business days"),
        ("within eight working days", "within 8 days"),
        ("before 31 December 2026", "before December 31st"),
        ("35% of it", "35 per cent of it"),
    ],
)
def test_the_same_figure_written_differently_is_the_same(one_way, other_way):
    assert same(one(other_way), one(one_way))


@pytest.mark.parametrize(
    ("stated", "known"),
    [
        ("within eight working days", "within eight days"),
        ("within eight calendar days", "within eight working days"),
        ("within 8 days", "within three months"),
        ("It costs €180.", "It costs €360."),
        ("two months' rent", "three months' rent"),
        ("It takes ten weeks.", "It takes three to four weeks."),
    ],
)
def test_other_figures_are_not(stated, known):
    assert not same(one(stated), one(known))


@pytest.mark.parametrize(
    ("stated", "known"),
    [
        ("three months", "three months' rent"),
        ("You must do it within two weeks.", "The card takes two weeks."),
        ("€30", "30%"),
    ],
)
def test_figures_of_another_kind_or_role_are_never_compared(stated, known):
    assert not comparable(one(stated), one(known))


@pytest.mark.parametrize(
    "sentence",
    [
        "You arrived two weeks ago.",
        "Your son is 4 years old.",
        "It is not eight days.",
        "You may work 20 hours a week.",
        "Your rent is €800.",
        "The fine is due each year.",
        "It costs a lot a year.",
    ],
)
def test_what_is_no_figure_of_a_rule_is_not_read(sentence):
    assert claims(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Is it eight days?",
        "I will call you within two days.",
        "Your friend said two months.",
        "You arrived in May.",
        "Best go in the first week.",
    ],
)
def test_questions_promises_hearsay_stories_and_advice_state_no_rule(sentence):
    assert not states_a_rule(sentence)


def test_the_dash_and_the_list_give_all_their_numbers():
    assert one("It takes 3-4 weeks.").values == (21.0, 28.0)
    assert one("three, two or one month's rent").values == (3.0, 2.0, 1.0)
    assert one("two months' rent").kind is Kind.RENT
