"""Prepared answers: their gaps, for whom they are, and how they are found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers import accounts, canned
from dossiers.canned import Outdated, Unusable, Variable
from dossiers.models import Team


@given(st.text(max_size=40), st.dictionaries(st.sampled_from(list(Variable)), st.text(max_size=20)))
def test_what_is_filled_in_is_taken_as_it_is_and_opens_no_new_gap(text, values):
    filled = canned.filled(f"{text} {{first_name}} {{town}}", {**values, Variable.FIRST_NAME: "{agent}"})
    assert "{agent}" in filled.text
    assert ("{town}" in filled.open) is (not values.get(Variable.TOWN))


def test_gaps_are_filled_and_those_that_are_not_known_are_named():
    filled = canned.filled("Dear {first_name}, do it before { deadline }. {agent}", {Variable.FIRST_NAME: "Aya"})
    assert filled.text == "Dear Aya, do it before { deadline }. {agent}"
    assert filled.open == ("{ deadline }", "{agent}")


def test_a_text_without_braces_or_with_other_braces_has_no_gap():
    assert canned.gaps("Hello {} {1} {é} [first_name]") == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        (("", "", "text"), "title"),
        (("", "x" * 121, "text"), "title"),
        (("two words", "Title", "text"), "shortcut"),
        (("", "Title", " "), "text"),
        (("", "Title", "Dear {firstname}"), "{firstname}"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(fields, why):
    with pytest.raises(Unusable) as problem:
        canned.checked(*fields)
    assert why in problem.value.text


@pytest.fixture
def desk(database, moment):
    """Two agents and a team."""
    with database.write() as session:
        made = [
            accounts.create_agent(
                session, login=login, name=login.title(), password="correct horse battery", now=moment
            ).id
            for login in ("mia", "tom")
        ]
        team = Team(name="Aalst", municipalities=["aalst"], created_at=moment)
        session.add(team)
        session.flush()
        return *made, team.id


def keep(database, moment, desk, title: str, shortcut: str = "", *, owner: str | None = None, team: str | None = None):
    with database.write() as session:
        fields = canned.checked(shortcut, title, "text")
        return canned.keep(session, fields, agent_id=desk[0], owner_id=owner, team_id=team, now=moment).id


def test_everybody_sees_their_own_their_teams_and_those_for_all(database, moment, desk):
    mia, tom, team = desk
    keep(database, moment, desk, "Only Mia", owner=mia)
    keep(database, moment, desk, "Aalst", team=team)
    keep(database, moment, desk, "All")

    def titles(agent: str, *teams: str, all_teams: bool = False) -> list[str]:
        with database.read() as session:
            return [one.title for one in canned.for_agent(session, agent, teams, all_teams=all_teams)]

    assert titles(mia) == ["All", "Only Mia"]
    assert titles(tom, team) == ["Aalst", "All"]
    assert titles(tom, all_teams=True) == ["Aalst", "All"]
    with database.read() as session:
        own = canned.for_agent(session, mia, ())[1]
        assert canned.get(session, own.id, tom, [team], all_teams=True) is None


def test_a_shortcut_that_begins_so_comes_first_and_every_word_must_be_there(database, moment, desk):
    mia = desk[0]
    for title, shortcut in (("A deposit for students", ""), ("Rental deposit", "deposit"), ("Registration", "reg")):
        keep(database, moment, desk, title, shortcut, owner=mia)
    with database.read() as session:
        answers = canned.for_agent(session, mia, ())
    assert [one.title for one in canned.search(answers, "/dep")] == ["Rental deposit", "A deposit for students"]
    assert [one.title for one in canned.search(answers, "deposit STUDENTS")] == ["A deposit for students"]
    assert len(canned.search(answers, "/")) == 3


def test_a_change_that_was_made_from_an_older_text_overwrites_nothing(database, moment, desk):
    answer_id = keep(database, moment, desk, "All")
    for text in ("first", "second"):
        with database.write() as session:
            answer = canned.get(session, answer_id, desk[0], ())
            assert answer is not None
            if text == "second":
                with pytest.raises(Outdated):
                    canned.change(session, answer, ("", "All", text), agent_id=desk[1], based_on=1, now=moment)
            else:
                canned.change(session, answer, ("", "All", text), agent_id=desk[0], based_on=1, now=moment)
    with database.read() as session:
        kept = canned.get(session, answer_id, desk[0], ())
    assert kept is not None
    assert kept.text == "first"
