"""When the words fit no step: the same words may be a question that an article answers."""

from __future__ import annotations

from actions.answering import give_article, offer
from actions.base import Event, Turn
from knowledge.decide import Understanding, decide
from knowledge.wording import say


def article_instead(turn: Turn, *, sure: bool = False) -> list[Event] | None:
    """Answers or offers the articles that the bot thinks of; None without any. ``sure``: only an answer counts."""
    decision = decide(Understanding.from_message(turn.message), turn.services.library, turn.profile)
    if decision.zone == "answer":
        return give_article(turn, decision.articles[0])
    return offer(turn, list(decision.articles), say("offer")) if decision.articles and not sure else None
