"""Talent profiles: a partner sees who agreed to that by its name, only what the consent names, and is seen looking."""

from __future__ import annotations

import datetime as dt

import pytest

from dossiers import consents, conversations, talent
from dossiers.database import Database
from dossiers.models import (
    Agent,
    AuditEntry,
    Dossier,
    DossierField,
    FieldState,
    Introduction,
    Person,
    Sender,
    Task,
    TaskKind,
)
from dossiers.talent import AskedAlready, NotShared, Reason
from knowledge.library import Library, read

VDAB, VOKA = "vdab", "voka"
ALL = {
    "first_name": "Amelie",
    "nationality": "SY",
    "home_town": "gent",
    "purpose": "job-seeker",
    "concern": "my asthma",
    "contact": "amelie@example.org",
    "household": "two children",
    "arrival": "in May",
    "housing_help": "yes",
    "looking_for": "welding in a shipyard",
}
UNSEEN = ("Amelie", "asthma", "amelie@example.org", "two children", "in May")


@pytest.fixture(scope="module")
def library() -> Library:
    return read()[0]


@pytest.fixture
def rita(database: Database, moment: dt.datetime) -> Agent:
    """Somebody who works for a partner."""
    with database.write() as session:
        agent = Agent(login="rita", name="Rita", password_hash="x", created_at=moment)
        session.add(agent)
        session.flush()
        return agent


@pytest.fixture
def shared(database: Database, moment: dt.datetime):
    """Somebody with a dossier who shares their profile with these partners; gives the person's id."""

    def made(*partners: str, later: int = 0, **values: str) -> str:
        at = moment + dt.timedelta(minutes=later)
        with database.write() as session:
            conversation, _ = conversations.start(session, channel="web", municipality="gent", now=at)
            person_id = conversation.person_id
            dossier = Dossier(person_id=person_id, conversation_id=conversation.id, created_at=at, changed_at=at)
            session.add(dossier)
            session.flush()
            for key, value in (values or ALL).items():
                session.add(
                    DossierField(
                        dossier_id=dossier.id,
                        key=key,
                        value=value,
                        state=FieldState.STATED,
                        stated_by=Sender.PERSON,
                        stated_at=at,
                    )
                )
            for partner in partners:
                consents.give(
                    session,
                    person_id,
                    purpose=consents.SHARE,
                    partner=partner,
                    version="1",
                    text="a text",
                    now=at,
                )
            return person_id

    return made


@pytest.fixture
def searched(database, library, rita, moment):
    """What a partner finds."""

    def found(partner: str = VDAB, **asked: str) -> talent.Page:
        with database.write() as session:
            return talent.search(session, partner, library, agent=rita, now=moment, **asked)

    return found


@pytest.fixture
def opened(database, rita, moment):
    def found(person_id: str, partner: str = VDAB) -> talent.Profile:
        with database.write() as session:
            return talent.open_profile(session, partner, person_id, agent=rita, now=moment)

    return found


def people(page: talent.Page) -> list[str]:
    return [profile.person_id for profile in page.profiles]


def test_only_those_who_agreed_to_this_partner_are_found(searched, opened, shared):
    ours = shared(VDAB)
    both = shared(VDAB, VOKA, later=1)
    theirs = shared(VOKA)
    nobodys = shared()
    assert people(searched()) == [both, ours]
    for person_id in (theirs, nobodys, "0" * 32):
        with pytest.raises(NotShared):
            opened(person_id)
    assert opened(ours).person_id == ours


def test_only_what_the_consent_names_is_seen(opened, shared):
    profile = opened(shared(VDAB))
    assert set(profile.values) == {"nationality", "home_town", "purpose", "looking_for"}
    assert not [word for word in UNSEEN if word in f"{profile} {profile.name}"]


@pytest.mark.parametrize("typed", ["amelie", "asthma", "example.org", "children", "may"])
def test_what_is_not_seen_is_not_found_either(searched, shared, typed):
    shared(VDAB)
    assert searched(typed=typed).total == 0


def test_what_the_assistant_only_inferred_is_not_seen(database, opened, shared):
    person_id = shared(VDAB)
    with database.write() as session:
        session.query(DossierField).filter_by(key="nationality").update({"state": FieldState.INFERRED})
    assert "nationality" not in opened(person_id).values


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"typed": "weld"}, ["a"]),
        ({"typed": "SYRIA ship"}, ["a"]),
        ({"typed": "gent"}, ["b", "a"]),
        ({"town": "gent"}, ["b", "a"]),
        ({"purpose": "employee"}, ["c", "b"]),
        ({"town": "gent", "purpose": "employee"}, ["b"]),
        ({"town": "nowhere"}, []),
        ({"typed": "weld", "town": "aalst"}, []),
        ({"typed": "\"'*"}, ["c", "b", "a"]),
    ],
)
def test_profiles_are_found_by_words_town_and_purpose(searched, shared, asked, found):
    named = {
        shared(VDAB): "a",
        shared(VDAB, later=1, home_town="gent", purpose="employee"): "b",
        shared(VDAB, later=2, home_town="aalst", purpose="employee"): "c",
    }
    assert [named[person_id] for person_id in people(searched(**asked))] == found


