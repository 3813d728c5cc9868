"""Nobody in danger is sent to an article, and no article about fire insurance is an alarm."""

from __future__ import annotations

import pytest

from bot.understanding.danger import is_danger


@pytest.mark.parametrize(
    "text",
    [
        "my husband hits me",
        "My husband is beating me again",
        "there is fire",
        "there's a fire in my building",
        "someone fainted",
        "my father can't breathe",
        "i smell gas",
        "he will kill me",
        "my boyfriend threatened to kill me",
        "I want to kill myself",
        "my kid swallowed pills",
        "the kitchen is on fire",
        "fire!!!",
        "my son does not wake up",
        "a man with a knife is here",
        "someone is breaking into my apartment",
        "my boss locked me in",
        "i was raped",
        "call an ambulance now",
        "heart attack",
    ],
)
def test_danger_is_seen(text: str) -> None:
    assert is_danger(text)


@pytest.mark.parametrize(
    "text",
    [
        "do i need fire insurance",
        "can my boss fire me",
        "is there fire insurance for students",
        "fireplace in the flat allowed",
        "landlord wants to kick us out",
        "the rent hits me hard this month",
        "how do i find a doctor",
        "police check did not come",
        "gas contract for new house",
        "which number for the police",
        "my husband works in ghent",
        "lost my card",
        "dead line for taxes",
        "child benefit for my son",
        "my wife is european",
        "smoke detector obligatory",
    ],
)
def test_ordinary_questions_are_no_alarm(text: str) -> None:
    assert not is_danger(text)
