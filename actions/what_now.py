"""`what_now` without a plan yet: the things most people in this situation sort out first."""

from __future__ import annotations

from actions.answering import offer
from actions.base import AppAction, Event, Turn
from knowledge.first_steps import first_articles
from knowledge.wording import say


class ActionWhatNow(AppAction):
    """Offers the first articles for this person."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_what_now"

    def act(self, turn: Turn) -> list[Event]:
        """Offers up to three."""
        return offer(turn, first_articles(turn.services.library, turn.profile), say("what_now"))
