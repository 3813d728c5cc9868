"""Where a person goes with an answer: the desk for their town, never the desk of another town."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.library import Library
from knowledge.models import Municipality, Place
from knowledge.wording import say

TOWN_HALL = "town-hall"


@dataclass(frozen=True, slots=True)
class Source:
    """An official page behind an answer, and the last day it was looked at."""

    title: str
    url: str
    publisher: str
    checked_on: str


@dataclass(frozen=True, slots=True)
class Where:
    """What is said about the place, and its page if one is known."""

    text: str
    page: Source | None = None


def where(role: str | None, library: Library, municipality: str | None) -> Where | None:
    """The place with this role or id for somebody of this town; None when there is nothing to say.

    What only another town has is done by the person's own town hall, as far as it is done there at all.
    """
    if role is None:
        return None
    town = library.municipalities.get(municipality or "")
    place = library.place_for(role, town.id if town else None)
    if place is None and town is not None:
        place = library.place_for(TOWN_HALL, town.id)
    if place is not None:
        return _desk(place)
    if town is not None:
        return _town_hall(town)
    return Where(say("town_hall_unknown")) if role == TOWN_HALL else None


def _desk(place: Place) -> Where:
    text = "\n".join([part for part in (place.name, place.address, place.contact) if part])
    return Where(text, Source(place.source_title, str(place.url), place.name, place.seen_on.isoformat()))


def _town_hall(town: Municipality) -> Where:
    if town.website is None or town.seen_on is None:
        return Where(say("town_hall_without_page", town=town.name))
    url = str(town.website).rstrip("/")
    name = say("town_hall_of", town=town.name)
    return Where(f"{name}\n{url}", Source(name, url, town.name, town.seen_on.isoformat()))
