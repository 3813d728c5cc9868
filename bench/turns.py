"""One conversation with either side, turn by turn, timed as the person at the other end feels it."""

from __future__ import annotations

import json
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import httpx

from bench.script import Turn, is_button

PATIENCE = 60.0
IN_A_ROW = 5
ANSWERED = {"answered", "answered_stale"}
NO_FLOOR = "bot"


@dataclass(frozen=True, slots=True)
class Reply:
    """How one turn went. `seconds` is None for a turn that failed; `why` says what went wrong."""

    kind: str
    seconds: float | None
    outcome: str
    why: str = ""


class Conversation(Protocol):
    """One conversation with one side."""

    def __enter__(self) -> Self:
        """Starts it."""

    def __exit__(self, *_: object) -> None:
        """Leaves it."""

    def say(self, turn: Turn) -> Reply:
        """Says one thing and waits for the whole reply."""


def last_offered(messages: Iterable[Sequence[Mapping[str, str]]]) -> list[str]:
    """What the buttons of the last message carry; those of earlier ones belong to another question."""
    return [button["payload"] for button in list(messages)[-1]]


class Widget:
    """Speaks to the assistant as the widget does: sends over HTTP, hears over Server-Sent Events."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        self.http = httpx.Client(base_url=url, timeout=patience, trust_env=False)
        self.patience = patience
        self.path = ""
        self.heard: queue.Queue[tuple[float, dict[str, Any]]] = queue.Queue()
        self.listening = threading.Event()
        self.offered: list[str] = []

    def __enter__(self) -> Self:
        """Starts a conversation and listens to it."""
        started = self.http.post("/api/conversations", json={}).raise_for_status().json()
        self.path = f"/api/conversations/{started['id']}"
        self.http.headers["Authorization"] = f"Bearer {started['token']}"
        threading.Thread(target=self._listen, daemon=True).start()
        if not self.listening.wait(self.patience):
            raise httpx.ReadTimeout("the stream of events did not open")
        return self

    def __exit__(self, *_: object) -> None:
        """Hangs up. The stream ends with the server."""
        self.http.close()

    def _listen(self) -> None:
        ends = httpx.Client(base_url=self.http.base_url, headers=self.http.headers, timeout=None, trust_env=False)
        try:
            with ends, ends.stream("GET", f"{self.path}/events") as stream:
                stream.raise_for_status()
                self.listening.set()
                kind = ""
                for line in stream.iter_lines():
                    now = time.perf_counter()
                    field, _, value = line.partition(": ")
                    if field == "event":
                        kind = value
                    elif field == "data" and kind == "message":
                        self.heard.put((now, json.loads(value)))
        except httpx.HTTPError:  # `say` then runs out of patience and says so
            return

    def say(self, turn: Turn) -> Reply:
        """From sending until the last message of the reply has arrived."""
        words = turn.words(self.offered)
        body = {"client_id": uuid.uuid4().hex, "payload" if is_button(words) else "text": words}
        began = time.perf_counter()
        try:
            sent = self.http.post(f"{self.path}/messages", json=body)
            if sent.is_error:
                return Reply(turn.kind, None, "refused", f"{sent.status_code} {sent.text[:200]}")
            mine = int(sent.json()["id"])
            at, messages = self._until(mine, began)
        except (httpx.HTTPError, queue.Empty) as error:
            return Reply(turn.kind, None, "no answer", f"{type(error).__name__} {error}".strip())
        self.offered = last_offered([message["options"] for message in messages])
        outcome = messages[0]["outcome"] or "none"
        if outcome == "failed":
            return Reply(turn.kind, None, outcome, messages[0]["text"])
        return Reply(turn.kind, at - began, outcome)

    def _until(self, mine: int, began: float) -> tuple[float, list[dict[str, Any]]]:
        """When the last message of the reply came, and all of them. The app stores a whole reply at once."""
        at, first = self._next(mine, began)
        state = self.http.get(f"{self.path}/messages", params={"after": mine}).raise_for_status().json()
        seen, last = first["id"], state["messages"][-1]["id"]
        while seen < last:
            at, message = self._next(mine, began)
            seen = message["id"]
        if state["speaker"] != NO_FLOOR:  # the rest of the conversation is the bot's too
            self.http.post(f"{self.path}/messages", json={"client_id": uuid.uuid4().hex, "payload": "/back_to_bot"})
        return at, state["messages"]

    def _next(self, mine: int, began: float) -> tuple[float, dict[str, Any]]:
        while True:
            at, message = self.heard.get(timeout=max(0.0, self.patience - (time.perf_counter() - began)))
            if message["id"] > mine and message["sender"] != "person":
                return at, message


class Webhook:
    """Speaks to Rasa's REST channel, or to one that answers in the same way."""

    def __init__(
        self,
        url: str,
        outcome: Callable[[str], str],
        headers: dict[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self.http = httpx.Client(timeout=patience, headers=headers, trust_env=False)
        self.url, self.outcome = url, outcome
        self.sender = uuid.uuid4().hex
        self.offered: list[str] = []

    def __enter__(self) -> Self:
        """Nothing has to be started: the sender's name is the conversation."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hangs up."""
        self.http.close()

    def say(self, turn: Turn) -> Reply:
        """From sending until the answer, which carries the whole reply. An empty one is how Rasa reports a failure."""
        words = turn.words(self.offered)
        body = {"sender": self.sender, "message": words, "kind": "payload" if is_button(words) else "text"}
        began = time.perf_counter()
        try:
            answer = self.http.post(self.url, json=body).raise_for_status()
            seconds = time.perf_counter() - began
            said = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            return Reply(turn.kind, None, "no answer", f"{type(error).__name__} {error}".strip())
        if not said:
            return Reply(turn.kind, None, "no answer", "the reply is empty")
        self.offered = last_offered([reply.get("buttons") or [] for reply in said])
        return Reply(turn.kind, seconds, self.outcome(str(said[0].get("text") or "")))


class BrokeOff(Exception):
    """Too many turns failed, one after the other."""


def talk(conversation: Conversation, turns: Iterable[Turn]) -> list[Reply]:
    """One turn after the other, each as soon as the last is answered.

    Raises:
        BrokeOff: going on would only measure failures.
    """
    replies: list[Reply] = []
    with conversation:
        for turn in turns:
            replies.append(conversation.say(turn))
            lately = replies[-IN_A_ROW:]
            if len(lately) == IN_A_ROW and all(reply.seconds is None for reply in lately):
                raise BrokeOff(f"{IN_A_ROW} turns failed one after the other, the last with: {lately[-1].why}")
    return replies


def time_parsing(url: str, params: dict[str, str], texts: Iterable[str]) -> list[float]:
    """Seconds that understanding alone takes, text by text."""
    found = []
    with httpx.Client(timeout=PATIENCE, trust_env=False) as http:
        for text in texts:
            began = time.perf_counter()
            http.post(url, params=params, json={"text": text}).raise_for_status()
            found.append(time.perf_counter() - began)
    return found
