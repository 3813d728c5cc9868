"""When a step goes wrong: the article that says what to do then, and a person."""

from __future__ import annotations

from actions.answering import give_article
from actions.base import AppAction, Event, Turn, ask_article, option, remember
from actions.plan.finding import meant
from actions.plan.otherwise import article_instead
from actions.plan.progress import which
from actions.plan.saying import matters, speak, told
from actions.plan.situation import Case, case_of, note
from knowledge.likeness import stems
from knowledge.planning.plan import Entry
from knowledge.planning.steps import Trouble
from knowledge.wording import say

SURE_WORDS = 2


class ActionStepTrouble(AppAction):
    """`step_trouble`."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_step_trouble"

    def act(self, turn: Turn) -> list[Event]:
        """Answers what the bot is sure of, else what the step knows about going wrong."""
        case, events = note(case_of(turn))
        if (answer := article_instead(turn, sure=True)) is not None:
            return [*events, *answer]
        plan = case.plan(guess=True)
        found = meant(case, plan, [entry for entry in plan.entries if entry.state != "done"])
        if len(found) == 1:
            return [*events, *help_with(case, found[0])]
        if not case.wanted and (answer := article_instead(turn)) is not None:
            return [*events, *answer]
        found = found or (list(matters(case)[0]) if case.wanted else [])
        if not found:
            speak(case, [say("plan_trouble_else")])
            return events
        return [*events, *which(case, found, "plan_which_trouble", lambda key: f'/step_trouble{{"step": "{key}"}}')]


def help_with(case: Case, entry: Entry) -> list[Event]:
    """Answers the trouble that the words name; else offers what is known to go wrong with the step."""
    likely = [one for one in entry.step.trouble if one.article in case.library.articles]
    named = _named(case.turn.text, likely)
    if named is not None:
        return give_article(case.turn, named.article)
    options = [option(one.what[:1].upper() + one.what[1:], ask_article(one.article)) for one in likely]
    more = option(say("plan_details", title=entry.step.title), ask_article(entry.step.article))
    speak(case, [say("plan_trouble", title=told(entry, case).title)], [entry], [*options, more])
    return remember(shown=[entry.step.id], article=entry.step.article)


def _named(text: str, likely: list[Trouble]) -> Trouble | None:
    words = stems(text)
    ranked = sorted(likely, key=lambda one: -len(words & stems(one.what)))
    shared = [len(words & stems(one.what)) for one in ranked[:2]]
    return ranked[0] if shared and shared[0] >= SURE_WORDS and shared[0] > max(shared[1:], default=0) else None
