"""Wakes what waits for news of a conversation.

Only a hint: whoever is woken reads the database, and reads it now and then anyway.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

EVERYTHING = "*"


class Hub:
    """In-process wake-ups by topic (a conversation's id, or `EVERYTHING`). Safe to call from any thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self.closing = False

    def bind(self) -> None:
        """Remembers the running loop; call once when the app starts."""
        self._loop = asyncio.get_running_loop()
        self.closing = False

    def wake(self, conversation_id: str) -> None:
        """Something changed in a conversation."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._set, conversation_id)

    def close(self) -> None:
        """Wakes everybody for the last time, so that open streams end and the app can stop."""
        self.closing = True
        for events in self._waiting.values():
            for event in events:
                event.set()

    @asynccontextmanager
    async def listen(self, topic: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set at every wake-up of the topic; the listener clears it before it reads."""
        event = asyncio.Event()
        self._waiting[topic].add(event)
        try:
            yield event
        finally:
            self._waiting[topic].discard(event)
            if not self._waiting[topic]:
                del self._waiting[topic]

    def _set(self, conversation_id: str) -> None:
        for topic in (conversation_id, EVERYTHING):
            for event in self._waiting.get(topic, ()):
                event.set()


async def wait(event: asyncio.Event, seconds: float) -> bool:
    """Waits for a wake-up, at most so long. True when it came."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
