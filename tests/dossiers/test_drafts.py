"""Drafts: one for each agent and conversation, and two windows never destroy each other's."""

from __future__ import annotations

import pytest

from dossiers import accounts, conversations, drafts
from dossiers.drafts import NOTHING


@pytest.fixture
def desk(database, moment):
    """The ids of two agents and a conversation."""
    with database.write() as session:
        made = [
            accounts.create_agent(
                session, login=login, name=login.title(), password="correct horse battery", now=moment
            ).id
            for login in ("mia", "tom")
        ]
        conversation, _ = conversations.start(session, channel="web", municipality=None, now=moment)
        return *made, conversation.id


@pytest.fixture
def save(database, moment, desk):
    def saved(text: str, based_on: str = "", articles=(), agent: int = 0, now=moment):
        with database.write() as session:
            return drafts.save(session, desk[2], desk[agent], text, articles, based_on=based_on, now=now)

    return saved


def of(database, desk, agent: int = 0):
    with database.read() as session:
        return drafts.of(session, desk[2], desk[agent])


def test_a_draft_is_there_again_for_its_author_alone(database, desk, save):
    kept = save("Did you sign", articles=["rental-deposit"])
    assert of(database, desk) == kept
    assert (kept.text, kept.articles) == ("Did you sign", ("rental-deposit",))
    assert of(database, desk, agent=1) == NOTHING


def test_the_later_of_two_windows_is_told_and_destroys_nothing(database, desk, save):
    first = save("Good")
    other = save("Good morning", first.revision)
    with pytest.raises(drafts.Changed) as told:
        save("Good evening", first.revision)
    assert told.value.theirs == other
    assert of(database, desk).text == "Good morning"
    assert save("Good evening", other.revision).text == "Good evening"


def test_two_windows_that_say_the_same_do_not_quarrel(save):
    first = save("Good")
    other = save("Good morning", first.revision)
    assert save("Good morning", first.revision) == other


def test_what_is_typed_after_a_draft_was_sent_begins_a_new_one(database, moment, desk, save):
    first = save("Good morning")
    with database.write() as session:
        drafts.drop(session, desk[2], desk[0])
    assert of(database, desk) == NOTHING
    again = save("And one more thing", first.revision)
    assert again.revision != first.revision
    assert of(database, desk) == again


def test_an_emptied_draft_is_gone(database, desk, save):
    first = save("Good morning")
    assert save(" \n", first.revision) == NOTHING
    assert of(database, desk) == NOTHING


def test_drafts_are_forgotten_with_a_person(database, desk, save):
    save("new")
    with database.write() as session:
        assert drafts.forget(session, [desk[2]]) == 1
    assert of(database, desk) == NOTHING
