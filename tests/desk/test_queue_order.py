"""The order of the queue with its reasons, teams, taking the next one, and how many at once."""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest

from dossiers import transfers
from dossiers.models import Agent, Conversation, Role, Sender, Speaker
from tests.desk import working
from tests.desk.test_queue import section

TODAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)


def waiting(browser, address: str = "/desk/") -> list[str]:
    return re.findall(r'id="open-(\w+)"', section(browser.get(address).text, "waiting"))


def row(page: str, conversation_id: str) -> str:
    return page.split(f'id="row-{conversation_id}"')[1].split('id="row-', maxsplit=1)[0]


def speaker(world, conversation_id: str) -> tuple[str, str | None]:
    with world.database.read() as session:
        found = session.get_one(Conversation, conversation_id)
        return found.speaker, found.agent_id


class TestOrder:
    def test_a_legal_day_that_presses_comes_before_a_longer_wait_and_says_so(self, world, clock):
        world.agent()
        patient, _ = world.conversation()
        clock.forward(hours=2)
        pressed, _ = world.conversation()
        working.arrived(world, pressed, TODAY - 4 * DAY)
        browser = world.logged_in()
        assert waiting(browser) == [pressed, patient]
        reason = row(browser.page.text, pressed)
        assert re.search(r"\d+ days? left: [A-Z][^<]+, by \d+ (?:November|December)", reason)
        assert "left:" not in row(browser.page.text, patient)

    def test_a_legal_day_that_has_passed_says_since_when(self, world):
        world.agent()
        late, _ = world.conversation()
        working.arrived(world, late, TODAY - 30 * DAY)
        page = world.logged_in().get("/desk/").text
        assert re.search(r'<li class="strong">\d+ days late: ', row(page, late))

    def test_danger_comes_first_and_says_which(self, world, clock):
        world.agent()
        pressed, _ = world.conversation()
        working.arrived(world, pressed, TODAY)
        clock.forward(minutes=30)
        evicted, _ = world.conversation()
        working.handover(world, evicted, reason="risk", risks=["eviction"])
        browser = world.logged_in()
        assert waiting(browser) == [evicted, pressed]
        assert "at risk: losing their home" in row(browser.page.text, evicted)

    def test_a_message_left_yesterday_evening_comes_first_in_the_morning(self, world, clock):
        world.agent()
        clock.now = dt.datetime(2026, 11, 22, 19, 0, tzinfo=dt.UTC)
        left, _ = world.conversation()
        working.handover(world, left, message_left_at=clock.now, after_hours=True, choice="message")
        with world.database.write() as session:
            session.get_one(Conversation, left).speaker = Speaker.BOT
        clock.now = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
        live, _ = world.conversation()
        working.arrived(world, live, TODAY)
        browser = world.logged_in()
        assert waiting(browser) == [left, live]
        assert "left a message yesterday evening: first today" in row(browser.page.text, left)
        assert left not in section(browser.page.text, "with-assistant")
        assert "2 people are waiting." in browser.page.text

    def test_a_message_that_needs_no_answer_can_be_put_away_without_disturbing_the_person(self, world, clock):
        world.agent()
        left, _ = world.conversation()
        working.handover(world, left, message_left_at=clock.now, after_hours=True)
        with world.database.write() as session:
            session.get_one(Conversation, left).speaker = Speaker.BOT
        before = world.texts(left, Sender.SYSTEM)
        browser = world.logged_in()
        answer = browser.post(f"/desk/conversations/{left}/settle")
        assert "The newcomer was not disturbed." in browser.get(answer.headers["location"]).text
        assert waiting(browser) == []
        assert world.texts(left, Sender.SYSTEM) == before

    def test_somebody_who_waits_in_the_chat_cannot_be_put_away(self, world):
        world.agent()
        conversation_id, _ = world.conversation()
        assert world.logged_in().post(f"/desk/conversations/{conversation_id}/settle").status_code == 409
        assert world.speaker(conversation_id) == "queue"


