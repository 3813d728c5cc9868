"""Getting in by a code and at a real provider, and the pages of accounts: axe, narrow and wide, light and dark."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Page, expect

from channels.hub import Hub
from desk.doors import Doors
from desk.openid import OpenId
from desk.openid import Provider as Settings
from desk.services import DeskServices
from dossiers import accounts
from dossiers.accounts import identities
from dossiers.accounts.identities import Shown
from dossiers.database import Base, Database, make_engine
from dossiers.models import Agent, Role, SecondFactor, Team, TeamMember
from dossiers.sealing import Sealer
from tests.browsers import two_looks
from tests.desk.browser.test_accessibility import check
from tests.desk.conftest import PASSWORD, Server, Still, World
from tests.desk.provider import CLIENT, SECRET, Provider, running

pytestmark = pytest.mark.browser
SEALER = Sealer(["a secret of this installation"])


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as found:
        yield found


class Guarded(World):
    """With codes of an app; the organisation's log-in is added when the address of the desk is known."""

    def desk(self, *, secure_cookies: bool = False) -> DeskServices:
        return dataclasses.replace(super().desk(secure_cookies=secure_cookies), sealer=SEALER)


@pytest.fixture
def server(tmp_path, library) -> Iterator[Server]:
    engine = make_engine(f"sqlite:///{tmp_path / 'live.db'}")
    Base.metadata.create_all(engine)
    running_desk = Server(Guarded(Database(engine), Still(library), Hub(), lambda: dt.datetime.now(dt.UTC)))
    running_desk.start()
    yield running_desk
    running_desk.stop()
    engine.dispose()


@pytest.fixture
def world(server, provider) -> World:
    world = server.world
    with world.database.write() as session:
        now = world.clock()
        for login, name, roles in (
            ("mia", "Mia Peeters", [Role.AGENT, Role.EDITOR, Role.ADMINISTRATOR]),
            ("tom", "Tom De Wit", [Role.AGENT]),
            ("rita", "Rita of the partner", [Role.PARTNER]),
        ):
            accounts.create_agent(session, login=login, name=name, password=PASSWORD, now=now, roles=roles)
        mia = accounts.by_login(session, "mia")
        assert mia is not None
        accounts.set_roles(session, mia, [*accounts.roles_of(mia), Role.COORDINATOR], actor=f"agent:{mia.id}", now=now)
        ghent = Team(name="Ghent", municipalities=["gent", "aalst"], created_at=now)
        session.add(ghent)
        session.flush()
        session.add(TeamMember(team_id=ghent.id, agent_id=mia.id))
    settings = Settings(provider.issuer, CLIENT, SECRET, f"{server.url}/desk", name="City of Ghent")
    services = next(route.app.state.desk for route in server.world.app.routes if getattr(route, "name", "") == "desk")
    object.__setattr__(services, "doors", Doors(openid=OpenId(settings), address=f"{server.url}/desk"))
    return world


def secret(world: World) -> pyotp.TOTP:
    with world.database.read() as session:
        return pyotp.TOTP(SEALER.open(session.query(SecondFactor).one().sealed))


def log_in(page: Page) -> None:
    page.set_default_navigation_timeout(30_000)
    page.goto("/desk/login")
    page.get_by_label("Login").fill("mia")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_codes_are_set_up_and_asked_for_by_keyboard_alone(world, window):
    page = window(None)
    log_in(page)
    page.goto("/desk/account")
    page.get_by_role("link", name="Set it up").click()
    page.get_by_label("Your current password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    check(page, None, "second-factor-qr")
    page.get_by_label("Six digits").fill(secret(world).at(world.clock() - dt.timedelta(seconds=30)))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    check(page, None, "second-factor-codes")
    code = page.locator(".codes code").first.inner_text()
    check(page, "/desk/account/second-factor", "second-factor-on")

    again = window(None)
    log_in(again)
    expect(again.get_by_label("Code")).to_be_focused()
    check(again, None, "second-factor-ask")
    again.keyboard.type("000000")
    again.keyboard.press("Enter")
    expect(again.get_by_role("alert")).to_contain_text("does not fit")
    again.get_by_label("Code").fill(code)
    again.keyboard.press("Enter")
    expect(again.get_by_role("heading", name="Queue", level=1)).to_be_visible()


def test_somebody_logs_in_at_the_organisation_and_out_again(world, window, provider):
    with world.database.write() as session:
        tom = session.query(Agent).filter_by(login="tom").one()
        identities.link(session, tom, Shown(provider.issuer, "s-mia"), world.clock())
    page = window(None)
    page.goto("/desk/dossiers")
    page.get_by_role("link", name="Log in with City of Ghent").click()
    page.get_by_role("button", name="Authorize as s-mia").click()
    expect(page.get_by_role("heading", name="Dossiers", level=1)).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("status")).to_contain_text("You are logged out.")
    check(page, None, "logged-out")
    page.get_by_role("link", name="Log out at City of Ghent too").click()
    expect(page).to_have_url(re.compile(f"^{re.escape(provider.issuer)}"), timeout=30_000)


@two_looks
def test_every_page_of_accounts_passes_axe_and_fits(world, window, scheme, size):
    page = window(None, viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    name = f"{scheme}-{size[0]}"
    check(page, "/desk/login", f"login-{name}")
    log_in(page)
    expect(page.get_by_role("heading", name="Queue", level=1)).to_be_visible()
    check(page, "/desk/account", f"account-{name}")
    check(page, "/desk/accounts", f"accounts-{name}")
    page.get_by_role("link", name="Tom De Wit").click()
    check(page, None, f"account-of-{name}")
    check(page, "/desk/teams", f"teams-{name}")
    page.get_by_role("link", name="Ghent", exact=True).click()
    check(page, None, f"team-{name}")
    page.goto("/desk/accounts/new")
    page.get_by_label("Login").fill("eve@example.org")
    page.get_by_label("Name that people see in the chat").fill("Eve")
    page.get_by_label("agent answers people").check()
    check(page, None, f"new-{name}")
    page.get_by_role("button", name="Make the account").click()
    check(page, None, f"link-{name}")
    link = page.locator(".link-box").inner_text()
    guest = window(None, viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    check(guest, link, f"join-{name}")
