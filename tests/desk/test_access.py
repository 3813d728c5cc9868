"""Trying to get in."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

import desk
from desk import access
from desk.app import create_app
from dossiers import accounts
from dossiers.models import Agent, AgentSession, Sender
from tests.desk.conftest import PASSWORD

NOBODY = "0" * 32


def routes(world) -> list[tuple[str, str]]:
    inner = create_app(world.desk())
    found: list[tuple[str, str]] = []

    def walk(these) -> None:
        for route in these:
            if isinstance(route, APIRoute):
                found.extend((method, route.path) for method in sorted(route.methods or ()))
            elif hasattr(route, "effective_candidates"):
                for candidate in route.effective_candidates():
                    methods = candidate.methods or ()
                    found.extend((method, candidate.path) for method in sorted(methods))

    walk(inner.routes)
    return found


def test_without_a_session_every_page_leads_to_the_log_in_and_every_change_is_refused(world):
    tried = 0
    for method, path in routes(world):
        if access.is_open_to_all(f"/desk{path}"):
            continue
        answer = world.browser().http.request(method, address(path))
        assert answer.status_code == 303, (method, path)
        assert answer.headers["location"].startswith("/desk/login"), (method, path)
        tried += 1
    assert tried >= 30


def address(path: str) -> str:
    """A route's address with something in the place of every id."""
    return "/desk" + re.sub(r"{\w+}", NOBODY, path)


def test_no_change_is_made_without_the_token_of_the_page(world):
    world.agent()
    browser = world.logged_in()
    tried = 0
    for method, path in routes(world):
        if method == "POST" and not access.is_open_to_all(f"/desk{path}"):
            for fields in ({}, {"csrf_token": "x" * 43}):
                answer = browser.http.post(address(path), data=fields)
                assert (answer.status_code, "nothing was changed" in answer.text) == (403, True), path
            tried += 1
    assert tried >= 16


def test_the_log_in_leads_back_to_the_page_that_was_asked_for(world):
    world.agent()
    conversation_id, _ = world.conversation()
    browser = world.browser()
    asked = browser.get(f"/desk/conversations/{conversation_id}").headers["location"]
    assert asked == f"/desk/login?next=/desk/conversations/{conversation_id}"
    assert f'name="next" value="/desk/conversations/{conversation_id}"' in browser.get(asked).text
    done = browser.log_in(next_page=f"/desk/conversations/{conversation_id}")
    assert done.headers["location"] == f"/desk/conversations/{conversation_id}"