def test_a_consent_that_was_taken_back_counts_at_once(database, searched, opened, shared, moment):
    person_id = shared(VDAB, VOKA)
    assert people(searched()) == [person_id]
    with database.write() as session:
        consents.withdraw(session, person_id, consents.SHARE, partner=VDAB, now=moment)
    assert people(searched()) == []
    with pytest.raises(NotShared):
        opened(person_id)
    assert people(searched(VOKA)) == [person_id]


def test_a_profile_goes_with_its_person(database, searched, shared):
    person_id = shared(VDAB)
    with database.write() as session:
        session.delete(session.get_one(Person, person_id))
    assert people(searched()) == []


def test_pages_hold_everybody_once(searched, shared, monkeypatch):
    monkeypatch.setattr(talent, "PER_PAGE", 2)
    everybody = [shared(VDAB, later=number // 2, home_town="gent") for number in range(5)]
    seen, after = [], ""
    for _ in range(3):
        page = searched(after=after)
        seen += people(page)
        assert page.total == 5
        after = page.after or ""
    assert after == ""
    assert sorted(seen) == sorted(everybody)


def test_a_page_after_nobody_is_the_first(searched, shared):
    person_id = shared(VDAB)
    assert people(searched(after="f" * 32)) == [person_id]


def test_every_look_is_noted_for_the_person(database, searched, opened, shared, moment):
    seen, unseen = shared(VDAB, home_town="gent"), shared(VDAB, home_town="aalst")
    searched(town="gent")
    opened(seen)
    with database.read() as session:
        assert [(look.partner, look.action) for look in talent.looks(session, seen)] == [
            (VDAB, talent.OPENED),
            (VDAB, talent.SHOWN),
        ]
        assert talent.looks(session, seen)[0].at == moment
        assert talent.looks(session, unseen) == []


def test_a_look_that_was_refused_is_no_look(database, opened, shared):
    person_id = shared(VOKA)
    with pytest.raises(NotShared):
        opened(person_id)
    with database.read() as session:
        assert talent.looks(session, person_id) == []


def test_what_a_partner_typed_is_not_noted(database, searched, shared):
    shared(VDAB)
    searched(typed="welding")
    with database.read() as session:
        rows = session.query(AuditEntry).filter(AuditEntry.action.startswith("talent.")).all()
    assert len(rows) == 2
    assert not [row for row in rows if "weld" in f"{row.subject} {row.details}"]


def ask(database: Database, person_id: str, library: Library, rita: Agent, now: dt.datetime) -> None:
    with database.write() as session:
        talent.ask_introduction(session, VDAB, person_id, Reason.VACANCY, library, agent=rita, now=now)


def test_an_introduction_is_a_task_for_the_pre_care_team(database, shared, library, rita, moment):
    person_id = shared(VDAB)
    ask(database, person_id, library, rita, moment)
    with database.read() as session:
        task = session.query(Task).one()
        dossier = session.query(Dossier).one()
        assert (task.kind, task.person_id, task.conversation_id) == (
            TaskKind.INTRODUCTION,
            person_id,
            dossier.conversation_id,
        )
        assert task.title.startswith("VDAB asks to be introduced: a vacancy")
        assert talent.looks(session, person_id)[0].action == talent.ASKED


def test_a_partner_asks_once_in_thirty_days(database, shared, library, rita, moment, opened):
    person_id = shared(VDAB)
    ask(database, person_id, library, rita, moment)
    assert opened(person_id).asked_at == moment
    with pytest.raises(AskedAlready):
        ask(database, person_id, library, rita, moment + dt.timedelta(days=29))
    ask(database, person_id, library, rita, moment + dt.timedelta(days=30))
    with database.read() as session:
        assert session.query(Introduction).count() == 2


def test_nobody_is_introduced_who_did_not_agree(database, shared, library, rita, moment):
    person_id = shared(VOKA)
    with pytest.raises(NotShared):
        ask(database, person_id, library, rita, moment)
    with database.read() as session:
        assert session.query(Task).count() == session.query(Introduction).count() == 0


def test_an_account_belongs_to_one_partner_and_changing_that_is_noted(database, rita, moment):
    with database.write() as session:
        for partner in (VDAB, VDAB, VOKA, None):
            talent.belongs_to(session, rita.id, partner, by="agent:admin", now=moment)
    with database.read() as session:
        assert talent.partner_of(session, rita.id) is None
        rows = session.query(AuditEntry).order_by(AuditEntry.number).all()
    assert [row.details["partner"] for row in rows] == [VDAB, VOKA, None]


def test_only_towns_and_purposes_of_ones_own_profiles_are_offered(database, shared):
    shared(VDAB, home_town="gent", purpose="employee")
    shared(VOKA, home_town="aalst", purpose="student")
    with database.read() as session:
        assert talent.towns_and_purposes(session, VDAB) == (["gent"], ["employee"])
