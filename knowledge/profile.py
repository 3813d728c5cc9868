"""What is known about the person that changes an answer, and whether an article is for them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.models import Article

# EU member states, the three other EEA states and Switzerland, whose citizens register by the EU rules. Source:
# https://european-union.europa.eu/principles-countries-history/eu-countries_en; EEA and free movement agreements.
EU_COUNTRIES = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO CH".split()
)


Purpose = Literal["employee", "researcher", "self-employed", "job-seeker", "family", "student"]
Licence = Literal["none", "eu", "non-eu"]
Permit = Literal["none", "visa-d", "single-permit", "residence-card", "waiting-paper"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What changes somebody's plan; None when it is not known.

    Attributes:
        purpose: why they come.
        arrival: the day of arrival in Belgium, past or to come.
        here: whether they are in Belgium now, when the day is not known.
        stay: "short" (up to three months) or "long".
        address: whether an address in Belgium was found.
        address_from: the first day of the lease or of living there.
        rents: whether they rent it.
        partner: whether a partner comes along or is here.
        children: the ages in full years.
        joins: the citizenship of the person whom a family member joins.
        pet: whether a dog or cat comes along.
        car: whether they bring or have a car.
        licence: the driving licence they hold.
        diploma: whether a foreign diploma has to be recognised.
        permit: the best paper in hand.
        leaving: whether they leave Belgium; `departure` when.
        moved: whether they moved to another address in Belgium, which has to be reported.
        contract_start: the first working day.
        birth: the day a child was born here.
        card_end: the last day of the residence card.
        done: steps that were done, each with its day when it is known.
        todo: steps that the person says are not done, although they would count as done.
        not_for_me: steps that the person says do not concern them.
    """

    purpose: Purpose | None = None
    arrival: dt.date | None = None
    here: bool | None = None
    stay: Literal["short", "long"] | None = None
    address: bool | None = None
    address_from: dt.date | None = None
    rents: bool | None = None
    partner: bool | None = None
    children: tuple[int, ...] | None = None
    joins: Literal["eu", "belgian", "non-eu"] | None = None
    pet: bool | None = None
    car: bool | None = None
    licence: Licence | None = None
    diploma: bool | None = None
    permit: Permit | None = None
    leaving: bool | None = None
    moved: bool | None = None
    departure: dt.date | None = None
    contract_start: dt.date | None = None
    birth: dt.date | None = None
    card_end: dt.date | None = None
    done: tuple[tuple[str, dt.date | None], ...] = ()
    todo: tuple[str, ...] = ()
    not_for_me: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile(Situation):
    """A person: town (slug), country of nationality (ISO code), and their situation. None when not known."""

    municipality: str | None = None
    country: str | None = None

    @property
    def citizenship(self) -> str | None:
        """``eu``, ``non-eu`` or None when the country is not known."""
        if self.country is None:
            return None
        return "eu" if self.country in EU_COUNTRIES else "non-eu"


def assumed(profile: Profile) -> Profile:
    """The profile, with a long stay while nobody said how long: almost all who ask for a plan come for that."""
    return profile if profile.stay else replace(profile, stay="long")


def excludes(article: Article, profile: Profile) -> bool:
    """True when the article says that it is for others than this person. An unknown answer excludes nothing."""
    wanted = article.audience.citizenship
    return bool(wanted) and profile.citizenship is not None and profile.citizenship not in wanted
