"""Names of countries, from words/countries.yml, also when they are misspelt."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

from knowledge.library import ROOT, read_yaml

CLOSE = 0.8  # likeness from which on a word is a misspelt name; two letters changed places in a name of six
# Ordinary words that are as close to the name of a country as its misspellings are.
ORDINARY = frozenset(
    "people police child march begin children finished clean finish finishes green being danger portal walks polite"
    " hungry fiance fiancee african freelance moving paris london lagos tunis manila latin coast chief dance spare"
    " single europe european".split()
)


@cache
def _names() -> dict[str, str]:
    return {entry["id"]: entry["name"] for entry in read_yaml(ROOT / "words" / "countries.yml")}


def country_name(code: str) -> str:
    """The name to say for an ISO code; the code itself when it is unknown."""
    return _names().get(code, code)


def country_names() -> dict[str, str]:
    """The names to say, by ISO code."""
    return dict(_names())


def country_code(text: str) -> str | None:
    """The ISO code of a country given by its code, its name or its people; None when it is none of them."""
    if text.upper() in _names():
        return text.upper()
    wanted = text.casefold()
    entries = read_yaml(ROOT / "words" / "countries.yml")
    return next((str(one["id"]) for one in entries if wanted in (one["name"].casefold(), *one["also"])), None)


@cache
def _spellings() -> dict[str, str]:
    entries = read_yaml(ROOT / "words" / "countries.yml")
    return {name: entry["id"] for entry in entries for name in entry["also"] if " " not in name}


def misspelt_country(word: str) -> str | None:
    """The ISO code of the country, or of its people, that a word in lower case is a misspelling of; None when it is
    none, or spelt well. The first letter must be right."""
    if word in ORDINARY or word in _spellings():
        return None
    names = [name for name in _spellings() if name[0] == word[0]]
    close = get_close_matches(word, names, 1, CLOSE)
    return _spellings()[close[0]] if close else None
