"""Every route × every role × whose it is: what comes back is what the table of permissions says.

The routes are read from the router, so that a new one is tried from the day it is there.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient

from desk import access, matrix, permissions
from desk.access import Needs
from desk.app import create_app
from desk.permissions import Action, Reach
from dossiers import accounts
from dossiers.database import Base, Database, make_engine
from dossiers.models import Agent, PartnerAccount, Role, Team, TeamMember
from dossiers.sealing import Sealer
from tests.desk.conftest import PASSWORD, World, make_app
from tests.desk.examples import ALSO, EXAMPLES, FORM, FORMS, IN_THE_FORM, KEYS, OF_A_TEAM, PARTNER, Case

OWN, OTHER = "own", "other"
NOT_THERE = {404}  # what somebody may have, but there is none of here


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    actions: tuple[Action, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def names(self) -> list[str]:
        return re.findall(r"{(\w+)", self.path)

    @property
    def is_of_a_team(self) -> bool:
        return (self.method == "POST" and self.path in IN_THE_FORM) or (
            not OF_A_TEAM.isdisjoint(self.names) and permissions.reach([Role.AGENT], self.actions[0]) is Reach.OWN_TEAMS
        )


def _actions(dependant) -> Iterator[Action]:
    for one in dependant.dependencies:
        if isinstance(one.call, Needs):
            yield one.call.action
        yield from _actions(one)


def _routes() -> list[Route]:
    def walk(these) -> Iterator[Route]:
        for route in these:
            inner = route.effective_candidates() if hasattr(route, "effective_candidates") else [route]
            for one in inner:
                if hasattr(one, "dependant"):
                    for method in sorted(one.methods or ()):
                        yield Route(method, one.path, tuple(_actions(one.dependant)))

    services: World = None  # type: ignore[assignment]  # nothing is called
    return list(walk(create_app(services).routes))  # type: ignore[arg-type]


ROUTES = _routes()
CLOSED = [route for route in ROUTES if not access.is_open_to_all(f"/desk{route.path}")]


@pytest.fixture
def database(tmp_path) -> Iterator[Database]:
    """On SQLite alone: rights do not depend on the database."""
    engine = make_engine(f"sqlite:///{tmp_path}/matrix.db")
    Base.metadata.create_all(engine)
    yield Database(engine)
    engine.dispose()


class Trying:
    """One agent with one role, in one of two teams."""

    def __init__(self, world: World, role: Role) -> None:
        self.world, self.role = world, role
        self.http = TestClient(
            make_app(dataclasses.replace(world.desk(), sealer=Sealer(["x" * 32])), world.hub),
            base_url="http://desk.test",
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        world.hub.close()  # a stream that was let in ends at once
        with world.database.write() as session:
            now = world.clock()
            me = accounts.create_agent(session, login="me", name="Me", password=PASSWORD, now=now, roles=[role])
            accounts.create_agent(
                session, login="boss", name="Boss", password=PASSWORD, now=now, roles=[Role.ADMINISTRATOR]
            )
            teams = [Team(name=name, municipalities=[], created_at=now) for name in (OWN, OTHER)]
            session.add_all(teams)
            session.flush()
            session.add(TeamMember(team_id=teams[0].id, agent_id=me.id))
            if role is Role.PARTNER:
                session.add(PartnerAccount(agent_id=me.id, partner=PARTNER))
            self.me, self.teams = me.id, {team.name: team.id for team in teams}

    def ask(self, route: Route, team: str | None) -> tuple[int, str]:
        """The answer to this agent, in a session of its own."""
        case = Case(self.world, team, self.me)
        names = {
            name: KEYS[route.path] if name == "key" and route.path in KEYS else case.get(name) for name in route.names
        }
        form = FORM | FORMS.get(route.path, {})
        form |= {name: case.get(example) for name, example in ALSO.get(route.path, {}).items()}
        with self.world.database.write() as session:
            me = session.get_one(Agent, self.me)
            token = accounts.open_session(session, me, self.world.clock(), strong=True).token
            found = accounts.session_of(session, token, self.world.clock())
            assert found is not None
            csrf_token = found.csrf_token
        self.http.cookies.clear()
        self.http.cookies.set("desk-session", token)
        answer = self.http.request(
            route.method,
            "/desk" + re.sub(r"{(\w+)(:\w+)?}", lambda found: names[found[1]], route.path),
            headers={"x-csrf-token": csrf_token},
            data=form if route.method != "GET" else None,
        )
        return answer.status_code, answer.headers.get("location", "")


def test_every_route_names_what_it_does_or_is_open_on_purpose():
    assert [str(route) for route in CLOSED if not route.actions] == []
    opened = {route.path for route in ROUTES} - {route.path for route in CLOSED}
    assert opened == {"/login", "/login/code", "/login/provider", "/login/provider/back", "/join/{token}"}


def test_every_parameter_of_a_route_has_an_example():
    missing = {name: str(route) for route in CLOSED for name in route.names if name not in EXAMPLES}
    assert missing == {}, f"add an example to tests/desk/examples.py: {missing}"


def test_every_change_is_a_post():
    assert {route.method for route in ROUTES} <= {"GET", "HEAD", "POST"}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_what_the_table_says_and_nothing_else(editors, role):
    trying = Trying(editors, role)
    wrong: list[str] = []
    tried = 0
    for route in [route for route in CLOSED if EXAMPLES.keys() >= set(route.names)]:
        for whose in (OWN, OTHER, None) if route.is_of_a_team else (OWN,):
            team = trying.teams.get(whose) if whose else None
            allowed = all(permissions.may([role], action) for action in route.actions)
            if route.is_of_a_team:
                allowed = allowed and permissions.may_in([role], {trying.teams[OWN]}, route.actions[0], team)
            if allowed and (route.method, route.path) in RULES:
                continue
            status, location = trying.ask(route, team)
            tried += 1
            if allowed and not _let_in(route, status, location):
                wrong.append(f"{route} ({whose} team) should let {role} in, but: {status} {location}")
            if not allowed and status not in {403, 404} and (status, route.path) != (303, "/"):
                wrong.append(f"{route} ({whose} team) should refuse {role}, but: {status} {location} (422: see FORM)")
    assert wrong == [], "\n".join(wrong)
    assert tried >= 100


# What a route also looks for, beside the table: a rule of the thing itself, not of the role.
RULES = {
    ("POST", "/tasks/{number}/message"): "the person has agreed to be written to",
}


def _let_in(route: Route, status: int, location: str) -> bool:
    if route.path == "/logout":
        return status == 303
    if status == 303:
        return not location.startswith("/desk/login") and not (route.path == "/" and location != "/desk/")
    return status in {200, 204, 400, 409, 413, 422} or (status in NOT_THERE and route.path in ABSENT)


# Routes where there is nothing to be had in these tests, which is no refusal.
ABSENT = {
    "/account/provider",
    "/account/sessions/{session_id}/end",
    "/dossiers/{dossier_id}/documents/{document_id}/file",
    "/conversations/{conversation_id}/pass-on/service",
    "/privacy/requests/find",
    "/privacy/requests/erase",
    "/knowledge/articles/{article_id}/draft",
    "/knowledge/articles/{article_id}/draft/submit",
    "/knowledge/articles/{article_id}/draft/publish",
    "/knowledge/articles/{article_id}/draft/send-back",
    "/knowledge/articles/{article_id}/draft/take-over",
    "/knowledge/articles/{article_id}/draft/discard",
}


def test_nobody_gets_in_without_a_session(editors):
    app = create_app(editors.desk())
    http = TestClient(app, base_url="http://desk.test", follow_redirects=False)
    for route in CLOSED:
        path = re.sub(r"{\w+(:\w+)?}", "0" * 32, route.path)
        answer = http.request(route.method, path)
        assert answer.status_code == 303, route
        assert answer.headers["location"].startswith("/desk/login"), route


def test_nobody_may_do_what_no_role_allows_and_everybody_has_an_account_of_their_own():
    for action in Action:
        able = [role for role in Role if permissions.may([role], action)]
        assert able, f"nobody may {action}"
        assert not permissions.may([], action) or action in permissions.EVERYBODY


def test_those_who_give_roles_and_those_who_watch_read_no_conversations():
    private = {Action.CONVERSATION_READ, Action.DOSSIER_READ, Action.DOCUMENT_READ, Action.QUEUE_SEE}
    for role in (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.PARTNER, Role.EDITOR):
        assert not [action for action in private if permissions.may([role], action)], role
    assert [role for role in Role if permissions.may([role], Action.ACCOUNTS_EDIT)] == [Role.ADMINISTRATOR]
    assert [role for role in Role if permissions.may([role], Action.AUDIT_SEE)] == [Role.PRIVACY_OFFICER]


def test_a_partner_sees_profiles_and_nothing_else():
    able = {action for action in Action if permissions.may([Role.PARTNER], action)}
    assert able == {Action.OWN_ACCOUNT, Action.TALENT_SEARCH}


def test_another_role_widens_what_somebody_may_do_and_never_narrows_it():
    for one in Role:
        for other in Role:
            for action in Action:
                alone, both = permissions.reach([one], action), permissions.reach([one, other], action)
                assert (alone, both) not in {
                    (Reach.EVERYWHERE, Reach.OWN_TEAMS),
                    (Reach.EVERYWHERE, Reach.NOWHERE),
                    (Reach.OWN_TEAMS, Reach.NOWHERE),
                }


def test_the_document_has_the_table_of_today():
    text = matrix.DOCUMENT.read_text(encoding="utf-8")
    assert matrix.put_into(text) == text, "run: python -m desk matrix --write"
