"""Asks the running assistant, each question in a new conversation, and reads how that ended."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from bench.evaluation.questions import Question

AT_ONCE = 4
WAIT = 60.0
LOOK_EVERY = 0.05  # looking more often keeps the app busy with being asked
ANSWERED = {"answered", "answered_stale"}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a question ended."""

    outcome: str
    article: str | None
    offered: tuple[str, ...]
    person_offered: bool

    @property
    def answered(self) -> bool:
        """Whether an article was given as the answer."""
        return self.outcome in ANSWERED and self.article is not None


def ending_of(messages: Sequence[dict[str, Any]]) -> Ending:
    """Reads how a conversation of one question ended from what the assistant said."""
    said = [m for m in messages if m["sender"] != "person"]
    main = next((m for m in said if m["outcome"] in ANSWERED), said[-1])
    offered = tuple(
        json.loads(option["payload"].removeprefix("/ask"))["article"]
        for message in said
        for option in message["options"]
        if option["payload"].startswith("/ask{")
    )
    answered = main["outcome"] in ANSWERED
    person = any(o["payload"] == "/human" for m in said for o in m["options"])
    return Ending(main["outcome"] or "none", main["article"], () if answered else offered, person)


class Assistant:
    """The running assistant, over its public API."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30)

    def ask(self, question: str) -> Ending:
        """Asks in a new conversation and waits for the end of the turn."""
        started = self.http.post("/api/conversations").raise_for_status().json()
        path = f"/api/conversations/{started['id']}/messages"
        headers = {"Authorization": f"Bearer {started['token']}"}
        body = {"text": question, "client_id": uuid.uuid4().hex}
        self.http.post(path, json=body, headers=headers).raise_for_status()
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            messages = self.http.get(path, headers=headers).raise_for_status().json()["messages"]
            if any(m["sender"] != "person" for m in messages):
                return ending_of(messages)
            time.sleep(LOOK_EVERY)
        return Ending("no answer", None, (), False)


def ask_all(url: str, questions: Sequence[Question]) -> Iterator[Ending]:
    """The endings in the order of the questions, a few of which are asked at once."""
    assistant = Assistant(url)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda question: assistant.ask(question.q), questions)
