"""Reads the figures that a text states: amounts, percentages, periods, rents and days, however they are written.

“€1.030,50” and “1,030.50 euro” are one amount, “12 weeks” and “84 days” one period; “90 days” and “three months” count
as equal, because official pages use both for the same limit. “Eight working days” is not “eight calendar days”.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a figure measures; only figures of one kind are ever compared."""

    AMOUNT = "amount"
    PERCENT = "percent"
    PERIOD = "period"
    RENT = "rent"
    DATE = "date"


class Role(StrEnum):
    """What a period is: a limit for somebody, or how long something takes or holds."""

    LIMIT = "limit"
    LASTS = "lasts"


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure. ``values``: euros, per cent, days, months of rent, or month and day as a number; ``spread``: they are
    the ends of a range; ``days``: "working" or "calendar" where the text says so; ``about``: the text is not exact."""

    kind: Kind
    values: tuple[float, ...]
    said: str
    roles: frozenset[Role] = frozenset()
    spread: bool = False
    days: str = ""
    about: bool = False


_WORDS = {
    "half": 0.5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "eighteen": 18, "twenty": 20, "thirty": 30,
    "sixty": 60, "ninety": 90, "a": 1, "an": 1, "one and a half": 1.5,
}  # fmt: skip
_DIGITS = r"\d{1,3}(?:[ .,\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?![\d.,]*\d)"
_NUMBER = rf"(?:{_DIGITS}|(?:one and a half|{'|'.join(sorted(_WORDS, key=len, reverse=True)[1:])})\b)"
_TWEEN = r"(?:\s*[-–]\s*|\s+(?:to|or|and)\s+|\s*,\s*(?:or\s+|and\s+)?)"
_SORTS = {"working": "working", "business": "working", "week": "working", "calendar": "calendar"}
_UNITS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.0, "year": 360.0}
_RENT_OR_STORY = r"['’]?s?(?:\s+of)?\s+rent\b|\s+old\b|\s+of age\b|\s+ago\b"
_PERIOD = re.compile(
    rf"(?P<numbers>{_NUMBER}(?:{_TWEEN}{_NUMBER})*)(?:\s+(?:an?|full|whole|more))?\s*-?\s*"
    rf"(?P<sort>working |business |week|calendar )?\s*(?P<unit>hour|day|week|month|year)s?\b"
    rf"(?P<after>{_RENT_OR_STORY})?"
    rf"(?:[^,.;\d]{{3,40}} and (?P<also>\d+)(?= for\b))?",
    re.IGNORECASE,
)
_ONE_UNIT = re.compile(r"\b(?:within|in|after|for|takes?|lasts?|least|most|about|than|have|valid)\s+$", re.IGNORECASE)
_EURO = re.compile(
    rf"(?:€|\beuros?\b|\beur\b)\s?(?P<before>{_DIGITS})(?P<k>\s?k\b)?"
    rf"|\b(?P<behind>{_DIGITS})\s?(?:€|euros?\b|eur\b)",
    re.IGNORECASE,
)
_BETWEEN_EURO = re.compile(
    rf"\b(?P<first>{_DIGITS})\s*(?:-|–|to|and)\s*(?={_DIGITS}\s?(?:€|euros?\b|eur\b))", re.IGNORECASE
)
_PERCENT = re.compile(rf"(?P<number>{_DIGITS})\s?(?:%|per ?cent\b)", re.IGNORECASE)
_MONTHS = {name: place for place, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = re.compile(rf"\b(?:{_DAY}(?: of)? {_MONTH}|{_MONTH} {_DAY})\b", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:about|around|roughly|approximately|some|almost|nearly|±|~|more or less|give or take)\s*$", re.IGNORECASE
)
_DENIED = re.compile(
    r"(?:\bnot|\bno longer|\binstead of|\brather than|n['’]t(?: be)?|\bnever)\s+(?:just |only |the |in )?$",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?:within|deadline|latest|no later|must|ha(?:ve|s) to|you (?:have|get)|at most|maximum|limit|not more than"
    r"|notice|need to|up to|until|time to|at least)\b",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"\b(?:tak(?:es?|ing)|lasts?|valid|ready|arrives|wait(?:s|ing)?|comes?|decision|decides?|made|making|holds?"
    r"|duration|long)\b",
    re.IGNORECASE,
)
# Sentences that state no rule: questions, hearsay, our own promises, the person's own story, advice.
_HEARSAY = r"says?|said|told|heard|thinks?|thought|wrote|mentioned|asked"
_NO_RULE = re.compile(
    rf"\?\s*$|\b(?:some|old|many) (?:\w+ ){{0,2}}(?:say|guides?|people)\b|\b(?:{_HEARSAY})\b"
    r"|\b(?:i|we|my colleague|our (?:team|office|colleagues?))"
    r"(?:['’](?:ll|ve|d|m|re)| (?:will|can|shall|would|have|am|are|call|answer|reply|hope|come))\b"
    r"|\byou (?:arrived|came|signed|moved|paid|were|registered|applied|landed|wrote|have been|started|lived)\b"
    r"|\byou['’]ve\b|\bappointment is\b|\bsee you\b|\bopen(?:ing)? (?:hours|from)\b"
    r"|\b(?:best|try to|i advise|recommend|preferably|if you can|to be safe|as soon as|if i were you)\b",
    re.IGNORECASE,
)
_GUIDES = re.compile(r"\b(?:some|old|many) (?:\w+ ){0,2}guides?\b", re.IGNORECASE)
_OWN_MONEY = re.compile(
    r"\byour (?:\w+ )?(?:rent|salary|deposit|bill|invoice|bank|savings|income|landlord)\b"
    r"|\byou (?:earn|sent|owe|transferred)\b"
    r"|\b(?:he|she|they|landlord|owner) (?:asks?|wants?|keeps?|charges?)\b",
    re.IGNORECASE,
)
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z€\d(“\"'])|\n+")


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text."""
    return [part.strip() for part in _END.split(text) if part.strip()]


