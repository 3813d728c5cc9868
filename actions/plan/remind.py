"""`remind_me`: the calendar of the plan; the assistant sends nothing by itself."""

from __future__ import annotations

from actions.base import AppAction, Event, Turn
from actions.plan.now import next_date, shown
from actions.plan.questions import ask, next_question
from actions.plan.saying import confirmation, speak, told, whole_plan
from actions.plan.situation import case_of, keep
from knowledge.wording import say


class ActionRemindMe(AppAction):
    """Says how a calendar warns in time, and which date is the next."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_remind_me"

    def act(self, turn: Turn) -> list[Event]:
        """Gives the link."""
        case, events = keep(case_of(turn))
        following = next_date(case.plan(guess=True))
        said = [confirmation(case), say("plan_remind")]
        if following is None:
            asked = ask(next_question(case), case)
            speak(case, [*said, say("plan_remind_none"), asked.text], (), asked.options)
            return [*events, *asked.events]
        words = told(following, case)
        dated = say("plan_next_date", title=words.title, when=words.when)
        speak(case, [*said, say("plan_remind_how"), whole_plan(case), dated], [following])
        return [*events, *shown([following])]
