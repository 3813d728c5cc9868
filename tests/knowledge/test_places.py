"""Nobody is sent to the desk of another town: every town leads to its own town hall."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from knowledge.answer import Answer, Aspect, compose, compose_aspect
from knowledge.library import KnowledgeError, Library, load
from knowledge.models import Municipality, Place
from knowledge.profile import Profile
from knowledge.whereabouts import where
from tests.knowledge.builder import article, write

TODAY = dt.date(2026, 11, 23)
LIBRARY = load()
TOWNS = sorted(LIBRARY.municipalities)
WITHOUT_PAGE = ["beveren-kruibeke-zwijndrecht"]  # no page of the merged town was found; not to be guessed
REGISTERING = [a.id for a in LIBRARY.articles.values() if a.place in ("town-hall", "migration-office-gent")]


def desks_elsewhere(town: str) -> list[Place]:
    return [p for p in LIBRARY.places.values() if p.municipality not in (None, town)]


def said(role: str, town: str | None) -> str:
    found = where(role, LIBRARY, town)
    return found.text if found else ""


def own_page(town: Municipality) -> str:
    desk = LIBRARY.place_for("town-hall", town.id)
    return str(desk.url) if desk else str(town.website).rstrip("/")


def test_all_towns_of_the_province_are_there() -> None:
    assert len(TOWNS) == 55
    assert all(town.postcodes for town in LIBRARY.municipalities.values())
    assert [key for key, town in LIBRARY.municipalities.items() if town.website is None] == WITHOUT_PAGE


def test_no_two_towns_share_a_page_or_a_postcode() -> None:
    towns = LIBRARY.municipalities.values()
    pages = [str(town.website) for town in towns if town.website]
    postcodes = [code for town in towns for code in town.postcodes]
    assert len(pages) == len(set(pages))
    assert len(postcodes) == len(set(postcodes))


@pytest.mark.parametrize("key", TOWNS)
def test_a_resident_who_registers_is_shown_the_own_town_hall(key: str) -> None:
    town = LIBRARY.municipalities[key]
    for role in ("town-hall", "migration-office-gent"):
        found = where(role, LIBRARY, key)
        assert found is not None
        assert town.name.split("-")[0] in found.text
        if key in WITHOUT_PAGE:
            assert found.page is None
            assert "look for the website of the town itself" in found.text
        else:
            assert found.page is not None
            assert found.page.url.rstrip("/") == own_page(town).rstrip("/")


@pytest.mark.parametrize("key", TOWNS)
def test_no_answer_names_the_desk_of_another_town_as_the_place(key: str) -> None:
    roles = {a.place for a in LIBRARY.articles.values() if a.place}
    for role in sorted(roles):
        text = said(role, key)
        assert text, role
        assert [p.id for p in desks_elsewhere(key) if p.name in text and p.name not in own_names(key)] == [], role


def own_names(key: str) -> set[str]:
    return {p.name for p in LIBRARY.places.values() if p.municipality in (None, key)}


@pytest.mark.parametrize("key", REGISTERING)
def test_the_page_of_the_town_hall_is_among_the_sources(key: str) -> None:
    chosen = LIBRARY.articles[key]
    for answer in (
        compose(chosen, LIBRARY, Profile("berlare"), TODAY),
        compose_aspect(chosen, Aspect.PLACE, LIBRARY, Profile("berlare"), TODAY),
    ):
        assert "The town hall of Berlare" in answer.text
        assert "https://www.berlare.be" in [source.url for source in answer.sources]


def test_without_a_town_the_person_is_asked_for_it() -> None:
    assert "Tell me your town" in said("town-hall", None)
    assert "Stadskantoor" in said("migration-office-gent", None)


def test_outside_ghent_another_agency_does_the_integration_path() -> None:
    assert "Amal" in said("amal", "gent")
    assert "Amal" in said("amal", None)
    assert "Agentschap Integratie" in said("amal", "ronse")


def test_an_address_needs_the_day_on_which_it_was_read(tmp_path: Path) -> None:
    towns = [{"id": "gent", "name": "Gent", "website": "https://example.be"}]
    with pytest.raises(KnowledgeError, match="website and seen_on go together"):
        load(write(tmp_path, article(), towns=towns))


def small(root: Path) -> Library:
    towns = [
        {"id": "gent", "name": "Gent", "website": "https://example.be", "seen_on": "2026-11-01"},
        {"id": "aalst", "name": "Aalst"},
    ]
    desk = {
        "id": "desk",
        "name": "Migration desk of Gent",
        "roles": ["desk-of-gent"],
        "municipality": "gent",
        "serves": "People who live in Gent.",
        "url": "https://example.be/desk",
        "source_title": "Desk",
        "seen_on": "2026-11-01",
    }
    return load(write(root, article(place="desk"), places=[desk], towns=towns))


def asked(library: Library, town: str | None) -> Answer:
    return compose(library.articles["lease-end"], library, Profile(town), TODAY)


def test_a_desk_of_one_town_is_replaced_by_the_own_town_hall(tmp_path: Path) -> None:
    library = small(tmp_path)
    assert "**Where:** Migration desk of Gent" in asked(library, "gent").text
    assert "**Where:** Migration desk of Gent" in asked(library, None).text
    elsewhere = asked(library, "aalst")
    assert "Migration desk" not in elsewhere.text
    assert "**Where:** The town hall of Aalst. I have no checked page of it" in elsewhere.text
    assert [s.url for s in elsewhere.sources] == ["https://example.be/lease"]


def test_the_page_of_the_town_is_said_and_is_a_source(tmp_path: Path) -> None:
    found = where("town-hall", small(tmp_path), "gent")
    assert found is not None
    assert found.text == "The town hall of Gent\nhttps://example.be"
    assert found.page is not None
    assert (found.page.publisher, found.page.checked_on) == ("Gent", "2026-11-01")


def test_an_unknown_town_is_no_town() -> None:
    assert said("town-hall", "atlantis") == said("town-hall", None)
    assert where(None, LIBRARY, "gent") is None
