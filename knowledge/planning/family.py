"""Partner and children, as a message tells of them: also in a question ("can my wife work?")."""

from __future__ import annotations

import re
from typing import Any

from knowledge.planning.phrases import each, pattern, says

ADULT = 18
MONTHS = 12


def family(words: str) -> dict[str, Any]:
    """The fields `partner` and `children`, as far as they are said. Adult children are left out."""
    ages = _ages(words)
    found: dict[str, Any] = {} if ages is None else {"children": ages}
    if says("partner.gone", words):
        found["partner"] = False
    elif says("partner.yes", words):
        found["partner"] = True
    elif says("partner.alone", words) and "not alone" not in words:
        found["partner"] = False
        if not re.search(r"\b(?:kids?|child|children|sons?|daughters?|baby)\b", words):
            found["children"] = ()
    elif says("partner.single", words):
        found["partner"] = False
    return found


def _ages(words: str) -> tuple[int, ...] | None:
    if says("children.none", words):
        return ()
    years = {place: age for phrase in each("children.ages") for place, age in _found(phrase, words)}
    ages = list(years.values())
    ages += [int(months) // MONTHS for phrase in each("children.months") for months in phrase.findall(words)]
    if says("children.baby", words) and not says("children.no_baby", words) and not any(age == 0 for age in ages):
        ages.append(0)
    young = tuple(sorted(age for age in ages if age < ADULT))
    return young or None


def _found(phrase: re.Pattern[str], words: str) -> list[tuple[int, int]]:
    """Each number that a phrase finds, with its place; not one that counts or measures something."""
    found = []
    for match in phrase.finditer(words):
        for number in re.finditer(r"\d+", match[1]):
            start, end = match.start(1) + number.start(), match.start(1) + number.end()
            before = pattern("children.not_ages").search(words[:start])
            after = any(one.search(words[end:]) for one in each("children.not_after"))
            if not before and not after:
                found.append((start, int(number[0])))
    return found
