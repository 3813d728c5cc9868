"""Small steps of a conversation over the web API."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import httpx

_numbers = itertools.count(1)


class Person:
    """Somebody with a widget."""

    def __init__(self, client: httpx.AsyncClient, conversation_id: str, token: str) -> None:
        self.client, self.id = client, conversation_id
        self.headers = {"Authorization": f"Bearer {token}"}

    @classmethod
    async def arrives(cls, client: httpx.AsyncClient) -> Person:
        answer = await client.post("/api/conversations", json={"municipality": "gent"})
        assert answer.status_code == 201, answer.text
        return cls(client, conversation_id=answer.json()["id"], token=answer.json()["token"])

    async def post(self, **body: Any) -> httpx.Response:
        body.setdefault("client_id", f"client-{next(_numbers):06}")
        return await self.client.post(f"/api/conversations/{self.id}/messages", json=body, headers=self.headers)

    async def read(self, after: int = 0) -> list[dict[str, Any]]:
        answer = await self.client.get(
            f"/api/conversations/{self.id}/messages", params={"after": after}, headers=self.headers
        )
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    async def reads_until(self, count: int, seconds: float = 8.0) -> list[dict[str, Any]]:
        """All messages, once there are so many."""
        async with asyncio.timeout(seconds):
            while len(messages := await self.read()) < count:  # noqa: ASYNC110  (asks as a widget does)
                await asyncio.sleep(0.02)
        return messages
