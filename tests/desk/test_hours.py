"""The page of the office hours, and an agent's own subscription to the mail about who waits."""

from __future__ import annotations

import datetime as dt

import pytest

from dossiers import digest, hours
from dossiers.models import Agent, Closure, DigestSubscription, Role, Team, TeamMember

WEEK = {"monday": "9-12, 13-17", "tuesday": "9:00-12:00", "wednesday": "", "thursday": "9-17", "friday": "9-16"}


def give(world, login: str, *roles: Role) -> None:
    with world.database.write() as session:
        session.query(Agent).filter_by(login=login).one().roles = [str(role) for role in roles]


def team(world, name: str = "Aalst", member: str = "") -> str:
    with world.database.write() as session:
        made = Team(name=name, municipalities=["aalst"], created_at=world.clock())
        session.add(made)
        session.flush()
        if member:
            agent = session.query(Agent).filter_by(login=member).one()
            session.add(TeamMember(team_id=made.id, agent_id=agent.id))
        return made.id


@pytest.fixture
def coordinator(world):
    world.agent()
    give(world, "mia", Role.COORDINATOR)
    return world.logged_in()


def test_hours_that_nobody_set_are_named_as_a_default(world, coordinator) -> None:
    page = coordinator.get("/desk/hours").text
    assert "Nobody has set hours yet" in page
    assert 'value="09:00-17:00"' in page
    assert "Open now." in page
    assert "Christmas Day" in page


def test_the_hours_of_the_service_are_set_and_people_are_told_them_at_once(world, coordinator) -> None:
    coordinator.get("/desk/hours")
    answer = coordinator.post("/desk/hours", action="keep", **WEEK)
    assert answer.status_code == 303
    page = coordinator.get(answer.headers["location"]).text
    assert "The hours are kept" in page
    assert "Nobody has set hours yet" not in page
    assert 'value="09:00-12:00, 13:00-17:00"' in page
    with world.database.read() as session:
        calendar = hours.calendar(session, None, world.clock())
        assert calendar.of == "service"
        assert calendar.week[2] == ()
        assert not calendar.on_holidays


def test_what_cannot_be_read_comes_back_with_the_reason_and_changes_nothing(world, coordinator) -> None:
    coordinator.get("/desk/hours")
    answer = coordinator.post("/desk/hours", action="keep", **WEEK | {"tuesday": "nine to <five>"})
    assert answer.status_code == 422
    assert "“nine to &lt;five&gt;” cannot be read" in answer.text
    assert 'value="9-12, 13-17"' in answer.text, "what was typed is kept"
    assert 'aria-invalid="true"' in answer.text
    with world.database.read() as session:
        assert hours.calendar(session, None, world.clock()).of == "default"


def test_a_team_has_its_own_hours_until_it_takes_those_of_the_service_again(world, coordinator) -> None:
    aalst = team(world)
    page = coordinator.get(f"/desk/hours?team={aalst}").text
    assert "default of this software" in page
    coordinator.post("/desk/hours", team=aalst, action="keep", **WEEK)
    assert "own hours" in coordinator.get(f"/desk/hours?team={aalst}").text
    coordinator.post("/desk/hours", team=aalst, action="forget", **WEEK)
    with world.database.read() as session:
        assert hours.calendar(session, aalst, world.clock()).of == "default"


def test_a_closure_is_added_shown_and_taken_away(world, coordinator) -> None:
    coordinator.get("/desk/hours")
    answer = coordinator.post(
        "/desk/hours/closures", first_day="2026-11-23", last_day="2026-11-24", note="<b>Team day</b>"
    )
    page = coordinator.get(answer.headers["location"]).text
    assert "23 November 2026 to 24 November 2026" in page
    assert "&lt;b&gt;Team day&lt;/b&gt;" in page
    assert "Closed now. Open on Wednesday 25 November from 9:00." in page
    with world.database.read() as session:
        (closure,) = session.query(Closure).all()
    coordinator.post(f"/desk/hours/closures/{closure.id}/remove")
    with world.database.read() as session:
        assert hours.open_now(session, None, world.clock())


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [("2026-12-05", "2026-12-01", "comes before the first day"), ("2026-11-01", "2026-11-02", "have passed already")],
)
def test_a_closure_that_cannot_be_meant_is_not_added(world, coordinator, first: str, last: str, words: str) -> None:
    coordinator.get("/desk/hours")
    answer = coordinator.post("/desk/hours/closures", first_day=first, last_day=last)
    assert words in coordinator.get(answer.headers["location"]).text
    with world.database.read() as session:
        assert session.query(Closure).count() == 0


