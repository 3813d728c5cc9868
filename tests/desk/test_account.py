"""My account, codes at log-in, and getting in by a link."""

from __future__ import annotations

import dataclasses
import re

import pyotp
import pytest

from dossiers import accounts
from dossiers.accounts.second_factor import Rules
from dossiers.models import Agent, AgentSession, AuditEntry, Role, SecondFactor
from dossiers.sealing import Sealer
from tests.desk.conftest import PASSWORD, Browser, World, make_app

SEALER = Sealer(["a secret of this installation"])
FIREFOX = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 "
    "Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def world(world: World) -> World:
    """With what seals the secrets of authenticator apps."""
    world.app = make_app(dataclasses.replace(world.desk(), sealer=SEALER), world.hub)
    return world


def with_roles(world: World, login: str, *roles: Role) -> Agent:
    with world.database.write() as session:
        return accounts.create_agent(
            session, login=login, name=login.title(), password=PASSWORD, now=world.clock(), roles=roles
        )


def secret_of(world: World, login: str = "mia") -> pyotp.TOTP:
    with world.database.read() as session:
        agent = session.query(Agent).filter_by(login=login).one()
        return pyotp.TOTP(SEALER.open(session.get_one(SecondFactor, agent.id).sealed))


def set_up(world: World, browser: Browser, login: str = "mia") -> list[str]:
    """Turns the second factor on as people do; gives the recovery codes."""
    browser.get("/desk/account/second-factor")
    assert browser.post("/desk/account/second-factor/begin", current=PASSWORD).status_code == 303
    page = browser.get("/desk/account/second-factor").text
    assert "<svg" in page
    assert secret_of(world, login).secret in page.replace(" ", "")
    code = secret_of(world, login).at(world.clock())
    answer = browser.post("/desk/account/second-factor/confirm", code=code)
    assert answer.status_code == 200
    browser.page = answer
    return re.findall(r"<code>([a-z2-9-]{14})</code>", answer.text)


def actions(world: World) -> list[str]:
    with world.database.read() as session:
        return [entry.action for entry in session.query(AuditEntry).order_by(AuditEntry.number)]


def test_a_second_factor_is_set_up_and_asked_for_from_then_on(world, clock):
    world.agent()
    codes = set_up(world, world.logged_in())
    assert len(codes) == 10
    clock.forward(minutes=2)

    browser = world.browser()
    answer = browser.log_in(next_page="/desk/dossiers")
    assert answer.headers["location"] == "/desk/login/code?next=/desk/dossiers"
    assert "desk-session" not in browser.http.cookies
    assert browser.http.get("/desk/dossiers").status_code == 303

    browser.get(answer.headers["location"])
    wrong = browser.post("/desk/login/code", code="000000", next="/desk/dossiers")
    assert (wrong.status_code, "does not fit" in wrong.text) == (401, True)
    right = browser.post("/desk/login/code", code=secret_of(world).at(clock()), next="/desk/dossiers")
    assert right.headers["location"] == "/desk/dossiers"
    assert browser.get("/desk/dossiers").status_code == 200

    other = world.browser()
    other.log_in()
    other.get("/desk/login/code")
    assert other.post("/desk/login/code", code=secret_of(world).at(clock())).status_code == 401  # used already
    assert other.post("/desk/login/code", code=codes[0]).headers["location"] == "/desk/"
    assert "9 of 10 recovery codes are left" in other.get("/desk/account").text
    assert "account.second_factor.on" in actions(world)


def test_the_secret_is_shown_only_until_it_is_on(world):
    world.agent()
    browser = world.logged_in()
    set_up(world, browser)
    page = browser.get("/desk/account/second-factor").text
    assert "<svg" not in page
    assert secret_of(world).secret not in page.replace(" ", "")


def test_the_code_page_of_another_browser_goes_nowhere(world, clock):
    world.agent()
    set_up(world, world.logged_in())
    clock.forward(minutes=2)
    mine, theirs = world.browser(), world.browser()
    mine.log_in()
    theirs.get("/desk/login")
    code = secret_of(world).at(clock())
    assert theirs.post("/desk/login/code", code=code).headers["location"] == "/desk/login?note=over"
    assert theirs.get("/desk/login/code").headers["location"] == "/desk/login?note=over"
    mine.get("/desk/login/code")
    assert mine.http.post("/desk/login/code", data={"code": code}).status_code == 403  # without the form's token
    clock.forward(minutes=11)
    assert mine.post("/desk/login/code", code=secret_of(world).at(clock())).headers["location"].endswith("note=over")