class TestTeams:
    @pytest.fixture
    def towns(self, world, clock):
        gent, aalst = working.team(world, "Gent", "gent"), working.team(world, "Aalst", "aalst")
        working.member(world, "mia", gent)
        working.member(world, "ana", aalst)
        working.member(world, "cleo", role=Role.COORDINATOR)
        made = {}
        for town in ("gent", "aalst", "lokeren"):
            made[town] = world.conversation(f"From {town}", town=town)[0]
            clock.forward(minutes=1)
        return made | {"team": aalst, "gent_team": gent}

    def test_an_agent_sees_what_waits_for_their_teams_and_for_nobody(self, world, towns):
        assert waiting(world.logged_in("mia")) == [towns["gent"], towns["lokeren"]]
        assert waiting(world.logged_in("ana")) == [towns["aalst"], towns["lokeren"]]

    def test_what_others_have_and_what_the_assistant_has_is_limited_too(self, world, towns):
        quiet, _ = world.conversation("Hidden from Gent", town="aalst", queued=False)
        ana = world.logged_in("ana")
        ana.post(f"/desk/conversations/{towns['aalst']}/take")
        page = world.logged_in("mia").get("/desk/").text
        assert quiet not in page
        assert towns["aalst"] not in page
        everything = world.logged_in("cleo").get("/desk/").text
        assert quiet in everything
        assert towns["aalst"] in section(everything, "with-colleagues")

    def test_an_agent_of_another_team_can_neither_read_take_keep_nor_pass_on(self, world, towns):
        mia = world.logged_in("mia")
        page = f"/desk/conversations/{towns['aalst']}"
        assert mia.get(page).status_code == 403
        assert mia.get(f"{page}/pass-on").status_code == 403
        mia.get("/desk/")
        agent_id = "0" * 32
        for path, fields in {
            "take": {},
            "settle": {},
            "pass-on/assign": {"agent_id": agent_id},
            "pass-on/team": {"team_id": towns["gent_team"]},
            "pass-on/colleague": {"agent_id": agent_id},
            "pass-on/service": {"place": "vdab", "action": "send"},
        }.items():
            answer = mia.post(f"{page}/{path}", **fields)
            assert answer.status_code in (403, 404), path
        assert mia.http.get(f"{page}/one-more").status_code == 403
        assert world.speaker(towns["aalst"]) == "queue"

    def test_taking_the_next_one_never_takes_another_teams(self, world, towns):
        mia = world.logged_in("mia")
        taken = [mia.post("/desk/next").headers["location"] for _ in range(3)]
        assert taken[0].startswith(f"/desk/conversations/{towns['gent']}")
        assert taken[1].startswith(f"/desk/conversations/{towns['lokeren']}")
        assert taken[2] == "/desk/?note=nobody"
        assert world.speaker(towns["aalst"]) == "queue"

    def test_a_coordinator_sees_all_and_can_look_at_one_team(self, world, towns):
        cleo = world.logged_in("cleo")
        assert waiting(cleo) == [towns["gent"], towns["aalst"], towns["lokeren"]]
        assert waiting(cleo, f"/desk/?team={towns['team']}") == [towns["aalst"]]
        assert waiting(cleo, "/desk/?team=none") == [towns["lokeren"]]

    def test_an_agent_cannot_look_at_another_team_by_its_address(self, world, towns):
        assert waiting(world.logged_in("mia"), f"/desk/?team={towns['team']}") == [towns["gent"], towns["lokeren"]]


