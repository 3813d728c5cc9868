"""Agents change a dossier: with provenance, without overwriting each other, and only where they may."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dossiers import accounts, interests, plans, record, topics
from dossiers.models import Agent, AgentSession, AuditEntry, Conversation, Dossier, Role, Sender, Team, TeamMember
from knowledge.profile import Profile
from tests.desk.conftest import PASSWORD


def agent(world, login: str, *roles: Role, team: str | None = None) -> str:
    with world.database.write() as session:
        made = accounts.create_agent(
            session, login=login, name=login.title(), password=PASSWORD, now=world.clock(), roles=list(roles)
        )
        if team:
            session.add(TeamMember(team_id=team, agent_id=made.id))
        return made.id


def team(world, name: str, *towns: str) -> str:
    with world.database.write() as session:
        made = Team(name=name, municipalities=list(towns), created_at=world.clock())
        session.add(made)
        session.flush()
        return made.id


@pytest.fixture
def aya(world):
    """A dossier and an agent who is logged in."""
    world.agent()
    conversation_id, _ = world.conversation("I am Japanese and live in Ghent")
    return world.dossier(conversation_id, first_name="Aya", nationality="JP", home_town="gent", household=None)


@pytest.fixture
def mia(world, aya):
    return world.logged_in()


def address(dossier_id: str, *parts: str) -> str:
    return "/".join(["/desk/dossiers", dossier_id, *parts])


def held(world, dossier_id: str, key: str):
    with world.database.read() as session:
        return record.current_fields(session, session.get_one(Dossier, dossier_id)).get(key)


def base(page: str) -> str:
    found = re.search(r'name="based_on" value="(\d+)"', page)
    assert found
    return found[1]


def noted(world) -> list[str]:
    with world.database.read() as session:
        return [entry.action for entry in session.query(AuditEntry).order_by(AuditEntry.number)]


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("nationality", "KR", "KR"),
        ("nationality", "korean", "KR"),
        ("home_town", "Aalst", "aalst"),
        ("home_town", "a village near Aalst", "a village near Aalst"),
        ("first_name", "Will", "Will"),
        ("purpose", "researcher", "researcher"),
        ("household", "is married, two children", "is married, two children"),
        ("job_offer", "yes", "yes"),
        ("contact", "write to aya@example.org", "aya@example.org"),
        ("arrival", "", None),
    ],
)
def test_an_agent_changes_an_answer_and_stands_beside_it(world, mia, aya, key, typed, kept):
    page = mia.get(address(aya, "fields", key)).text
    answer = mia.post(address(aya, "fields", key), value=typed, based_on=base(page))
    assert answer.status_code == 303
    assert held(world, aya, key).value == kept
    assert held(world, aya, key).stated_by == Sender.AGENT
    assert "Mia Peeters" in mia.get(address(aya)).text
    assert "dossier.field_changed" in noted(world)


@pytest.mark.parametrize(
    ("key", "typed"),
    [("nationality", "Atlantis"), ("contact", "just call"), ("job_offer", "perhaps"), ("household", "x" * 501)],
)
def test_what_cannot_be_used_is_explained_and_stays_in_the_field(world, mia, aya, key, typed):
    before = held(world, aya, key)
    page = mia.get(address(aya, "fields", key)).text
    answer = mia.post(address(aya, "fields", key), value=typed, based_on=base(page))
    assert answer.status_code == 422
    assert 'class="problem"' in answer.text
    after = held(world, aya, key)
    assert (after.id if after else None) == (before.id if before else None)


@pytest.mark.parametrize("key", ["consent", "share_profile", "weather"])
def test_consents_are_not_for_agents_to_change(mia, aya, key):
    assert mia.get(address(aya, "fields", key)).status_code == 404
    mia.get(address(aya, "fields", "arrival"))
    assert mia.post(address(aya, "fields", key), value="yes", based_on="0").status_code == 404


def test_of_two_agents_who_edit_at_once_the_later_is_told_and_their_words_are_kept(world, mia, aya):
    agent(world, "tom", Role.AGENT)
    tom = world.logged_in("tom")
    pages = [each.get(address(aya, "fields", "home_town")).text for each in (mia, tom)]
    assert mia.post(address(aya, "fields", "home_town"), value="Aalst", based_on=base(pages[0])).status_code == 303
    answer = tom.post(address(aya, "fields", "home_town"), value="Geraardsbergen", based_on=base(pages[1]))
    assert answer.status_code == 409
    assert held(world, aya, "home_town").value == "aalst"
    assert "Aalst" in answer.text
    assert 'value="Geraardsbergen"' in answer.text


def test_a_topic_is_set_with_a_note_and_its_history_stays(world, mia, aya):
    page = mia.get(address(aya, "topics", "housing")).text
    fields = {"state": "open", "note": "looks for two rooms", "waits_for": ""}
    mia.post(address(aya, "topics", "housing"), based_on=base(page), **fields)
    page = mia.get(address(aya, "topics", "housing")).text
    assert "looks for two rooms" in page
    fields = {"state": "waiting", "note": "", "waits_for": "the landlord"}
    assert mia.post(address(aya, "topics", "housing"), based_on=base(page), **fields).status_code == 303
    stale = mia.post(address(aya, "topics", "housing"), based_on=base(page), **fields | {"state": "done"})
    assert stale.status_code == 409
    shown = mia.get(address(aya)).text
    assert "Housing: waiting for the landlord" in shown
    assert "looks for two rooms" in shown
    with world.database.read() as session:
        assert len(topics.history(session, aya)) == 2


def test_a_wish_is_kept_as_the_agent_heard_it(world, mia, aya):
    mia.get(address(aya))
    assert mia.post(address(aya, "interests", "buddy"), wanted="true", based_on="0").status_code == 303
    assert mia.post(address(aya, "interests", "buddy"), wanted="false", based_on="0").status_code == 409
    assert mia.post(address(aya, "interests", "yacht"), wanted="true", based_on="0").status_code == 404
    with world.database.read() as session:
        said = interests.current(session, aya)["buddy"]
        assert (said.wanted, said.stated_by) == (True, Sender.AGENT)


def test_a_contradiction_stands_first_with_both_statements_and_is_settled_with_one_click(world, mia, aya):
    conversation_id = world_of(world, aya)
    said = world.says(conversation_id, "no wait, I live in Aalst")
    with world.database.write() as session:
        dossier = session.get_one(Dossier, aya)
        record.state(
            session, dossier, "home_town", "aalst", stated_by=Sender.PERSON, message_id=said, now=world.clock()
        )
    page = mia.get(address(aya)).text
    assert page.index("Which is right?") < page.index('id="topics"')
    question = page[page.index('id="contradictions"') : page.index('id="topics"')]
    assert ">Gent<" in question
    assert "Aalst" in question
    assert question.count("the newcomer, ") == 2
    wrong = mia.post(address(aya, "settle", "home_town"), value="brussels", based_on=base(question))
    assert wrong.status_code == 409
    assert mia.post(address(aya, "settle", "home_town"), value="gent", based_on=base(question)).status_code == 303
    assert "Which is right?" not in mia.get(address(aya)).text
    assert held(world, aya, "home_town").value == "gent"
    assert "dossier.contradiction_settled" in noted(world)


def world_of(world, dossier_id: str) -> str:
    with world.database.read() as session:
        return session.get_one(Dossier, dossier_id).conversation_id


def test_the_plan_stands_beside_the_answers_and_follows_what_was_settled(world, mia, aya):
    with world.database.write() as session:
        person = session.get_one(Dossier, aya).person_id
        arrived = world.clock().date()
        known = Profile("gent", "KR", purpose="employee", stay="long", arrival=arrived, permit="single-permit")
        plans.keep(session, person, known, world.clock())
    page = mia.get(address(aya)).text
    assert "the plan counts with this" in page
    assert "Nearest legal day of the plan" in page
    mia.post(address(aya, "settle", "nationality"), value="JP", based_on=str(held(world, aya, "nationality").id))
    with world.database.read() as session:
        kept = plans.kept(session, person)
    assert kept is not None
    assert kept.profile == replace(known, country="JP")


def test_every_look_at_a_dossier_is_written_down_without_anything_personal(world, mia, aya):
    mia.get(address(aya))
    with world.database.read() as session:
        (entry,) = session.query(AuditEntry).filter_by(action="dossier.read").all()
    assert entry.subject == f"dossier:{aya}"
    assert "Aya" not in str(entry.details)


def test_what_somebody_wrote_is_shown_as_text(world, mia, aya):
    hostile = "<script>alert(1)</script>\"'><img src=x>"
    for key in ("concern", "household"):
        page = mia.get(address(aya, "fields", key)).text
        mia.post(address(aya, "fields", key), value=hostile, based_on=base(page))
    page = mia.get(address(aya, "topics", "work")).text
    mia.post(address(aya, "topics", "work"), state="waiting", note=hostile, waits_for=hostile[:100], based_on="0")
    mia.get(address(aya))
    for parts in ((), ("fields", "concern"), ("topics", "work")):
        page = mia.get(address(aya, *parts)).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert" in page


def test_without_the_token_of_the_page_nothing_is_changed(world, mia, aya):
    for path in (("fields", "arrival"), ("topics", "work"), ("interests", "buddy"), ("settle", "home_town")):
        answer = mia.http.post(address(aya, *path), data={"value": "x", "state": "open", "wanted": "true"})
        assert answer.status_code == 403, path
    assert held(world, aya, "arrival") is None


CHANGES = (
    ("fields/arrival", {"value": "May", "based_on": "0"}),
    ("topics/work", {"state": "open", "based_on": "0"}),
    ("interests/buddy", {"wanted": "true", "based_on": "0"}),
    ("settle/home_town", {"value": "gent", "based_on": "1"}),
    ("documents/note", {"kind": "lease", "state": "held"}),
    ("documents/ask", {"kind": "lease", "reason": "x", "last_day": "2026-12-01"}),
    ("merge/find", {"text": "aya"}),
)
PAGES = ("", "/fields/arrival", "/topics/work", "/documents/new", "/merge")


@pytest.mark.parametrize("role", [Role.PARTNER, Role.EDITOR, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER])
def test_who_does_not_work_with_people_gets_in_nowhere(world, aya, role):
    agent(world, "nosy", role)
    nosy = world.browser()
    assert nosy.log_in("nosy").status_code == 303
    token = csrf_of(world, "nosy")
    for page in ("/desk/dossiers", *(address(aya) + page for page in PAGES)):
        assert nosy.http.get(page).status_code in (303, 403), page
    for path, data in CHANGES:
        answer = nosy.http.post(f"{address(aya)}/{path}", data={"csrf_token": token, **data})
        assert answer.status_code in (303, 403), path
        assert "/dossiers" not in answer.headers.get("location", ""), path
    assert held(world, aya, "arrival") is None


def csrf_of(world, login: str) -> str:
    with world.database.read() as session:
        found = session.query(AgentSession).join(Agent).filter(Agent.login == login).all()
        return found[-1].csrf_token


def test_an_agent_of_another_team_neither_sees_nor_lists_nor_changes_it(world, aya):
    ghent, aalst = team(world, "Ghent", "gent"), team(world, "Aalst", "aalst")
    with world.database.write() as session:
        session.get_one(Conversation, session.get_one(Dossier, aya).conversation_id).team_id = ghent
    agent(world, "els", Role.AGENT, team=aalst)
    agent(world, "jan", Role.AGENT, team=ghent)
    els = world.logged_in("els")
    assert "Aya" not in els.get("/desk/dossiers").text
    assert "Aya" not in els.post("/desk/dossiers", text="aya").text
    for page in PAGES:
        assert els.http.get(address(aya) + page).status_code == 403, page
    for path, data in CHANGES:
        token = csrf_of(world, "els")
        assert els.http.post(f"{address(aya)}/{path}", data={"csrf_token": token, **data}).status_code == 403, path
    jan = world.logged_in("jan")
    assert "Aya" in jan.get("/desk/dossiers").text
    assert jan.get(address(aya)).status_code == 200
    assert held(world, aya, "arrival") is None


def test_a_change_of_town_that_gives_the_dossier_away_says_so(world, mia, aya):
    with world.database.write() as session:
        talk = session.get_one(Conversation, session.get_one(Dossier, aya).conversation_id)
        talk.speaker = "bot"
    team(world, "Aalst", "aalst")
    page = mia.get(address(aya, "fields", "home_town")).text
    answer = mia.post(address(aya, "fields", "home_town"), value="Aalst", based_on=base(page))
    assert answer.headers["location"] == "/desk/dossiers?note=moved"
    assert "went to another team" in mia.get(answer.headers["location"]).text
