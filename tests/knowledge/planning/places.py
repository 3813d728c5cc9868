"""Finds countries and towns in a sentence as the bot's rules do, for tests without the bot."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from knowledge.library import ROOT, load, read_yaml


@cache
def _names() -> tuple[tuple[str, str, str], ...]:
    countries = read_yaml(ROOT / "words" / "countries.yml")
    found = [("country", one["id"], name) for one in countries for name in one["also"]]
    found += [("municipality", key, town.name.lower()) for key, town in load().municipalities.items()]
    found += [("municipality", "gent", "ghent"), ("municipality", "gent", "gand")]
    return tuple(sorted(found, key=lambda one: -len(one[2])))


def places(text: str) -> list[dict[str, Any]]:
    """Entities with their place in the text; of two that overlap, the longer one."""
    found: list[dict[str, Any]] = []
    for entity, value, name in _names():
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text.lower()):
            if not any(match.start() < one["end"] and one["start"] < match.end() for one in found):
                found.append({"entity": entity, "value": value, "start": match.start(), "end": match.end()})
    return sorted(found, key=lambda one: int(one["start"]))
