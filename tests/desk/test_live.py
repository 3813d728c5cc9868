"""The desk's event streams, over a real server."""

from __future__ import annotations

import datetime as dt
import queue
import threading
import time

import httpx
import pytest

from channels.hub import EVERYTHING as HUB_EVERYTHING
from desk.routes import live
from desk.services import EVERYTHING
from dossiers import accounts, floor
from dossiers.models import Agent, AgentSession, Conversation, OutboxState, Sender
from tests.desk.conftest import PASSWORD

SOON = 20.0  # longest wait for what comes at once on a quiet machine


class Stream:
    """Follows a stream in the background and hands out its events."""

    def __init__(self, client: httpx.Client, path: str, **headers: str) -> None:
        self.events: queue.Queue[tuple[str, str, str]] = queue.Queue()
        self.ended = threading.Event()
        self.client, self.path, self.headers = client, path, headers
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        try:
            with self.client.stream("GET", self.path, headers=self.headers, timeout=30) as answer:
                self.status = answer.status_code
                fields: dict[str, str] = {}
                for line in answer.iter_lines():
                    if not line:
                        if fields:
                            event = fields.get("event", ""), fields.get("data", ""), fields.get("id", "")
                            self.events.put(event)
                        fields = {}
                        continue
                    name, _, value = line.partition(": ")
                    fields[name] = f"{fields[name]}\n{value}" if name in fields else value
        except httpx.HTTPError:
            pass
        self.ended.set()

    def next(self, event: str, holding: str = "", within: float = SOON) -> tuple[str, str]:
        """The next event of a kind: its data and id."""
        deadline = time.monotonic() + within
        while True:
            found = self.events.get(timeout=max(0.01, deadline - time.monotonic()))
            if found[0] == event and holding in found[1]:
                return found[1], found[2]

    def nothing(self, event: str, within: float) -> bool:
        try:
            self.next(event, within=within)
        except queue.Empty:
            return True
        return False


@pytest.fixture
def mia(server):
    server.world.agent()
    with httpx.Client(base_url=server.url) as client:
        log_in(client, "mia")
        yield client


def log_in(client: httpx.Client, login: str) -> None:
    page = client.get("/desk/login").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/desk/login", data={"csrf_token": token, "login": login, "password": PASSWORD})
    assert answer.status_code == 303


def act(client: httpx.Client, conversation_id: str, action: str, **fields: str) -> httpx.Response:
    page = client.get(f"/desk/conversations/{conversation_id}").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(f"/desk/conversations/{conversation_id}/{action}", data={"csrf_token": token, **fields})


def test_the_topic_of_everything_is_the_hubs():
    assert EVERYTHING == HUB_EVERYTHING


def test_the_queue_hears_at_once_who_waits_and_stays_quiet_when_nothing_changes(server, mia):
    stream = Stream(mia, "/desk/events")
    assert "Nobody is waiting." in stream.next("waiting")[0]
    conversation_id, _ = server.world.conversation("Who can help me?")
    server.world.hub.wake(conversation_id)
    started = time.monotonic()
    assert "Who can help me?" in stream.next("board")[0]
    assert time.monotonic() - started < 4
    assert "1 person is waiting." in stream.next("waiting")[0]
    server.world.hub.wake(conversation_id)
    assert stream.nothing("board", within=1.5)


def test_a_conversation_hears_messages_floor_dossier_and_delivery(server, mia):
    world = server.world
    conversation_id, token = world.conversation()
    stream = Stream(mia, f"/desk/conversations/{conversation_id}/events?after=0")
    first, first_id = stream.next("message")
    assert "My landlord keeps the deposit" in first
    assert first_id.isdecimal()
    assert "waits for a colleague" in stream.next("floor")[0]
    act(mia, conversation_id, "take")
    assert "You have this conversation" in stream.next("floor")[0]
    world.says(conversation_id, "<b>Hello</b>")
    assert "&lt;b&gt;Hello&lt;/b&gt;" in stream.next("message", "Hello")[0]
    world.dossier(conversation_id, first_name="Aya")
    assert "Aya" in stream.next("dossier", "Aya")[0]
    act(mia, conversation_id, "reply", text="Good morning")
    assert "waiting to be delivered" in stream.next("delivery")[0]
    headers = {"authorization": f"Bearer {token}"}
    httpx.get(f"{server.url}/api/conversations/{conversation_id}/messages", headers=headers)
    world.hub.wake(conversation_id)
    assert ">delivered, " in stream.next("delivery", "delivered, ")[0]


def test_a_stream_goes_on_after_the_last_event_it_had(server, mia):
    conversation_id, _ = server.world.conversation("one", "two", "three")
    ids = [int(stream_id) for _, stream_id in take(Stream(mia, address(conversation_id)), 3)]
    stream = Stream(mia, address(conversation_id), **{"last-event-id": str(ids[1])})
    data, event_id = stream.next("message")
    assert "three" in data
    assert int(event_id) == ids[2]


def address(conversation_id: str) -> str:
    return f"/desk/conversations/{conversation_id}/events?after=0"


