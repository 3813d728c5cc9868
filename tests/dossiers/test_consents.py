"""Consents: one record a purpose and partner, with the text that was read; what was taken back holds no more."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dossiers import consents, conversations
from dossiers.consents import EVALUATION, FOLLOW_UP, SHARE
from dossiers.database import Base, Database, make_engine
from dossiers.models import Address, ConsentRecord, Person, Where
from tests.conftest import MOMENT

LATER = MOMENT + dt.timedelta(days=1)


def person(database: Database) -> tuple[str, str]:
    """A person with a conversation."""
    with database.write() as session:
        conversation, _ = conversations.start(session, channel="web", municipality=None, now=MOMENT)
        return conversation.person_id, conversation.id


def give(database: Database, who: str, purpose: str, partner: str = "", version: str = "1") -> None:
    with database.write() as session:
        text = f"text {version} of {purpose} {partner}"
        consents.give(session, who, purpose=purpose, partner=partner, version=version, text=text, now=MOMENT)


def test_each_partner_has_a_record_of_its_own(database: Database) -> None:
    who, _ = person(database)
    give(database, who, SHARE, "vdab")
    give(database, who, SHARE, "voka")
    with database.write() as session:
        assert consents.partners_of(session, who) == {"vdab", "voka"}
        assert consents.withdraw(session, who, SHARE, partner="vdab", now=LATER) == 1
    with database.read() as session:
        assert consents.partners_of(session, who) == {"voka"}
        kept = consents.history(session, who)
        assert [(one.partner, one.withdrawn_at) for one in kept] == [("vdab", LATER), ("voka", None)]


def test_the_exact_text_its_version_and_where_it_was_agreed_to_stay(database: Database) -> None:
    who, _ = person(database)
    with database.write() as session:
        consents.give(
            session,
            who,
            purpose=EVALUATION,
            version="2026-11-23",
            text="word for word",
            given_in=Where.MY_DATA,
            now=MOMENT,
        )
        consents.withdraw(session, who, EVALUATION, withdrawn_in=Where.CHAT, now=LATER)
    with database.read() as session:
        (kept,) = consents.history(session, who)
    assert (kept.text, kept.text_version, kept.given_in, kept.given_at) == (
        "word for word",
        "2026-11-23",
        Where.MY_DATA,
        MOMENT,
    )
    assert (kept.withdrawn_in, kept.withdrawn_at) == (Where.CHAT, LATER)


def test_a_new_version_is_to_be_asked_and_the_old_consent_still_holds_for_its_text(database: Database) -> None:
    who, _ = person(database)
    give(database, who, FOLLOW_UP, version="1")
    with database.read() as session:
        assert not consents.is_current(session, who, FOLLOW_UP, "2")
        held = consents.held(session, who, FOLLOW_UP)
        assert held is not None
        assert held.text_version == "1"
    give(database, who, FOLLOW_UP, version="2")
    with database.write() as session:
        assert consents.is_current(session, who, FOLLOW_UP, "2")
        assert consents.withdraw(session, who, FOLLOW_UP, now=LATER) == 2
    with database.read() as session:
        assert not consents.may_follow_up(session, who)


def test_agreeing_twice_to_one_text_is_one_record(database: Database) -> None:
    who, _ = person(database)
    give(database, who, EVALUATION)
    give(database, who, EVALUATION)
    with database.read() as session:
        assert len(consents.history(session, who)) == 1


@pytest.mark.parametrize(("purpose", "partner"), [(SHARE, ""), (FOLLOW_UP, "vdab")])
def test_sharing_names_its_partner_and_nothing_else_does(database: Database, purpose: str, partner: str) -> None:
    who, _ = person(database)
    with pytest.raises(ValueError, match="by name"):
        give(database, who, purpose, partner)


def test_a_partner_finds_only_who_shares_with_it_and_no_more_after_it_was_taken_back(database: Database) -> None:
    mine, _ = person(database)
    other, _ = person(database)
    give(database, mine, SHARE, "vdab")
    give(database, other, SHARE, "voka")

    def found(partner: str) -> set[str]:
        with database.read() as session:
            return set(session.scalars(select(Person.id).where(Person.id.in_(consents.shares_with(partner)))))

    assert (found("vdab"), found("voka"), found("unizo"), found("")) == ({mine}, {other}, set(), set())
    with database.write() as session:
        consents.withdraw(session, mine, SHARE, now=LATER)
    assert (found("vdab"), found("voka")) == (set(), {other})


def test_a_record_from_before_partners_had_names_counts_for_none(database: Database) -> None:
    who, _ = person(database)
    with database.write() as session:
        session.add(
            ConsentRecord(person_id=who, purpose=SHARE, text_version="2026-11-22", text="partners", given_at=MOMENT)
        )
    with database.read() as session:
        assert consents.partners_of(session, who) == frozenset()
        assert session.scalars(consents.shares_with("")).all() == []


def test_the_follow_up_consent_is_what_lets_us_write_first(database: Database) -> None:
    who, conversation_id = person(database)
    with database.write() as session:
        known = {"conversation_id": conversation_id, "sealed": "x", "created_at": MOMENT, "heard_at": MOMENT}
        session.add(Address(id="a" * 32, channel="whatsapp", key="1", **known))
        session.add(Address(id="b" * 32, channel="telegram", key="2", stopped_at=MOMENT, **known))

    def agreed() -> dict[str, dt.datetime | None]:
        with database.read() as session:
            return {one.channel: one.agreed_at for one in session.scalars(select(Address))}

    give(database, who, FOLLOW_UP)
    assert agreed() == {"whatsapp": MOMENT, "telegram": None}  # who asked us to stop is not written to
    with database.write() as session:
        consents.withdraw(session, who, FOLLOW_UP, now=LATER)
    assert agreed() == {"whatsapp": None, "telegram": None}


THINGS = [(SHARE, "vdab"), (SHARE, "voka"), (FOLLOW_UP, ""), (EVALUATION, "")]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("give"), st.sampled_from(THINGS), st.sampled_from(["1", "2"])),
        st.tuples(st.just("take back"), st.sampled_from([*THINGS, (SHARE, None)]), st.just("")),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_what_was_taken_back_is_never_held_until_it_is_given_again(
    steps: list[tuple[str, tuple[str, str | None], str]],
) -> None:
    engine = make_engine("sqlite://")
    Base.metadata.create_all(engine)
    database = Database(engine)
    who, _ = person(database)
    expected: set[tuple[str, str]] = set()
    given_rows = 0
    for what, (purpose, partner), version in steps:
        if what == "give":
            give(database, who, purpose, partner or "", version)
            expected.add((purpose, partner or ""))
        else:
            with database.write() as session:
                consents.withdraw(session, who, purpose, partner=partner, now=LATER)
            expected -= {one for one in expected if one[0] == purpose and partner in (None, one[1])}
        with database.read() as session:
            assert {(one.purpose, one.partner) for one in consents.all_held(session, who)} == expected
            assert consents.partners_of(session, who) == {partner for key, partner in expected if key == SHARE}
            assert consents.may_follow_up(session, who) == ((FOLLOW_UP, "") in expected)
            rows = len(consents.history(session, who))
        assert rows >= given_rows  # nothing that was agreed to is ever deleted
        given_rows = rows
    engine.dispose()
