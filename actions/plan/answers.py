"""Reads the answer to a question of the plan: a button's value, or free text in the light of what was asked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from actions.base import Turn
from actions.plan.situation import listened
from knowledge.planning.days import first_day
from knowledge.planning.facets import VALUES
from knowledge.profile import EU_COUNTRIES

DAYS = frozenset({"arrival", "address_from", "done_day"})
YES_NO = frozenset({"address", "rents", "partner", "car", "diploma"})
CHOICES: Mapping[str, Mapping[str, str]] = {
    "purpose": {
        "self-employed": r"self|freelanc|own (?:business|company)|entrepreneur",
        "job-seeker": r"(?:look|search|find)\w* (?:for )?(?:a )?(?:job|work)|no job|unemployed",
        "researcher": r"research|ph\.?d|post-?doc|scien|professor",
        "student": r"stud|master|bachelor|erasmus|school|course",
        "family": r"famil|wife|husband|partner|join|married|marri|love|spouse|girlfriend|boyfriend",
        "employee": r"work|job|employ|compan|contract|nurse|engineer|hire",
    },
    "permit": {
        "single-permit": r"single|work permit|combined",
        "residence-card": r"card",
        "waiting-paper": r"annex|bijlage|orange|waiting|attest",
        "visa-d": r"visa|long[- ]stay|\bd\b",
        "none": r"^no\b|none|nothing|not yet|neither",
    },
    "joins": {
        "belgian": r"belgi",
        "non-eu": r"non|outside|not (?:an? )?(?:eu|europ)",
        "eu": r"\beu\b|europ",
    },
    "licence": {
        "none": r"^no\b|none|don'?t (?:have|drive)|can'?t drive|do not|nope|never",
        "non-eu": r"non|outside|not (?:an? )?(?:eu|europ)",
        "eu": r"\beu\b|europ|belgi",
    },
    "stay": {
        "long": r"year|permanent|forever|for good|always|long|more than (?:three|3)|unlimited|for ever",
        "short": r"short|less than (?:three|3)|\bweeks?\b|\bdays?\b|visit|holiday",
    },
}
_YES = re.compile(
    r"^\W*(?:y|yes|yep|yeah|yess|sure|of course|indeed|i do|we do|correct|right|already)\b", re.IGNORECASE
)
_NO = re.compile(r"^\W*(?:n|no|nope|nah|not|none|never|neither|nothing|nobody|i don'?t|we don'?t)\b", re.IGNORECASE)
_MONTHS = re.compile(
    r"\b(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) months?\b", re.IGNORECASE
)
_SHORT = frozenset({"1", "2", "3", "one", "two", "three"})
_HOW_MANY = re.compile(
    r"\b(?:\d|one|two|three|four|five) (?:kids?|children|sons?|daughters?|boys?|girls?|of them)\b", re.IGNORECASE
)
_AGE_WORDS = dict(
    zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True)
)
_WEEKDAY = re.compile(
    r"\b(?:(?:on|this|last|past) )?((?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)day)\b", re.IGNORECASE
)
ADULT = 18


def chosen(field: str, value: str) -> Any:
    """The value that a button carries, as the profile knows it; None when it is none of them."""
    if field in DAYS:
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return None
    if field in YES_NO:
        return {"yes": True, "no": False}.get(value)
    if field == "children":
        return () if value == "none" else None
    return value if field in ("municipality", "country") or value in VALUES.get(field, ()) else None


def read(field: str, turn: Turn) -> Any:
    """The answer in the person's own words; None when it is not in them."""
    text, today = turn.text, turn.services.today()
    if field in DAYS:
        return _day(text, today, past=field == "done_day")
    if (stated := listened(turn).get(field)) is not None and field != "children":
        return stated
    if field in ("country", "municipality"):
        return None
    if field in YES_NO:
        return True if turn.intent == "affirm" or _YES.search(text) else _no(turn)
    if field == "children":
        return _children(turn)
    if field in ("joins", "licence") and (country := turn.entity("country")):
        return "belgian" if (field, country) == ("joins", "BE") else "eu" if country in EU_COUNTRIES else "non-eu"
    if field == "stay" and (months := _MONTHS.search(text)):
        return "short" if months[1].lower() in _SHORT else "long"
    if turn.intent == "deny" and "none" in CHOICES[field]:
        return "none"
    return next((key for key, words in CHOICES[field].items() if re.search(words, text, re.IGNORECASE)), None)


def _no(turn: Turn) -> bool | None:
    return False if turn.intent == "deny" or _NO.search(turn.text) else None


def _day(text: str, today: dt.date, *, past: bool) -> dt.date | None:
    if past:
        return past_day(text, today)
    day = first_day(text, today) or first_day(f"in {text}", today)
    return today if day is None and re.search(r"\b(?:now|just)\b", text, re.IGNORECASE) else day


def past_day(text: str, today: dt.date) -> dt.date | None:
    """The day that a text names, when it is not ahead; "on Friday" is then the last one."""
    day = first_day(text, today)
    if day is not None and day > today:
        day = first_day(_WEEKDAY.sub(r"last \1", text), today)
    return day if day is not None and day <= today else None


def _children(turn: Turn) -> tuple[int, ...] | None:
    if (stated := listened(turn).get("children")) is not None:
        return tuple(stated)
    rest = _HOW_MANY.sub(" ", turn.text.lower())
    ages = [int(one) for one in re.findall(r"\b\d{1,2}\b(?! ?(?:months?|weeks?))", rest)]
    ages += [_AGE_WORDS[one] for one in re.findall(r"[a-z]+", rest) if one in _AGE_WORDS]
    ages += [0] if re.search(r"\b(?:months?|weeks?|baby|newborn)\b", rest) else []
    if ages:
        return tuple(sorted(age for age in ages if age < ADULT))
    return () if _no(turn) is False else None
