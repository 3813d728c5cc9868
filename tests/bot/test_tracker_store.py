"""The windowed store: one statement a read, flat, and the same conversation as with Rasa's own store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import ConversationPaused, ConversationResumed, SlotSet

from bot.tracker_store import WindowedTrackerStore
from tests import servers
from tests.bot.talking import Talk

SCRIPT = (
    """
/greet | do i need fire insurance | how much does it cost | I live in Aalst | /open_dossier | /affirm | /inform
my landlord keeps the deposit | /skip | /explain | /inform | /stop | /thank | i lost my residence card | /open_dossier
/inform | /inform | hello | /human | /what_now | I am italian | /follow_up_place | /restart | hello | /follow_up_cost
/inform{"municipality": "gent"} | do i need fire insurance | /open_dossier | /affirm | /deny | /emergency
how do i open a bank account | /erase_dossier | /erase_dossier{"confirm": "yes"} | tell me a joke | /not_helpful
/open_dossier | /inform | /inform | /inform | /inform | /inform | /inform | /inform | /inform | /inform | /inform
/inform | /inform | /goodbye
""".strip()
    .replace("\n", " | ")
    .split(" | ")
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/bot.db"
        return
    try:
        with servers.postgresql() as url:
            yield url.replace("+psycopg", "")
    except LookupError as error:
        pytest.skip(str(error))


@contextmanager
def statements(store: SQLTrackerStore) -> Iterator[list[str]]:
    """Collect what is sent to the database."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    sa.event.listen(store.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(store.engine, "before_cursor_execute", note)


async def test_the_same_conversation_as_with_rasas_own_store(trained: Any, address: str, tmp_path: Path) -> None:
    mine = Talk(trained, WindowedTrackerStore(host=address))
    rasas = Talk(trained, SQLTrackerStore(host=f"sqlite:///{tmp_path}/rasas.db"))
    for number, text in enumerate(SCRIPT):
        assert await mine.say(text) == await rasas.say(text), (number, text)
        assert await mine.state() == await rasas.state(), (number, text)
    full, all_of_it = (
        await mine.store.retrieve_full_tracker("somebody"),
        await rasas.store.retrieve_full_tracker("somebody"),
    )
    assert full is not None
    assert all_of_it is not None
    assert [event.type_name for event in full.events] == [event.type_name for event in all_of_it.events]


async def test_two_hundred_turns_read_as_little_as_ten(trained: Any, tmp_path: Path) -> None:
    talk = Talk(trained, WindowedTrackerStore(host=f"sqlite:///{tmp_path}/bot.db"))
    read: dict[int, int] = {}
    turns = ["/ask", "/thank", '/inform{"municipality": "gent"}', "/follow_up_cost"]
    for turn in range(1, 201):
        await talk.say(turns[turn % len(turns)])
        if turn in (10, 50, 100, 198, 200):
            with statements(talk.store) as sent:
                tracker = await talk.store.retrieve("somebody")
            assert tracker is not None
            assert len(sent) == 1, sent
            read[turn] = len(tracker.events)
    assert max(read.values()) <= min(read.values()) + 8, read
    with statements(talk.store) as sent:
        await talk.say("/ask")
    assert sum("SELECT" in one for one in sent) == 1
    full = await talk.store.retrieve_full_tracker("somebody")
    assert full is not None
    assert len(full.events) > 800


@pytest.mark.parametrize("turns_between", [0, 1, 6])
async def test_pausing_and_slots_survive_outside_the_window(trained: Any, address: str, turns_between: int) -> None:
    talk = Talk(trained, WindowedTrackerStore(host=address, turns=4))
    await talk.say("/greet")
    tracker = await talk.store.retrieve("somebody")
    assert tracker is not None
    for event in (SlotSet("country", "JP"), SlotSet("country", "IT"), ConversationPaused()):
        tracker.update(event)
    await talk.store.save(tracker)
    for _ in range(turns_between):
        await talk.say("/thank")
    state = await talk.state()
    assert (state["paused"], state["slots"]["country"]) == (True, "IT")
    tracker = await talk.store.retrieve("somebody")
    assert tracker is not None
    tracker.update(ConversationResumed())
    await talk.store.save(tracker)
    assert await talk.say("/thank") == ["utter_thank"]


async def test_conversations_do_not_mix(trained: Any, address: str) -> None:
    store = WindowedTrackerStore(host=address)
    one, two = Talk(trained, store, "one"), Talk(trained, store, "two")
    await one.say('/inform{"municipality": "gent"}')
    await two.say('/inform{"municipality": "aalst"}')
    assert (await one.state())["slots"]["municipality"] == "gent"
    assert (await two.state())["slots"]["municipality"] == "aalst"
    assert await store.retrieve("three") is None
    assert sorted(await store.keys()) == ["one", "two"]


def test_sqlite_does_not_make_readers_wait(tmp_path: Path) -> None:
    store = WindowedTrackerStore(host=f"sqlite:///{tmp_path}/bot.db")
    with store.engine.connect() as connection:
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(sa.text("PRAGMA synchronous")).scalar() == 1


def test_opening_twice_is_no_problem(address: str) -> None:
    WindowedTrackerStore(host=address, turns="4")
    store = WindowedTrackerStore(host=address, turns="4")
    names = {index["name"] for index in sa.inspect(store.engine).get_indexes("events")}
    assert "ix_events_sender_type_id_action" in names
