"""A tracker store that stays as fast in the two-hundredth turn as in the tenth.

Rasa's own store reads and replays every event of a session for each message. The dialogue needs much less: the
newest value of each slot, the active loop, whether the conversation is paused, and the last few turns. That is read
in one statement, and only events that are new are written. `retrieve_full_tracker` stays complete.
"""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

logger = logging.getLogger(__name__)

STORED = "_events_already_stored"
INDEX = "ix_events_sender_type_id_action"

# bounds   where the session (or restart) begins; the last time all slots were emptied
# turn     the user's message that opens the window, counted back from the newest
# window   starts at the action_listen before that message (the state the policies see), or with a young session
WINDOW = sa.text("""
WITH bounds AS (
    SELECT coalesce(max(CASE WHEN type_name IN ('session_started', 'restart') THEN id END), 0) AS session,
           coalesce(max(id), 0) AS emptied
    FROM events WHERE sender_id = :sender AND type_name IN ('session_started', 'restart', 'reset_slots')),
turn AS (
    SELECT events.id FROM events, bounds
    WHERE events.sender_id = :sender AND events.type_name = 'user' AND events.id >= bounds.session
    ORDER BY events.id DESC LIMIT 1 OFFSET :earlier_turns),
listening AS (
    SELECT max(events.id) AS id FROM events, turn, bounds
    WHERE events.sender_id = :sender AND events.type_name = 'action' AND events.action_name = 'action_listen'
      AND events.id >= bounds.session AND events.id < turn.id),
window_start AS (
    SELECT coalesce(listening.id, bounds.session) AS id FROM bounds, listening)
SELECT events.id AS id, events.data AS data FROM events, window_start
WHERE events.sender_id = :sender AND events.id >= window_start.id
UNION ALL
SELECT events.id AS id, events.data AS data FROM events WHERE events.id IN (
    SELECT max(older.id) FROM events older, bounds, window_start
    WHERE older.sender_id = :sender AND older.id < window_start.id
      AND ((older.type_name = 'slot' AND older.id > bounds.emptied)
        OR (older.type_name IN ('active_loop', 'loop_interrupted', 'pause', 'resume') AND older.id > bounds.session))
    GROUP BY CASE older.type_name WHEN 'slot' THEN 'slot ' || older.action_name
                                  WHEN 'active_loop' THEN 'loop'
                                  WHEN 'loop_interrupted' THEN 'interrupted'
                                  ELSE 'paused' END)
ORDER BY 1""")


def _configure_sqlite(connection: Any, _: Any) -> None:
    """Readers do not wait for the writer; a power cut may cost the last turn, never the file. What is deleted is
    overwritten."""
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 5000", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class WindowedTrackerStore(SQLTrackerStore):  # type: ignore[misc]  # untyped base
    """SQLTrackerStore that reads a window of the conversation, for SQLite and PostgreSQL."""

    def __init__(self, domain: Domain | None = None, turns: int | str = 4, **options: Any) -> None:
        """Open the database.

        Args:
            domain: the domain whose slots are filled.
            turns: user turns to read; at least the policies' `max_history`, and more than the longest rule that
                starts with the conversation.
            options: those of SQLTrackerStore; `url` in endpoints.yml arrives as `host`.
        """
        super().__init__(domain, **options)
        self.turns = int(turns)
        self.engine.hide_parameters = True  # Rasa logs errors of the database, and events hold what people wrote
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _configure_sqlite)
        event = self.SQLEvent
        index = sa.Index(INDEX, event.sender_id, event.type_name, event.id, event.action_name)
        event.__table__.indexes.discard(index)
        try:
            index.create(self.engine, checkfirst=True)
        except (sa.exc.OperationalError, sa.exc.ProgrammingError):
            logger.info("the index %s was made by another process", INDEX)

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        if fetch_events_from_all_sessions or not self.domain:
            tracker = await super()._retrieve(sender_id, fetch_events_from_all_sessions)
        else:
            tracker = self._read_window(sender_id)
        if tracker is not None:
            setattr(tracker, STORED, len(tracker.events))
        return tracker

    def _read_window(self, sender_id: str) -> DialogueStateTracker | None:
        with self.engine.connect() as connection:
            rows = connection.execute(WINDOW, {"sender": sender_id, "earlier_turns": self.turns - 1}).fetchall()
        if not rows:
            return None
        return DialogueStateTracker.from_dict(sender_id, [json.loads(row.data) for row in rows], self.domain.slots)

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Any]:
        stored = getattr(tracker, STORED, None)
        if stored is None:
            new: Iterator[Any] = super()._additional_events(session, tracker)
            return new
        return itertools.islice(tracker.events, stored, len(tracker.events))

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the events that are new."""
        await super().save(tracker)
        setattr(tracker, STORED, len(tracker.events))
