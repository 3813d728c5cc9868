"""What every action works with, and the few ways in which actions speak."""

from __future__ import annotations

import asyncio
import datetime as dt
from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from dossiers import briefing
from dossiers.database import Database
from dossiers.models import Conversation
from knowledge.answer import Answer
from knowledge.library import Library
from knowledge.profile import Profile
from knowledge.wording import say

Event = dict[str, Any]
HUMAN = "/human"
NOT_HELPFUL = "/not_helpful"


@dataclass(frozen=True, slots=True)
class Services:
    """Wired once, in `app.main`. ``today`` is the day in Belgium, ``clock`` the moment in UTC.

    ``current`` gives the knowledge as it is now; an editor may change it while the app runs. ``plan_link`` gives the
    address of the page of a plan, by its link id; ``data_link`` that of the page of one's data, by conversation, which
    works for ``data_link_hours``.
    """

    database: Database
    current: Callable[[], Library]
    clock: Callable[[], dt.datetime]
    today: Callable[[], dt.date]
    wake: Callable[[str], None]
    plan_link: Callable[[str], str] = "/plan/{}".format
    data_link: Callable[[str], str] = "/mydata/{}".format
    data_link_hours: int = 4

    @property
    def library(self) -> Library:
        """The knowledge."""
        return self.current()

    def for_one_turn(self) -> Services:
        """The same, with the knowledge as it is now: within one turn nothing an answer rests on changes."""
        library = self.current()
        return replace(self, current=lambda: library)


def option(title: str, payload: str) -> dict[str, str]:
    """A button."""
    return {"title": title, "payload": payload}


def ask_article(article_id: str) -> str:
    """The payload that asks for one article."""
    return f'/ask{{"article": "{article_id}"}}'


def talk_to_person() -> dict[str, str]:
    """The button that brings in a person."""
    return option(say("talk_to_person"), HUMAN)


@dataclass(frozen=True, slots=True)
class Turn:
    """One call of an action: what the person said, what is remembered, and how to answer."""

    dispatcher: CollectingDispatcher
    tracker: Tracker
    services: Services

    @property
    def message(self) -> dict[str, Any]:
        """The parsed message."""
        return dict(self.tracker.latest_message or {})

    @property
    def intent(self) -> str:
        """Name of the understood intent."""
        return str((self.message.get("intent") or {}).get("name") or "")

    @property
    def text(self) -> str:
        """What the person wrote."""
        return str(self.message.get("text") or "").strip()

    @property
    def message_id(self) -> int | None:
        """Id of the stored message that this turn answers."""
        value = (self.message.get("metadata") or {}).get("message_id")
        return value if isinstance(value, int) else None

    def entity(self, name: str) -> str | None:
        """The last entity of a kind in the message."""
        found = [e.get("value") for e in self.message.get("entities") or () if e.get("entity") == name]
        return str(found[-1]) if found and found[-1] else None

    def slot(self, name: str) -> str | None:
        """A remembered value."""
        value = self.tracker.get_slot(name)
        return str(value) if value else None

    @property
    def profile(self) -> Profile:
        """What is known about the person, this message included. The town is that of the site they write from until
        they name theirs. What a colleague put right in the dossier holds until they say otherwise."""
        with self.services.database.read() as session:
            conversation = self.conversation(session)
            put_right = briefing.corrected(session, conversation) if conversation else {}
            site = conversation.municipality if conversation else None
        return Profile(
            self.entity("municipality") or put_right.get("municipality") or self.slot("municipality") or site,
            self.entity("country") or put_right.get("country") or self.slot("country"),
        )

    def conversation(self, session: Session) -> Conversation | None:
        """The stored conversation; None when the bot is used without the app, as in Rasa's own shell."""
        return session.get(Conversation, str(self.tracker.sender_id))

    def say(self, text: str, outcome: str, options: Iterable[dict[str, str]] = ()) -> None:
        """Says a text with an outcome."""
        self.dispatcher.utter_message(text=text, buttons=list(options), json_message={"outcome": outcome})

    def give(self, answer: Answer) -> None:
        """Says a composed answer with sources, next questions and the way to a person."""
        options = [option(title, ask_article(key)) for key, title in answer.related]
        content = {
            "outcome": answer.outcome,
            "article": answer.article,
            "facts": answer.facts,
            "sources": [asdict(source) for source in answer.sources],
        }
        self.dispatcher.utter_message(text=answer.text, buttons=[*options, talk_to_person()], json_message=content)


class AppAction(Action):  # type: ignore[misc]  # rasa-sdk has no types
    """An action of this app. Subclasses give `name` and `act`, which runs in a thread: it may use the database."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @abstractmethod
    def act(self, turn: Turn) -> list[Event]:
        """Does it and returns the events for the bot's memory."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Event]:
        """rasa-sdk's entry."""
        events = await asyncio.to_thread(self.act, Turn(dispatcher, tracker, self.services.for_one_turn()))
        return [*events, *_close_question(tracker, events)]


def _close_question(tracker: Tracker, events: list[Event]) -> list[Event]:
    """A question of the plan is open until something else is said: "no" is then no answer to it any more."""
    if not tracker.get_slot("asked") or any(event.get("name") == "asked" for event in events):
        return []
    return remember(asked=None)


def remember(**slots: Any) -> list[Event]:
    """Events that set slots."""
    return [SlotSet(key, value) for key, value in slots.items()]
