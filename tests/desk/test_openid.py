"""Logging in at the organisation's own provider: a real one, and answers that no honest one gives."""

from __future__ import annotations

import base64
import dataclasses
import hmac
import json
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from structlog.testing import capture_logs

from desk.doors import Doors
from desk.openid import NotTrusted, OpenId
from desk.openid import Provider as Settings
from dossiers import accounts
from dossiers.accounts import identities, invitations
from dossiers.accounts.identities import Groups, Shown
from dossiers.models import Agent, AgentSession, Identity, LoginStep, Role
from dossiers.sealing import Sealer
from tests.desk.conftest import PASSWORD, Browser, World, make_app
from tests.desk.provider import CLIENT, SECRET, Provider, running

ADDRESS = "http://desk.test/desk"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as found:
        yield found


def settings(provider: Provider, **more) -> Settings:
    values = {"issuer": provider.issuer, "name": "City of Ghent"} | more
    return Settings(client_id=CLIENT, client_secret=SECRET, address=ADDRESS, **values)


def opened(world: World, openid: OpenId) -> World:
    services = dataclasses.replace(world.desk(), doors=Doors(openid=openid), sealer=Sealer(["k" * 32]))
    world.app = make_app(services, world.hub)
    return world


@pytest.fixture
def world(world: World, provider: Provider) -> World:
    return opened(world, OpenId(settings(provider)))


def known(world: World, provider: Provider, *roles: Role, subject: str = "s-mia") -> Agent:
    """An account that is tied to its owner's log-in."""
    with world.database.write() as session:
        agent = accounts.create_agent(
            session, login="mia", name="Mia", password=None, now=world.clock(), roles=roles or [Role.AGENT]
        )
        identities.link(session, agent, Shown(provider.issuer, subject), world.clock())
        return agent


def leave(browser: Browser, **query: str) -> str:
    """Off to the provider; the address there."""
    answer = browser.get("/desk/login/provider", params=query)
    assert answer.status_code == 303
    return answer.headers["location"]


def come_back(browser: Browser, address: str):
    assert address.startswith(f"{ADDRESS}/login/provider/back")
    return browser.http.get(address, headers={"sec-fetch-site": "cross-site"})


def is_in(browser: Browser) -> bool:
    return browser.http.get("/desk/account").status_code == 200


def test_who_is_known_gets_in_and_to_the_page_they_wanted(world, provider):
    known(world, provider)
    browser = world.browser()
    assert "Log in with City of Ghent" in browser.get("/desk/login").text
    back = provider.log_in(leave(browser, next="/desk/dossiers"), "s-mia")
    assert come_back(browser, back).headers["location"] == "/desk/dossiers"
    assert is_in(browser)
    with world.database.read() as session:
        assert session.query(AgentSession).one().way == "provider"


def test_what_is_asked_of_the_provider_is_bound_by_state_nonce_and_pkce(world, provider):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(leave(world.browser())).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{ADDRESS}/login/provider/back"
    assert all(len(asked[name]) >= 40 for name in ("state", "nonce", "code_challenge"))
    again = {name: values[0] for name, values in parse_qs(urlsplit(leave(world.browser())).query).items()}
    assert all(asked[name] != again[name] for name in ("state", "nonce", "code_challenge"))


def test_a_wrong_state_gets_nobody_in(world, provider):
    known(world, provider)
    browser = world.browser()
    back = provider.log_in(leave(browser), "s-mia")
    for wrong in (back.replace("state=", "state=x"), back.split("&state=")[0], back + "x"):
        assert come_back(browser, wrong).headers["location"] == "/desk/login?note=over"
    assert not is_in(browser)
    assert "Please log in again" in browser.get("/desk/login?note=over").text


def test_an_answer_counts_only_in_the_browser_that_left(world, provider):
    known(world, provider)
    mine, theirs = world.browser(), world.browser()
    back = provider.log_in(leave(mine), "s-mia")
    leave(theirs)
    for browser in (theirs, world.browser()):
        assert come_back(browser, back).headers["location"] == "/desk/login?note=over"
        assert not is_in(browser)