@pytest.mark.parametrize(
    ("current", "wanted"),
    [
        ("http://desk.test/desk/dossiers?x=1", "/desk/dossiers"),
        ("https://evil.example/desk/dossiers", "/desk/dossiers"),
        ("https://evil.example//evil.example/desk/", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_a_part_of_a_page_leads_to_the_log_in_too(world, current, wanted):
    headers = {"hx-request": "true", "hx-current-url": current}
    answer = world.browser().http.post("/desk/dossiers", data={"text": "x"}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == f"/desk/login?next={wanted}"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/desk/",
        "//evil.example",
        "/\\evil.example",
        "/desk//evil.example",
        "/desk/../../evil",
        "/desk\\@evil.example",
        "javascript:alert(1)",
        "/desk/\r\nSet-Cookie: a=b",
        "/desk/logout",
        "/elsewhere",
        "/desk/%2f%2fevil.example",
        " /desk/",
        "",
    ],
)
def test_the_log_in_leads_to_no_other_site(world, elsewhere):
    world.agent()
    assert world.browser().log_in(next_page=elsewhere).headers["location"] == "/desk/"
    browser = world.logged_in()
    assert browser.get("/desk/login", params={"next": elsewhere}).headers["location"] == "/desk/"


def test_wrong_login_and_wrong_password_look_the_same(world):
    world.agent()
    with world.database.write() as session:
        gone = accounts.create_agent(session, login="gone", name="Gone", password=PASSWORD, now=world.clock())
        accounts.deactivate(session, gone)
    answers = [
        world.browser().log_in("mia", "wrong"),
        world.browser().log_in("nobody", "wrong"),
        world.browser().log_in("gone", PASSWORD),
    ]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert all("do not belong together" in answer.text for answer in answers)
    assert all("desk-session" not in answer.headers.get("set-cookie", "") for answer in answers)


def test_too_many_guesses_have_to_wait(world, clock):
    world.agent()
    browser = world.browser()
    for _ in range(accounts.FAILURES_PER_LOGIN):
        assert browser.log_in(password="wrong").status_code == 401
    clock.forward(minutes=5)
    answer = browser.log_in()
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "600"
    assert "Please wait 10 minutes" in answer.text
    clock.forward(minutes=11)
    assert browser.log_in().status_code == 303


def test_the_log_in_form_of_another_browser_is_refused(world):
    world.agent()
    mine, theirs = world.browser(), world.browser()
    mine.get("/desk/login")
    theirs.get("/desk/login")
    fields = {"csrf_token": theirs.csrf(), "login": "mia", "password": PASSWORD}
    assert mine.http.post("/desk/login", data=fields).status_code == 403
    assert world.browser().http.post("/desk/login", data=fields).status_code == 403


def test_the_session_cookie_is_out_of_reach(world):
    world.agent()
    cookie = world.browser().log_in().headers["set-cookie"].lower()
    for part in ("httponly", "samesite=lax", "path=/desk"):
        assert part in cookie
    inner = FastAPI()
    services = world.desk(secure_cookies=True)
    desk.install(inner, services)
    browser = type(world.browser())(inner)
    browser.http.base_url = "https://desk.test"
    cookie = browser.log_in().headers["set-cookie"]
    assert "__Secure-desk-session=" in cookie
    assert "Secure" in cookie


def test_logging_in_gives_a_new_session_and_ends_the_old_one(world):
    world.agent()
    browser = world.logged_in()
    old = browser.http.cookies["desk-session"]
    browser.http.cookies.delete("desk-session")
    browser.get("/desk/login")
    browser.http.cookies.set("desk-session", old, domain="desk.test", path="/desk")
    browser.post("/desk/login", login="mia", password=PASSWORD)
    with world.database.read() as session:
        assert accounts.session_of(session, old, world.clock()) is None


@pytest.mark.parametrize("how", ["idle", "too old", "logged out", "deactivated", "new password", "forged"])
def test_a_session_that_is_over_opens_nothing(world, clock, how):
    world.agent()
    browser = world.logged_in()
    assert browser.get("/desk/").status_code == 200
    conversation_id, _ = world.conversation()
    page = f"/desk/conversations/{conversation_id}"
    browser.get(page)
    if how == "idle":
        clock.forward(hours=2)
    elif how == "too old":
        for _ in range(12):
            clock.forward(hours=1)
            browser.http.get("/desk/")
    elif how == "logged out":
        kept = browser.http.cookies["desk-session"]
        assert browser.post("/desk/logout").headers["location"] == "/desk/login"
        browser.http.cookies.set("desk-session", kept, domain="desk.test", path="/desk")
    elif how == "forged":
        browser.http.cookies.set("desk-session", "x" * 43, domain="desk.test", path="/desk")
    else:
        with world.database.write() as session:
            agent = session.query(Agent).one()
            if how == "deactivated":
                accounts.deactivate(session, agent)
            else:
                accounts.set_password(session, agent, "another password")
    assert browser.http.get("/desk/").status_code == 303
    assert browser.post(f"{page}/take").status_code == 303
    assert world.speaker(conversation_id) == "queue"
    stream = browser.http.get(f"{page}/events", headers={"accept": "text/event-stream"})
    assert stream.status_code == 401


@pytest.mark.parametrize("token", ["missing", "empty", "of another session", "from another site"])
def test_a_change_that_no_page_of_the_desk_sent_is_refused(world, token):
    world.agent()
    world.agent("tom", "Tom")
    mia, tom = world.logged_in(), world.logged_in("tom")
    conversation_id, _ = world.conversation()
    for browser in (mia, tom):
        browser.get(f"/desk/conversations/{conversation_id}")
    headers = {"sec-fetch-site": "cross-site"} if token == "from another site" else {}
    fields = {
        "missing": {},
        "empty": {"csrf_token": ""},
        "of another session": {"csrf_token": tom.csrf()},
        "from another site": {"csrf_token": mia.csrf()},
    }[token]
    for action in ("take", "reply", "close", "back"):
        answer = mia.http.post(f"/desk/conversations/{conversation_id}/{action}", data=fields, headers=headers)
        assert answer.status_code == 403, action
    assert mia.http.post("/desk/logout", data=fields, headers=headers).status_code == 403
    assert mia.http.post("/desk/dossiers", data=fields, headers=headers).status_code == 403
    assert world.speaker(conversation_id) == "queue"


def test_the_csrf_token_may_come_in_a_header_and_json_is_no_way_around(world):
    world.agent()
    mia = world.logged_in()
    conversation_id, _ = world.conversation()
    address = f"/desk/conversations/{conversation_id}/take"
    assert mia.http.post(address, json={"csrf_token": mia.csrf()}).status_code == 403
    assert mia.http.post(address, headers={"x-csrf-token": mia.csrf()}).status_code == 303
    assert world.speaker(conversation_id) == "agent"


def test_a_reply_without_the_floor_is_refused_and_says_who_has_it(world):
    world.agent()
    world.agent("tom", "Tom De Wit")
    mia, tom = world.logged_in(), world.logged_in("tom")
    conversation_id, _ = world.conversation()
    page = f"/desk/conversations/{conversation_id}"
    assert "Take the conversation first" in mia.post(f"{page}/reply", text="Hello").text
    tom.post(f"{page}/take")
    answer = mia.post(f"{page}/reply", text="Hello")
    assert answer.status_code == 409
    assert "with Tom De Wit now" in answer.text
    assert mia.post(f"{page}/close").headers["location"].endswith("?note=lost")
    assert mia.post(f"{page}/back").headers["location"].endswith("?note=lost")
    assert world.texts(conversation_id, Sender.AGENT) == []
    assert world.speaker(conversation_id) == "agent"


def test_a_busy_agent_is_not_logged_out_before_twelve_hours(world, clock):
    world.agent()
    browser = world.logged_in()
    with world.database.read() as session:
        opened = session.query(AgentSession).one().created_at
    while clock() - opened < dt.timedelta(hours=11):
        clock.forward(minutes=50)
        assert browser.get("/desk/").status_code == 200


def test_only_plain_pages_of_the_desk_are_own_pages():
    assert access.own_page("/desk/dossiers/abc") == "/desk/dossiers/abc"
    assert access.own_page(None) == "/desk/"
