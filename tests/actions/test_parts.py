"""A message with several questions: each is dealt with by itself, in the order asked."""

from __future__ import annotations

from typing import Any

import pytest

from actions.answering import LONGEST_QUOTE, quoted
from dossiers.models import Conversation
from knowledge.wording import say
from tests.actions.conftest import Talk, payloads

UNSURE: dict[str, Any] = {"zone": "offer", "covered": 0.9, "articles": [{"id": "repairs", "confidence": 0.3}]}


def part(text: str, zone: str = "answer", *articles: str, intent: str | None = "ask") -> dict[str, Any]:
    found = [{"id": key, "confidence": 0.8} for key in articles]
    return {"text": text, "intent": intent, "articles": found, "covered": 0.9, "zone": zone}


DEPOSIT = part("how do i get my deposit back", "answer", "deposit-return")
DOCTOR = part("where is a doctor", "answer", "choose-gp")
NOT_KNOWN = part("where do i get a fishing licence", "unknown")


def outcomes(said: list[dict[str, Any]]) -> list[str]:
    return [one["custom"]["outcome"].removesuffix("_stale") for one in said]


def test_each_question_gets_its_own_answer_in_the_order_asked(talk: Talk) -> None:
    first, second = talk.run("action_answer", "deposit? and doctor?", parts=[DEPOSIT, DOCTOR], **UNSURE)
    assert [first["custom"]["article"], second["custom"]["article"]] == ["deposit-return", "choose-gp"]
    assert first["text"].startswith("**Question 1:** how do i get my deposit back\n\n")
    assert second["text"].startswith("**Question 2:** where is a doctor\n\n")
    assert first["custom"]["sources"]
    assert second["custom"]["sources"]
    assert payloads(second)[-1] == "/human"


def test_a_follow_up_is_about_the_last_answer(talk: Talk) -> None:
    talk.run("action_answer", "…", parts=[DEPOSIT, DOCTOR, NOT_KNOWN], **UNSURE)
    assert talk.slots["article"] == "choose-gp"
    (said,) = talk.run("action_follow_up", "and which papers", intent="follow_up_papers")
    assert said["custom"]["article"] == "choose-gp"


def test_what_is_not_known_is_named_beside_the_answer_and_does_not_count_as_a_miss(talk: Talk) -> None:
    unknown, answer = talk.run("action_answer", "…", parts=[NOT_KNOWN, DOCTOR], **UNSURE)
    assert outcomes([unknown, answer]) == ["not_covered", "answered"]
    assert unknown["text"] == f"**Question 1:** {NOT_KNOWN['text']}\n\n{say('part_unknown')}"
    assert payloads(unknown) == ["/human"]
    with talk.database.read() as session:
        assert session.get_one(Conversation, talk.conversation_id).missed_turns == 0


@pytest.mark.parametrize(
    ("intent", "outcome"),
    [("legal_opinion", "refused"), ("medical_opinion", "refused"), ("out_of_scope", "out_of_scope")],
)
def test_a_question_is_refused_while_the_other_is_answered(talk: Talk, intent: str, outcome: str) -> None:
    refused = part("will i win in court", "unknown", intent=intent)
    said = talk.run("action_answer", "…", parts=[refused, DOCTOR], **UNSURE)
    assert outcomes(said) == [outcome, "answered"]
    assert say(f"part_{intent}") in said[0]["text"]


def test_what_looks_out_of_scope_but_near_an_article_is_only_not_known(talk: Talk) -> None:
    doubtful = part("how do i file taxes", "offer", "tax-return", intent="out_of_scope")
    assert outcomes(talk.run("action_answer", "…", parts=[doubtful, DOCTOR], **UNSURE)) == ["not_covered", "answered"]


def test_a_doubtful_question_gets_its_readings(talk: Talk) -> None:
    doubtful = part("how do i register", "offer", "eu-register", "non-eu-register")
    answer, offered = talk.run("action_answer", "…", parts=[DOCTOR, doubtful], **UNSURE)
    assert outcomes([answer, offered]) == ["answered", "clarified"]
    assert payloads(offered)[:2] == ['/ask{"article": "eu-register"}', '/ask{"article": "non-eu-register"}']
    assert offered["text"].startswith("**Question 2:** how do i register")


def test_three_questions_at_a_time_and_the_others_are_asked_for_again(talk: Talk) -> None:
    more = [part("can i vote", "answer", "voting-eu"), part("may i park", "answer", "resident-parking-permit")]
    unread = part("what about dogs", "unread", intent=None)
    said = talk.run("action_answer", "…", parts=[DEPOSIT, DOCTOR, *more, unread], **UNSURE)
    assert outcomes(said) == ["answered"] * 3 + ["clarified"]
    assert said[3]["text"] == say("parts_left", text="“may i park” “what about dogs”")


def test_without_an_answer_to_any_question_the_message_is_taken_as_one(talk: Talk) -> None:
    talk.slots["country"] = "DE"
    for_others = part("how do i register", "answer", "non-eu-register")
    (said,) = talk.run("action_answer", "…", parts=[for_others, NOT_KNOWN], **UNSURE)
    assert said["text"] == say("offer")


def test_another_region_is_not_answered_with_the_rules_of_this_one(talk: Talk) -> None:
    said = talk.run("action_answer", "…", entities=[("region", "brussels")], parts=[DEPOSIT, DOCTOR], **UNSURE)
    assert outcomes(said) == ["clarified", "clarified"]
    assert say("other_region") in said[0]["text"]


def test_a_persons_words_are_shown_on_one_line_and_shortened() -> None:
    assert quoted("how\n  **do** i") == "how do i"
    assert quoted("word " * 100).endswith("word …")
    assert len(quoted("word " * 100)) <= LONGEST_QUOTE + 2
