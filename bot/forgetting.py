"""Takes a conversation out of the bot's memory, so that nothing of it is left, not in the database's file either."""

from __future__ import annotations

import logging
from typing import Any

import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore

logger = logging.getLogger(__name__)


class CannotForget(Exception):
    """It is not certain that nothing is left; the app asks again."""


async def forget(agent: Agent, sender: str) -> int:
    """Delete every event of a conversation, after the turn that may be running. Return how many there were.

    Forgetting what is not there is no error: whoever asks again is told 0.

    Raises:
        LockError: a turn of the conversation did not end in time.
        CannotForget: the store is none that can delete, or somebody reads the database at this moment.
    """
    async with agent.lock_store.lock(sender):
        number = sum(_forget_in(store, sender) for store in _stores(agent.tracker_store))
    logger.info("conversation %s is forgotten", sender)
    return number


def _stores(store: Any) -> list[Any]:
    """Return the stores behind Rasa's wrappers, the one in memory for bad times among them."""
    inner = getattr(store, "_tracker_store", None)
    if inner is None:
        return [store]
    fallback = getattr(store, "_fallback_tracker_store", None)
    return _stores(inner) + (_stores(fallback) if fallback is not None else [])


def _forget_in(store: Any, sender: str) -> int:
    if isinstance(store, SQLTrackerStore):
        return _forget_rows(store, sender)
    if isinstance(store, InMemoryTrackerStore):
        return 0 if store.store.pop(sender, None) is None else 1
    raise CannotForget(type(store).__name__)


def _forget_rows(store: Any, sender: str) -> int:
    """Delete the rows, and empty SQLite's log of them (`secure_delete` overwrites them in the file itself)."""
    events = store.SQLEvent.__table__
    with store.engine.begin() as connection:
        number: int = connection.execute(sa.delete(events).where(events.c.sender_id == sender)).rowcount
    if store.engine.dialect.name == "sqlite":
        with store.engine.connect() as connection:
            if connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise CannotForget("somebody reads")
    return number
