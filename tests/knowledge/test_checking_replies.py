"""The reply checker: drafts that state something else than the real knowledge, and drafts that do not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from knowledge.checking_replies import check
from knowledge.library import Library, read
from knowledge.profile import Profile

TODAY = dt.date(2026, 11, 23)
DRAFTS = yaml.safe_load((Path(__file__).parent / "replies" / "drafts.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def library() -> Library:
    return read()[0]


def found(library: Library, one: dict) -> list[str]:
    profile = Profile(country=one.get("from"), municipality=one.get("town", "gent"))
    return [str(f.finds) for f in check(one["draft"], library, profile, TODAY, one.get("about", ()))]
