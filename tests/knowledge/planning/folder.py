"""Small knowledge folders with steps, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from knowledge.library import Library, load
from tests.knowledge.builder import article, fact, write

STEP: dict[str, Any] = {
    "id": "end-lease",
    "title": "End your lease",
    "topic": "housing",
    "phase": "settled",
    "why": "The lease does not stop because you go.",
    "article": "lease-end",
    "facts": ["lease-notice"],
    "place": "none",
    "done_when": ["i ended my lease", "the landlord has my letter"],
}
RULE: dict[str, Any] = {
    "anchor": "arrival",
    "after": {"count": 8, "unit": "working-days"},
    "fact": "lease-notice",
    "rule": "you do it soon after you arrive",
    "late": "Do it today all the same.",
}


def step(key: str, **changes: Any) -> dict[str, Any]:
    """A correct step with some fields changed; None leaves one out."""
    made = {**STEP, "id": key, "title": f"Do {key.replace('-', ' ')}", **changes}
    return {name: value for name, value in made.items() if value is not None}


def rule(**changes: Any) -> dict[str, Any]:
    """A correct deadline with some fields changed; None leaves one out."""
    return {name: value for name, value in {**RULE, **changes}.items() if value is not None}


def folder(root: Path, *steps: dict[str, Any], **facts: Any) -> Path:
    """Writes one article with its fact (`facts` changes the fact) and these steps."""
    write(root, article(facts=[fact(**facts)]))
    (root / "steps").mkdir()
    for one in steps:
        (root / "steps" / f"{one['id']}.yml").write_text(yaml.safe_dump(one), encoding="utf-8")
    return root


def library(root: Path, *steps: dict[str, Any], **facts: Any) -> Library:
    """The same, loaded."""
    return load(folder(root, *steps, **facts))
