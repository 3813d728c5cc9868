"""The question that decides most comes first; nothing is asked that is known or that would change nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from knowledge.library import load
from knowledge.planning.asking import QUESTIONS, is_known, next_questions
from knowledge.planning.plan import plan
from knowledge.profile import Profile
from tests.knowledge.planning.folder import library, rule, step
from tests.knowledge.planning.people import DAYS, PERSONAS, TODAY, profiles

LIBRARY = load()


def asked(profile: Profile, root: Path, *steps: dict[str, Any]) -> list[str]:
    return [asking.field for asking in next_questions(profile, TODAY, library(root, *steps))]


def test_what_decides_more_steps_is_asked_first(tmp_path: Path) -> None:
    steps = [step("a", applies_if={"car": ["yes"]}), step("b", applies_if={"partner": ["yes"]})]
    steps.append(step("c", applies_if={"partner": ["no"]}))
    assert asked(Profile(), tmp_path, *steps) == ["partner", "car"]


def test_nothing_is_asked_when_no_answer_would_change_anything(tmp_path: Path) -> None:
    assert asked(Profile(), tmp_path, step("a")) == []


def test_a_question_that_only_matters_together_with_another_waits_for_it(tmp_path: Path) -> None:
    steps = [step("a", applies_if={"car": ["yes"], "citizenship": ["eu"]})]
    assert asked(Profile(), tmp_path, *steps) == []
    assert asked(replace(Profile(), country="DE"), tmp_path / "eu", *steps) == ["car"]
    assert asked(replace(Profile(), country="IN"), tmp_path / "other", *steps) == []


def test_a_day_is_asked_when_a_date_hangs_on_it(tmp_path: Path) -> None:
    assert asked(Profile(), tmp_path, step("a", deadlines=[rule()])) == ["arrival"]
    doubtful = library(tmp_path / "doubt", step("a", deadlines=[rule()]), status="unofficial")
    assert next_questions(Profile(), TODAY, doubtful) == ()


@pytest.mark.parametrize(
    ("field", "known", "answered"),
    [
        ("address_from", {}, True),
        ("address_from", {"address": False}, True),
        ("address_from", {"address": True}, False),
        ("rents", {"address": True}, False),
        ("rents", {"address": True, "rents": False}, True),
        ("permit", {"country": "DE"}, True),
        ("permit", {"country": "IN"}, False),
        ("permit", {}, True),
        ("joins", {"purpose": "employee"}, True),
        ("joins", {"purpose": "family"}, False),
        ("children", {"children": ()}, True),
        ("car", {"car": False}, True),
    ],
)
def test_some_questions_make_sense_only_after_others(field: str, known: dict[str, Any], answered: bool) -> None:
    assert is_known(Profile(**known), field) is answered


@pytest.mark.parametrize("name", PERSONAS)
def test_answering_what_is_asked_comes_to_an_end_and_then_nothing_would_change(name: str) -> None:
    profile = PERSONAS[name]
    for _ in QUESTIONS:
        questions = next_questions(profile, TODAY, LIBRARY)
        if not questions:
            break
        profile = replace(profile, **{questions[0].field: QUESTIONS[questions[0].field](TODAY)[0]})
    assert next_questions(profile, TODAY, LIBRARY) == ()


@settings(max_examples=60, deadline=None)
@given(profiles(LIBRARY), DAYS)
def test_each_question_is_open_and_one_of_its_answers_changes_what_the_person_sees(
    profile: Profile, today: dt.date
) -> None:
    questions = next_questions(profile, today, LIBRARY)
    weights = [asking.weight for asking in questions]
    assert weights == sorted(weights, reverse=True)
    for asking in questions:
        assert not is_known(profile, asking.field)
        answered = [replace(profile, **{asking.field: value}) for value in QUESTIONS[asking.field](today)]
        plans = [
            {(entry.step.id, entry.state, entry.by) for entry in plan(one, today, LIBRARY).entries if entry.certain}
            for one in answered
        ]
        assert any(one != plans[0] for one in plans)


def test_who_leaves_is_not_asked_why_they_came() -> None:
    leaving = replace(Profile("gent", "DE"), leaving=True)
    assert not {"purpose", "arrival", "stay"} & {asking.field for asking in next_questions(leaving, TODAY, LIBRARY)}
