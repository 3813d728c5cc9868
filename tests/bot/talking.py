"""Talk to a loaded model in a test: no network, a store of one's own, stand-in actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore

from bot.channel import Collector
from tests.bot.conftest import Actions


@dataclass
class Talk:
    """One conversation with a model."""

    agent: Any
    store: SQLTrackerStore
    sender: str = "somebody"
    actions: Actions = field(default_factory=Actions)

    async def say(self, text: str) -> list[str]:
        """Say something and return what the bot says: the name of the response or of the action."""
        self.store.domain = self.agent.domain
        processor = self.agent.processor
        processor.tracker_store = TrackerStore.create(self.store)
        processor.action_endpoint = self.actions
        collector = Collector()
        await self.agent.handle_message(UserMessage(text, collector, self.sender, input_channel="app"))
        return [message["response"] or message["text"] for message in collector.messages]

    async def state(self) -> dict[str, Any]:
        """Return the slots, the open form and whether the conversation is paused, read from the store."""
        tracker = await self.store.retrieve(self.sender)
        assert tracker is not None
        return {
            "slots": tracker.current_slot_values(),
            "form": tracker.active_loop_name,
            "paused": tracker.is_paused(),
            "latest": tracker.latest_action_name,
        }
