"""Who has no right link, or no longer, gets in nowhere."""

from __future__ import annotations

import base64
import datetime as dt
import string

import pytest
from itsdangerous import TimestampSigner
from structlog.testing import capture_logs

from channels.ticket.links import EndedLink, PlanLinks, WrongLink
from dossiers import plans
from tests.channels.ticket.conftest import BASE, SECRET
from tests.conftest import MOMENT
from tests.knowledge.planning.people import AYA, ROLF

ENDS = ("", ".ics", "/cards", "/qr.svg")
ALPHABET = string.ascii_letters + string.digits + "-_."


def test_the_right_link_opens_all_of_it(world):
    path = world.path(AYA)
    for end in ENDS:
        assert world.get(path + end).status_code == 200, end
        assert world.http.head(path + end).status_code == 200, end


def test_what_nobody_signed_opens_nothing(world):
    kept = world.keep(AYA)
    token = world.path_of(kept).removeprefix("/plan/")
    link_id, stamp, signature = token.split(".")
    other = PlanLinks("another secret, as long as the first", BASE, 180, world.clock).address(kept.link_id)
    salted = TimestampSigner(SECRET).sign(kept.link_id).decode()
    guesses = [
        link_id,
        f"{link_id}.{stamp}",
        f"{link_id}.{stamp}.",
        f"{link_id}..{signature}",
        f"{'A' * 32}.{stamp}.{signature}",
        f"{link_id}.{base64.urlsafe_b64encode(b'zzzz').decode().rstrip('=')}.{signature}",
        other.rpartition("/")[2],
        salted,
        world.people["somebody"],
        token + "=",
        token + "é",
        token.upper(),
        "x",
        "..%2F..%2Fetc%2Fpasswd",
    ]
    for guess in guesses:
        for end in ENDS:
            answer = world.get(f"/plan/{guess}{end}")
            assert answer.status_code == 404, guess + end
            assert "Register" not in answer.text


def test_no_letter_of_a_link_may_be_missing_or_another(world):
    token = world.path(AYA).removeprefix("/plan/")
    for place in range(len(token)):
        cut = token[:place] + token[place + 1 :]
        with pytest.raises(WrongLink):
            world.links.link_id(cut)
        for letter in ALPHABET:
            changed = token[:place] + letter + token[place + 1 :]
            if changed != token:
                with pytest.raises(WrongLink):
                    world.links.link_id(changed)


def test_a_link_ends_after_its_days_and_a_new_one_opens_the_same_plan(world):
    kept = world.keep(AYA)
    path = world.path_of(kept)
    assert world.links.ends_on(path.removeprefix("/plan/")) == MOMENT + dt.timedelta(days=180)
    world.now = MOMENT + dt.timedelta(days=180)
    assert world.get(path).status_code == 200
    world.now = MOMENT + dt.timedelta(days=180, seconds=1)
    for end in ENDS:
        answer = world.get(path + end)
        assert answer.status_code == 410, end
    page = world.get(path).text
    assert "show my plan" in page
    assert "no account" in page
    assert world.get(world.path_of(kept)).status_code == 200
    with pytest.raises(EndedLink):
        world.links.link_id(path.removeprefix("/plan/"))


def test_a_link_from_the_future_is_none(world):
    path = world.path(AYA)
    world.now = MOMENT - dt.timedelta(days=1)
    assert world.get(path).status_code == 410


def test_after_erasing_no_link_opens_the_plan_not_even_a_new_plan_of_the_same_person(world):
    path = world.path(AYA)
    with world.database.write() as session:
        assert plans.forget(session, world.people["somebody"])
    assert world.get(path).status_code == 410
    world.keep(AYA)
    assert world.get(path).status_code == 410


def test_a_link_opens_one_plan_only(world):
    aya, rolf = world.path(AYA, "aya"), world.path(ROLF, "rolf")
    assert "Japan" in world.text(aya)
    assert "Japan" not in world.text(rolf)


def test_links_do_not_repeat_and_do_not_name_the_person(world):
    kept = [world.keep(AYA, str(number)) for number in range(20)]
    assert len({one.link_id for one in kept}) == 20
    assert all(len(one.link_id) == 32 for one in kept)
    address = world.links.address(kept[0].link_id)
    assert address.startswith(f"{BASE}/plan/")
    assert world.people["0"] not in address


def test_a_wrong_link_gives_a_page_that_says_how_to_get_a_right_one(world):
    answer = world.get("/plan/never-made")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "How to get a new link" in answer.text
    assert world.get("/plan/never-made.ics").headers["content-type"].startswith("text/plain")
    assert world.get("/plan/").status_code == 404


def test_guessing_is_slowed_down_and_does_not_lock_out_others(world):
    slow = type(world)(world.database, world.library, a_minute=5)
    path = slow.path(AYA)
    answers = [slow.get(f"/plan/guess{number}").status_code for number in range(8)]
    assert answers == [404] * 5 + [429] * 3
    assert slow.get("/plan/guess").headers["retry-after"] == "60"
    assert slow.get(path).status_code == 200
    assert [slow.get(path).status_code for _ in range(6)][-1] == 429
    assert slow.get(slow.path(ROLF, "rolf")).status_code == 200


def test_logs_hold_no_link_and_nothing_of_the_person(world):
    with capture_logs() as lines:
        path = world.path(AYA)
        for end in ENDS:
            world.get(path + end)
        world.get("/plan/never-made")
    assert "Japan" not in str(lines)
    assert path.removeprefix("/plan/") not in str(lines)