def test_wrong_codes_have_to_wait(world, clock):
    world.agent()
    set_up(world, world.logged_in())
    clock.forward(minutes=2)
    browser = world.browser()
    browser.log_in()
    browser.get("/desk/login/code")
    for _ in range(accounts.FAILURES_PER_LOGIN):
        assert browser.post("/desk/login/code", code="000000").status_code == 401
    answer = browser.post("/desk/login/code", code=secret_of(world).at(clock()))
    assert (answer.status_code, "Please wait" in answer.text) == (429, True)
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.PRIVACY_OFFICER])
def test_after_the_days_of_grace_such_a_role_does_nothing_before_it_has_a_second_factor(world, clock, role):
    with_roles(world, "mia", role)
    assert "needs it from 7 December 2026 on" in world.logged_in().get("/desk/account").text
    clock.forward(days=14)
    browser = world.browser()
    browser.log_in()
    for address in ("/desk/", "/desk/account", "/desk/accounts", "/desk/teams", "/desk/dossiers"):
        assert browser.http.get(address).headers["location"] == "/desk/account/second-factor", address
    stream = browser.http.get("/desk/events", headers={"accept": "text/event-stream"})
    assert stream.status_code == 403
    browser.get("/desk/account/second-factor")
    assert browser.post("/desk/account/name", name="Another").status_code == 303
    with world.database.read() as session:
        assert session.query(Agent).one().name == "Mia"
    assert set_up(world, browser)
    assert browser.get("/desk/account").status_code == 200


def test_the_demonstration_is_asked_for_none_on_a_machine_of_its_own(world, clock):
    demo = with_roles(world, "mia", Role.ADMINISTRATOR)
    with world.database.write() as session:
        session.get_one(Agent, demo.id).second_factor_exempt = True
    clock.forward(days=20)
    for alone, seen in ((True, 200), (False, 303)):
        services = dataclasses.replace(world.desk(), sealer=SEALER)
        services = dataclasses.replace(
            services, doors=dataclasses.replace(services.doors, rules=Rules(on_this_machine_only=alone))
        )
        browser = Browser(make_app(services, world.hub))
        browser.log_in()
        assert browser.http.get("/desk/accounts").status_code == seen


def test_an_open_browser_alone_cannot_turn_codes_on_or_off(world, clock):
    world.agent()
    browser = world.logged_in()
    browser.get("/desk/account/second-factor")
    assert browser.post("/desk/account/second-factor/begin", current="wrong").status_code == 422
    set_up(world, browser)
    clock.forward(minutes=2)
    here = "/desk/account/second-factor"
    browser.get(here)
    code = secret_of(world).at(clock())
    assert browser.post(f"{here}/remove", current="wrong", code=code).status_code == 422
    assert browser.post(f"{here}/remove", current=PASSWORD, code="000000").status_code == 422
    assert browser.post(f"{here}/codes", current="wrong").status_code == 422
    assert browser.post(f"{here}/remove", current=PASSWORD, code=code).status_code == 303
    assert world.browser().log_in().headers["location"] == "/desk/"


@pytest.mark.parametrize("change", ["password", "second factor on", "second factor off"])
def test_a_change_of_what_opens_the_account_gives_a_new_token_and_ends_all_other_sessions(world, clock, change):
    world.agent()
    browser = world.logged_in()
    if change == "second factor off":
        set_up(world, browser)
        clock.forward(minutes=2)
    elsewhere = Browser(world.app)
    with world.database.write() as session:
        agent = session.query(Agent).one()
        elsewhere.http.cookies.set("desk-session", accounts.open_session(session, agent, clock()).token)
    before = browser.http.cookies["desk-session"]
    browser.get("/desk/account")
    if change == "password":
        new = "an entirely new one"
        browser.post("/desk/account/password", current=PASSWORD, password=new, again=new)
    elif change == "second factor on":
        set_up(world, browser)
    else:
        browser.post("/desk/account/second-factor/remove", current=PASSWORD, code=secret_of(world).at(clock()))
    assert browser.http.cookies["desk-session"] != before
    assert browser.get("/desk/").status_code == 200
    assert elsewhere.http.get("/desk/").status_code == 303
    with world.database.read() as session:
        assert accounts.session_of(session, before, clock()) is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"current": "wrong"}, "not your current password"),
        ({"again": "something else here"}, "not the same"),
        ({"password": "short", "again": "short"}, "12 to 200"),
        ({"password": PASSWORD, "again": PASSWORD}, "Choose another one"),
    ],
)
def test_a_password_that_cannot_be_changed_is_said_in_one_sentence(world, fields, said):
    world.agent()
    browser = world.logged_in()
    browser.get("/desk/account")
    new = "an entirely new one"
    answer = browser.post("/desk/account/password", **({"current": PASSWORD, "password": new, "again": new} | fields))
    assert (answer.status_code, said in answer.text) == (422, True)
    assert world.browser().log_in().status_code == 303


