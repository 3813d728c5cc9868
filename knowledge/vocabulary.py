"""Names of countries, from words/countries.yml."""

from __future__ import annotations

from functools import cache

from knowledge.library import ROOT, read_yaml


@cache
def _names() -> dict[str, str]:
    return {entry["id"]: entry["name"] for entry in read_yaml(ROOT / "words" / "countries.yml")}


def country_name(code: str) -> str:
    """The name to say for an ISO code; the code itself when it is unknown."""
    return _names().get(code, code)
