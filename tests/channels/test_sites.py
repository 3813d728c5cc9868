"""What a municipality decides about the chat on its site: read, checked, told to the widget, kept to by the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from channels.web.sites import DEFAULT, Site, Sites, normal_origin
from dossiers import consents
from dossiers.models import ConsentRecord, Conversation, Person
from knowledge.library import KnowledgeError
from tests.channels.conftest import Service

ASKED = {"version": "2026-11", "text": "We keep what you write.", "agree": "I agree", "decline": "No, thank you"}


def sites(folder: Path, **files: dict[str, Any]) -> Sites:
    """Sites made from these files; without a default one it is added."""
    for name, content in {DEFAULT: {"name": "your town"}, **files}.items():
        (folder / f"{name}.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return Sites(folder)


async def start(client: httpx.AsyncClient, origin: str | None = None, **body: Any) -> httpx.Response:
    headers = {"Origin": origin} if origin else {}
    return await client.post("/api/conversations", json={"municipality": "gent", **body}, headers=headers)


async def told(service: Service, municipality: str) -> dict[str, Any]:
    async with service.running() as client:
        answer = await client.get(f"/api/sites/{municipality}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_sites_of_the_project_can_be_read_and_ghent_asks_for_nothing_before_the_chat() -> None:
    found = Sites()
    assert found.knows("gent")
    assert found.of("gent").consent is None
    assert found.of("gent").admits("https://anywhere.example")
    line = found.of("gent").powered_by
    assert line is not None
    assert "not a website of the City of Ghent" in line.text


def test_a_municipality_without_a_file_has_what_holds_for_all(tmp_path: Path) -> None:
    found = sites(tmp_path, gent={"name": "Ghent"})
    assert (found.of("gent").name, found.of("aalst").name, found.of(None).name) == ("Ghent", "your town", "your town")
    assert not found.knows("aalst")
    assert not found.knows(DEFAULT)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"name": ""}, "name"),
        ({}, "name"),
        ({"name": "Ghent", "colour": "red"}, "colour"),
        ({"name": "Ghent", "theme": "pink"}, "theme"),
        ({"name": "Ghent", "languages": []}, "languages"),
        ({"name": "Ghent", "languages": ["English"]}, "languages"),
        ({"name": "Ghent", "languages": ["en", "en"]}, "languages"),
        ({"name": "Ghent", "origins": ["stad.gent"]}, "origins"),
        ({"name": "Ghent", "origins": ["https://stad.gent/en"]}, "origins"),
        ({"name": "Ghent", "origins": ["https://*.gent"]}, "origins"),
        ({"name": "Ghent", "origins": ["https://me@stad.gent"]}, "origins"),
        ({"name": "Ghent", "origins": ["https://stad.gent:x"]}, "origins"),
        ({"name": "Ghent", "origins": ["javascript://stad.gent"]}, "origins"),
        ({"name": "Ghent", "powered_by": {"text": "We", "url": "javascript:alert(1)"}}, "powered_by.url"),
        ({"name": "Ghent", "privacy": {"url": "/privacy"}}, "privacy.url"),
        ({"name": "Ghent", "consent": {k: v for k, v in ASKED.items() if k != "decline"}}, "consent.decline"),
        ({"name": "Ghent", "consent": {**ASKED, "version": "x" * 21}}, "consent.version"),
    ],
)
def test_what_cannot_be_used_stops_the_start_and_names_file_and_field(
    tmp_path: Path, content: dict[str, Any], field: str
) -> None:
    with pytest.raises(KnowledgeError) as caught:
        sites(tmp_path, gent=content)
    (problem,) = caught.value.problems
    assert (problem.file, problem.field) == ("gent.yml", field)


def test_every_bad_file_is_named_also_one_that_is_no_yaml_and_one_with_a_bad_name(tmp_path: Path) -> None:
    (tmp_path / "aalst.yml").write_text("name: a: b", encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        sites(tmp_path, Gent={"name": "Ghent"}, lede={"name": 3})
    assert [Path(problem.file).name for problem in caught.value.problems] == ["Gent.yml", "aalst.yml", "lede.yml"]


def test_without_a_default_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"default\.yml"):
        Sites(tmp_path)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://Stad.Gent/", "https://stad.gent"),
        ("https://stad.gent:443", "https://stad.gent"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_origin_is_compared_as_browsers_send_it(written: str, sent: str) -> None:
    assert normal_origin(written) == sent
    site = Site(name="Ghent", origins=(written,))
    assert site.admits(sent)
    assert not site.admits(sent + "0")


async def test_the_widget_is_told_all_it_shows_and_not_which_sites_may_show_it(
    service: Service, tmp_path: Path
) -> None:
    gent = {
        "name": "Ghent",
        "origins": ["https://stad.gent"],
        "powered_by": {"text": "What now?", "url": "https://what-now.example/about"},
        "privacy": {"text": "We keep what you write.", "url": "https://what-now.example/privacy"},
        "consent": ASKED,
        "theme": "ghent",
        "languages": ["en", "nl"],
    }
    service.wire(sites=sites(tmp_path, gent=gent), telegram_link="https://t.me/what_now_bot")
    assert await told(service, "gent") == {
        "municipality": "gent",
        **{key: value for key, value in gent.items() if key != "origins"},
        "channels": {"telegram": "https://t.me/what_now_bot", "whatsapp": None},
    }


async def test_what_is_not_decided_is_null(service: Service, tmp_path: Path) -> None:
    service.wire(sites=sites(tmp_path))
    assert await told(service, "nowhere") == {
        "municipality": "nowhere",
        "name": "your town",
        "powered_by": None,
        "privacy": {"text": None, "url": None},
        "consent": None,
        "theme": None,
        "languages": ["en"],
        "channels": {"telegram": None, "whatsapp": None},
    }


async def test_a_town_that_we_know_has_its_own_name_without_a_file(service: Service) -> None:
    assert (await told(service, "aalst"))["name"] == "Aalst"


async def test_it_may_be_kept_for_a_short_time_only(service: Service) -> None:
    async with service.running() as client:
        assert (await client.get("/api/sites/gent")).headers["Cache-Control"] == "public, max-age=60"
        assert (await client.get("/api/sites/..%2Fgent")).status_code in (404, 422)
        assert (await client.get("/api/sites/GENT")).status_code == 422


async def test_a_municipality_that_names_its_sites_is_shown_on_no_other(service: Service, tmp_path: Path) -> None:
    own = {"name": "Ghent", "origins": ["https://stad.gent", "https://www.gent.example"]}
    service.wire(sites=sites(tmp_path, gent=own))
    async with service.running() as client:
        for origin in ("https://stad.gent", "https://www.gent.example", None):
            assert (await start(client, origin)).status_code == 201
        for origin in ("https://stad.gent.evil.example", "http://stad.gent", "null", "https://gent"):
            refused = await start(client, origin)
            if refused.status_code == 429:
                break  # the limit counts refused ones too
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "origin_not_allowed")
        else:
            pytest.fail("the limit was not reached")
    with service.database.read() as session:
        assert session.query(Conversation).count() == 3


async def test_a_municipality_that_names_no_site_leaves_that_to_the_settings(service: Service) -> None:
    async with service.running() as client:
        assert (await start(client, "https://anywhere.example")).status_code == 201


@pytest.mark.parametrize("consent", [None, "2025-01", "2026-11 "])
async def test_without_agreeing_to_the_text_of_today_nothing_begins(
    service: Service, tmp_path: Path, consent: str | None
) -> None:
    service.wire(sites=sites(tmp_path, gent={"name": "Ghent", "consent": ASKED}))
    async with service.running() as client:
        refused = await start(client, consent=consent)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "consent_needed")
    with service.database.read() as session:
        assert session.query(Person).count() == 0


async def test_what_was_agreed_to_is_kept_word_for_word_with_the_person(service: Service, tmp_path: Path) -> None:
    service.wire(sites=sites(tmp_path, gent={"name": "Ghent", "consent": ASKED}))
    async with service.running() as client:
        started = await start(client, consent=ASKED["version"])
        assert started.status_code == 201
    with service.database.read() as session:
        person = session.get_one(Conversation, started.json()["id"]).person_id
        kept = consents.held(session, person, "chat")
        assert kept is not None
        assert (kept.text_version, kept.text) == (ASKED["version"], ASKED["text"])
        assert kept.given_at == service.clock()


async def test_where_nothing_is_asked_nothing_is_kept(service: Service) -> None:
    async with service.running() as client:
        assert (await start(client, consent="2026-11")).status_code == 201
    with service.database.read() as session:
        assert session.query(ConsentRecord).count() == 0
