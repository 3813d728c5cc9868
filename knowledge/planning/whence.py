"""Country and town among the places that a message names: those of the person, not of a spouse, a firm or a diploma."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from knowledge.planning.clauses import plain
from knowledge.planning.phrases import each, says
from knowledge.profile import EU_COUNTRIES
from knowledge.vocabulary import misspelt_country

BEFORE, AFTER = 60, 30
NAMED = re.compile(
    r"\b(?:i am|i'm|im|we are|we're|from) (?:(?:an?|the|from) ){0,2}([a-z]{5,})\b"
    r"|\b([a-z]{5,}) (?:passport|nationality|citizen)\b"
    r"|^\W*(?:from )?(?:the )?([a-z]{5,})\W*$"
)
LICENCE = ("licen", "driving", "driver")


def country_and_town(text: str, entities: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields `country`, `municipality`, `joins` and `licence`, as far as named places tell them."""
    found = _countries(text, [one for one in entities if one.get("entity") == "country"])
    words = plain(text)
    if not any(one.get("entity") == "country" for one in entities) and (code := _misspelt(words)):
        found["country"] = code
    if says("country.belgian", words):
        found["country"] = "BE"
    if says("country.joins_belgian", words):
        found["joins"] = "belgian"
    towns = [one for one in entities if one.get("entity") == "municipality"]
    if towns:
        found["municipality"] = str(min(towns, key=lambda one: _distance(text, one))["value"])
    return found


def _misspelt(words: str) -> str | None:
    """A misspelt country, only where one is named: "i am from phillipines", "ukranian passport", "marocco"."""
    named = (word for match in NAMED.finditer(words) for word in match.groups() if word)
    return next((code for word in named if (code := misspelt_country(word))), None)


def _around(text: str, entity: Mapping[str, Any]) -> tuple[str, str]:
    start, end = entity.get("start"), entity.get("end")
    if start is None or end is None:
        return "", ""
    before = text[:start].lower().replace("’", "'")
    return before[-BEFORE:], text[end : end + AFTER].lower()


def _countries(text: str, entities: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    # A nationality that is named as such comes before a country one comes from, and that of the EU before another.
    found: dict[str, Any] = {}
    own: list[tuple[bool, bool, str]] = []
    for entity in entities:
        country = str(entity["value"])
        before, after = _around(text, entity)
        group = "eu" if country in EU_COUNTRIES else "non-eu"
        if any(word in after[:12] for word in LICENCE) or "licen" in before[-15:]:
            found["licence"] = group
        elif _any("country.kin_before", before) or _any("country.kin_after", after):
            found["joins"] = group
        elif _any("country.others_before", before) or _any("country.others_after", after):
            continue
        else:
            own.append((not _any("country.mine", before), group != "eu", country))
    return found | ({"country": min(own, key=lambda one: one[:2])[2]} if own else {})


def _any(key: str, text: str) -> bool:
    return any(one.search(text) for one in each(key))


def _distance(text: str, entity: Mapping[str, Any]) -> int:
    """The town where somebody lives comes before one that is only named, and that before the one where they work."""
    before, _ = _around(text, entity)
    if _any("municipality.works", before):
        return 2
    return 0 if _any("municipality.lives", before) else 1
