"""A message is answered once: who asks again is told again what the bot said, and nothing runs a second time.

The app asks again when it stopped before it could keep an answer, or when it waited too long for one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import ActiveLoop, BotUttered, Event, SlotSet, UserUttered

logger = logging.getLogger(__name__)

MESSAGE_ID = "message_id"
MessageId = int | str
Reply = dict[str, Any]


def as_reply(message: Mapping[str, Any]) -> Reply:
    """Return a message of the bot as the app reads it."""
    return {
        "text": message.get("text"),
        "buttons": [
            {"title": button.get("title"), "payload": button.get("payload")}
            for button in message.get("buttons") or message.get("quick_replies") or []
        ],
        "custom": message.get("custom") or {},
        "metadata": message.get("metadata") or {},
        "response": message.get("utter_action"),
    }


def already_said(events: Iterable[Event], message_id: MessageId) -> list[Reply] | None:
    """Return what the bot said to a message, from the events of a conversation; None when it must be handled.

    Rasa saves a turn when it has ended, so a message that is found was handled to the end. Recent events suffice: a
    conversation's messages come one after the other, and only the last one is asked again. A turn that said nothing
    and moved no form is as good as none: an action could not be reached. It is not repeated, it is run.
    """
    turn: list[Event] | None = None
    inside = False
    for event in events:
        if isinstance(event, UserUttered):
            inside = (event.metadata or {}).get(MESSAGE_ID) == message_id
            turn = [] if inside else turn
        elif inside and turn is not None:
            turn.append(event)
    if turn is None:
        return None
    said = [as_reply(event.message()) for event in turn if isinstance(event, BotUttered)]
    return said if said or any(map(_moves_a_form, turn)) else None


def _moves_a_form(event: Event) -> bool:
    return isinstance(event, ActiveLoop) or (isinstance(event, SlotSet) and event.key == REQUESTED_SLOT)


@dataclass
class Turns:
    """The turns that run in this process."""

    running: dict[tuple[str, MessageId], asyncio.Task[list[Reply]]] = field(default_factory=dict)

    async def take(self, agent: Agent, message: UserMessage) -> list[Reply]:
        """Return what the bot says to a message, or said to it before. Its output channel must collect `messages`.

        A turn that has begun is ended even if whoever asked is gone: actions cannot be taken back. Asked again
        meanwhile, it is waited for.

        Raises:
            LockError: another turn of this conversation, in whichever process, did not end in time.
        """
        message_id = (message.metadata or {}).get(MESSAGE_ID)
        if message_id is None:
            return await _turn(agent, message, None)
        key = (message.sender_id, message_id)
        task = self.running.get(key)
        if task is None:
            task = self.running[key] = asyncio.create_task(_turn(agent, message, message_id))
            task.add_done_callback(lambda _: self.running.pop(key, None))
        return await asyncio.shield(task)


async def _turn(agent: Agent, message: UserMessage, message_id: MessageId | None) -> list[Reply]:
    """Do what `Agent.handle_message` does, with a look into the conversation after its lock is taken.

    All processes that answer for one conversation share Rasa's lock store and tracker store. Inside the lock nobody
    else can be handling the message, and whatever was said to it is saved.
    """
    async with agent.lock_store.lock(message.sender_id):
        if message_id is not None:
            tracker = await agent.processor.tracker_store.retrieve(message.sender_id)
            said = already_said(tracker.events, message_id) if tracker is not None else None
            if said is not None:
                logger.info("message %s of conversation %s was answered before", message_id, message.sender_id)
                return said
        await agent.processor.handle_message(message)
    said_now: list[Reply] = message.output_channel.messages
    return said_now