def test_an_answer_counts_once_and_not_for_long(world, provider, clock):
    known(world, provider)
    browser = world.browser()
    back = provider.log_in(leave(browser), "s-mia")
    assert come_back(browser, back).headers["location"] == "/desk/"
    browser.http.cookies.delete("desk-session")
    assert come_back(browser, back).headers["location"] == "/desk/login?note=over"
    code = parse_qs(urlsplit(back).query)["code"][0]
    state = parse_qs(urlsplit(leave(browser)).query)["state"][0]
    replayed = come_back(browser, f"{ADDRESS}/login/provider/back?code={code}&state={state}")
    assert replayed.headers["location"] == "/desk/login?note=provider"
    late = provider.log_in(leave(browser), "s-mia")
    clock.forward(minutes=10)
    assert come_back(browser, late).headers["location"] == "/desk/login?note=over"
    assert not is_in(browser)


def test_a_wrong_nonce_gets_nobody_in(world, provider):
    known(world, provider)
    browser = world.browser()
    back = provider.log_in(leave(browser), "s-mia")
    with world.database.write() as session:
        step = session.query(LoginStep).one()
        step.data = step.data | {"nonce": "another"}
    assert come_back(browser, back).headers["location"] == "/desk/login?note=provider"
    assert not is_in(browser)


def test_a_code_for_another_client_gets_nobody_in(world, provider):
    known(world, provider)
    browser = world.browser()
    back = provider.log_in(leave(browser).replace(f"client_id={CLIENT}", "client_id=evil"), "s-mia")
    assert come_back(browser, back).headers["location"] == "/desk/login?note=provider"
    assert not is_in(browser)


def test_who_is_not_known_here_is_told_so_kindly(world, provider):
    browser = world.browser()
    back = provider.log_in(leave(browser), "s-nobody")
    assert come_back(browser, back).headers["location"] == "/desk/login?note=unknown"
    assert "Ask for an invitation" in browser.get("/desk/login?note=unknown").text
    with world.database.read() as session:
        assert session.query(Agent).count() == 0


def test_a_locked_account_stays_locked(world, provider):
    mia = known(world, provider)
    with world.database.write() as session:
        accounts.deactivate(session, session.get_one(Agent, mia.id))
    browser = world.browser()
    assert come_back(browser, provider.log_in(leave(browser), "s-mia")).headers["location"].endswith("note=unknown")
    assert not is_in(browser)


def test_a_provider_that_is_away_is_said_and_passwords_still_work(world):
    opened(world, OpenId(Settings("http://127.0.0.1:9", CLIENT, SECRET, ADDRESS)))
    world.agent()
    browser = world.browser()
    assert leave(browser) == "/desk/login?note=away"
    assert "does not answer" in browser.get("/desk/login?note=away").text
    assert browser.log_in().status_code == 303


def test_a_provider_that_names_another_issuer_is_not_taken_for_ours(world, provider):
    opened(world, OpenId(settings(provider, issuer=provider.issuer.replace("localhost", "127.0.0.1") + "/")))
    assert leave(world.browser()) == "/desk/login?note=away"


def test_an_error_of_the_provider_is_said(world, provider):
    browser = world.browser()
    denied = provider.deny(leave(browser))
    assert "error=" in denied
    assert come_back(browser, denied).headers["location"] == "/desk/login?note=provider"
    assert "broken off" in browser.get("/desk/login?note=provider").text


def test_many_answers_from_one_address_have_to_wait(world, provider):
    known(world, provider)
    browser = world.browser()
    back = provider.log_in(leave(browser), "s-mia")
    for _ in range(accounts.FAILURES_PER_CLIENT):
        browser.http.get(f"{ADDRESS}/login/provider/back?code=x&state=x")
    answer = come_back(browser, back)
    assert answer.headers["location"] == "/desk/login?note=many"
    assert "retry-after" in answer.headers