def take(stream: Stream, count: int) -> list[tuple[str, str]]:
    return [stream.next("message") for _ in range(count)]


def test_an_open_page_keeps_the_floor_and_a_colleagues_page_does_not(server, mia, monkeypatch):
    monkeypatch.setattr(live, "RENEW_EVERY", dt.timedelta(0))
    monkeypatch.setattr(live, "LOOK_EVERY", 0.1)
    world = server.world
    world.agent("tom", "Tom De Wit")
    conversation_id, _ = world.conversation()
    act(mia, conversation_id, "take")

    def lease() -> dt.datetime:
        with world.database.read() as session:
            found = session.get_one(Conversation, conversation_id).lease_until
        assert found is not None
        return found

    with httpx.Client(base_url=server.url) as tom:
        log_in(tom, "tom")
        stream = Stream(tom, address(conversation_id))
        assert "with Mia Peeters" in stream.next("floor")[0]
        before = lease()
        time.sleep(0.5)
        assert lease() == before
        Stream(mia, address(conversation_id)).next("floor")
        time.sleep(0.3)
        assert lease() > before
        with world.database.write() as session:
            session.get_one(Conversation, conversation_id).lease_until = world.clock() - floor.LEASE
        world.lapse()
        assert "waits for a colleague" in stream.next("floor")[0]


@pytest.mark.parametrize("how", ["deactivated", "logged out", "idle"])
def test_a_stream_ends_with_its_session(server, mia, how):
    world = server.world
    conversation_id, _ = world.conversation()
    streams = [Stream(mia, "/desk/events"), Stream(mia, address(conversation_id))]
    streams[0].next("board")
    streams[1].next("floor")
    with world.database.write() as session:
        agent = session.query(Agent).one()
        if how == "deactivated":
            accounts.deactivate(session, agent)
        elif how == "logged out":
            accounts.end_sessions(session, agent.id)
        else:
            session.query(AgentSession).one().last_seen_at -= accounts.IDLE
    world.says(conversation_id, "planted after the end", Sender.PERSON)
    for stream in streams:
        assert "session has ended" in stream.next("signed-out")[0]
        assert stream.ended.wait(SOON)
        assert "planted" not in str(list(stream.events.queue))


def test_every_stream_ends_when_the_app_stops(server, mia):
    conversation_id, _ = server.world.conversation()
    streams = [Stream(mia, "/desk/events"), Stream(mia, address(conversation_id))]
    streams[0].next("board")
    streams[1].next("floor")
    started = time.monotonic()
    server.stop()
    assert all(stream.ended.wait(SOON) for stream in streams)
    assert not server.thread.is_alive()
    assert time.monotonic() - started < 4


def test_a_stream_of_a_conversation_that_is_erased_ends(server, mia):
    world = server.world
    conversation_id, _ = world.conversation()
    stream = Stream(mia, address(conversation_id))
    stream.next("floor")
    with world.database.write() as session:
        session.delete(session.get_one(Conversation, conversation_id))
    world.hub.wake(conversation_id)
    assert "was erased" in stream.next("signed-out")[0]
    assert stream.ended.wait(SOON)


def test_a_conversation_hears_at_once_how_far_a_message_on_a_platform_has_come(server, mia):
    world = server.world
    conversation_id = world.on("whatsapp")
    message = world.says(conversation_id, "an answer", Sender.BOT)
    stream = Stream(mia, address(conversation_id))
    assert "WhatsApp: waiting to be sent" in stream.next("delivery")[0]
    for state, words in {
        OutboxState.SENDING: "being sent",
        OutboxState.FAILED: "refused for now",
        OutboxState.SENT: "sent, ",
        OutboxState.READ: "read, ",
    }.items():
        world.delivery(message, state)
        data = stream.next("delivery")[0]
        assert f">WhatsApp: {words}" in data
        assert f'id="delivery-{message}"' in data
    world.hub.wake(conversation_id)
    assert stream.nothing("delivery", within=1.0)


def test_a_conversation_hears_when_free_text_stops_and_when_the_person_writes_again(server, mia):
    world = server.world
    conversation_id = world.on("whatsapp")
    act(mia, conversation_id, "take")
    stream = Stream(mia, address(conversation_id))
    assert 'data-free="yes"' in stream.next("window")[0]
    stream.next("channels", "the next answer goes here")
    world.address(conversation_id, heard_at=world.clock() - dt.timedelta(hours=25))
    closed = stream.next("window")[0]
    assert 'data-free="no"' in closed
    assert '?template=colleague-answer"' in closed
    stream.next("channels")
    act(mia, conversation_id, "back")
    assert "Take the conversation to send an approved template." in stream.next("window")[0]
    world.address(conversation_id, heard_at=world.clock())
    assert 'data-free="yes"' in stream.next("window")[0]
    world.address(conversation_id, stopped_at=world.clock())
    assert "asked us to write no more" in stream.next("window")[0]
    assert "asked us to stop" in stream.next("channels", "asked us to stop")[0]
