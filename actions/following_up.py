"""A short question about the last answer: how much, where, by when, which papers, and for my family?"""

from __future__ import annotations

from actions.answering import not_known, offer
from actions.base import AppAction, Event, Turn
from knowledge.answer import Aspect, compose_aspect
from knowledge.wording import say

ASPECTS = {
    "follow_up_cost": Aspect.COST,
    "follow_up_place": Aspect.PLACE,
    "follow_up_deadline": Aspect.DEADLINE,
    "follow_up_papers": Aspect.PAPERS,
    "follow_up_family": Aspect.FAMILY,
    "follow_up_source": Aspect.SOURCE,
}


class ActionFollowUp(AppAction):
    """All follow-ups, told apart by the intent's name."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_follow_up"

    def act(self, turn: Turn) -> list[Event]:
        """Answers one aspect of the last article; without one, asks for a question."""
        library = turn.services.library
        article = library.articles.get(turn.slot("article") or "")
        if article is None:
            offered = [key for key in turn.tracker.get_slot("offered") or () if key in library.articles]
            if offered:
                return offer(turn, offered, say("choose_first"))
            turn.say(say("no_article_yet"), "clarified")
            return []
        aspect = ASPECTS.get(turn.intent)
        if aspect is None:
            related = [key for key in article.related if key in library.articles]
            return offer(turn, related[:3], say("more")) if related else not_known(turn)
        turn.give(compose_aspect(article, aspect, library, turn.profile, turn.services.today()))
        return []
