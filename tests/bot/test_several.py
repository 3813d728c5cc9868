"""Which of several questions are answered one after the other."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.components import questions as component
from bot.components.encoder import QUESTION_VECTORS
from bot.understanding.model import QuestionModel, Reading
from bot.understanding.several import Asked, Part, combine, questions

TEXTS = [Asked("how do i register", ""), Asked("can my wife work", ""), Asked("what is an annex", "")]


def reading(article: str, zone: str = "answer", intent: str = "ask", confidence: float = 0.9) -> Reading:
    return Reading(((intent, confidence),), ((article, 0.8), ("other", 0.1)), 0.9, zone)


def whole(zone: str = "offer", intent: str = "ask", first: str = "register") -> Reading:
    return Reading(((intent, 0.9),), tuple((name, 0.3) for name in (first, "register", "work", "annex")), 0.9, zone)


def subjects(parts: list[Part]) -> list[str]:
    return [part.reading.articles[0][0] if part.reading else "unread" for part in parts]


def test_two_sure_questions_about_different_articles_are_parts() -> None:
    decides, parts = combine(whole(), TEXTS, [reading("register"), reading("work")])
    assert [part.text for part in parts] == ["how do i register", "can my wife work", "what is an annex"]
    assert subjects(parts) == ["register", "work", "unread"]
    assert decides.articles[0][0] == "register"


def test_two_questions_about_the_same_article_are_one() -> None:
    sure = whole("answer")
    assert combine(sure, TEXTS[:2], [reading("register"), reading("register")]) == (sure, [])


def test_one_sure_question_beside_an_unsure_whole_decides_and_the_other_is_told() -> None:
    decides, parts = combine(whole(), TEXTS[:2], [reading("garden", "unknown", "out_of_scope"), reading("work")])
    assert decides.articles[0][0] == "work"
    assert subjects(parts) == ["garden", "work"]


def test_one_sure_question_beside_a_sure_whole_changes_nothing() -> None:
    sure = whole("answer")
    assert combine(sure, TEXTS[:2], [reading("register"), reading("work", "offer")]) == (sure, [])


def test_what_the_whole_does_not_think_of_does_not_count() -> None:
    doubtful = whole()
    assert combine(doubtful, TEXTS[:2], [reading("pets"), reading("tax")]) == (doubtful, [])


def test_a_judgement_is_refused_beside_the_answer() -> None:
    _, parts = combine(whole("answer"), TEXTS[:2], [reading("tax", "offer", "legal_opinion"), reading("register")])
    assert [part.reading.intents[0][0] for part in parts if part.reading] == ["legal_opinion", "ask"]


def test_thanks_and_what_another_answer_tells_are_no_parts() -> None:
    readings = [reading("register"), reading("work"), reading("register", "offer")]
    assert subjects(combine(whole(), TEXTS, readings)[1]) == ["register", "work"]
    readings[2] = reading("tax", "offer", "follow_up_cost")
    assert subjects(combine(whole(), TEXTS, readings)[1]) == ["register", "work"]


def test_an_emergency_in_a_question_wins() -> None:
    alarm = reading("tax", "unknown", "emergency")
    assert combine(whole(), TEXTS, [reading("register"), reading("work"), alarm]) == (alarm, [])
    faint = reading("tax", "unknown", "emergency", 0.12)
    assert len(combine(whole(), TEXTS, [reading("register"), reading("work"), faint])[1]) == 2


@pytest.mark.parametrize("intent", ["human", "emergency", "stop", "erase_dossier", "open_dossier"])
def test_a_wish_for_the_whole_message_is_kept(intent: str) -> None:
    wish = whole(intent=intent)
    assert combine(wish, TEXTS[:2], [reading("register"), reading("work")]) == (wish, [])


def test_a_question_is_read_with_what_is_told_and_with_what_it_points_back_to() -> None:
    asked = questions("We are from Peru. do i need a residence card? and where do i get it?")
    assert [one.text for one in asked] == ["do i need a residence card?", "where do i get it?"]
    assert asked[1].to_read == "where do i get it? We are from Peru. do i need a residence card?"
    assert questions("We are from Peru. do i need a card?") == []


class FewWords:
    """Stands in for the model: sure about what it knows by a word."""

    def read(self, text: str, embedding: Any) -> Reading:
        """Know two subjects, and doubt a message with both."""
        assert len(embedding) == 2
        known = [name for name in ("register", "work") if name in text]
        return whole() if len(known) != 1 else reading(known[0])


def test_the_message_carries_the_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(component, "_vector", lambda _: np.zeros(2))
    message = Message(
        {"text": "do i register here? and can my wife work?", QUESTION_VECTORS: [np.zeros(2), np.zeros(2)]}
    )
    unsaved = cast(Any, None)
    aims = component.QuestionClassifier.get_default_config()
    classifier = component.QuestionClassifier(aims, unsaved, unsaved, cast(QuestionModel, FewWords()))
    (done,) = classifier.process([message])
    assert done.get("intent")["name"] == "ask"
    assert [(one["text"], one["zone"], one["articles"][0]["id"]) for one in done.get("parts")] == [
        ("do i register here?", "answer", "register"),
        ("can my wife work?", "answer", "work"),
    ]
    assert QUESTION_VECTORS not in done.as_dict(only_output_properties=True)
    assert "parts" in done.as_dict(only_output_properties=True)
