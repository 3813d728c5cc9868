"""What brings in a colleague at once: what happened to somebody, and not what they ask about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.risk import codes, risks

EVALUATION = Path(__file__).parent.parent / "evaluation"

HAPPENED = {
    "eviction": [
        "I got an eviction letter",
        "I got a letter that my landlord wants to evict me next week",
        "i got today an eviction notice from the landlord, what do i do",
        "we've received an eviction order. can you help?",
        "My landlord is kicking me out!!",
        "i am being evicted next month",
        "our landlord threw us out yesterday",
        "the landlord changed the locks and my things are inside",
        "My landlord says I have to leave before Friday",
        "he told me i must move out in 3 days",
        "we have to leave our apartment by sunday and have nothing",
        "just got kicked out by my landlord",
        "An eviction letter came today. What can I do if I have children?",
    ],
    "homeless": [
        "i am homeless since monday",
        "we're on the street with two children",
        "I have nowhere to sleep tonight",
        "I sleep in my car",
        "i’m sleeping in the station since 3 days",
        "we have no place to stay",
    ],
    "violence": [
        "my husband beats me",
        "my boyfriend hit me again last night, he hits me every week",
        "My partner threatens my children",
        "I am afraid to go home to my husband",
        "i'm a victim of domestic violence",
        "my boss threatened me",
        "i was assaulted in my building",
    ],
    "deadline_passed": [
        "i missed the deadline to register",
        "We have missed our 8 days for registering at the town hall",
        "the deadline for my appeal has passed",
        "my deadline is over, now what?",
        "My residence card expired last week",
        "my visa has already expired",
        "i am too late to register",
        "I forgot to renew",
        "i've overstayed my visa",
    ],
    "refused": [
        "my visa was refused",
        "My application for family reunification was rejected",
        "they rejected my residence permit",
        "the immigration office refused my request",
        "i got a negative decision from the immigration office",
        "I received a refusal letter",
        "our single permit application has been denied :(",
        "my wife's visa got refused",
        "The town hall refused my registration",
        "i received annex 20",
    ],
    "order_to_leave": [
        "i got an order to leave the territory",
        "I received annex 13 today",
        "I must leave the country within 30 days",
        "i am going to be deported",
        "my friend was arrested and held in a closed centre",
    ],
    "exploitation": [
        "my boss took my passport",
        "my employer keeps my documents",
        "My employer has not paid me for two months",
        "the company refuses to pay my salary",
        "i haven't been paid since september",
        "I am forced to work on sundays without pay",
    ],
    "court": [
        "i got a letter from the court",
        "I received a summons",
        "the bailiff came today",
        "i have to go to court next week",
        "we've got a letter from a bailiff about the rent",
    ],
}
ASKED_OR_ELSE = [
    "can my landlord evict me in general?",
    "can my landlord kick me out in winter",
    "what happens if I get an eviction letter?",
    "What if my visa is refused?",
    "what can i do if my application is rejected",
    "how can i appeal a refusal",
    "can they refuse my registration?",
    "what is the deadline to register",
    "what happens when my visa expires",
    "my visa expires in may, what should I do?",
    "when does my card expire",
    "if i miss the deadline, is there a fine?",
    "do i have to leave the country to apply?",
    "i want to leave belgium next year",
    "I have to leave my apartment clean at the end of the lease",
    "my landlord wants to sell the house",
    "the landlord refused to fix the heating",
    "my bank card was refused at the shop",
    "my card payment was declined",
    "i was refused",
    "my offer for the flat was rejected",
    "my friend lives in the street next to the station",
    "i am looking for a place to stay from september",
    "where can homeless people sleep in ghent",
    "where do i find a shelter",
    "do i need fire insurance",
    "i beat my own record",
    "my husband kicks me out of the kitchen when he cooks",
    "who do i call about domestic violence",
    "what is annex 13",
    "how much notice must a tenant give",
    "is it legal that my boss pays me in cash",
    "when do i get paid",
    "how do i go to the court to change my name",
    "my deposit was not paid back",
    "i got a letter from the town hall",
    "I got my residence card today!",
    "my application was accepted",
    "i am afraid that my visa will be refused",
    "I don't want to miss the deadline to register",
    "how do i avoid being evicted",
    "suppose the landlord kicked me out, who pays the hotel",
    "does the police come to my home when i register",
    "The deadline is 8 days, right?",
    "hello",
    "",
]


@pytest.mark.parametrize(("risk", "text"), [(risk, text) for risk, texts in HAPPENED.items() for text in texts])
def test_what_happened_to_somebody_is_seen(risk: str, text: str) -> None:
    assert risk in risks(text)


@pytest.mark.parametrize("text", ASKED_OR_ELSE)
def test_a_question_about_the_rule_or_a_word_alone_is_no_risk(text: str) -> None:
    assert risks(text) == frozenset()


def test_every_kind_of_risk_has_examples_here() -> None:
    assert codes() == HAPPENED.keys()


def test_what_is_told_before_a_question_counts() -> None:
    assert risks("I got an eviction letter, can they do that?") == {"eviction"}
    assert risks("Can they do that? I got an eviction letter.") == {"eviction"}


def test_more_than_one_thing_can_be_at_stake() -> None:
    assert risks("My husband beats me. We have nowhere to sleep tonight.") == {"violence", "homeless"}


def test_a_very_long_message_is_read_in_part_and_quickly() -> None:
    assert risks("i got " + "very " * 100_000 + "angry") == frozenset()


def test_of_collected_questions_few_call_a_colleague() -> None:
    """These are questions as people ask them; a colleague who is called for nothing learns to look away."""
    lines = [line for file in EVALUATION.glob("*.jsonl") for line in file.read_text(encoding="utf-8").splitlines()]
    texts = [json.loads(line)["q"] for line in lines]
    called = [text for text in texts if risks(text)]
    assert len(called) <= len(texts) * 0.02, called
