"""Approved messages: what may be filled in, and what Meta would not take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge import templates
from knowledge.templates import BadValues, Field, Template, delivery, fill, get, ordered

SUBJECT = Field(key="subject", label="What it is about", example="your flat", longest=20)
DAY = Field(key="day", label="By when", example="by 8 December", longest=30)


def template(body: str = "About {1}, {2}. Write back.", fields: tuple[Field, ...] = (SUBJECT, DAY)) -> Template:
    return Template(
        id="x",
        name="x_1",
        language="en",
        category="utility",
        title="X",
        body=body,
        needs_agreement=False,
        fields=fields,
    )


def refused(subject: str, day: str = "today") -> tuple[str, ...]:
    with pytest.raises(BadValues) as problem:
        fill(template(), {"subject": subject, "day": day})
    return problem.value.sentences


def test_there_is_one_for_each_occasion() -> None:
    assert {t.id for t in templates.templates()} == {"colleague-answer", "next-step", "plan-date", "month-later"}


def test_only_what_the_person_did_not_ask_for_needs_their_agreement() -> None:
    assert {t.id for t in templates.templates() if t.needs_agreement} == {"plan-date", "month-later"}


def test_names_at_meta_and_ids_are_given_once() -> None:
    found = templates.templates()
    assert len({t.name for t in found}) == len({t.id for t in found}) == len(found)


@pytest.mark.parametrize("found", templates.templates(), ids=lambda t: t.id)
def test_every_text_says_who_writes_and_how_to_stop(found: Template) -> None:
    assert "“What now?”" in found.body
    assert "STOP" in found.body


@pytest.mark.parametrize("found", templates.templates(), ids=lambda t: t.id)
def test_every_example_can_be_filled_in_and_stands_in_the_text(found: Template) -> None:
    text = fill(found, {f.key: f.example for f in found.fields})
    assert all(f.example in text for f in found.fields)
    assert "{" not in text


def test_a_template_is_found_by_its_id() -> None:
    assert get("next-step").name == "next_step_1"
    with pytest.raises(KeyError):
        get("nothing")


def test_values_stand_in_their_places_without_spaces_around_them() -> None:
    assert (
        fill(template(), {"day": "by Monday ", "subject": "  the deposit"})
        == "About the deposit, by Monday. Write back."
    )


def test_a_value_that_looks_like_a_place_stays_as_it_was_written() -> None:
    assert fill(template(), {"subject": "{2}", "day": r"\1"}) == r"About {2}, \1. Write back."


def test_what_the_outbox_keeps_has_the_values_in_order() -> None:
    kept = delivery(template(), {"day": "now", "subject": "a"})
    assert kept == {"name": "x_1", "language": "en", "values": ["a", "now"]}


def test_what_is_missing_or_empty_is_asked_for() -> None:
    with pytest.raises(BadValues) as problem:
        fill(template(), {"day": "  "})
    assert problem.value.sentences == ("Please fill in “What it is about”.", "Please fill in “By when”.")


def test_what_is_too_long_is_said_with_its_length() -> None:
    assert refused("x" * 21) == ("“What it is about” is too long: at most 20 characters, now 21.",)
    assert fill(template(), {"subject": "x" * 20, "day": "now"})


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\t", "\u2028", "\x85", "\v"])
def test_line_breaks_and_tabs_are_refused(sign: str) -> None:
    assert refused(f"a{sign}b") == ("Please write “What it is about” on one line, without tabs.",)


def test_signs_that_nobody_sees_are_refused() -> None:
    assert refused("a\x00b") == ("“What it is about” holds a sign that cannot be shown. Please type it again.",)


def test_five_spaces_in_a_row_are_refused_and_four_are_not() -> None:
    assert refused("a     b") == ("“What it is about” has more than four spaces in a row. Please take some out.",)
    assert fill(template(), {"subject": "a    b", "day": "now"})


def test_all_problems_are_said_at_once() -> None:
    assert len(refused("a\n" + "x" * 30, day="")) == 3


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_filled_in_meta_could_take_it(subject: str, day: str) -> None:
    try:
        values = ordered(template(), {"subject": subject, "day": day})
    except BadValues:
        return
    text = fill(template(), {"subject": subject, "day": day})
    assert text == "About {}, {}. Write back.".format(*values)
    assert len(text) <= templates.LONGEST
    assert all(value == value.strip() and len(value.splitlines()) == 1 and "\t" not in value for value in values)


@pytest.mark.parametrize(
    "body",
    ["{1} and {2} here.", "Here {1} and {2}", "Here {1} {2} there.", "Here {2} and {1} there.", "Only {1} here."],
)
def test_a_body_that_meta_would_not_approve_is_refused(body: str) -> None:
    with pytest.raises(ValidationError):
        template(body)


def test_a_body_that_could_become_too_long_is_refused() -> None:
    with pytest.raises(ValidationError, match="longer than"):
        template("x" * 980 + " {1} and {2}.")


def test_an_example_that_could_not_be_sent_is_refused() -> None:
    long = Field(key="subject", label="What", example="more than five", longest=5)
    with pytest.raises(ValidationError, match="too long"):
        template("About {1}.", (long,))
