"""What a person says about their situation in passing: "landed yesterday from India with my wife, job at Volvo".

Reads only what is said plainly; what is not said stays unknown. What is asked or supposed, and what is said about
others, states nothing, except what the person has ("can my wife work?" tells of a partner). Countries and towns come
from the bot's entity rules; the phrases are in `knowledge/words/hearing.yml`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from knowledge.planning.clauses import clauses, plain
from knowledge.planning.days import first_day
from knowledge.planning.family import family
from knowledge.planning.phrases import each, names, pattern, says
from knowledge.planning.whence import country_and_town

Heard = dict[str, Any]

UNITS = {"d": 1, "w": 7, "m": 30, "s": 150, "y": 365}  # days, by the first letter of a unit
NUMBERS = dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True))
SEVERAL = 3
LONGEST_SHORT = 92


def hear(text: str, entities: Iterable[Mapping[str, Any]], today: dt.date) -> Heard:
    """The fields of a `Profile` that a message states, with their values; nothing that it does not state.

    Args:
        text: the message.
        entities: as the bot found them: `entity` and `value`, and where in the text: `start` and `end`.
        today: the day that "yesterday" and "next month" count from.
    """
    words = plain(text)
    parts = clauses(words)
    stated = [clause.text for clause in parts if clause.states]
    found = _purpose(stated) | _permit(stated) | _yes_no(stated) | _owned(words) | family(words) | _stay(stated)
    found |= _days(stated, [clause.text for clause in parts if not clause.asks], found, today)
    found |= {} if found.get("leaving") else _presence(stated, today)
    found |= _licence(words)
    about_country = country_and_town(text, list(entities))
    if found.get("purpose", "family") != "family":
        about_country.pop("joins", None)
    return _consistent(found | about_country)


def _purpose(stated: list[str]) -> Heard:
    for purpose in names("purpose"):
        excluding = f"not_purpose.{purpose}"
        if any(says(f"purpose.{purpose}", one) and not says(excluding, one) for one in stated):
            return {"purpose": purpose}
    return {}


def _permit(stated: list[str]) -> Heard:
    for permit in names("permit"):
        for text in stated:
            for match in pattern(f"permit.{permit}").finditer(text):
                refused = pattern("not_permit_after").search(text[match.end() :])
                waits = permit != "none" and pattern("not_permit").search(text[: match.start()])
                if not waits and not refused:
                    return {"permit": permit}
    return {}


def _yes_no(stated: list[str]) -> Heard:
    found: Heard = {}
    for field in names("yes_no"):
        if any(says(f"yes_no.{field}.no", one) for one in stated):
            found[field] = False
        elif any(says(f"yes_no.{field}.yes", one) for one in stated):
            found[field] = True
    if found.get("moved") is False:
        del found["moved"]
    return found


def _owned(words: str) -> Heard:
    found: Heard = {}
    for field in names("owned"):
        if says(f"owned.{field}.no", words):
            found[field] = False
        elif says(f"owned.{field}.yes", words):
            found[field] = True
    tenant, home = found.pop("tenancy", None), found.pop("home", None)
    if tenant:
        found |= {"rents": True, "address": True}
    return found | ({"address": True} if home else {})


def _stay(stated: list[str]) -> Heard:
    for text in stated:
        for stay in ("short", "long"):
            if says(f"stay.{stay}", text):
                return {"stay": stay}
        if says("stay.about", text) and not says("stay.past", text) and (days := _length(text)):
            return {"stay": "short" if days <= LONGEST_SHORT else "long"}
    return {}


def _length(text: str) -> int | None:
    for phrase in each("stay.length"):
        if match := phrase.search(text):
            number = match[1]
            count = int(number) if number.isdigit() else NUMBERS.get(number, 1 if number in ("a", "an") else SEVERAL)
            return count * UNITS[match[2][0]]
    return None


def _presence(stated: list[str], today: dt.date) -> Heard:
    """The day of arrival, and whether the person is here: a day that is said beside a word of coming."""
    coming = [text for text in stated if not says("yes_no.moved.yes", text)]
    if any(says("arrival.not_yet", text) for text in coming) and not any(says("arrival.came", one) for one in coming):
        return {"here": False}
    for text in coming:
        if says("arrival.came", text) and not says("arrival.not", text) and (day := first_day(text, today)):
            return {"arrival": day, "here": day <= today}
    for text in coming:
        if says("arrival.not_yet", text) or (says("arrival.abroad", text) and not says("arrival.here", text)):
            return {"here": False}
    return {"here": True} if any(says("arrival.here", text) for text in coming) else {}


def _days(stated: list[str], told: list[str], found: Heard, today: dt.date) -> Heard:
    """Other days: of the lease, of the first working day, of a birth, of leaving, and the last day of the card."""
    days: Heard = {}
    for field in names("days"):
        for text in told if field == "birth" else stated:
            if field not in days and says(f"days.{field}", text) and (day := first_day(text, today)):
                days[field] = day
    for field, day_of in (("leaving", "departure"), ("moved", "address_from")):
        if found.get(field):
            said = (first_day(text, today) for text in stated if says(f"yes_no.{field}.yes", text))
            day = next((one for one in said if one), None)
            days |= {day_of: day} if day else {}
    return days


def _licence(words: str) -> Heard:
    if says("licence.none", words) and not says("licence.not_none", words):
        return {"licence": "none"}
    return {}


def _consistent(found: Heard) -> Heard:
    """Without what contradicts itself: a lease but no address, a stay "for good" of somebody who leaves for good."""
    if found.get("address") is False:
        found.pop("address_from", None)
    elif "address_from" in found:
        found["address"] = True
    if found.get("leaving"):
        found.pop("stay", None)
    return found
