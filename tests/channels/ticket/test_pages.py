"""What stands on the page and on the cards."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import fields, replace
from typing import Any

import pytest

from channels.ticket import routes
from channels.ticket.page import cards, ticket
from channels.ticket.words import DEPENDS_ON, PHASES, known
from knowledge.models import Phase
from knowledge.planning.facets import VALUES
from knowledge.planning.plan import plan
from knowledge.profile import Profile
from tests.knowledge.planning.people import AYA, PERSONAS, ROLF, TODAY

EVIL = '<script>alert("x")</script>'


@pytest.mark.parametrize("name", PERSONAS)
def test_every_step_of_the_plan_stands_on_the_page(world, name):
    page = html.unescape(world.text(world.path(PERSONAS[name])))
    for entry in plan(PERSONAS[name], TODAY, world.library).entries:
        assert entry.step.title in page, entry.step.id


@pytest.mark.parametrize("name", PERSONAS)
def test_every_date_stands_beside_its_rule_and_a_page_with_the_day_it_was_checked(world, name):
    made = ticket(PERSONAS[name], TODAY, world.library)
    shown = [item for section in made.sections for _, items in section.groups for item in items]
    assert shown
    for item in shown:
        assert item.told.sources
        if item.told.by:
            assert item.date
            assert item.told.reason
    page = html.unescape(world.text(world.path(PERSONAS[name])))
    for item in shown:
        assert item.told.reason in page
        assert all(source.url in page for source in item.told.sources)
    assert re.search(r"checked on \d+ [A-Z][a-z]+ 20\d\d", page)


def test_what_matters_comes_first_and_is_unfolded(world):
    page = world.text(world.path(AYA))
    assert page.index("What matters now") < page.index("To do now") < page.index("After another step")
    assert page.count("<details open>") == 3
    assert "<details>" not in world.text(world.path(AYA) + "?open=yes")


def test_the_plan_is_that_of_the_day_on_which_it_is_opened(world):
    path = world.path(AYA)
    assert "9 days left" in world.text(path)
    world.now += dt.timedelta(days=4)
    assert "5 days left" in world.text(path)
    world.now += dt.timedelta(days=10)
    page = world.text(path)
    assert "The last day was Wednesday 2 December 2026" in page
    assert "Register today anyway." in page


def test_the_page_follows_what_the_person_tells(world):
    path = world.path(ROLF)
    assert "No address yet" not in world.text(path)
    world.keep(replace(ROLF, address=False))
    assert "No address yet" in world.text(path)


def test_what_is_known_stands_in_one_line_and_every_answer_shows(world):
    assert known(AYA, world.library, TODAY)[:3] == (
        "Passport from Japan",
        "Work as a researcher",
        "More than three months",
    )
    whole = Profile(
        country="JP", municipality="gent", purpose="family", arrival=TODAY, here=True, stay="long", address=True,
        address_from=TODAY, rents=True, partner=True, children=(3,), joins="eu", pet=True, car=True, licence="eu",
        diploma=True, permit="visa-d", leaving=True, departure=TODAY, moved=True, contract_start=TODAY, birth=TODAY,
        card_end=TODAY,
    )  # fmt: skip
    lines = known(whole, world.library, TODAY)
    hidden = {"here", "done", "todo", "not_for_me"}  # said by the day of arrival, and by the plan itself
    for field in fields(Profile):
        if field.name not in hidden:
            less: dict[str, Any] = {field.name: None}
            assert known(replace(whole, **less), world.library, TODAY) != lines, field.name


def test_nothing_known_is_said_and_asks_for_a_word(world):
    page = world.text(world.path(Profile()))
    assert "We know nothing about you yet" in page
    assert "Not sure if this is for you" in page


def test_there_are_words_for_every_facet_and_phase():
    assert set(DEPENDS_ON) == set(VALUES)
    assert set(PHASES) == set(Phase)


def test_what_is_uncertain_stands_under_what_would_tell(world):
    made = ticket(ROLF, TODAY, world.library)
    groups = {what: [item.told.id for item in items] for what, items in made.unsure}
    assert "register-car" in groups["whether you have a car here"]
    certain = {item.told.id for section in made.sections for _, items in section.groups for item in items}
    assert not certain & {key for ids in groups.values() for key in ids}


def test_whatever_a_person_told_is_escaped(world):
    path = world.path(Profile(EVIL, EVIL, arrival=TODAY))
    for end in ("", "/cards", "/cards?all=yes"):
        page = world.text(path + end)
        assert "<script" not in page
    assert "&lt;script&gt;" in world.text(path)


def test_what_the_knowledge_says_is_escaped(world, library):
    steps = {key: step.model_copy(update={"title": f"{EVIL}{key}", "why": EVIL}) for key, step in library.steps.items()}
    world.library = replace(library, steps=steps)
    path = world.path(AYA)
    for end in ("?open=yes", "/cards?all=yes"):
        page = world.text(path + end)
        assert "<script" not in page
        assert "&lt;script&gt;" in page


def test_no_page_has_scripts_or_inline_styles(world):
    path = world.path(AYA)
    for address in (path, f"{path}?open=yes", f"{path}/cards", "/plan/never-made"):
        page = world.get(address).text
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", page), address


def test_every_answer_carries_the_headers(world):
    path = world.path(AYA)
    for address in (path, f"{path}.ics", f"{path}/cards", f"{path}/qr.svg", "/plan/x", "/plan/static/ticket.css"):
        headers = world.get(address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, address
        assert "frame-ancestors 'none'" in policy, address
        assert "unsafe" not in policy, address
        assert headers["referrer-policy"] == "no-referrer", address
        assert headers["x-content-type-options"] == "nosniff", address
        assert "noindex" in headers["x-robots-tag"], address
    for address in (path, f"{path}/cards", f"{path}/qr.svg", "/plan/x"):
        assert world.get(address).headers["cache-control"] == "private, no-store", address


def test_a_fault_of_our_own_shows_nothing_of_the_inside_and_keeps_the_headers(world, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("secret inside")

    monkeypatch.setattr(routes, "ticket", broken)
    world.http._transport.raise_server_exceptions = False
    answer = world.get(world.path(AYA))
    assert answer.status_code == 500
    assert "secret inside" not in answer.text
    assert "Your plan is kept" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_cards_are_for_the_open_steps_with_a_counter_in_both_languages(world):
    page = html.unescape(world.text(world.path(AYA) + "/cards?all=yes"))
    entries = plan(AYA, TODAY, world.library).entries
    for entry in entries:
        counter = entry.step.counter
        if counter and entry.certain:
            assert (f'<blockquote lang="nl"><p>{counter.dutch}</p>' in page) == (entry.state != "done"), entry.step.id
            assert counter.english in page or entry.state == "done"


def test_first_only_the_cards_that_can_be_used_now(world):
    now, more = cards(AYA, TODAY, world.library, every=False)
    every, none = cards(AYA, TODAY, world.library, every=True)
    assert {item.told.state for item in now} == {"now"}
    assert now[0].told.id == "register-non-eu"
    assert (len(now) + more, none) == (len(every), 0)
    page = world.text(world.path(AYA) + "/cards")
    assert f"({more} more)" in page
    assert page.count("<article") == len(now)


def test_the_qr_code_holds_the_address_of_the_page(world):
    path = world.path(AYA)
    drawn = world.get(f"{path}/qr.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert drawn.text.startswith("<?xml")
    assert "<svg" in world.text(path)
    assert drawn.content == world.get(f"{path}/qr.svg").content
    assert drawn.content != world.get(world.path(ROLF, "rolf") + "/qr.svg").content


def test_the_calendar_is_offered_for_subscribing_and_as_a_file(world):
    path = world.path(AYA)
    page = world.text(path)
    assert f'href="webcal://plans.test{path}.ics"' in page
    assert f'href="{path}.ics"' in page
