"""What a plan is made from, as a form shows it and reads it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dossiers import fields, profile_words
from dossiers.plans import KeptPlan
from dossiers.questions import NO, YES, Unclear
from knowledge.library import Library
from knowledge.planning.facets import VALUES
from knowledge.profile import Profile
from knowledge.wording import say

CHOSEN = ("purpose", "stay", "permit", "licence", "joins")
DATES = ("arrival", "address_from", "contract_start", "birth", "card_end", "departure")
IN_WORDS = {"country": "nationality", "municipality": "home_town"}  # read as these answers of the dossier
CHILDREN = "children"
YES_OR_NO = tuple(key for key in profile_words.FIELDS if key not in (*CHOSEN, *DATES, *IN_WORDS, CHILDREN))
FIRST_YEAR, LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the plan is made from. ``written``: as the form shows it; ``kind``: of the form's field."""

    key: str
    label: str
    value: str
    written: str
    known: bool
    kind: str
    options: Sequence[tuple[str, str]] = ()


def facts(kept: KeptPlan, library: Library) -> list[Fact]:
    """Everything that a plan may be made from, what is known first."""
    found = [_fact(key, getattr(kept.profile, key), library) for key in profile_words.FIELDS]
    return sorted(found, key=lambda one: not one.known)


def changed(profile: Profile, key: str, text: str, library: Library, today: dt.date) -> Profile:
    """The profile with one thing as it was written in a form; empty: not known any more.

    Raises:
        Unclear: it cannot be used; its key names the sentence that says why.
    """
    if key not in profile_words.FIELDS:
        raise Unclear("my_data_unknown")
    value = _read(key, text.strip(), library)
    known: dict[str, Any] = {key: value}
    if key == "arrival":  # whether somebody is here follows from it
        known["here"] = None if value is None else value <= today
    return replace(profile, **known)


def _fact(key: str, value: Any, library: Library) -> Fact:
    known = value is not None
    words = profile_words.in_words(key, value, library) if known else say("my_data_not_said")
    kind = "date" if key in DATES else "text" if key in IN_WORDS or key == CHILDREN else "choice"
    options = [(one, profile_words.in_words(key, _meant(key, one), library)) for one in _values(key)]
    return Fact(key, profile_words.label(key), words, _written(key, value, words), known, kind, options)


def _values(key: str) -> tuple[str, ...]:
    return VALUES[key] if key in CHOSEN else (YES, NO) if key in YES_OR_NO else ()


def _meant(key: str, option: str) -> Any:
    return option == YES if key in YES_OR_NO else option


def _written(key: str, value: Any, words: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if key == CHILDREN:
        return ", ".join(str(age) for age in value) or "0"
    return words if key in IN_WORDS else value.isoformat() if isinstance(value, dt.date) else str(value)


def _read(key: str, text: str, library: Library) -> Any:
    if not text:
        return None
    if key in DATES:
        return _day(text)
    if key == CHILDREN:
        return _ages(text)
    if key == "municipality":
        town = fields.read(library, IN_WORDS[key], text)
        if town not in library.municipalities:
            raise Unclear("my_data_town")
        return town
    if key in IN_WORDS:
        return fields.read(library, IN_WORDS[key], text)
    if text not in _values(key):
        raise Unclear("my_data_unknown")
    return _meant(key, text)


def _day(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise Unclear("my_data_day") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unclear("my_data_day")
    return day


def _ages(text: str) -> tuple[int, ...]:
    if text in ("0", "none", "no"):
        return ()
    ages = [int(one) for one in re.findall(r"\d{1,2}", text)]
    if not ages or not re.fullmatch(r"[\d\s,;]+", text) or max(ages) > 25 or len(ages) > 12:
        raise Unclear("my_data_ages")
    return tuple(sorted(ages))
