"""Words for what is known about a person, for what is not known ("It depends on …"), and for the phases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from knowledge.library import Library
from knowledge.models import Phase
from knowledge.profile import Profile
from knowledge.vocabulary import country_name

DEPENDS_ON = {
    "citizenship": "your nationality",
    "purpose": "why you come to Belgium",
    "stay": "how long you stay",
    "where": "whether you are in Belgium now",
    "municipality": "the town where you live",
    "address": "whether you have found an address",
    "rents": "whether you rent your home",
    "partner": "whether your partner comes with you",
    "children": "whether you have children, and their ages",
    "family": "whether family comes with you",
    "newborn": "whether you had a baby here",
    "pet": "whether you bring a dog or a cat",
    "car": "whether you have a car here",
    "licence": "which driving licence you have",
    "diploma": "whether your foreign diploma must be recognised",
    "permit": "which visa or residence paper you have",
    "joins": "whom you join",
    "leaving": "whether you leave Belgium",
    "moved": "whether you moved to another address here",
}
PURPOSES = {
    "employee": "work for an employer",
    "researcher": "work as a researcher",
    "self-employed": "work for yourself",
    "job-seeker": "looking for work",
    "family": "joining your family",
    "student": "studies",
}
STAYS = {"short": "three months or less", "long": "more than three months"}
PERMITS = {
    "none": "no visa or residence paper yet",
    "visa-d": "visa D",
    "single-permit": "single permit",
    "residence-card": "residence card",
    "waiting-paper": "a paper for while you wait",
}
LICENCES = {
    "none": "no driving licence",
    "eu": "driving licence from the EU",
    "non-eu": "driving licence from outside the EU",
}
JOINED = {
    "eu": "joining an EU citizen",
    "belgian": "joining a Belgian",
    "non-eu": "joining somebody from outside the EU",
}
PHASES = {
    Phase.BEFORE_ARRIVAL: "From before the journey",
    Phase.FIRST_8_DAYS: "In the first days",
    Phase.FIRST_3_MONTHS: "In the first three months",
    Phase.SETTLED: "When you live here",
    Phase.LEAVING: "When you leave",
    Phase.ANYTIME: "At any time",
}


def day(value: dt.date) -> str:
    """A day without its weekday."""
    return f"{value.day} {value:%B %Y}"


def listed(parts: Iterable[str], last: str = "and") -> str:
    """a, b and c."""
    *others, end = parts
    return f"{', '.join(others)} {last} {end}" if others else end


def depends_on(unknown: Iterable[str]) -> str:
    """What would tell whether a step is for somebody."""
    return listed(DEPENDS_ON.get(facet, facet) for facet in unknown)


def phase_name(phase: Phase, *, abroad: bool) -> str:
    """The heading for the steps of a phase; `abroad`: the journey still lies ahead."""
    return "Before you travel" if abroad and phase is Phase.BEFORE_ARRIVAL else PHASES[phase]


def known(profile: Profile, library: Library, today: dt.date) -> tuple[str, ...]:
    """What the plan was made from, in a few words each, without a name."""
    return tuple(part[:1].upper() + part[1:] for part in _parts(profile, library, today))


def _parts(profile: Profile, library: Library, today: dt.date) -> Iterator[str]:
    if profile.country:
        yield f"passport from {country_name(profile.country)}"
    if profile.purpose:
        yield PURPOSES[profile.purpose]
    if profile.stay:
        yield STAYS[profile.stay]
    elif profile.purpose or profile.country:
        yield f"{STAYS['long']} (you did not say it; tell the assistant if not)"
    if profile.municipality:
        town = library.municipalities.get(profile.municipality)
        yield f"town: {town.name if town else profile.municipality}"
    yield from _presence(profile, today)
    if profile.permit:
        yield PERMITS[profile.permit]
    yield from _family(profile)
    yield from _belongings(profile)
    if profile.moved:
        yield "moved to another address"
    if profile.leaving:
        yield "leaving Belgium" + (f" on {day(profile.departure)}" if profile.departure else "")


def _presence(profile: Profile, today: dt.date) -> Iterator[str]:
    if profile.arrival is not None:
        yield f"{'arrived' if profile.arrival <= today else 'arriving'} on {day(profile.arrival)}"
    elif profile.here is not None:
        yield "in Belgium now" if profile.here else "not in Belgium yet"
    if profile.address is not None:
        home = "rented home" if profile.rents else "address found"
        since = f" from {day(profile.address_from)}" if profile.address_from else ""
        yield f"{home}{since}" if profile.address else "no address yet"
    if profile.contract_start is not None:
        yield f"first working day {day(profile.contract_start)}"
    if profile.card_end is not None:
        yield f"card ends on {day(profile.card_end)}"


def _family(profile: Profile) -> Iterator[str]:
    if profile.joins:
        yield JOINED[profile.joins]
    if profile.partner is not None:
        yield "with your partner" if profile.partner else "without a partner"
    if profile.birth is not None:
        yield f"baby born on {day(profile.birth)}"
    if profile.children:
        ages = listed("under 1" if age == 0 else str(age) for age in profile.children)
        yield f"{'child' if len(profile.children) == 1 else 'children'} of {ages}"
    elif profile.children is not None:
        yield "no children"


def _belongings(profile: Profile) -> Iterator[str]:
    if profile.car is not None:
        yield "with a car" if profile.car else "no car"
    if profile.licence:
        yield LICENCES[profile.licence]
    if profile.pet:
        yield "with a dog or a cat"
    if profile.diploma:
        yield "foreign diploma to be recognised"