def test_an_invitation_can_be_taken_up_at_the_provider(world, provider):
    with world.database.write() as session:
        mia = accounts.create_agent(
            session, login="mia", name="Mia", password=None, now=world.clock(), roles=[Role.EDITOR]
        )
        token = invitations.invite(session, mia, actor="system", now=world.clock())
    browser = world.browser()
    assert f"/desk/login/provider?invitation={token}" in browser.get(f"/desk/join/{token}").text
    back = provider.log_in(leave(browser, invitation=token), "s-new")
    assert come_back(browser, back).headers["location"] == "/desk/knowledge"
    assert browser.get(f"/desk/join/{token}").status_code == 404
    again = world.browser()
    come_back(again, provider.log_in(leave(again), "s-new"))
    assert is_in(again)


def test_an_address_that_the_provider_has_checked_takes_up_an_open_invitation_and_no_other_does(world, provider):
    provider.knows("s-tom", email="tom@example.org", email_verified=False)
    with world.database.write() as session:
        tom = accounts.create_agent(session, login="tom@example.org", name="Tom", password=None, now=world.clock())
        invitations.invite(session, tom, actor="system", now=world.clock())
    browser = world.browser()
    come_back(browser, provider.log_in(leave(browser), "s-tom"))
    assert not is_in(browser)
    provider.knows("s-tom", email="tom@example.org", email_verified=True)
    come_back(browser, provider.log_in(leave(browser), "s-tom"))
    assert is_in(browser)


def test_ones_own_account_is_connected_from_inside_and_disconnected_again(world, provider):
    world.agent()
    browser = world.logged_in()
    away = browser.get("/desk/account/provider", headers={"sec-fetch-site": "cross-site"})
    assert away.status_code == 403
    back = provider.log_in(browser.get("/desk/account/provider").headers["location"], "s-mine")
    assert come_back(browser, back).headers["location"] == "/desk/account?note=connected"
    other = world.browser()
    come_back(other, provider.log_in(leave(other), "s-mine"))
    assert is_in(other)
    browser.get("/desk/account")
    assert browser.post("/desk/account/provider/remove", current="wrong").status_code == 422
    assert browser.post("/desk/account/provider/remove", current=PASSWORD).status_code == 303
    with world.database.read() as session:
        assert session.query(Identity).count() == 0


def test_connecting_ends_nowhere_when_somebody_else_is_logged_in_by_then(world, provider):
    world.agent()
    world.agent("tom", "Tom")
    browser = world.logged_in()
    back = provider.log_in(browser.get("/desk/account/provider").headers["location"], "s-mine")
    browser.get("/desk/account")
    browser.post("/desk/logout")
    kept = browser.http.cookies["desk-step"]
    browser.log_in("tom")
    browser.http.cookies.set("desk-step", kept, domain="desk.test", path="/desk")
    assert come_back(browser, back).headers["location"] == "/desk/login?note=over"
    with world.database.read() as session:
        assert session.query(Identity).count() == 0


def test_an_identity_that_belongs_to_a_colleague_is_not_given_to_another(world, provider):
    known(world, provider, subject="s-taken")
    world.agent("tom", "Tom")
    browser = world.logged_in("tom")
    back = provider.log_in(browser.get("/desk/account/provider").headers["location"], "s-taken")
    assert come_back(browser, back).headers["location"] == "/desk/account?note=taken"


def test_groups_give_roles_and_an_unknown_colleague_gets_an_account_where_that_is_wanted(world, provider):
    groups = Groups({"desk-editors": Role.EDITOR}, create=True)
    opened(world, OpenId(settings(provider, groups=groups)))
    provider.knows("s-eve", email="eve@example.org", email_verified=True, name="Eve", groups=["desk-editors", "other"])
    browser = world.browser()
    back = provider.log_in(leave(browser), "s-eve")
    assert come_back(browser, back).headers["location"] == "/desk/knowledge"
    provider.knows("s-eve", email="eve@example.org", email_verified=True, name="Eve", groups=[])
    come_back(browser, provider.log_in(leave(browser), "s-eve"))
    assert browser.http.get("/desk/knowledge").status_code == 403


@pytest.mark.parametrize(
    ("said", "is_strong"), [({"amr": ["pwd"]}, False), ({"amr": ["pwd", "otp"]}, True), ({}, False)]
)
def test_the_providers_second_factor_counts_only_when_it_says_so(world, provider, clock, said, is_strong):
    known(world, provider, Role.ADMINISTRATOR)
    provider.knows("s-mia", **said)
    clock.forward(days=20)
    browser = world.browser()
    come_back(browser, provider.log_in(leave(browser), "s-mia"))
    assert (browser.http.get("/desk/accounts").status_code == 200) == is_strong


