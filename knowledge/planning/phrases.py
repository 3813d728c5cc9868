"""The phrases of `knowledge/words/hearing.yml`, compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from knowledge.library import ROOT, read_yaml

_PART = re.compile(r"\{([a-z_]+)\}")


def says(key: str, text: str) -> bool:
    """Whether a text (lower case) has one of the phrases of a list, named by its path: ``purpose.family``."""
    return pattern(key).search(text) is not None


@cache
def pattern(key: str) -> re.Pattern[str]:
    """One pattern for all phrases of a list; it begins at the beginning of a word."""
    return re.compile("|".join(rf"(?<!\w)(?:{phrase})" for phrase in _list(key)))


@cache
def each(key: str) -> tuple[re.Pattern[str], ...]:
    """The phrases of a list, one by one."""
    return tuple(re.compile(phrase) for phrase in _list(key))


def names(key: str) -> Iterator[str]:
    """The names of the lists under a heading, in their order."""
    yield from _at(key)


def _list(key: str) -> Iterator[str]:
    for phrase in _at(key):
        yield _filled(str(phrase))


@cache
def _file() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml(ROOT / "words" / "hearing.yml")
    return found


def _at(key: str) -> Any:
    found: Any = _file()
    for name in key.split("."):
        found = found[name]
    return found


def _filled(phrase: str) -> str:
    parts = _file()["parts"]
    while match := _PART.search(phrase):
        phrase = phrase.replace(match[0], "(?:" + "|".join(parts[match[1]]) + ")")
    return phrase
