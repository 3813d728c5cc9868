"""A message is split into its questions only where a new one surely begins, and no word of it is lost."""

from __future__ import annotations

import random
import re
import time

import pytest

from bot.understanding.parts import bare, parts, split

WORDS = (
    "hi i we you do does can may must is are what how where when why who which and or but also plus then so please "
    "second question another thing need visa register work pay card town hall my wife landlord deposit insurance if "
    "because tell me want to know have 1 2 12 annex e.g. nr. it that this the a in Ghent St. thanks café vrouw"
).split()
MARKS = [
    "",
    "",
    "",
    "",
    ",",
    "?",
    ".",
    "!",
    "...",
    ";",
    "\n",
    "\n\n",
    "\n- ",
    "\n2. ",
    " 1) ",
    " & ",
    " + ",
    " - ",
    "??",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "hi i arrived with my wife. do i need to register and how do i get insurance? also can my wife work",
            ["do i need to register", "how do i get insurance?", "can my wife work"],
        ),
        (
            "do i need visa and how much cost the card and where i go",
            ["do i need visa", "how much cost the card", "where i go"],
        ),
        ("1. How do I open an account? 2. where is a doctor", ["How do I open an account?", "where is a doctor"]),
        ("- can my wife work\n- how do we insure our baby", ["can my wife work", "how do we insure our baby"]),
        (
            "how do i declare the birth\nhow do i get the money",
            ["how do i declare the birth", "how do i get the money"],
        ),
        ("can my wife work + do we need insurance", ["can my wife work", "do we need insurance"]),
        ("can my wife work & do we need insurance", ["can my wife work", "do we need insurance"]),
        (
            "how do i register second question what is the price of the card",
            ["how do i register", "what is the price of the card"],
        ),
        (
            "Can I drive here? One more thing: must i take fire insurance?",
            ["Can I drive here?", "must i take fire insurance?"],
        ),
    ],
)
def test_several_questions_are_told_apart(text: str, expected: list[str]) -> None:
    assert [bare(part) for part in parts(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "where and when do i register",
        "how and where can i register my lease",
        "how do i get a birth and marriage certificate",
        "what documents and how much money do i need",
        "i am a student from india, can i work",
        "when i arrive, what do i need to do",
        "do i need a visa? and how long?",
        "my landlord keeps the deposit and does not answer",
        "i lost my card. it was in the bus. my passport too",
        "can i bring my wife and our two children",
        "is it true that i can work and study",
        "do i need to know how to drive",
        "hello",
        "annex 15?",
        "",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    assert parts(text) == [text]


def test_what_is_told_around_the_questions_is_kept() -> None:
    found = split("I live at St. Pieters. Where can i park? My car is from Spain.")
    assert found.parts == ("Where can i park?",)
    assert found.context == ("I live at St. Pieters.", "My car is from Spain.")


@pytest.mark.parametrize("seed", range(300))
def test_no_word_is_lost_and_a_part_is_one_part(seed: int) -> None:
    chosen = random.Random(seed)
    text = ""
    for _ in range(chosen.randint(0, 40)):
        text += f"{chosen.choice(WORDS)}{chosen.choice(MARKS)}{chosen.choice([' ', ' ', ' ', '  ', chr(10)])}"
    found = split(text)
    assert found.parts
    assert sorted(re.findall(r"\w+", " ".join([*found.parts, *found.context]))) == sorted(re.findall(r"\w+", text))
    for part in found.parts:
        assert parts(part) == [part]
        assert bare(part) in part


@pytest.mark.parametrize(
    "piece",
    ["!", " ", "a. ", "? ", "what , ", "and how do i ", "1) a 2) ", "\n", "hi ", "9", " - ", "also ", "thank you "],
)
def test_the_longest_message_is_split_at_once(piece: str) -> None:
    began = time.perf_counter()
    parts((piece * 8000)[:8000])
    assert time.perf_counter() - began < 2
