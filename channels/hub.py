"""Wakes what waits for news of a conversation, here and, over Redis, in every other process of the app.

Only a hint: whoever is woken reads the database, and reads it now and then anyway. Redis may be away at any time.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

import structlog
from redis.asyncio import Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from channels.signs import Signs

log = structlog.get_logger(__name__)

EVERYTHING = "*"
PREFIX = "what-now:wake:"
PING_EVERY = 10.0
SILENT_AFTER = 25.0
SECONDS = 5.0
FIRST_WAIT, LONGEST_WAIT = 0.25, 15.0


class Relay(Protocol):
    """Carries wake-ups between processes. Every method is called in the running loop."""

    def start(self, woken: Callable[[str], None]) -> None:
        """Begins. ``woken`` gets what other processes tell: a conversation's id, with a sign after a space where there
        is one, or `EVERYTHING` after a gap."""

    def send(self, conversation_id: str) -> None:
        """Tells the other processes; never waits and never raises."""

    def stop(self) -> None:
        """Ends."""


class Hub:
    """Wake-ups by topic (a conversation's id, or `EVERYTHING`), and signs of who types or reads. Safe to call from any
    thread."""

    def __init__(self, relay: Relay | None = None, signs: Signs | None = None) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._relay = relay
        self._signs = signs or Signs()
        self.closing = False

    def bind(self) -> None:
        """Remembers the running loop; call once when the app starts."""
        self._loop = asyncio.get_running_loop()
        self.closing = False
        if self._relay is not None:
            self._relay.start(self._heard)

    def wake(self, conversation_id: str) -> None:
        """Something changed in a conversation."""
        self._soon(self._tell, conversation_id)

    def sign(self, conversation_id: str, sign: str) -> None:
        """Gives a sign (`channels.signs`) here and in the other processes. Only a new one wakes whoever watches this
        conversation; lists of many conversations are never woken by it."""
        if self._signs.give(conversation_id, sign):
            self._soon(self._set_one, conversation_id)
        if self._relay is not None and not self.closing:
            self._soon(self._relay.send, f"{conversation_id} {sign}")

    def unsign(self, conversation_id: str, sign: str) -> None:
        """Takes a sign back; in other processes it ends by itself after some seconds."""
        if self._signs.take_back(conversation_id, sign):
            self._soon(self._set_one, conversation_id)

    def signs(self, conversation_id: str) -> frozenset[str]:
        """The signs that hold now."""
        return self._signs.now(conversation_id)

    def close(self) -> None:
        """Wakes everybody for the last time, so that open streams end and the app can stop."""
        self.closing = True
        if self._relay is not None:
            self._soon(self._relay.stop)
        self._wake_all()

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

    def _soon(self, call: Callable[..., None], *values: Any) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *values)

    def _tell(self, conversation_id: str) -> None:
        self._set(conversation_id)
        if self._relay is not None and not self.closing:
            self._relay.send(conversation_id)

    def _set(self, conversation_id: str) -> None:
        if conversation_id == EVERYTHING:
            self._wake_all()
            return
        self._set_one(conversation_id)
        self._set_one(EVERYTHING)

    def _set_one(self, topic: str) -> None:
        for event in self._waiting.get(topic, ()):
            event.set()

    def _heard(self, told: str) -> None:
        conversation_id, _, sign = told.partition(" ")
        if not sign:
            self._set(conversation_id)
        elif self._signs.give(conversation_id, sign):
            self._set_one(conversation_id)

    def _wake_all(self) -> None:
        for events in list(self._waiting.values()):
            for event in list(events):
                event.set()


class RedisRelay:
    """Publishes and hears conversations' ids on one Redis. While it is away each process goes on by itself.

    A process hears the others only: each publishes under a name of its own. What could not be published is dropped,
    because the others look at the database every few seconds; after a gap everybody here is woken once.

    Raises:
        ValueError: the URL is none of a Redis.
    """

    def __init__(self, url: str) -> None:
        parse_url(url)
        self._url, self._own = url, f"{PREFIX}{secrets.token_hex(8)}"
        self._tasks: list[asyncio.Task[None]] = []
        self._unsent: set[str] = set()
        self._news = asyncio.Event()
        self._away: set[str] = set()

    def start(self, woken: Callable[[str], None]) -> None:
        """Begins to publish and to hear."""
        self.stop()
        self._news = asyncio.Event()
        self._tasks = [asyncio.create_task(self._publish()), asyncio.create_task(self._hear(woken))]

    def send(self, conversation_id: str) -> None:
        """Publishes soon; the same id once, however often it is sent until then."""
        self._unsent.add(conversation_id)
        self._news.set()

    def stop(self) -> None:
        """Ends both."""
        for task in self._tasks:
            task.cancel()
        self._tasks = []
        self._unsent.clear()
        self._away.clear()

    def _client(self) -> Redis:
        return Redis.from_url(
            self._url,
            decode_responses=True,
            encoding_errors="replace",
            socket_timeout=SECONDS,
            socket_connect_timeout=SECONDS,
            retry=Retry(NoBackoff(), 1),
        )

    async def _publish(self) -> None:
        async with self._client() as redis:
            while True:
                await self._news.wait()
                self._news.clear()
                ids, self._unsent = self._unsent, set()
                try:
                    async with redis.pipeline(transaction=False) as pipeline:
                        for conversation_id in ids:
                            pipeline.publish(self._own, conversation_id)
                        await pipeline.execute()
                    self._works("publish")
                except (RedisError, OSError) as error:
                    self._lost("publish", error)
                    await asyncio.sleep(FIRST_WAIT)

    async def _hear(self, woken: Callable[[str], None]) -> None:
        pause = FIRST_WAIT
        while True:
            try:
                async with self._client() as redis, redis.pubsub() as subscription:
                    await subscription.psubscribe(f"{PREFIX}*")
                    async for conversation_id in self._heard(subscription):
                        pause = FIRST_WAIT
                        self._works("hear")
                        woken(conversation_id)
            except (RedisError, OSError) as error:
                self._lost("hear", error)
            await asyncio.sleep(pause)
            pause = min(LONGEST_WAIT, pause * 2)

    async def _heard(self, subscription: Any) -> AsyncIterator[str]:
        """`EVERYTHING` once the subscription stands, then what other processes publish.

        Raises:
            RedisError: the connection broke, or nothing came although Redis was asked for a sign of life.
        """
        pinged = heard = time.monotonic()
        while True:
            message = await subscription.get_message(timeout=1.0)
            now = time.monotonic()
            if message is not None:
                heard = now
                if message["type"] == "psubscribe":
                    yield EVERYTHING
                elif message["type"] == "pmessage" and message["channel"] != self._own:
                    yield str(message["data"])
            elif now - heard > SILENT_AFTER:
                raise RedisError("silent")
            elif now - pinged > PING_EVERY:
                pinged = now
                await subscription.ping()

    def _lost(self, what: str, error: Exception) -> None:
        if not self._away:
            log.warning("redis_away", error=type(error).__name__)
        self._away.add(what)

    def _works(self, what: str) -> None:
        if self._away == {what}:
            log.info("redis_back")
        self._away.discard(what)


async def wait(event: asyncio.Event, seconds: float) -> bool:
    """Waits for a wake-up, at most so long. True when it came."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
        return True
    return False