def test_an_unknown_team_has_no_page_and_no_hours(world, coordinator) -> None:
    assert coordinator.get("/desk/hours?team=nobody").status_code == 404
    coordinator.get("/desk/hours")
    assert coordinator.post("/desk/hours", team="nobody", action="keep", **WEEK).status_code == 404
    assert coordinator.post("/desk/hours/closures", team="nobody", first_day="2026-12-01").status_code == 404
    assert coordinator.post("/desk/hours/closures/99/remove").status_code == 404
    with world.database.read() as session:
        assert session.query(Closure).count() == 0


@pytest.mark.parametrize("role", [Role.AGENT, Role.EDITOR, Role.PARTNER, Role.PRIVACY_OFFICER])
def test_only_who_plans_the_hours_may_see_or_change_them(world, role: Role) -> None:
    world.agent()
    browser = world.logged_in()
    browser.get("/desk/account")
    give(world, "mia", role)
    assert browser.http.get("/desk/hours").status_code == 403
    assert browser.post("/desk/hours", action="keep", **WEEK).status_code == 403
    assert browser.post("/desk/hours/closures", first_day="2026-12-01").status_code == 403
    assert browser.post("/desk/hours/closures/1/remove").status_code == 403
    with world.database.read() as session:
        assert hours.calendar(session, None, world.clock()) == hours.Calendar()


def subscription(world) -> DigestSubscription | None:
    with world.database.read() as session:
        return session.query(DigestSubscription).first()


def test_an_agent_subscribes_changes_and_ends_the_mail(world) -> None:
    world.agent()
    browser = world.logged_in()
    assert "Send me this mail" in browser.get("/desk/digest").text
    answer = browser.post("/desk/digest", address=" mia@example.org ", every="30")
    assert "A mail comes when somebody new waits" in browser.get(answer.headers["location"]).text
    kept = subscription(world)
    assert kept is not None
    assert (kept.address, kept.every_minutes, kept.team_id) == ("mia@example.org", 30, None)
    browser.post("/desk/digest", address="mia@example.org", every="240")
    kept = subscription(world)
    assert kept is not None
    assert kept.every_minutes == 240
    browser.post("/desk/digest/end")
    assert subscription(world) is None


@pytest.mark.parametrize(
    "address", ["mia", "mia@", "mia@example", "a b@example.org", "x@y.org\nBcc: z@y.org", "mia@example.org,z@y.org"]
)
def test_what_is_no_address_is_refused_and_stays_in_its_field(world, address: str) -> None:
    world.agent()
    browser = world.logged_in()
    browser.get("/desk/digest")
    answer = browser.post("/desk/digest", address=address, every="60")
    assert answer.status_code == 422
    assert "no e-mail address that can be used" in answer.text
    assert subscription(world) is None


def test_an_agent_cannot_be_told_about_another_team(world) -> None:
    world.agent()
    browser = world.logged_in()
    other, own = team(world), team(world, "Ghent", member="mia")
    page = browser.get("/desk/digest").text
    assert "Ghent" in page
    assert "Aalst" not in page
    browser.post("/desk/digest", address="mia@example.org", every="60", team=other)
    kept = subscription(world)
    assert kept is not None
    assert kept.team_id is None
    browser.post("/desk/digest", address="mia@example.org", every="60", team=own)
    kept = subscription(world)
    assert kept is not None
    assert kept.team_id == own


def test_everybody_has_a_subscription_of_their_own(world) -> None:
    world.agent()
    world.agent("jan", "Jan")
    for login in ("mia", "jan"):
        browser = world.logged_in(login)
        browser.get("/desk/digest")
        browser.post("/desk/digest", address=f"{login}@example.org", every="60")
    with world.database.read() as session:
        assert session.query(DigestSubscription).count() == 2
        assert len(digest.due(session, world.clock() + dt.timedelta(minutes=1))) == 2


@pytest.mark.parametrize("role", [Role.PARTNER, Role.EDITOR, Role.PRIVACY_OFFICER])
def test_who_does_not_see_the_queue_gets_no_mail_about_it(world, role: Role) -> None:
    world.agent()
    browser = world.logged_in()
    browser.get("/desk/account")
    give(world, "mia", role)
    assert browser.http.get("/desk/digest").status_code == 403
    assert browser.post("/desk/digest", address="mia@example.org", every="60").status_code == 403
    assert subscription(world) is None
