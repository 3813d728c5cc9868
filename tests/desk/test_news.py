"""What an agent is told while a page is open."""

from __future__ import annotations

import datetime as dt

import pytest

from desk.access import SignedIn
from desk.reading.news import News, Watcher
from desk.routes.queue import seen_by
from dossiers import floor, handovers, notes, transfers
from dossiers.models import Agent, Availability, Conversation, Role
from knowledge.wording import say
from tests.desk import working
from tests.desk.test_live import Stream, log_in, mia  # noqa: F401  (a fixture)


class Page:
    """An agent's open page."""

    def __init__(self, world, agent_id: str) -> None:
        self.world, self.agent_id, self.watcher = world, agent_id, Watcher()
        self.desk = world.desk()

    def look(self) -> list[News]:
        with self.world.database.read() as session:
            from dossiers import teams

            agent = session.get_one(Agent, self.agent_id)
            roles = frozenset(Role(role) for role in agent.roles)
            who = SignedIn(agent, "", "", roles, teams.teams_of(session, agent.id))
            return self.watcher.look(session, seen_by(self.desk, who))

    def kinds(self) -> list[str]:
        return [one.kind for one in self.look()]


@pytest.fixture
def gent(world):
    return working.team(world, "Gent", "gent")


@pytest.fixture
def page(world, gent):
    agent_id = working.member(world, "mia", gent)
    working.here(world, agent_id)
    return Page(world, agent_id)


def change(world, conversation_id: str, what, *, agent_id: str, **more) -> None:
    with world.database.write() as session:
        found, agent = session.get_one(Conversation, conversation_id), session.get_one(Agent, agent_id)
        what(session, found, agent, **more)


def take(session, conversation, agent, now):
    handovers.take(session, conversation, agent, say, now)


def test_what_was_there_before_is_no_news(world, page):
    world.conversation()
    assert page.kinds() == []
    assert page.kinds() == []


def test_who_comes_to_wait_is_news_once_and_nobody_is_named(world, page):
    page.look()
    world.dossier(world.conversation("My landlord keeps the deposit")[0], first_name="Aya")
    assert page.look() == [News("waiting", "Somebody waits for a colleague.", "/")]
    assert page.look() == []
    for _ in range(2):
        world.conversation()
    assert page.look() == [News("waiting", "2 people wait for a colleague.", "/")]


def test_who_asks_again_later_is_news_again(world, page, clock):
    conversation_id, _ = world.conversation()
    page.look()
    with world.database.write() as session:
        found = session.get_one(Conversation, conversation_id)
        handovers.go_on_with_bot(session, found, say, clock())
        handovers.request(session, found, "asked", clock())
    assert page.kinds() == ["waiting"]


def test_who_waits_for_another_team_is_none(world, page):
    working.team(world, "Aalst", "aalst")
    page.look()
    world.conversation(town="aalst")
    assert page.kinds() == []


@pytest.mark.parametrize("state", [Availability.BUSY, Availability.AWAY])
def test_who_is_busy_or_away_hears_only_what_is_for_them(world, page, clock, state):
    working.here(world, page.agent_id, state)
    cleo = working.member(world, "cleo", role=Role.COORDINATOR)
    page.look()
    conversation_id, _ = world.conversation()
    assert page.kinds() == []
    with world.database.write() as session:
        found, to, by = (
            session.get_one(kind, key)
            for kind, key in ((Conversation, conversation_id), (Agent, page.agent_id), (Agent, cleo))
        )
        transfers.assign(session, found, to, by, "", clock())
    assert page.kinds() == ["assigned"]


def test_what_a_colleague_passes_on_is_news_with_its_page(world, page, clock, gent):
    tom = working.member(world, "tom", gent)
    conversation_id, _ = world.conversation()
    change(world, conversation_id, take, agent_id=tom, now=clock())
    page.look()
    with world.database.write() as session:
        found, by, to = (
            session.get_one(kind, key)
            for kind, key in ((Conversation, conversation_id), (Agent, tom), (Agent, page.agent_id))
        )
        transfers.to_colleague(session, found, by, to, "a note", say, clock())
    assert page.look() == [
        News("assigned", "A colleague gave you a conversation.", f"/conversations/{conversation_id}")
    ]


def test_a_note_that_names_the_agent_is_news_once(world, page, clock, gent):
    tom = working.member(world, "tom", gent)
    conversation_id, _ = world.conversation()
    page.look()
    with world.database.write() as session:
        found, author, named = (
            session.get_one(kind, key)
            for kind, key in ((Conversation, conversation_id), (Agent, tom), (Agent, page.agent_id))
        )
        notes.write(session, found, author, "please look", [named], clock())
    assert page.look() == [News("mention", "A note mentions you.", f"/conversations/{conversation_id}")]
    assert page.look() == []


def test_a_conversation_whose_time_is_over_is_news_and_one_that_was_given_back_is_none(world, page, clock):
    forgotten, given = world.conversation()[0], world.conversation()[0]
    for conversation_id in (forgotten, given):
        change(world, conversation_id, take, agent_id=page.agent_id, now=clock())
    page.look()
    with world.database.write() as session:
        agent = session.get_one(Agent, page.agent_id)
        handovers.give_back(session, session.get_one(Conversation, given), agent, say, clock())
    assert page.kinds() == []
    clock.forward(seconds=floor.LEASE.total_seconds() + 60)
    world.lapse()
    assert page.kinds() == ["lapsed"]


def test_an_open_stream_tells_it_and_shows_that_the_agent_is_there(server, mia):  # noqa: F811
    world = server.world
    stream = Stream(mia, "/desk/events")
    stream.next("board")
    conversation_id, _ = world.conversation()
    world.hub.wake(conversation_id)
    data, _ = stream.next("news")
    assert 'data-news="waiting"' in data
    assert "deposit" not in data
    with world.database.read() as session:
        from dossiers import presence

        agent = session.query(Agent).one()
        assert presence.of(session, agent, world.clock()).state == Availability.AVAILABLE
        assert presence.of(session, agent, world.clock() + dt.timedelta(minutes=3)).state == presence.OFFLINE
