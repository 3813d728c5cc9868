"""Another language than English: says in that language that the assistant speaks English, and offers a person."""

from __future__ import annotations

from actions.base import HUMAN, AppAction, Event, Turn, option
from knowledge.wording import say, say_or


class ActionOtherLanguage(AppAction):
    """`other_language`."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_other_language"

    def act(self, turn: Turn) -> list[Event]:
        """Speaks the person's language where it can, and English always."""
        code = str((turn.message.get("language") or {}).get("code") or "en")
        english = say("language_en")
        local = say_or(f"language_{code}", english)
        text = english if local == english else f"{local}\n\n{english}"
        button = say_or(f"person_{code}", say("talk_to_person"))
        turn.say(text, "wrong_language", [option(button, HUMAN)])
        return []