def test_the_current_password_cannot_be_guessed_from_an_open_browser(world):
    world.agent()
    browser = world.logged_in()
    browser.get("/desk/account")
    for _ in range(accounts.FAILURES_PER_LOGIN):
        assert browser.post("/desk/account/password", current="wrong").status_code == 422
    assert browser.post("/desk/account/password", current=PASSWORD).status_code == 429


def test_my_sessions_are_listed_by_device_and_can_be_ended(world, clock):
    world.agent()
    world.agent("tom", "Tom")
    here, phone, tom = world.browser(), world.browser(), world.logged_in("tom")
    here.http.headers["user-agent"], phone.http.headers["user-agent"] = FIREFOX, PHONE
    for browser in (here, phone):
        browser.log_in()
    page = here.get("/desk/account").text
    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    other = re.search(r"/desk/account/sessions/([0-9a-f]{32})/end", page)
    assert other

    tom.get("/desk/account")
    assert tom.post(f"/desk/account/sessions/{other[1]}/end").status_code == 303
    assert phone.http.get("/desk/").status_code == 200  # it is not Tom's
    assert here.post(f"/desk/account/sessions/{other[1]}/end").status_code == 303
    assert phone.http.get("/desk/").status_code == 303
    phone.log_in()
    assert here.post("/desk/account/sessions/end-others").status_code == 303
    assert phone.http.get("/desk/").status_code == 303
    assert here.http.get("/desk/").status_code == 200


def test_a_session_lists_no_secret_and_keeps_only_the_kind_of_device(world):
    world.agent()
    browser = world.browser()
    browser.http.headers["user-agent"] = FIREFOX
    browser.log_in()
    with world.database.read() as session:
        found = session.query(AgentSession).one()
        assert found.device == "Firefox on Linux"
        assert found.token_hash not in browser.get("/desk/account").text


def test_the_name_that_people_see_can_be_changed(world):
    world.agent()
    browser = world.logged_in()
    browser.get("/desk/account")
    assert browser.post("/desk/account/name", name="  ").status_code == 422
    assert browser.post("/desk/account/name", name="Mia <b>P.</b>").status_code == 303
    page = browser.get("/desk/account?note=named").text
    assert "Mia &lt;b&gt;P.&lt;/b&gt;" in page
    assert "<b>P." not in page


@pytest.mark.parametrize(
    ("roles", "lands"),
    [
        ((Role.AGENT,), "/desk/"),
        ((Role.EDITOR,), "/desk/knowledge"),
        ((Role.COORDINATOR,), "/desk/"),
        ((Role.ADMINISTRATOR,), "/desk/accounts"),
        ((), "/desk/account"),
    ],
)
def test_each_role_lands_on_its_own_first_page(world, roles, lands):
    with_roles(world, "mia", *roles)
    browser = world.browser()
    browser.get("/desk/login")
    assert browser.post("/desk/login", login="mia", password=PASSWORD).headers["location"] == lands
    assert browser.get(lands).status_code == 200
    if lands != "/desk/":
        assert browser.get("/desk/").headers["location"] == lands


def test_without_a_key_nobody_is_offered_codes_or_held_up_for_them(world, clock):
    world.app = make_app(world.desk(), world.hub)
    with_roles(world, "mia", Role.ADMINISTRATOR)
    clock.forward(days=30)
    browser = world.logged_in()
    assert browser.get("/desk/accounts").status_code == 200
    assert "does not offer" in browser.get("/desk/account").text
    assert browser.get("/desk/account/second-factor").status_code == 404
