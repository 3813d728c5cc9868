"""Why a step is in the plan, and whether somebody is late."""

from __future__ import annotations

from actions.base import AppAction, Event, Turn, ask_article, option, remember
from actions.plan.finding import meant
from actions.plan.now import next_date, show, shown
from actions.plan.otherwise import article_instead
from actions.plan.questions import ask, next_question
from actions.plan.saying import confirmation, lines, speak, titles, told, whole_plan
from actions.plan.situation import Case, case_of, keep
from knowledge.planning.plan import Entry, Plan
from knowledge.planning.telling import what_matters
from knowledge.wording import say


class ActionWhyStep(AppAction):
    """`why_step`: what a step is good for, the rule, and where it stands."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_why_step"

    def act(self, turn: Turn) -> list[Event]:
        """Explains it."""
        return explain_step(case_of(turn))


class ActionAmLate(AppAction):
    """`am_late`: every day that has passed, or the next one and the time that is left."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_am_late"

    def act(self, turn: Turn) -> list[Event]:
        """Says it plainly."""
        case = case_of(turn)
        if not case.wanted and not case.heard and (answer := article_instead(turn, sure=True)) is not None:
            return answer
        case, events = keep(case)
        plan = case.plan(guess=True)
        late = [entry for entry in plan.entries if entry.certain and entry.is_late(case.today)]
        asked = ask(next_question(case), case)
        if late:
            said = [say("plan_late_some"), lines(late, case, plan), _begin_with(plan, late)]
            speak(case, [confirmation(case), *said, whole_plan(case)], late, _details(late[0]))
            return [*events, *shown(late), *remember(asked=None)]
        following = next_date(plan)
        guess = "" if case.profile.stay or case.profile.leaving else say("plan_guess")
        sentence = say("plan_late_none") if following or case.profile.arrival else say("plan_late_unknown")
        slack = _slack(following, case) if following else ""
        entries = [following] if following else []
        options = [*asked.options, *(_details(following) if following else [])]
        speak(
            case,
            [confirmation(case), f"{sentence} {slack}".strip(), guess, whole_plan(case)],
            entries,
            options,
            asked.text,
        )
        return [*events, *shown(entries), *asked.events]


def _slack(entry: Entry, case: Case) -> str:
    words = told(entry, case)
    days = (entry.by - case.today).days if entry.by else 0
    left = say("plan_one_day" if days == 1 else "plan_days", days=str(days))
    return say("plan_late_slack", left=left, title=words.title, when=words.when.split(" (")[0])


def _begin_with(plan: Plan, late: list[Entry]) -> str:
    """What opens the way to a late step that cannot be done at once."""
    waiting = {key for entry in late for key in entry.blocked_by}
    first = next((entry for entry in what_matters(plan) if entry.step.id in waiting), None)
    return say("plan_late_begin", title=first.step.title) if first else ""


def _details(entry: Entry) -> list[dict[str, str]]:
    return [option(say("plan_details", title=entry.step.title), ask_article(entry.step.article))]


def explain_step(case: Case) -> list[Event]:
    """Explains the step that is meant; asks which one when that is not clear."""
    if not case.wanted and (answer := article_instead(case.turn, sure=True)) is not None:
        return answer
    plan = case.plan(guess=True)
    found = meant(case, plan, plan.entries)
    if len(found) == 1:
        return _explain(found[0], case, plan)
    if not found:
        answer = article_instead(case.turn)
        return show(case, [say("plan_which_none")]) if answer is None else answer
    options = [option(entry.step.title, f'/why_step{{"step": "{entry.step.id}"}}') for entry in found]
    speak(case, [say("plan_which_why")], found, options)
    return []


def _explain(entry: Entry, case: Case, plan: Plan) -> list[Event]:
    words = told(entry, case)
    waiting = [one for key in entry.blocks if (one := plan.get(key)) is not None and one.certain]
    text = [
        say("plan_why_step", title=words.title, why=words.why),
        say("plan_why_rule", rule=words.reason) if words.reason else "",
        say("plan_why_when", when=words.when) if words.when and entry.by else "",
        say("plan_why_optional") if entry.step.optional else "",
        say("plan_why_waits", titles=titles(waiting)) if waiting else "",
        say("plan_why_source", source=words.sources[0].title) if words.sources else "",
    ]
    speak(case, text, [entry], _details(entry))
    return shown([entry])
