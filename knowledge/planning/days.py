"""Finds a day in a sentence: "yesterday", "3 weeks ago", "next month", "on 12 March", "15/03/2027", "in september".

A day without a year is the nearest one; of a month, or "next month", the first day is meant; the order of numbers is
the European one: day, month, year.
"""

from __future__ import annotations

import datetime as dt
import re

from knowledge.planning.dates import shifted
from knowledge.planning.steps import Period

MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
WEEKDAYS = {name: number for number, name in enumerate("mon tue wed thu fri sat sun".split())}
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "couple of": 2, "few": 3,
}  # fmt: skip
_ABOUT = r"(?:about |around |almost |over |more than |less than |last |past |the |exactly |some |like )*"
_COUNT = r"(\d{1,3}|an?(?: couple of| few)?|one|two|three|four|five|six|seven|eight|nine|ten|few|couple of)"
_UNIT = r"(day|week|wk|month|mth|year|yr)s?"
_UNITS = {"d": "days", "w": "weeks", "m": "months", "y": "years"}
# Whole names or their short forms only: "3 marriage certificates" and "2 decisions" name no day.
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_NEAR = {
    r"\b(?:today|this morning|tonight|this afternoon|just now)\b": 0,
    r"(?<!before )\byesterday\b|\blast night\b": -1,
    r"(?<!after )\btomorrow\b": 1,
    r"\b(?:day before yesterday)\b": -2,
    r"\b(?:day after tomorrow)\b": 2,
    r"\b(?:last|past) week\b": -7,
    r"\bnext week\b": 7,
}
HALF_YEAR = dt.timedelta(days=183)


_NO_MEASURE = r"(?! ?(?:day|week|month|year|hour|h\b|euro|€|%|of ))"
_STAYED = r"\b(?:been|living|lived|live|already|here|since)\b.*\b(?:for|since|already)"
_PAST = re.compile(r"\b(?:arrived|landed|came|moved|flew|since|been|started|born|last)\b")
_WEEKDAY = re.compile(
    r"\b(last|past|next|this|on|coming)? ?\b(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)day\b"
)
_IN_MONTH = re.compile(
    r"\b(?:in|since|from|(?<!th )(?<!st )(?<!nd )(?<!rd )of|next|last|early|end of|mid|start of|beginning of|until"
    r"|by)[- ]"
    rf"{_MONTH}(?: (?:of )?(20\d\d))?"
)


def first_day(text: str, today: dt.date) -> dt.date | None:
    """The first day that a text names; None without one, or when the day does not exist."""
    words = text.lower()
    for find in (_written, _counted, _near, _weekday, _month):
        if (day := find(words, today)) is not None:
            return day
    return None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, today: dt.date) -> dt.date | None:
    around = [one for year in (today.year - 1, today.year, today.year + 1) if (one := _date(year, month, day))]
    return min(around, key=lambda one: abs(one - today), default=None)


def _written(words: str, today: dt.date) -> dt.date | None:
    if match := re.search(r"\b(20\d\d)-(\d\d)-(\d\d)\b", words):
        return _date(*map(int, match.groups()))
    if match := re.search(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](?:20)?(\d\d)\b", words):
        return _date(2000 + int(match[3]), int(match[2]), int(match[1]))
    # Without a year: 12/3, 12.03, 12-03; not 24/7, 2.5 or 1-2.
    if match := re.search(rf"\b(?!24/7)(\d{{1,2}})(?:/(\d{{1,2}})|[.-](\d\d))\b{_NO_MEASURE}", words):
        return _nearest(int(match[2] or match[3]), int(match[1]), today)
    for pattern, places in (
        (rf"\b(\d{{1,2}})(?:st|nd|rd|th)?[ -](?:of )?{_MONTH}(?:,?[ -](20\d\d))?", (1, 2)),
        (rf"\b{_MONTH} (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (20\d\d))?", (2, 1)),
    ):
        if match := re.search(pattern, words):
            day, month = int(match[places[0]]), MONTHS[match[places[1]][:3]]
            return _date(int(match[3]), month, day) if match[3] else _nearest(month, day, today)
    return None


def _counted(words: str, today: dt.date) -> dt.date | None:
    patterns = (
        (rf"\b{_COUNT} {_UNIT} (?:ago|back|already|now)\b", -1),
        (rf"{_STAYED} {_ABOUT}{_COUNT} {_UNIT}\b", -1),
        (rf"\b{_COUNT} {_UNIT} (?:from now|from today|later)\b", 1),
        (rf"\b(?:in|within) {_ABOUT}{_COUNT} {_UNIT}\b(?! ago)", 1),
    )
    for pattern, direction in patterns:
        if match := re.search(pattern, words):
            count = match[1].removeprefix("a ") if match[1] not in NUMBERS else match[1]
            number = int(count) if count.isdigit() else NUMBERS.get(count, 1)
            period = Period.model_validate({"count": number, "unit": _UNITS[match[2][0]]})
            return shifted(today, period, direction)
    return None


def _near(words: str, today: dt.date) -> dt.date | None:
    for pattern, days in _NEAR.items():
        if re.search(pattern, words):
            return today + dt.timedelta(days=days)
    if re.search(r"\b(?:last|past) month\b", words):
        return shifted(today, Period(count=1, unit="months"), -1)
    if re.search(r"\bnext month\b", words):
        return shifted(today, Period(count=1, unit="months")).replace(day=1)
    return None


def _weekday(words: str, today: dt.date) -> dt.date | None:
    match = _WEEKDAY.search(words)
    if match is None:
        return None
    ahead = (WEEKDAYS[match[2][:3]] - today.weekday()) % 7
    past = match[1] in ("last", "past") or _PAST.search(words)
    return today - dt.timedelta(days=(7 - ahead) if ahead else 7) if past else today + dt.timedelta(days=ahead or 7)


def _month(words: str, today: dt.date) -> dt.date | None:
    match = _IN_MONTH.search(words)
    if match is None:
        return None
    month = MONTHS[match[1][:3]]
    if match[2]:
        return dt.date(int(match[2]), month, 1)
    past = _PAST.search(words)
    years = (today.year, today.year - 1) if past else (today.year, today.year + 1)
    first, other = (dt.date(year, month, 1) for year in years)
    fits = first <= today if past else first >= today.replace(day=1)
    return first if fits else other
