"""Somebody who arrives and asks for everything at once is told apart from somebody with a question."""

from __future__ import annotations

import pytest

from bot.understanding.arrival import asks_what_now


@pytest.mark.parametrize(
    "text",
    [
        "i just came from brazil with my wife and kids, working for volvo. what now",
        "we landed this morning, now what?",
        "moving to ghent in march, where do i start",
        "I am new here. What should I do first?",
        "we come in march with our baby, no flat yet, what do we have to do",
        "german, looking for a job, in gent since 2 november. whats next",
    ],
)
def test_an_arrival_is_heard(text: str) -> None:
    assert asks_what_now(text)


@pytest.mark.parametrize(
    "text",
    [
        "got a letter from the commune, what now",
        "the police came when i was at work",
        "my landlord moved out, who repairs the boiler",
        "what is the next step",
        "when does my card arrive",
        "i arrived yesterday from india with a work visa, how do i register in ghent",
        "i moved last week, what do i do with my old energy contract",
    ],
)
def test_a_question_is_not_taken_for_an_arrival(text: str) -> None:
    assert not asks_what_now(text)


@pytest.mark.parametrize(
    "text",
    [
        "hi, german, looking for a job, here in Gent since last week with my girlfriend. where do i start?",
        "contract as care worker in Aalst, came 3 weeks ago, children of 6 and 14. what next",
        "we are moving to ghent in march, what do we have to arrange",
    ],
)
def test_who_arrives_and_asks_for_everything_is_heard_plainly(text: str) -> None:
    assert asks_what_now(text, plainly=True)


def test_a_visit_is_no_arrival_of_ones_own() -> None:
    assert not asks_what_now("the police came when we were out, what now", plainly=True)
