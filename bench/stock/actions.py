"""The stock project's one custom action; runs in rasa-sdk's own server on Python 3.10."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

ARTICLES: dict[str, dict[str, str]] = {}
if Path("articles.json").exists():
    ARTICLES = json.loads(Path("articles.json").read_text(encoding="utf-8"))


class ActionAnswer(Action):  # type: ignore[misc]  # rasa-sdk has no types
    """Answers every article, and what is asked about the last one."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_answer"

    def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002 - rasa-sdk gives it
    ) -> list[dict[str, Any]]:
        """Say the article's text, or a shorter one for everything else than a question."""
        message = tracker.latest_message
        person = [{"title": "Talk to a person", "payload": "/human"}]
        if message["intent"]["name"] == "faq":
            chosen = message["response_selector"]["default"]["response"]
            key = chosen["intent_response_key"].split("/", 1)[1]
            dispatcher.utter_message(text=ARTICLES[key]["text"], buttons=person)
            return [SlotSet("article", key)]
        last = ARTICLES.get(tracker.get_slot("article") or "")
        text = f"In short: {last['short']}" if last else "What would you like to know?"
        dispatcher.utter_message(text=text, buttons=person)
        return []
