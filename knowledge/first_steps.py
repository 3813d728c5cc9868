"""The first subjects to offer to somebody who asks "what now?"."""

from __future__ import annotations

from functools import cache

from knowledge.library import ROOT, Library, read_yaml
from knowledge.profile import Profile


@cache
def _lists() -> dict[str, list[str]]:
    found: dict[str, list[str]] = read_yaml(ROOT / "first_steps.yml")
    return found


def first_articles(library: Library, profile: Profile) -> list[str]:
    """Up to three articles that exist, by citizenship."""
    return [key for key in _lists()[profile.citizenship or "unknown"] if key in library.articles]