class TestNextOne:
    def test_it_is_the_most_urgent(self, world, clock):
        world.agent()
        world.conversation()
        clock.forward(minutes=5)
        urgent, _ = world.conversation()
        working.handover(world, urgent, risks=["violence"])
        answer = world.logged_in().post("/desk/next")
        assert answer.headers["location"] == f"/desk/conversations/{urgent}?note=taken"
        assert world.speaker(urgent) == "agent"

    def test_what_is_kept_for_a_colleague_is_left_out_until_its_time_is_over(self, world, clock):
        world.agent()
        tom = world.agent("tom", "Tom De Wit")
        kept, _ = world.conversation()
        with world.database.write() as session:
            agent = session.get_one(Agent, tom.id)
            transfers.assign(session, session.get_one(Conversation, kept), agent, agent, "", clock())
        mia = world.logged_in()
        assert "for Tom De Wit" in mia.page.text
        assert f'id="take-{kept}"' not in mia.page.text
        assert mia.post("/desk/next").headers["location"] == "/desk/?note=nobody"
        refused = mia.get(mia.post(f"/desk/conversations/{kept}/take").headers["location"]).text
        assert "kept for a colleague just now" in refused
        clock.forward(minutes=15)
        assert f'id="take-{kept}"' in mia.get("/desk/").text
        assert mia.post("/desk/next").headers["location"].startswith(f"/desk/conversations/{kept}")

    def test_nobody_waits_is_said(self, world):
        world.agent()
        mia = world.logged_in()
        assert "Nobody waits for you now." in mia.get(mia.post("/desk/next").headers["location"]).text


class TestHowManyAtOnce:
    @pytest.fixture
    def full(self, world):
        """Mia, who wants one conversation at once and has it; another person waits."""
        mia = world.agent()
        working.here(world, mia.id, capacity=1)
        first, second = world.conversation()[0], world.conversation()[0]
        browser = world.logged_in()
        browser.post(f"/desk/conversations/{first}/take")
        return browser, second

    def test_one_more_is_asked_first_and_then_taken(self, world, full):
        browser, second = full
        answer = browser.post(f"/desk/conversations/{second}/take")
        asked = browser.get(answer.headers["location"])
        assert "You have 1 conversation now, and you wanted at most 1 at once." in asked.text
        assert world.speaker(second) == "queue"
        browser.post(f"/desk/conversations/{second}/take", really="yes")
        assert world.speaker(second) == "agent"

    def test_the_next_one_is_asked_first_too(self, world, full):
        browser, second = full
        asked = browser.post("/desk/next")
        assert asked.status_code == 409
        assert "Take one more" in asked.text
        assert world.speaker(second) == "queue"
        browser.post("/desk/next", really="yes")
        assert world.speaker(second) == "agent"

    def test_taking_what_one_has_already_asks_nothing(self, world, full):
        browser, _ = full
        mine = re.findall(r'id="open-(\w+)"', section(browser.get("/desk/").text, "with-me"))
        answer = browser.post(f"/desk/conversations/{mine[0]}/take")
        assert answer.headers["location"] == f"/desk/conversations/{mine[0]}"


class TestPresence:
    def test_what_an_agent_says_of_themselves_is_seen_by_colleagues_of_the_team(self, world, clock):
        gent, aalst = working.team(world, "Gent", "gent"), working.team(world, "Aalst", "aalst")
        for login, of in (("mia", gent), ("tom", gent), ("ana", aalst)):
            working.member(world, login, of)
        mia = world.logged_in()
        assert (
            "Your colleagues see it now."
            in mia.get(mia.post("/desk/presence", availability="busy", capacity="3").headers["location"]).text
        )
        assert "Mia: busy, 0 of 3" in world.logged_in("tom").get("/desk/").text
        assert "Mia: busy" not in world.logged_in("ana").get("/desk/").text
        clock.forward(minutes=3)
        assert "Mia: busy" not in world.logged_in("tom").get("/desk/").text

    @pytest.mark.parametrize(
        "fields", [{"availability": "busy", "capacity": "0"}, {"availability": "x", "capacity": "1"}]
    )
    def test_nonsense_is_refused(self, world, fields):
        world.agent()
        assert world.logged_in().post("/desk/presence", **fields).status_code == 422


def test_500_people_with_plans_wait_and_the_page_comes_quickly(world, clock):
    world.agent()
    for number in range(500):
        conversation_id, _ = world.conversation(f"Question {number}")
        working.arrived(world, conversation_id, TODAY - (number % 40) * DAY)
    browser = world.logged_in()
    page, times = "", []
    for _ in range(5):
        started = time.perf_counter()
        page = browser.get("/desk/").text
        times.append(time.perf_counter() - started)
    assert "500 people are waiting." in page
    assert "400 more wait." in page
    assert min(times) < 2, times
