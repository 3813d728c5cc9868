"""The bot forgets a conversation: every event of it, also in the bytes of its files, and nothing of another."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.forgetting import CannotForget, forget
from bot.tracker_store import WindowedTrackerStore
from tests import servers

PLANTED = {"gone": "vxqplantedgone", "stays": "kjwplantedstays"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WindowedTrackerStore]:
    if request.param == "sqlite":
        yield WindowedTrackerStore(Domain.empty(), host=f"sqlite:///{tmp_path}/bot.db")
        return
    try:
        with servers.postgresql() as url:
            yield WindowedTrackerStore(Domain.empty(), host=url.replace("+psycopg", ""))
    except LookupError as error:
        pytest.skip(str(error))


def agent(store: Any) -> Any:
    """What forgetting needs of Rasa's agent, with the wrapper that the agent puts around its store."""
    return SimpleNamespace(tracker_store=FailSafeTrackerStore(store), lock_store=InMemoryLockStore())


async def talk(store: Any, sender: str, turns: int = 40) -> None:
    """A conversation in which a word is said in every way."""
    word = PLANTED[sender]
    tracker = DialogueStateTracker(sender, [])
    for turn in range(turns):
        tracker.update(UserUttered(f"{word} {turn}", input_channel="app", message_id=f"{sender}-{turn}"))
        tracker.update(SlotSet("concern", f"{word} slot"))
        tracker.update(BotUttered(f"You said {word}", data={"custom": {"word": word}}))
    await store.save(tracker)


def rows(store: WindowedTrackerStore, sender: str) -> int:
    with store.engine.connect() as connection:
        asked = sa.text("SELECT count(*) FROM events WHERE sender_id = :sender")
        return int(connection.execute(asked, {"sender": sender}).scalar() or 0)


async def test_every_event_goes_and_those_of_others_stay(store: WindowedTrackerStore) -> None:
    for sender in PLANTED:
        await talk(store, sender)
    assert await forget(agent(store), "gone") == 120
    assert (rows(store, "gone"), rows(store, "stays")) == (0, 120)
    assert await store.retrieve("gone") is None


async def test_nothing_of_it_is_left_in_the_bytes_of_the_files(tmp_path: Path) -> None:
    store = WindowedTrackerStore(Domain.empty(), host=f"sqlite:///{tmp_path}/bot.db")
    for sender in PLANTED:
        await talk(store, sender)
    assert PLANTED["gone"].encode() in everything(tmp_path)
    await forget(agent(store), "gone")
    left = everything(tmp_path)
    assert PLANTED["gone"].encode() not in left
    assert PLANTED["stays"].encode() in left


def everything(folder: Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in sorted(folder.iterdir()))


async def test_asked_again_nothing_is_left_to_forget(store: WindowedTrackerStore) -> None:
    await talk(store, "gone")
    assert await forget(agent(store), "gone") == 120
    assert await forget(agent(store), "gone") == 0
    assert await forget(agent(store), "nobody") == 0


async def test_what_was_kept_in_memory_while_the_database_was_away_goes_too(tmp_path: Path) -> None:
    store = WindowedTrackerStore(Domain.empty(), host=f"sqlite:///{tmp_path}/bot.db")
    around = agent(store)
    await talk(around.tracker_store.fallback_tracker_store, "gone")
    assert await forget(around, "gone") == 1
    memory = around.tracker_store.fallback_tracker_store
    assert isinstance(memory, InMemoryTrackerStore)
    assert "gone" not in memory.store


async def test_it_says_so_when_somebody_reads_the_file_at_this_moment(tmp_path: Path) -> None:
    store = WindowedTrackerStore(Domain.empty(), host=f"sqlite:///{tmp_path}/bot.db")
    await talk(store, "gone")
    with sa.create_engine(f"sqlite:///{tmp_path}/bot.db").connect() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT * FROM events").fetchone()
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 50")
        with pytest.raises(CannotForget):
            await forget(agent(store), "gone")
    await forget(agent(store), "gone")
    assert PLANTED["gone"].encode() not in everything(tmp_path)


async def test_a_store_that_cannot_forget_is_no_silent_success() -> None:
    with pytest.raises(CannotForget):
        await forget(agent(SimpleNamespace(domain=None, event_broker=None)), "gone")


async def test_an_error_of_the_database_does_not_tell_the_log_what_was_said(tmp_path: Path, caplog: Any) -> None:
    store = WindowedTrackerStore(Domain.empty(), host=f"sqlite:///{tmp_path}/bot.db")
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE events")
    caplog.set_level(logging.DEBUG)
    around = agent(store)
    await talk(around.tracker_store, "gone")
    assert "no such table" in caplog.text
    assert PLANTED["gone"] not in caplog.text
