"""What a plan is made from, in words, as a list of names and values."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dossiers.fields import town_name
from knowledge.library import Library
from knowledge.profile import Profile
from knowledge.vocabulary import country_name
from knowledge.wording import say, say_or

# In the order to read it. What was done of the plan is in the plan itself.
FIELDS = (
    "country", "municipality", "purpose", "stay", "arrival", "here", "permit", "address", "address_from", "rents",
    "partner", "children", "joins", "contract_start", "diploma", "licence", "car", "pet", "moved", "birth", "card_end",
    "leaving", "departure",
)  # fmt: skip


def label(field: str) -> str:
    """What a field of the profile is called."""
    return say_or(f"profile_{field}", field.replace("_", " "))


def in_words(field: str, value: Any, library: Library) -> str:
    """Its value as people say it."""
    if isinstance(value, bool):
        return say("value_yes" if value else "value_no")
    if isinstance(value, dt.date):
        return f"{value.day} {value:%B %Y}"
    if field == "country":
        return country_name(value)
    if field == "municipality":
        return town_name(library, value) or str(value)
    if field == "children":
        return ", ".join(str(age) for age in value) or say("profile_value_children_none")
    return say_or(f"profile_value_{field}_{value}", say_or(f"value_{value}", str(value)))


def known(profile: Profile, library: Library) -> list[tuple[str, str]]:
    """Everything that is known, as (name, value)."""
    found = [(field, getattr(profile, field)) for field in FIELDS]
    return [(label(field), in_words(field, value, library)) for field, value in found if value is not None]
