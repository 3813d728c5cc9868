"""Who gets in: only whoever has the whole link, in its time, and only to that one person's data."""

from __future__ import annotations

import datetime as dt
import logging

import pytest

from channels.mydata.access_log import HideLinks
from channels.mydata.links import DataLinks
from channels.ticket.links import PlanLinks
from tests.channels.mydata.conftest import BASE, SECRET, World, words

HOURS = 4


def test_the_link_opens_the_page_of_its_person_and_of_nobody_else(world: World) -> None:
    mine, other = world.person(first_name="Aya"), world.person(first_name="Rolf")
    assert "Aya" in world.text(world.path(mine))
    assert "Rolf" not in world.text(world.path(mine))
    assert "Rolf" in world.text(world.path(other))


def test_a_changed_token_opens_nothing(world: World) -> None:
    path = world.path(world.person())
    token = path.removeprefix("/mydata/")
    other = world.person()
    for wrong in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token[:-1],
        token + "=",
        token.replace(token.partition(".")[0], other),
        token.partition(".")[0],
        "x" * 500,
    ):
        answer = world.get(f"/mydata/{wrong}")
        assert answer.status_code == 404, wrong
        assert "opens nothing" in words(answer)


def test_a_link_to_a_plan_and_one_of_another_secret_are_none_to_the_data(world: World) -> None:
    conversation = world.person()
    plan = PlanLinks(SECRET, BASE, 180, world.clock).address(conversation).rpartition("/")[2]
    other = DataLinks("another secret, also long", BASE, HOURS, world.clock).address(conversation).rpartition("/")[2]
    assert {world.get(f"/mydata/{token}").status_code for token in (plan, other)} == {404}


def test_it_ends_after_some_hours_for_looking_and_for_changing(world: World) -> None:
    conversation = world.person(home_town="gent")
    path = world.path(conversation)
    world.now += dt.timedelta(hours=HOURS)
    assert world.get(path).status_code == 200
    world.now += dt.timedelta(seconds=1)
    assert world.get(path).status_code == 410
    assert world.send(path, "answer", key="home_town", text="Aalst").status_code == 410
    assert world.send(path, "erase", what="everything").status_code == 410
    assert world.fields(conversation) == {"home_town": "gent"}


def test_a_form_without_the_token_of_this_very_link_changes_nothing(world: World) -> None:
    conversation, other = world.person(home_town="gent"), world.person()
    path = world.path(conversation)
    foreign = world.links.form_token(world.path(other).rpartition("/")[2])
    for token in ("", "x", "é", foreign):
        for to, values in (
            ("answer", {"key": "home_town", "text": "Aalst"}),
            ("interest", {"key": "buddy", "wanted": "yes"}),
            ("consent", {"key": "follow-up", "give": "yes"}),
            ("export", {"kind": "json"}),
            ("erase", {"what": "everything"}),
            ("end", {}),
        ):
            assert world.send(path, to, form_token=token, **values).status_code == 403, to
    files = {"file": ("a.pdf", b"%PDF-1.4", "application/pdf")}
    assert world.http.post(f"{path}/documents/x", data={"form_token": foreign}, files=files).status_code == 403
    assert world.fields(conversation) == {"home_town": "gent"}
    assert world.receipts() == []


def test_nothing_of_it_is_kept_by_browsers_searched_embedded_or_told_to_other_sites(world: World) -> None:
    answer = world.get(world.path(world.person()))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "script-src" not in policy
    assert "<script" not in answer.text


def test_problems_carry_the_same_headers(world: World) -> None:
    for path in ("/mydata/wrong", "/mydata/wrong/x/y/z"):
        answer = world.get(path)
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "no-referrer" in answer.headers["Referrer-Policy"]


def test_who_asks_too_often_waits(world: World) -> None:
    world.a_minute = 3
    world.__post_init__()
    path = world.path(world.person())
    assert [world.get(path).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [world.get("/mydata/guess").status_code for _ in range(4)] == [404, 404, 404, 429]


def test_forms_are_counted_too(world: World) -> None:
    path = world.path(world.person())
    found = [world.send(path, "interest", key="buddy", wanted="yes").status_code for _ in range(31)]
    assert (found[0], found[-1]) == (303, 429)


@pytest.mark.parametrize("path", ["/mydata/secret.token-1", "/plan/secret.token-1.ics?open=yes", "/mydata/secret/end"])
def test_links_stay_out_of_the_access_log(path: str) -> None:
    arguments = ("192.0.2.1:5", "GET", path, "1.1", 200)
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d', arguments, None)
    assert HideLinks().filter(record)
    assert "secret" not in record.getMessage()
    assert "GET" in record.getMessage()
