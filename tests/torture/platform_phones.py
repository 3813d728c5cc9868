"""Phones with a messenger on them, over the control side of the platforms' stand-ins."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Protocol

import httpx

from tests.torture.options import TELEGRAM, WHATSAPP
from tests.torture.phones import Button, Screen, Seen

EVERY = 0.3


class Reader(Protocol):
    """How a platform's stand-in is spoken to, and how its log is read."""

    channel: str

    def address(self, number: int) -> str:
        """The address of the person with this number."""

    def words(self, address: str, text: str) -> dict[str, Any]:
        """What `say` takes."""

    def pressed(self, address: str, button: Button) -> dict[str, Any]:
        """What `press` takes."""

    def seen(self, entry: dict[str, Any]) -> Seen:
        """One entry of a person's log."""


class WhatsAppReader:
    """tests/platforms/whatsapp.py."""

    channel = WHATSAPP

    def address(self, number: int) -> str:
        """A telephone number."""
        return f"324700{number:05}"

    def words(self, address: str, text: str) -> dict[str, Any]:
        """What `say` takes."""
        return {"from": address, "text": text}

    def pressed(self, address: str, button: Button) -> dict[str, Any]:
        """What `press` takes."""
        return {"from": address, "wamid": button.handle[0], "index": button.handle[1]}

    def seen(self, entry: dict[str, Any]) -> Seen:
        """Options carry their reference as their id."""
        options = entry["options"]
        return Seen(
            label=(entry["text"], tuple(option["id"] for option in options)),
            where=entry["wamid"],
            text=entry["text"],
            at=time.monotonic(),
            ours=entry["by"] == "us",
            buttons=tuple(
                Button(option["title"], (entry["wamid"], place, option["id"])) for place, option in enumerate(options)
            ),
        )


class TelegramReader:
    """tests/platforms/telegram."""

    channel = TELEGRAM

    def address(self, number: int) -> str:
        """A chat id."""
        return str(410_000_000 + number)

    def words(self, address: str, text: str) -> dict[str, Any]:
        """What `say` takes."""
        return {"chat": int(address), "text": text}

    def pressed(self, address: str, button: Button) -> dict[str, Any]:
        """What `press` takes."""
        return {"chat": int(address), "message_id": button.handle[0], "index": button.handle[1]}

    def seen(self, entry: dict[str, Any]) -> Seen:
        """Buttons carry their reference as their data."""
        buttons = [button for row in entry["keyboard"] or () for button in row]
        return Seen(
            label=(entry["text"], tuple(button["callback_data"] for button in buttons)),
            where=str(entry["message_id"]),
            text=entry["text"],
            at=time.monotonic(),
            ours=entry["by"] == "bot",
            buttons=tuple(
                Button(button["text"], (entry["message_id"], place, button["callback_data"]))
                for place, button in enumerate(buttons)
            ),
        )


class PlatformPhone:
    """One person's messenger."""

    def __init__(
        self, http: httpx.AsyncClient, url: str, reader: Reader, number: int, refresh: Callable[[], Awaitable[None]]
    ) -> None:
        self.http, self.url, self.reader, self.refresh = http, url, reader, refresh
        self.channel = reader.channel
        self.address = reader.address(number)
        self.screen = Screen()

    async def open(self) -> None:
        """Nothing has to be done: writing begins it."""

    async def say(self, text: str) -> Hashable:
        """Sends words."""
        await self._control("say", self.reader.words(self.address, text))
        return "text", text

    async def press(self, button: Button) -> Hashable:
        """Presses a button; what it stands for is known by its reference."""
        await self._control("press", self.reader.pressed(self.address, button))
        return "choice", button.handle[-1]

    async def _control(self, what: str, body: dict[str, Any]) -> None:
        (await self.http.post(f"{self.url}/_control/{what}", json=body)).raise_for_status()

    def nudge(self) -> None:
        """A messenger shows what it has."""

    async def look(self, newest: int) -> None:
        """Looks at once: what the platform took is in its log."""
        await self.refresh()

    async def close(self) -> None:
        """Nothing has to be done."""


class News:
    """Brings to the phones of one platform what comes up on them."""

    def __init__(self, http: httpx.AsyncClient, url: str, reader: Reader) -> None:
        self.http, self.url, self.reader = http, url, reader
        self.phones: dict[str, PlatformPhone] = {}
        self._looking = asyncio.Lock()

    def phone(self, number: int) -> PlatformPhone:
        """The phone of the person with this number."""
        made = PlatformPhone(self.http, self.url, self.reader, number, self.look)
        self.phones[made.address] = made
        return made

    async def run(self) -> None:
        """Asks again and again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Asks once."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        known = {address: len(phone.screen.seen) for address, phone in self.phones.items()}
        answer = await self.http.post(f"{self.url}/_torture/news", json=known)
        for address, entries in answer.raise_for_status().json().items():
            for entry in entries:
                self.phones[address].screen.show(self.reader.seen(entry))

    async def pending(self) -> int:
        """Webhooks that the apps have not taken yet."""
        answer = await self.http.get(f"{self.url}/_control/state")
        return int(answer.raise_for_status().json()["pending"])


def reader_of(channel: str) -> Reader:
    """The reader of a platform's stand-in."""
    return TelegramReader() if channel == TELEGRAM else WhatsAppReader()
