"""The facets of a profile on which steps depend, and what is known of each. An unknown facet is None."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from knowledge.profile import Profile

Facets = Mapping[str, frozenset[str] | None]

YES, NO = "yes", "no"
# Every facet with its values; steps may name no other (checked).
VALUES: dict[str, tuple[str, ...]] = {
    "citizenship": ("eu", "non-eu", "belgian"),
    "purpose": ("employee", "researcher", "self-employed", "job-seeker", "family", "student"),
    "stay": ("short", "long"),
    "where": ("abroad", "here"),
    "municipality": ("gent", "aalst", "other"),
    "address": (YES, NO),
    "rents": (YES, NO),
    "partner": (YES, NO),
    "children": ("none", "baby", "toddler", "school", "teen"),
    "family": (YES, NO),
    "newborn": (YES, NO),
    "pet": (YES, NO),
    "car": (YES, NO),
    "licence": ("none", "eu", "non-eu"),
    "diploma": (YES, NO),
    "permit": ("none", "visa-d", "single-permit", "residence-card", "waiting-paper"),
    "joins": ("eu", "belgian", "non-eu"),
    "leaving": (YES, NO),
    "moved": (YES, NO),
}
OLDEST = {"baby": 2, "toddler": 4, "school": 11, "teen": 17}  # in full years; compulsory schooling begins at five


def facets(profile: Profile, today: dt.date) -> Facets:
    """What is known about a person on a day, facet by facet."""
    return {
        "citizenship": _one("belgian" if profile.country == "BE" else profile.citizenship),
        "purpose": _one(profile.purpose),
        "stay": _one(profile.stay),
        "where": _where(profile, today),
        "municipality": _town(profile),
        "address": _yes(profile.address),
        "rents": _yes(profile.rents),
        "partner": _yes(profile.partner),
        "children": _children(profile),
        "family": _family(profile),
        "newborn": _yes(profile.birth is not None),  # born here; who does not say so has none
        "pet": _yes(profile.pet),
        "joins": _one(profile.joins),
        "car": _yes(profile.car),
        "licence": _one(profile.licence),
        "diploma": _yes(profile.diploma),
        "permit": _one(profile.permit),
        "leaving": _yes(bool(profile.leaving)),  # who does not say so stays
        "moved": _yes(bool(profile.moved)),  # within Belgium; who does not say so has not
    }


def _one(value: str | None) -> frozenset[str] | None:
    return None if value is None else frozenset({value})


def _yes(value: bool | None) -> frozenset[str] | None:
    return None if value is None else frozenset({YES if value else NO})


def _where(profile: Profile, today: dt.date) -> frozenset[str] | None:
    if profile.arrival is not None:
        return frozenset({"here" if profile.arrival <= today else "abroad"})
    return None if profile.here is None else frozenset({"here" if profile.here else "abroad"})


def _town(profile: Profile) -> frozenset[str] | None:
    if profile.municipality is None:
        return None
    return frozenset({profile.municipality if profile.municipality in ("gent", "aalst") else "other"})


def _family(profile: Profile) -> frozenset[str] | None:
    """A partner or a child under age; "no" only when neither is there for certain."""
    kinds = _children(profile)
    if profile.partner or (kinds is not None and "none" not in kinds):
        return frozenset({YES})
    return None if profile.partner is None or kinds is None else frozenset({NO})


def _children(profile: Profile) -> frozenset[str] | None:
    if profile.children is None:
        return None
    if not profile.children:
        return frozenset({"none"})
    kinds = {next((kind for kind, oldest in OLDEST.items() if age <= oldest), None) for age in profile.children}
    return frozenset(kind for kind in kinds if kind is not None) or frozenset({"none"})
