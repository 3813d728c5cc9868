"""What people type about themselves, and all that is heard of it: nothing more, nothing less. Today is a Monday."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.planning.facets import VALUES, facets
from knowledge.planning.hearing import hear
from knowledge.planning.keeping import from_data, to_data
from knowledge.planning.phrases import each, names, pattern
from knowledge.profile import Profile
from tests.knowledge.planning.people import DAYS, TODAY
from tests.knowledge.planning.places import places

NOTHING: dict[str, Any] = {}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def came(text: str) -> dict[str, Any]:
    return {"arrival": day(text), "here": day(text) <= TODAY}


PHRASES: dict[str, dict[str, Any]] = {
    # who comes, from where, what for
    "Landed yesterday from India with my wife, job at Volvo": {
        **came("2026-11-22"), "country": "IN", "partner": True, "purpose": "employee",
    },
    "I'm Japanese, researcher at UGent, arrived on 20 November with my partner and two kids of 3 and 7": {
        **came("2026-11-20"), "country": "JP", "partner": True, "children": (3, 7), "purpose": "researcher",
    },
    "i am german and looking for a job in ghent": {"country": "DE", "purpose": "job-seeker", "municipality": "gent"},
    "Argentine engineer, single permit granted, I arrive on 4 January 2027": {
        **came("2027-01-04"), "country": "AR", "permit": "single-permit",
    },
    "I am a care worker from Bulgaria, I live in Aalst with my kids (6 and 14)": {
        "country": "BG", "municipality": "aalst", "children": (6, 14), "here": True,
    },
    "hi, im from brazil and i will start working at arcelor in march": {
        "country": "BR", "purpose": "employee", "contract_start": day("2027-03-01"),
    },
    "phd student from China here": {"country": "CN", "purpose": "researcher"},
    # misspelt countries and peoples
    "i am from phillipines": {"country": "PH"},
    "i come from argentinia, single permit granted": {"country": "AR", "permit": "single-permit"},
    "im brasilian": {"country": "BR"},
    "ukranian passport": {"country": "UA"},
    "tukey": {"country": "TR"},
    "I'm from the Netherland": {"country": "NL"},
    "i am hungry and finished": NOTHING,
    "i am married": {"partner": True},
    "I'm a postdoc": {"purpose": "researcher"},
    "i have a hosting agreement with ugent": {"purpose": "researcher"},
    "We're a couple from Poland": {"country": "PL", "partner": True},
    "I'm a freelancer from Spain": {"country": "ES", "purpose": "self-employed"},
    "I want to start my own company in Ghent": {"purpose": "self-employed", "municipality": "gent"},
    "I have a professional card": {"purpose": "self-employed"},
    "I'm coming to join my husband in Ghent": {"purpose": "family", "partner": True, "municipality": "gent"},
    "joining my wife in aalst next month": {"purpose": "family", "partner": True, "municipality": "aalst"},
    "I come to join my Belgian husband": {"purpose": "family", "partner": True, "joins": "belgian"},
    "I join my german wife": {"purpose": "family", "partner": True, "joins": "eu"},
    "i am a master student": {"purpose": "student"},
    "I will study at UGent, I'm Turkish": {"purpose": "student", "country": "TR"},
    "erasmus student from Italy": {"purpose": "student", "country": "IT"},
    "got a job offer from a company in Gent": {"purpose": "employee", "municipality": "gent"},
    "I was hired by Volvo": {"purpose": "employee"},
    "transferred by my employer": {"purpose": "employee"},
    "no job yet": {"purpose": "job-seeker"},
    "I am unemployed and looking for work": {"purpose": "job-seeker"},
    "I'm not a student": NOTHING,
    "I am Belgian and come back from Canada": {"country": "BE"},
    "we both are french": {"country": "FR"},
    "I'm an Indian citizen coming from Dubai": {"country": "IN"},
    # others
    "my wife works": {"partner": True},
    "my wife works at Volvo": {"partner": True},
    "my husband is a researcher at ugent": {"partner": True},
    "My husband is Belgian": {"partner": True, "joins": "belgian"},
    "my wife is from Japan": {"partner": True, "joins": "non-eu"},
    "I work at Volvo and my wife is looking for a job": {"purpose": "employee", "partner": True},
    "my wife is a student and I work at Barco": {"purpose": "employee", "partner": True},
    "she studies at ugent": NOTHING,
    "my son studies at the university": NOTHING,
    "my friend arrived yesterday": NOTHING,
    "my husband arrived last week and I come in January": {"partner": True, **came("2027-01-01")},
    "The police came yesterday": NOTHING,
    "the letter arrived on monday": NOTHING,
    "my landlord found a new job": {"rents": True, "address": True},
    "I work for a German company": {"purpose": "employee"},
    "my indian diploma": NOTHING,
    # questions
    "can my wife work?": {"partner": True},
    "Can my husband work here with his card?": {"partner": True},
    "how long may I stay with a visa d?": NOTHING,
    "Do I need a single permit?": NOTHING,
    "can i look for a job with an annex 15?": NOTHING,
    "may I work as a freelancer?": NOTHING,
    "what if I arrive a week later?": NOTHING,
    "Is it possible to come for two weeks?": NOTHING,
    "how do I register my car?": {"car": True},
    "where can i leave my dog": {"pet": True},
    "I want to know if students can work": NOTHING,
    "do i have to tell the town if i move to another flat?": NOTHING,
    "What happens when I leave Belgium?": NOTHING,
    "I arrived yesterday from India, what do I do now?": {**came("2026-11-22"), "country": "IN"},
    "what do I need to do? I moved to Ghent last week": {**came("2026-11-16"), "municipality": "gent"},
    "what should i do now i just landed in ghent": {"here": True, "municipality": "gent"},
    "As a student, can I work?": {"purpose": "student"},
    "what do my kids of 4 and 9 need?": {"children": (4, 9)},
    # partner and children
    "with husband": {"partner": True},
    "coming with husband and 2 kids": {"partner": True},
    "with my wife and a baby": {"partner": True, "children": (0,)},
    "my fiancée comes too": {"partner": True},
    "I am married": {"partner": True},
    "I'm not married": {"partner": False},
    "I am single": {"partner": False},
    "I come alone": {"partner": False, "children": ()},
    "just me": {"partner": False, "children": ()},
    "I'm not alone": NOTHING,
    "I don't have a partner": {"partner": False},
    "without my wife": {"partner": False},
    "my wife stays in India": {"partner": False},
    "no kids": {"children": ()},
    "no partner, no children": {"partner": False, "children": ()},
    "we don't have kids": {"children": ()},
    "I live alone with my daughter of 5": {"partner": False, "children": (5,)},
    "single mother, my son is 8": {"partner": False, "children": (8,)},
    "not married but with my girlfriend": {"partner": True},
    "a 5 year old and a 7 year old": {"children": (5, 7)},
    "my daughter Emma is 12": {"children": (12,)},
    "two boys aged 3, 5 and 9": {"children": (3, 5, 9)},
    "kids: 6, 8": {"children": (6, 8)},
    "kids 6 & 8": {"children": (6, 8)},
    "my 14-year-old son": {"children": (14,)},
    "our baby of 6 months": {"children": (0,)},
    "an 18 months old toddler": {"children": (1,)},
    "my son is 25": NOTHING,
    "my 2 kids": NOTHING,
    "benefit for children under 12": NOTHING,
    "my children arrive 3 december": NOTHING,
    "my kids 2 weeks ago got sick": NOTHING,
    "we are expecting a baby": NOTHING,
    "our baby was born on 10 November": {"children": (0,), "birth": day("2026-11-10")},
    # when
    "arrived 3 weeks ago": came("2026-11-02"),
    "I arrived three weeks ago": came("2026-11-02"),
    "i'm arriving next month": came("2026-12-01"),
    "We land on 15/03/2027": came("2027-03-15"),
    "I'm moving in 2 weeks": came("2026-12-07"),
    "I moved to Gent on 1 October": {**came("2026-10-01"), "municipality": "gent"},
    "moving to Ghent in January": {**came("2027-01-01"), "municipality": "gent"},
    "I have been here for 2 months": came("2026-09-23"),
    "been in belgium since march": came("2026-03-01"),
    "I arrive on Friday": came("2026-11-27"),
    "arrived last friday": came("2026-11-20"),
    "I'm already here": {"here": True},
    "I just arrived": {"here": True},
    "still in India": {"here": False, "country": "IN"},
    "I am not yet in Belgium": {"here": False},
    "I haven't arrived yet": {"here": False},
    "I plan to move to Belgium": {"here": False},
    "my flight is on 12 december": came("2026-12-12"),
    "I came with 3 marriage certificates": NOTHING,
    "the shop is open 24/7": NOTHING,
    # how long
    "moving for two years": {"stay": "long"},
    "I'm coming to Ghent for two years": {"stay": "long", "municipality": "gent", "here": False},
    "I come for 6 weeks": {"stay": "short"},
    "staying for 3 months": {"stay": "short"},
    "i stay six months": {"stay": "long"},
    "only for a few days": {"stay": "short"},
    "permanently": {"stay": "long"},
    "I'm here on holiday": {"stay": "short", "here": True},
    "a 2-year contract at Barco": {"stay": "long", "purpose": "employee"},
    "I stay in a hotel for two weeks": {"address": False},
    "I have been waiting for 3 weeks": NOTHING,
    "my visa is valid for 1 year": NOTHING,
    # papers
    "I have a visa D": {"permit": "visa-d"},
    "I'm waiting for my visa D": NOTHING,
    "I need a visa D": NOTHING,
    "my visa d was refused": NOTHING,
    "I have no visa": {"permit": "none"},
    "I don't have a visa yet": {"permit": "none"},
    "I got my single permit": {"permit": "single-permit", "purpose": "employee"},
    "I applied for a single permit": NOTHING,
    "I have an annex 46": {"permit": "single-permit"},
    "I have an annex 15": {"permit": "waiting-paper"},
    "I got the orange card": {"permit": "waiting-paper"},
    "I have my A card": {"permit": "residence-card"},
    "my residence card expires on 3 March 2027": {"permit": "residence-card", "card_end": day("2027-03-03")},
    "no residence card yet": NOTHING,
    # home
    "I found a flat": {"address": True},
    "we rented an apartment from 1 December": {"address": True, "rents": True, "address_from": day("2026-12-01")},
    "I moved in on 15 November": {"address": True, "address_from": day("2026-11-15")},
    "I'm looking for a flat": {"address": False},
    "I don't have an address yet": {"address": False},
    "no flat yet": {"address": False},
    "I still need to find a room": {"address": False},
    "I am staying in an airbnb": {"address": False},
    "I'm living with friends": {"address": False},
    "I came with friends": NOTHING,
    "I work in a hotel": {"purpose": "employee"},
    "my landlord refuses": {"address": True, "rents": True},
    "we bought a house": {"address": True, "rents": False},
    "I bought a car": NOTHING,
    "I have to register my address": NOTHING,
    "I moved to a new apartment last week": {"moved": True, "address": True, "address_from": day("2026-11-16")},
    "I moved to another address": {"moved": True},
    # car, licence, diploma, pets
    "I bring my car": {"car": True},
    "I don't have a car": {"car": False},
    "no car": {"car": False},
    "I have an Indian driving licence": {"licence": "non-eu"},
    "my german driving licence": {"licence": "eu"},
    "I have no driving licence": {"licence": "none"},
    "i can't drive": {"licence": "none"},
    "I have to exchange my driving licence": NOTHING,
    "I need to get my diploma recognised": {"diploma": True},
    "we come with our dog": {"pet": True},
    "no pets": {"pet": False},
    # leaving
    "I'm leaving Belgium in March": {"leaving": True, "departure": day("2027-03-01")},
    "we are moving back to India next month": {"leaving": True, "departure": day("2026-12-01")},
    "I'm not leaving Belgium": {"leaving": False},
    "I am leaving my job": NOTHING,
    # towns
    "I work in Aalst but live in Ghent": {"municipality": "gent", "purpose": "employee", "here": True},
    "I live in Lokeren and my office is in Gent": {"municipality": "lokeren"},
    # longer ones
    "My husband got a job at UGent and I come with him, we have a daughter of 3": {"partner": True, "children": (3,)},
    "Hi! I'm a 29 y/o software engineer from Nigeria, moving to Gent on 3 January with my wife and 2 year old son.": {
        **came("2027-01-03"), "country": "NG", "municipality": "gent", "partner": True, "children": (2,),
    },
    "hello we are family of four from ukraine, kids 7 and 10, living in ghent since 2 months": {
        **came("2026-09-23"), "country": "UA", "municipality": "gent", "children": (7, 10),
    },
    "I'm Dutch, bought a house in Destelbergen, moving with wife and three kids (4, 6, 9) and our cat": {
        "country": "NL", "municipality": "destelbergen", "address": True, "rents": False, "pet": True,
        "partner": True, "children": (4, 6, 9),
    },
    "I am American, married to a Belgian, arriving in two weeks": {
        **came("2026-12-07"), "country": "US", "partner": True, "joins": "belgian",
    },
    "I've got my D visa, flying on december 3rd": {**came("2026-12-03"), "permit": "visa-d"},
    "my employer is in brussels but i will live in aalst": {"municipality": "aalst"},
    "I was born in India but I have a Portuguese passport": {"country": "PT"},
    "I come from Italy and my boyfriend from Morocco": {"country": "IT", "partner": True, "joins": "non-eu"},
    "my boss is german": NOTHING,
    "I'm the wife of a researcher": NOTHING,
    "no visa needed, I'm EU": NOTHING,
    "I don't have kids but a wife": {"children": (), "partner": True},
    "I'm going back home for christmas": NOTHING,
    "We want to leave Belgium for good at the end of june": {"leaving": True, "departure": day("2027-06-01")},
    "I have moved from Antwerp to Ghent last week": {
        "moved": True, "address": True, "address_from": day("2026-11-16"), "municipality": "gent",
    },
    "I'm looking for a job but my husband has a job at volvo": {"purpose": "job-seeker", "partner": True},
    "My contract starts on 15 January": {"contract_start": day("2027-01-15")},
    "what papers do i need when i arrive in march with my wife": {**came("2027-03-01"), "partner": True},
    "I've lived in Ghent for five years": {**came("2021-11-23"), "municipality": "gent"},
    "i am brazilian with italian passport": {"country": "IT"},
    "I have both UK and Irish nationality": {"country": "IE"},
    "I'm Indian and come from Germany": {"country": "IN"},
    "I'm in Ghent since monday, need to register": {**came("2026-11-16"), "municipality": "gent"},
    "Hi, my contract with UZ Gent starts on february 1st and I'll arrive mid january": {
        **came("2027-01-01"), "municipality": "gent", "purpose": "employee", "contract_start": day("2027-02-01"),
    },
    "I live with my parents": NOTHING,
    "I live with my wife": {"partner": True},
    "coming with 2 kids 5 yo and 9 yo": {"children": (5, 9)},
    "My wife and I arrived 2 weeks ago": {**came("2026-11-09"), "partner": True},
    "I am a nurse from the Philippines, my employer applied for a single permit": {
        "country": "PH", "purpose": "employee",
    },
    "The police officer came on monday and i got my annex 15": {"permit": "waiting-paper"},
    "my dog is 3 years old": {"pet": True},
    "I am 30 years old": NOTHING,
    "I go back to work next week": NOTHING,
    "can my wife work if I have a single permit?": {"partner": True},
    # nothing at all
    "hello": NOTHING,
    "thank you very much": NOTHING,
    "what now?": NOTHING,
    "": NOTHING,
    "???": NOTHING,
}  # fmt: skip


@pytest.mark.parametrize(("text", "heard"), PHRASES.items(), ids=list(PHRASES))
def test_what_is_said_is_heard_and_nothing_else(text: str, heard: dict[str, Any]) -> None:
    assert hear(text, places(text), TODAY) == heard


def test_without_the_bots_entities_the_rest_is_heard() -> None:
    assert hear("Landed yesterday from India with my wife", (), TODAY) == {**came("2026-11-22"), "partner": True}


def test_an_entity_without_its_place_counts_for_the_person() -> None:
    named = [{"entity": "country", "value": "JP"}, {"entity": "municipality", "value": "gent"}]
    assert hear("hello", named, TODAY) == {"country": "JP", "municipality": "gent"}


def test_curly_quotes_capitals_and_missing_apostrophes_change_nothing() -> None:
    for text in ("I don’t have a car", "I DON'T HAVE A CAR", "i  don't   have a car"):
        assert hear(text, (), TODAY) == {"car": False}
    assert hear("im married", (), TODAY) == hear("I'm married", (), TODAY) == {"partner": True}


WORDS = sorted({word for text in PHRASES for word in text.split()} | {"99", "31/02/2027", "(", "?", ".", ","})


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join), DAYS)
def test_whatever_is_typed_gives_a_profile_that_can_be_kept_and_planned_for(text: str, today: dt.date) -> None:
    heard = hear(text, places(text), today)
    assert set(heard) <= {field.name for field in fields(Profile)}
    profile = replace(Profile(), **heard)
    assert from_data(to_data(profile)) == profile
    for facet, value in facets(profile, today).items():
        assert value is None or value <= set(VALUES[facet])


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_heard(text: str) -> None:
    hear(text, (), TODAY)


def test_every_phrase_of_the_list_is_a_pattern() -> None:
    def walk(key: str) -> None:
        for name in names(key):
            each(f"{key}.{name}") and pattern(f"{key}.{name}")

    for heading in ("purpose", "permit", "yes_no.address", "partner", "children", "stay", "arrival", "days", "country"):
        walk(heading)
