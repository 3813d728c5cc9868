"""Runs actions as Rasa would: through rasa-sdk's executor, with a tracker of the test's choosing."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from actions.base import Services
from actions.registry import executor
from dossiers import conversations
from dossiers.conversations import Said
from dossiers.database import Database
from dossiers.models import Conversation, Sender
from knowledge.library import Library, load
from tests.conftest import MOMENT

TODAY = dt.date(2026, 11, 23)


@pytest.fixture(scope="session")
def library() -> Library:
    """The real knowledge, read once."""
    return load()


def entity(text: str, name: str, value: str, words: str | None = None) -> dict[str, Any]:
    """An entity as the bot finds it: with its place, when its words are given."""
    place = {} if words is None else {"start": text.index(words), "end": text.index(words) + len(words)}
    return {"entity": name, "value": value, **place}


@dataclass
class Talk:
    """One conversation with the actions. Slots are remembered from turn to turn, as Rasa does."""

    database: Database
    library: Library
    conversation_id: str
    slots: dict[str, Any] = field(default_factory=dict)
    woken: list[str] = field(default_factory=list)
    today: dt.date = TODAY

    def run(
        self,
        action: str,
        text: str = "",
        intent: str = "ask",
        entities: Sequence[tuple[str, ...]] = (),
        confidence: float = 0.9,
        **message: Any,
    ) -> list[dict[str, Any]]:
        """One action call; gives what is said."""
        with self.database.write() as session:
            conversation = session.get_one(Conversation, self.conversation_id)
            said = conversations.add(session, conversation, Sender.PERSON, Said(text), MOMENT)
        services = Services(self.database, lambda: self.library, lambda: MOMENT, lambda: self.today, self.woken.append)
        call = {
            "next_action": action,
            "sender_id": self.conversation_id,
            "domain": {},
            "tracker": {
                "sender_id": self.conversation_id,
                "slots": self.slots,
                "latest_message": {
                    "text": text,
                    "intent": {"name": intent, "confidence": confidence},
                    "entities": [entity(text, *one) for one in entities],
                    "metadata": {"message_id": said.id},
                    **message,
                },
                "events": [],
                "active_loop": {},
                "latest_action_name": None,
            },
        }
        result = asyncio.run(executor(services).run(call))
        assert result is not None
        self.events = result.events
        self.slots.update({e["name"]: e["value"] for e in result.events if e["event"] == "slot"})
        return list(result.responses)


@pytest.fixture
def talk(database: Database, library: Library) -> Talk:
    """A new conversation."""
    with database.write() as session:
        conversation, _ = conversations.start(session, channel="web", municipality=None, now=MOMENT)
    return Talk(database, library, conversation.id)


def payloads(response: dict[str, Any]) -> list[str]:
    """What a message's buttons send."""
    return [button["payload"] for button in response["buttons"]]