def test_logging_out_ends_the_session_here_and_offers_the_way_out_there(world, provider):
    known(world, provider)
    browser = world.browser()
    come_back(browser, provider.log_in(leave(browser), "s-mia"))
    browser.get("/desk/")
    out = browser.post("/desk/logout").headers["location"]
    page = browser.get(out).text
    assert f"{provider.issuer}/oauth2/end_session?client_id={CLIENT}" in page
    assert "Log out at City of Ghent too" in page
    assert not is_in(browser)


def test_logs_hold_no_code_token_or_name(world, provider):
    known(world, provider)
    provider.knows("s-mia", name="Planted Name", email="planted@example.org")
    with capture_logs() as lines:
        browser = world.browser()
        back = provider.log_in(leave(browser), "s-mia")
        come_back(browser, back)
    code = parse_qs(urlsplit(back).query)["code"][0]
    for secret in (code, "planted", "Planted", "s-mia"):
        assert secret not in str(lines)


# --- answers that no honest provider gives ---

KEY, FOREIGN = RSAKey.generate_key(2048, {"kid": "k1"}), RSAKey.generate_key(2048, {"kid": "k1"})
NONCE = "n" * 43


def claims(**more: object) -> dict[str, object]:
    now = int(time.time())
    honest = {"iss": "http://provider.test", "aud": CLIENT, "sub": "s-mia", "nonce": NONCE, "iat": now, "exp": now + 60}
    return {name: value for name, value in (honest | more).items() if value is not None}


def finished(token: object, monkeypatch: pytest.MonkeyPatch) -> Shown:
    """What the desk makes of an ID token that came from the provider's address."""
    openid = OpenId(Settings("http://provider.test", CLIENT, SECRET, ADDRESS))
    place = "http://provider.test/x"
    metadata = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), place)
    openid._found = time.monotonic(), metadata | {"issuer": "http://provider.test"}
    openid._keys = time.monotonic(), KeySet([KEY])
    answer = {"access_token": "a", "token_type": "Bearer", "id_token": token}
    monkeypatch.setattr("desk.openid.OAuth2Client.fetch_token", lambda *_, **__: answer)
    monkeypatch.setattr(OpenId, "_get", lambda *_: KeySet([KEY]).as_dict(private=False))
    return openid.finish("code", NONCE, "verifier")


def signed(payload: dict[str, object], key: RSAKey = KEY, alg: str = "RS256") -> str:
    return jwt.encode({"alg": alg, "kid": "k1"}, payload, key)


def test_an_honest_token_is_taken(monkeypatch):
    shown = finished(signed(claims(email="m@example.org", email_verified="true")), monkeypatch)
    assert shown == Shown("http://provider.test", "s-mia", "m@example.org", email_verified=False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another"},
        {"aud": ["another", "third"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"iss": "http://evil.test"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"iat": int(time.time()) + 3600},
        {"sub": None},
        {"sub": ""},
        {"sub": 5},
        {"aud": None},
        {"iss": None},
        {"at_hash": "another"},
    ],
    # the same at every collection: some values are times
    ids="-".join,
)
def test_a_token_that_is_not_for_us_now_is_refused(monkeypatch, wrong):
    with pytest.raises(NotTrusted):
        finished(signed(claims(**wrong)), monkeypatch)


def unsigned() -> str:
    parts = [{"alg": "none"}, claims()]
    return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."


def altered() -> str:
    head, _, signature = signed(claims()).split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims(sub="s-boss")).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


def by_shared_secret() -> str:
    """Signed with the public key as if it were a secret, the old trick."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "k1"}, claims())]
    text = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    made = hmac.digest(KEY.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "token", [unsigned, altered, by_shared_secret, lambda: signed(claims(), FOREIGN), lambda: "x.y.z", lambda: None]
)
def test_a_token_that_the_provider_did_not_sign_is_refused(monkeypatch, token):
    with pytest.raises(NotTrusted):
        finished(token(), monkeypatch)
