"""What to answer when a message asks several questions: each is read by itself, and only sure readings count.

A question is read together with what the message tells around its questions ("can she work … I arrived with my wife"),
and one that points back ("where do i get it") with the question before it. The question comes first: an encoder reads
only so many words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding.model import ASK, EMERGENCY, OUTSIDE, WHAT_NOW, Reading
from bot.understanding.parts import bare, split

MOST_READ = 4
SURE_ALARM = 0.3  # few words are easily misread: an alarm for the whole message needs less
ANSWER, UNREAD = "answer", "unread"
REFUSED = ("legal_opinion", "medical_opinion")
QUESTIONS = (ASK, OUTSIDE, *REFUSED)  # other intents of a part ("how much?", "thanks") are no question of their own
GIVES_WAY = (*QUESTIONS, WHAT_NOW, "inform", "greet", "thank", "help")  # beside every follow-up
FOLLOW_UP = "follow_up"
_POINTS_BACK = re.compile(
    r"\b(?:its?|that|this|these|those|them|they|their|s?he|him|hers?|his|there|then|ones?|same)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Asked:
    """One question of a message: as it is shown, and with what it needs to be understood."""

    text: str
    to_read: str


@dataclass(frozen=True)
class Part:
    """One question of a message and its reading; none for those beyond the most that are read."""

    text: str
    reading: Reading | None


def questions(text: str) -> list[Asked]:
    """Return the questions of a message when it has more than one, else nothing."""
    found = split(text)
    if len(found.parts) < 2:
        return []
    asked: list[Asked] = []
    for number, part in enumerate(found.parts):
        shown = bare(part)
        lead = found.context
        if number and _POINTS_BACK.search(shown):
            lead = (*lead, bare(found.parts[number - 1]))
        asked.append(Asked(shown, " ".join([shown, *lead])))
    return asked


def combine(whole: Reading, asked: Sequence[Asked], readings: Sequence[Reading]) -> tuple[Reading, list[Part]]:
    """Return the reading that decides, and the parts to answer one after the other when there is more than one.

    Args:
        whole: the reading of the message as it is.
        asked: its questions.
        readings: those of the first questions, in order.
    """
    danger = next((one for one in readings if _is_alarm(one)), None)
    if danger is not None:
        return danger, []
    sure = [one for one in readings if _is_sure(one) and one.articles[0][0] in [name for name, _ in whole.articles]]
    subjects = {one.articles[0][0] for one in sure}
    refused = any(_intent(one) in REFUSED for one in readings)
    if not sure or not _gives_way(whole) or (_is_sure(whole) and len(subjects) == 1 and not refused):
        return whole, []
    parts = _worth_saying(asked, readings, subjects)
    decides = whole if _is_sure(whole) else sure[0]
    return decides, parts if len(parts) > 1 else []


def _worth_saying(asked: Sequence[Asked], readings: Sequence[Reading], subjects: set[str]) -> list[Part]:
    """Leave out what is no question, and what the answer to another part tells."""
    parts: list[Part] = []
    told: set[str] = set()
    for one, reading in zip(asked, readings, strict=False):
        subject = reading.articles[0][0] if reading.articles and reading.zone != "unknown" else ""
        if _intent(reading) not in QUESTIONS:
            continue
        if _is_sure(reading) and subject in subjects:
            if subject not in told:
                parts.append(Part(one.text, reading))
            told.add(subject)
        elif subject not in subjects or _intent(reading) in REFUSED:
            parts.append(Part(one.text, reading))
    return parts + [Part(one.text, None) for one in asked[len(readings) :]]


def _intent(reading: Reading) -> str:
    return reading.intents[0][0]


def _is_alarm(reading: Reading) -> bool:
    name, confidence = reading.intents[0]
    return name == EMERGENCY and confidence >= SURE_ALARM


def _is_sure(reading: Reading) -> bool:
    return reading.zone == ANSWER and _intent(reading) == ASK


def _gives_way(whole: Reading) -> bool:
    return _intent(whole) in GIVES_WAY or _intent(whole).startswith(FOLLOW_UP)
