"""What a person holds in their hand: sends, presses, and remembers everything that it ever showed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

RETRY = (0.3, 0.6, 1.2, 2.0)
TIME_OUT = 12.0
TOO_QUIET = 20.0  # the server says something every 15 seconds


@dataclass(frozen=True, slots=True)
class Button:
    """An option as the person sees it. ``handle``: what the platform needs to have it pressed."""

    title: str
    handle: Any


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it came up, in the order in which messages came up. ``ours``: not the person's own."""

    label: Hashable
    where: str
    text: str
    at: float
    ours: bool = True
    buttons: tuple[Button, ...] = ()


@dataclass
class Screen:
    """Everything that came up, and a signal for what is new."""

    seen: list[Seen] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, one: Seen) -> None:
        """Something came up."""
        self.seen.append(one)
        self.news.set()


class Phone(Protocol):
    """One person's way to us. Sending returns when the message is certainly on its way, and gives its label."""

    channel: str
    screen: Screen

    async def open(self) -> None:
        """Begins; comes back when messages can be sent."""

    async def say(self, text: str) -> Hashable:
        """Sends words."""

    async def press(self, button: Button) -> Hashable:
        """Presses a button."""

    def nudge(self) -> None:
        """The person waits for long: look again."""

    async def look(self, newest: int) -> None:
        """Comes back when everything up to this message is on the screen that has been delivered."""

    async def close(self) -> None:
        """Ends; `screen` stays."""


class Refused(Exception):
    """The app will not take what it should have taken."""


class WebPhone:
    """A widget: sends over HTTP under an id of its own until it is taken, listens to events, resumes by the last id."""

    channel = "web"

    def __init__(self, http: httpx.AsyncClient, url: str, name: str) -> None:
        self.http, self.url, self.name = http, url, name
        self.screen = Screen()
        self.id = ""
        self._headers: dict[str, str] = {}
        self._last = 0
        self._sent = 0
        self._listening: asyncio.Task[None] | None = None
        self._stream: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Starts a conversation and listens to it."""
        answer = await self._until_taken("/api/conversations", {"municipality": "gent"}, 201)
        self.id = answer["id"]
        self._headers = {"Authorization": f"Bearer {answer['token']}"}
        self._listening = asyncio.create_task(self._listen())

    async def say(self, text: str) -> Hashable:
        """Sends words."""
        return await self._send({"text": text}, text)

    async def press(self, button: Button) -> Hashable:
        """Sends the payload of an option."""
        return await self._send({"payload": button.handle}, button.handle)

    async def _send(self, body: dict[str, str], words: str) -> Hashable:
        self._sent += 1
        client_id = f"{self.name}-{self._sent:06}"
        await self._until_taken(f"/api/conversations/{self.id}/messages", {**body, "client_id": client_id}, 202)
        return client_id, words

    async def _until_taken(self, path: str, body: dict[str, str], status: int) -> dict[str, Any]:
        tries = 0
        while True:
            try:
                answer = await self.http.post(f"{self.url}{path}", json=body, headers=self._headers, timeout=TIME_OUT)
                if answer.status_code == status:
                    taken: dict[str, Any] = answer.json()
                    return taken
                if answer.status_code < 500:
                    raise Refused(f"{self.name}: {answer.status_code} {answer.text[:200]}")
            except (httpx.TransportError, ValueError):
                pass
            await asyncio.sleep(RETRY[min(tries, len(RETRY) - 1)])
            tries += 1

    async def _listen(self) -> None:
        tries = 0
        while True:
            last = self._last
            self._stream = asyncio.create_task(self._events())
            await asyncio.wait({self._stream})
            tries = 0 if self._last > last else tries + 1
            await asyncio.sleep(RETRY[min(tries, len(RETRY) - 1)])

    async def _events(self) -> None:
        """One stream of events, until it ends in whatever way."""
        url = f"{self.url}/api/conversations/{self.id}/events"
        headers = {**self._headers, "Last-Event-ID": str(self._last)} if self._last else self._headers
        timeout = httpx.Timeout(TIME_OUT, read=TOO_QUIET)
        kind, data = "", ""
        try:
            async with self.http.stream("GET", url, headers=headers, timeout=timeout) as stream:
                if stream.status_code != 200:
                    return
                async for line in stream.aiter_lines():
                    name, _, value = line.partition(": ")
                    if name == "event":
                        kind = value
                    elif name == "data":
                        data = value
                    elif not line and kind == "message":
                        self._hear(json.loads(data))
                        kind = ""
        except httpx.TransportError:
            return

    def _hear(self, message: dict[str, Any]) -> None:
        self._last = int(message["id"])
        buttons = tuple(Button(option["title"], option["payload"]) for option in message["options"])
        self.screen.show(
            Seen(
                label=self._last,
                where=f"event {self._last}",
                text=message["text"],
                at=time.monotonic(),
                ours=message["sender"] != "person",
                buttons=buttons,
            )
        )

    def nudge(self) -> None:
        """Hangs up, so that it listens anew, perhaps to another process."""
        if self._stream is not None:
            self._stream.cancel()

    async def look(self, newest: int) -> None:
        """Waits for it."""
        while self._last < newest:
            self.screen.news.clear()
            await self.screen.news.wait()

    async def close(self) -> None:
        """Stops to listen."""
        for task in (self._listening, self._stream):
            if task is not None:
                task.cancel()
        await asyncio.gather(*(t for t in (self._listening, self._stream) if t), return_exceptions=True)
