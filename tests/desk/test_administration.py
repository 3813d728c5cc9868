"""Accounts and teams, as administrators keep them, and by trying to do what they may not."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from dossiers import accounts
from dossiers.accounts import second_factor
from dossiers.models import Agent, AuditEntry, Conversation, Role, SecondFactor, Team, TeamMember
from dossiers.sealing import Sealer
from tests.desk.conftest import PASSWORD, Browser, World


@pytest.fixture
def boss(world) -> Browser:
    """An administrator who is logged in."""
    account(world, "boss", Role.ADMINISTRATOR)
    browser = world.browser()
    browser.get("/desk/login")
    assert browser.post("/desk/login", login="boss", password=PASSWORD).headers["location"] == "/desk/accounts"
    browser.get("/desk/accounts")
    return browser


def account(world: World, login: str, *roles: Role) -> str:
    with world.database.write() as session:
        return accounts.create_agent(
            session, login=login, name=login.title(), password=PASSWORD, now=world.clock(), roles=roles
        ).id


def of(world: World, login: str) -> Agent:
    with world.database.read() as session:
        return session.query(Agent).filter_by(login=login).one()


def team(world: World, name: str, *towns: str) -> str:
    with world.database.write() as session:
        made = Team(name=name, municipalities=list(towns), created_at=world.clock())
        session.add(made)
        session.flush()
        return made.id


def entries(world: World, action: str) -> list[AuditEntry]:
    with world.database.read() as session:
        return session.query(AuditEntry).filter_by(action=action).order_by(AuditEntry.number).all()


def post(browser: Browser, path: str, fields: Mapping[str, object]):
    return browser.http.post(path, data={"csrf_token": browser.csrf(), **fields})


def test_a_colleague_gets_a_link_and_nobody_else_learns_the_password(world, boss):
    ghent = team(world, "Ghent", "gent")
    fields = {"login": "Mia@Example.org", "name": "Mia Peeters", "roles": ["agent", "editor"], "teams": [ghent]}
    page = post(boss, "/desk/accounts", fields)
    link = re.search(r"http://desk\.test(/desk/join/[\w-]{43})<", page.text)
    assert link
    assert page.headers["cache-control"] == "private, no-store"
    assert "has not joined yet" in boss.get("/desk/accounts").text

    mia = world.browser()
    assert "mia@example.org" in mia.get(link[1]).text
    assert mia.post(link[1], password="short", again="short").status_code == 422
    assert mia.post(link[1], password=PASSWORD, again="another one").status_code == 422
    assert mia.post(link[1], password=PASSWORD, again=PASSWORD).headers["location"] == "/desk/"
    assert mia.get("/desk/").status_code == 200
    assert mia.get(link[1]).status_code == 404
    assert world.browser().log_in("mia@example.org").status_code == 303
    made = of(world, "mia@example.org")
    assert made.roles == ["agent", "editor"]
    assert [entry.subject for entry in entries(world, "account.joined")] == [f"agent:{made.id}"]


def test_a_link_needs_the_form_of_the_same_browser(world, boss):
    page = post(boss, "/desk/accounts", {"login": "mia", "name": "Mia"})
    link = re.search(r"/desk/join/[\w-]{43}", page.text)
    assert link
    fields = {"password": PASSWORD, "again": PASSWORD}
    assert world.browser().http.post(link[0], data=fields).status_code == 403
    assert world.browser().http.post(link[0], data=fields | {"csrf_token": boss.csrf()}).status_code == 403


def test_other_roles_count_at_once_and_the_colleague_logs_in_anew(world, boss):
    mia_id = account(world, "mia", Role.AGENT)
    mia = world.logged_in()
    post(boss, f"/desk/accounts/{mia_id}", {"name": "Mia", "roles": ["editor"]})
    assert mia.http.get("/desk/knowledge").status_code == 303
    mia.log_in()
    assert mia.http.get("/desk/knowledge").status_code == 200
    assert mia.http.get("/desk/dossiers").status_code == 403
    given = entries(world, "account.roles")[-1]
    assert (given.actor, given.subject) == (f"agent:{of(world, 'boss').id}", f"agent:{mia_id}")


def test_the_name_alone_ends_no_session(world, boss):
    mia_id = account(world, "mia", Role.AGENT)
    mia = world.logged_in()
    post(boss, f"/desk/accounts/{mia_id}", {"name": "Mia P.", "roles": ["agent"]})
    assert mia.http.get("/desk/").status_code == 200
    assert of(world, "mia").name == "Mia P."


def test_who_gives_themselves_a_role_is_shown_to_everybody_who_gives_roles(world, boss):
    account(world, "other", Role.ADMINISTRATOR)
    me = of(world, "boss").id
    before = boss.http.cookies["desk-session"]
    assert post(boss, f"/desk/accounts/{me}", {"name": "Boss", "roles": ["administrator", "agent"]}).status_code == 303
    assert boss.http.cookies["desk-session"] != before
    assert boss.http.get("/desk/dossiers").status_code == 200
    other = world.browser()
    other.log_in("other")
    assert "gave themselves these roles" in other.get("/desk/accounts").text
    assert "gave themselves these roles" in other.get(f"/desk/accounts/{me}").text
    assert entries(world, "account.roles")[-1].details["own"] is True


def test_the_last_administrator_cannot_be_taken_away(world, boss):
    me = of(world, "boss").id
    answer = post(boss, f"/desk/accounts/{me}", {"name": "Boss", "roles": ["agent"]})
    assert (answer.status_code, "last administrator" in answer.text) == (422, True)
    assert post(boss, f"/desk/accounts/{me}/lock", {}).status_code == 409
    assert of(world, "boss").roles == ["administrator"]


@pytest.mark.parametrize("what", ["link", "lock", "second-factor", "sessions"])
def test_what_locks_somebody_out_is_not_done_to_oneself(world, boss, what):
    account(world, "other", Role.ADMINISTRATOR)
    answer = post(boss, f"/desk/accounts/{of(world, 'boss').id}/{what}", {})
    assert (answer.status_code, "your own account" in answer.text) == (409, True)
    assert boss.http.get("/desk/accounts").status_code == 200


def test_a_locked_colleague_is_out_at_once_and_can_come_back(world, boss):
    mia_id = account(world, "mia", Role.AGENT)
    mia = world.logged_in()
    post(boss, f"/desk/accounts/{mia_id}/lock", {})
    assert mia.http.get("/desk/").status_code == 303
    assert world.browser().log_in().status_code == 401
    assert post(boss, f"/desk/accounts/{mia_id}/link", {}).status_code == 409
    post(boss, f"/desk/accounts/{mia_id}/unlock", {})
    assert world.browser().log_in().status_code == 303


def test_a_lost_phone_is_helped_and_every_session_ends(world, boss, clock):
    mia_id, sealer = account(world, "mia", Role.AGENT), Sealer(["k" * 32])
    mia = world.logged_in()
    with world.database.write() as session:
        second_factor.begin(session, sealer, session.get_one(Agent, mia_id), clock())
        session.get_one(SecondFactor, mia_id).confirmed_at = clock()
    assert world.browser().log_in().headers["location"] == "/desk/login/code"
    post(boss, f"/desk/accounts/{mia_id}/second-factor", {})
    assert mia.http.get("/desk/").status_code == 303
    assert world.browser().log_in().headers["location"] == "/desk/"
    assert entries(world, "account.second_factor.off")[-1].subject == f"agent:{mia_id}"


def test_a_new_link_ends_the_password_and_the_sessions(world, boss):
    mia_id = account(world, "mia", Role.AGENT)
    mia = world.logged_in()
    assert "/desk/join/" in post(boss, f"/desk/accounts/{mia_id}/link", {}).text
    assert mia.http.get("/desk/").status_code == 303
    assert world.browser().log_in().status_code == 401


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"login": "boss", "name": "X"}, "already"),
        ({"login": "two words", "name": "X"}, "one word"),
        ({"login": "mia", "name": " "}, "name that people see"),
        ({"login": "mia", "name": "X", "roles": ["partner", "agent"]}, "guest"),
    ],
)
def test_what_cannot_be_an_account_is_said_and_what_was_typed_stays(world, boss, fields, said):
    answer = post(boss, "/desk/accounts", fields)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert f'value="{fields["login"]}"' in answer.text


def test_what_colleagues_are_called_is_escaped(world, boss):
    post(boss, "/desk/accounts", {"login": "<b>x</b>", "name": "<script>alert(1)</script>"})
    for address in ("/desk/accounts", f"/desk/accounts/{of(world, '<b>x</b>').id}"):
        page = boss.get(address).text
        assert "<script>alert" not in page
        assert "<b>x" not in page


def test_a_role_that_does_not_exist_is_given_to_nobody(world, boss):
    post(boss, "/desk/accounts", {"login": "mia", "name": "Mia", "roles": ["agent", "king"]})
    assert of(world, "mia").roles == ["agent"]


def test_a_team_decides_what_its_agents_see(world, boss):
    mia_id = account(world, "mia", Role.AGENT)
    conversation_id, _ = world.conversation("Hello")
    mia = world.logged_in()
    boss.get("/desk/teams")
    made = post(boss, "/desk/teams", {"name": "Aalst"}).headers["location"].rpartition("/")[2]
    with world.database.write() as session:
        session.get_one(Conversation, conversation_id).team_id = made
    assert mia.http.get(f"/desk/conversations/{conversation_id}").status_code == 403
    fields = {"name": "Aalst", "towns": ["aalst", "no-such-town"], "members": [mia_id, "0" * 32]}
    assert post(boss, f"/desk/teams/{made}", fields).status_code == 303
    assert mia.http.get(f"/desk/conversations/{conversation_id}").status_code == 200
    with world.database.read() as session:
        assert session.get_one(Team, made).municipalities == ["aalst"]
        assert [row.agent_id for row in session.query(TeamMember)] == [mia_id]
    assert entries(world, "team.joined")[0].details["agent"] == mia_id
    post(boss, f"/desk/teams/{made}", {"name": "Aalst", "towns": ["aalst"]})
    assert mia.http.get(f"/desk/conversations/{conversation_id}").status_code == 403


def test_a_team_with_conversations_stays_because_what_is_nobodys_everybody_reads(world, boss):
    made = team(world, "Aalst")
    conversation_id, _ = world.conversation("Hello")
    with world.database.write() as session:
        session.get_one(Conversation, conversation_id).team_id = made
    assert post(boss, f"/desk/teams/{made}/remove", {}).status_code == 409
    with world.database.write() as session:
        session.get_one(Conversation, conversation_id).team_id = None
    assert post(boss, f"/desk/teams/{made}/remove", {}).headers["location"] == "/desk/teams?note=gone"


def test_two_teams_do_not_share_a_town_and_the_form_keeps_what_was_chosen(world, boss):
    team(world, "Ghent", "gent")
    made = team(world, "Second")
    answer = post(boss, f"/desk/teams/{made}", {"name": "Second", "towns": ["gent", "aalst"]})
    assert (answer.status_code, "serves gent already" in answer.text) == (422, True)
    assert re.search(r'value="aalst" checked', answer.text)