def is_hearsay(sentence: str) -> bool:
    """Whether a sentence of the knowledge tells what others say wrongly."""
    return _GUIDES.search(sentence) is not None


def states_a_rule(sentence: str) -> bool:
    """Whether a sentence tells how things are, and is no question, story, promise, advice or hearsay."""
    return _NO_RULE.search(sentence) is None


def claims(sentence: str, *, of_the_knowledge: bool = False) -> list[Claim]:
    """The figures of one sentence, without those that it denies. In a sentence of a draft, money may be the person's
    own; in one of the knowledge it is not."""
    found = [*_periods(sentence), *_percents(sentence), *_dates(sentence)]
    if of_the_knowledge or not _OWN_MONEY.search(sentence):
        found += _amounts(sentence)
    return found


def number(text: str) -> float:
    """The value of a number as people write it, in digits or as a word."""
    word = " ".join(text.lower().split())
    if word in _WORDS:
        return float(_WORDS[word])
    digits = re.sub(r"[ \u00a0\u202f]", "", word)
    if decimal := re.search(r"[.,](\d{1,2})$", digits):
        whole = re.sub(r"[.,]", "", digits[: decimal.start()])
        return float(f"{whole or '0'}.{decimal[1]}")
    return float(re.sub(r"[.,]", "", digits))


def same(one: Claim, known: Claim) -> bool:
    """Whether a figure agrees with a known one of its kind."""
    if one.kind is Kind.PERIOD and _other_days(one, known):
        return False
    slack = 0.2 if one.about or known.about else 0.02 if one.kind is Kind.PERIOD else 0.005
    if known.spread and all(
        min(known.values) * (1 - slack) <= value <= max(known.values) * (1 + slack) for value in one.values
    ):
        return True
    return any(abs(value - other) <= slack * other for value in one.values for other in known.values)


def comparable(one: Claim, known: Claim) -> bool:
    """Whether two figures may speak of the same: of one kind, and not a limit beside a duration."""
    return one.kind is known.kind and (not one.roles or not known.roles or bool(one.roles & known.roles))


def _other_days(one: Claim, known: Claim) -> bool:
    """Working days are longer than calendar days; days that say nothing are taken for either where the known ones are
    working days, because people shorten it so."""
    if one.days == "working":
        return known.days != "working"
    return one.days == "calendar" and known.days == "working"


def _roles(sentence: str) -> frozenset[Role]:
    found = {Role.LIMIT} if _LIMIT.search(sentence) else set()
    return frozenset(found | ({Role.LASTS} if _LASTS.search(sentence) else set()))


def _denied(sentence: str, start: int) -> bool:
    return _DENIED.search(sentence[:start]) is not None


def _periods(sentence: str) -> Iterator[Claim]:
    roles = _roles(sentence)
    for match in _PERIOD.finditer(sentence):
        before, after, unit = sentence[: match.start()], (match["after"] or "").lower(), match["unit"].lower()
        if _DENIED.search(before) or any(word in after for word in ("old", "age", "ago")):
            continue
        if match["numbers"].lower() in ("a", "an") and not _ONE_UNIT.search(before):
            continue  # “€50 a year”
        if unit == "hour" and re.match(r"\s*(?:a|per|each) week", sentence[match.end() :]):
            continue  # hours of work are no period
        numbers = [number(part) for part in re.findall(_NUMBER, match["numbers"], re.IGNORECASE)]
        if match["also"]:
            numbers.append(float(match["also"]))  # “60 days for a level and 120 for a specific one”
        if "rent" in after:
            yield Claim(Kind.RENT, tuple(numbers), match[0].strip())
            continue
        yield Claim(
            Kind.PERIOD,
            tuple(value * _UNITS[unit] for value in numbers),
            match[0].strip(),
            roles,
            spread=len(numbers) > 1 and not match["also"],
            days=_SORTS.get((match["sort"] or "").strip().lower(), ""),
            about=_ABOUT.search(before) is not None,
        )


def _amounts(sentence: str) -> Iterator[Claim]:
    for match in _EURO.finditer(sentence):
        if not _denied(sentence, match.start()):
            value = number(match["before"] or match["behind"]) * (1000 if match["k"] else 1)
            about = _ABOUT.search(sentence[: match.start()]) is not None
            yield Claim(Kind.AMOUNT, (value,), match[0].strip(), about=about)
    for match in _BETWEEN_EURO.finditer(sentence):
        yield Claim(Kind.AMOUNT, (number(match["first"]),), match["first"])


def _percents(sentence: str) -> Iterator[Claim]:
    for match in _PERCENT.finditer(sentence):
        if not _denied(sentence, match.start()):
            yield Claim(Kind.PERCENT, (number(match["number"]),), match[0].strip())


def _dates(sentence: str) -> Iterator[Claim]:
    for match in _DATE.finditer(sentence):
        words = re.sub(r"\d+(?:st|nd|rd|th)?|of ", "", match[0].lower())
        day, month = re.search(r"\d+", match[0]), re.search(r"[a-z]{3}", words)
        if day and month and month[0] in _MONTHS and not _denied(sentence, match.start()):
            yield Claim(Kind.DATE, (_MONTHS[month[0]] * 100.0 + int(day[0]),), match[0].strip())
