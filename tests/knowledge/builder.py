"""Writes small knowledge folders for tests."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

FACT: dict[str, Any] = {
    "id": "lease-notice",
    "says": "A tenant ends a nine-year lease with three months' notice.",
    "url": "https://example.be/lease",
    "title": "Ending a lease",
    "publisher": "Town of Example",
    "status": "official",
    "page_date": "2026-03-01",
    "seen_on": "2026-11-01",
    "review_by": "2027-05-01",
}

ARTICLE: dict[str, Any] = {
    "id": "lease-end",
    "title": "Ending a lease",
    "topic": "housing",
    "phase": "settled",
    "answer": [
        "Write a letter to your landlord.",
        {"text": "You give three months' notice.", "fact": "lease-notice"},
    ],
    "bring": ["your copy of the lease"],
    "questions": [f"how do i end my lease number {word}" for word in "a b c d e f g h i j".split()],
    "facts": [FACT],
}


def article(**changes: Any) -> dict[str, Any]:
    """A correct article with some fields changed."""
    return {**copy.deepcopy(ARTICLE), **changes}


def fact(**changes: Any) -> dict[str, Any]:
    """A correct fact with some fields changed."""
    return {**copy.deepcopy(FACT), **changes}


def write(
    root: Path,
    *articles: dict[str, Any],
    amounts: list[dict[str, Any]] | None = None,
    places: list[dict[str, Any]] | None = None,
    towns: list[dict[str, Any]] | None = None,
) -> Path:
    """Writes the files and gives the folder."""
    for kind, records in (("articles", articles), ("amounts", amounts or []), ("places", places or [])):
        for record in records:
            folder = root / kind / record["topic"] if kind == "articles" else root / kind
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{record['id']}.yml").write_text(yaml.safe_dump(record, allow_unicode=True), encoding="utf-8")
    if towns:
        (root / "places").mkdir(exist_ok=True)
        (root / "places" / "municipalities.yml").write_text(yaml.safe_dump(towns), encoding="utf-8")
    return root
