"""What was done, what was not, and what is not for this person."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from actions.answering import ActionNotHelpful
from actions.base import AppAction, Event, Turn, option, remember
from actions.plan.answers import past_day
from actions.plan.finding import meant
from actions.plan.now import renewed, show, shown
from actions.plan.otherwise import article_instead
from actions.plan.questions import Asked, Question, ask, may_ask, next_question
from actions.plan.saying import (
    confirmation,
    day_and_month,
    done_payload,
    heard_in_words,
    lines,
    make_plan,
    matters,
    room_beside,
    speak,
    whole_plan,
)
from actions.plan.situation import Case, case_of, keep, note
from knowledge.planning.plan import Entry, Plan
from knowledge.wording import say

UNDO = "/step_undo"
MOST_OPENED = 3
UNCERTAIN = 0.6
_QUESTION = re.compile(
    r"\?\s*$|^(?:how|where|when|what|which|who|why|can|could|do|does|should|must|may)\b", re.IGNORECASE
)
_CLAUSES = re.compile(r"[,;.!]|\band\b", re.IGNORECASE)


class ActionStepDone(AppAction):
    """`step_done`."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_step_done"

    def act(self, turn: Turn) -> list[Event]:
        """Marks it, or asks which step is meant."""
        if _asks(turn) and (answered := article_instead(turn)) is not None:
            return answered
        case = case_of(turn)
        plan = case.earlier.plan(guess=True)
        named = plan.get(turn.entity("step") or "")
        if named is not None and named.state == "done":
            return _already(case, named)
        found = _named(case, plan)
        if len(found) == 1 and found[0].state == "done":
            return _already(case, found[0])
        if len(found) == 1:
            return mark_done(case, found[0].step.id, past_day(case.turn.text, case.today))
        if not found and case.heard:
            case, events = keep(case)
            return [*events, *renewed(case)]
        instead = None if found else article_instead(turn)
        return which(case, found, "plan_which_done", done_payload) if instead is None else instead


def _asks(turn: Turn) -> bool:
    """Whether the message may well be a question about a step: "how do I open a bank account?" marks nothing."""
    confidence = float((turn.message.get("intent") or {}).get("confidence") or 0.0)
    return turn.entity("step") is None and confidence < UNCERTAIN and _QUESTION.search(turn.text) is not None


def _named(case: Case, plan: Plan) -> list[Entry]:
    """The steps that the message says are done. Of several in one message the last counts: it needed the others, or
    the person says them one by one."""
    found = meant(case, plan, plan.entries)
    if len(found) == 1:
        return found
    parts = [part for part in _CLAUSES.split(case.turn.text) if part.strip()]
    clear = [one[0] for part in parts if len(parts) > 1 and len(one := meant(case, plan, plan.entries, part)) == 1]
    return clear[-1:] or [entry for entry in found if entry.state != "done"] or found


class ActionStepUndo(AppAction):
    """`step_undo`: takes back the last mark, or a step that counts as done."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_step_undo"

    def act(self, turn: Turn) -> list[Event]:
        """Takes it back."""
        case = case_of(turn)
        plan = case.plan(guess=True)
        last = str(turn.tracker.get_slot("before") or "")
        marked = [entry for entry in plan.entries if entry.state == "done"]
        found = [] if turn.text.startswith("/") else meant(case, plan, marked)
        if turn.entity("step") or (len(found) == 1 and found[0].step.id != last):
            step = turn.entity("step") or found[0].step.id
        else:
            step = last
        if step and (step in case.profile.not_for_me or plan.get(step) is not None):
            return take_back(case, step)
        if found:
            return which(case, found, "plan_which_undo", lambda key: f'/step_undo{{"step": "{key}"}}')
        return show(case, [say("plan_nothing_to_undo")])


class ActionNotForMe(AppAction):
    """`not_for_me`: what it says about the person counts first ("I have no car"); else the step goes."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_not_for_me"

    def act(self, turn: Turn) -> list[Event]:
        """Takes it out of the plan."""
        case = case_of(turn)
        if case.wanted and case.heard:
            case, events = keep(case)
            return [*events, *renewed(case)]
        if case.heard:
            case, events = note(case)
            words = ", ".join(heard_in_words(case.heard, case))
            turn.say(f"{say('noted', what=words)} {say('noted_plan')}", "smalltalk", [make_plan()])
            return events
        if not case.wanted:
            return ActionNotHelpful(turn.services).act(turn)
        plan = case.plan(guess=True)
        found = meant(case, plan, [entry for entry in plan.entries if entry.state != "done"])
        if len(found) == 1:
            return take_off(case, found[0])
        return which(case, found, "plan_which_not", lambda key: f'/not_for_me{{"step": "{key}"}}')


def which(case: Case, found: Sequence[Entry], sentence: str, payload: Callable[[str], str]) -> list[Event]:
    """Offers the steps that may be meant."""
    if not found:
        speak(case, [say("plan_which_none"), whole_plan(case)])
        return []
    speak(case, [say(sentence)], found, [option(entry.step.title, payload(entry.step.id)) for entry in found])
    return remember(shown=[entry.step.id for entry in found])


def mark_done(case: Case, step: str, day: dt.date | None) -> list[Event]:
    """Marks a step, says what that opened, and asks for the day when other dates count from it."""
    old = case.plan(guess=True)
    entry = old.get(step)
    if entry is None:
        return which(case, [], "plan_which_done", done_payload)
    case, events = keep(_with_done(case, entry, day))
    title = entry.step.title
    said = (
        say("plan_done_day", title=title, day=day_and_month(day, case.today)) if day else say("plan_done", title=title)
    )
    when = day is None and _counts(entry, case) and may_ask(case, "done_day")
    asked = ask(Question("done_day", step) if when else next_question(case), case)
    return [*events, *_opened(case, old, [said, confirmation(case)], asked), *remember(before=step)]


def _with_done(case: Case, entry: Entry, day: dt.date | None) -> Case:
    profile, step = case.profile, entry.step.id
    done = (*(one for one in profile.done if one[0] != step), (step, day))
    fields: dict[str, object] = {"done": done, "todo": tuple(key for key in profile.todo if key != step)}
    if entry.step.marks == "address":
        fields |= {"address": True} | ({"address_from": day} if day and profile.address_from is None else {})
    if entry.step.marks == "arrival":
        fields |= {"here": True} | ({"arrival": day} if day else {})
    known = replace(profile, **fields)  # type: ignore[arg-type]  # fields of a profile, by name
    return replace(case, profile=known)


def _counts(entry: Entry, case: Case) -> bool:
    """Whether other steps count their days from the day of this one."""
    rules = [rule for step in case.library.steps.values() for rule in (*step.deadlines, step.opens) if rule]
    mark = entry.step.marks
    return any(rule.step == entry.step.id or (mark == "registration" and rule.anchor == mark) for rule in rules)


def _opened(case: Case, old: Plan, said: Sequence[str], asked: Asked) -> list[Event]:
    plan = case.plan(guess=True)
    before = {entry.step.id for entry in old.of("now")}
    opened = [entry for entry in plan.of("now") if entry.step.id not in before and not entry.step.optional]
    entries: Sequence[Entry] = opened[:MOST_OPENED] or matters(case)[0][:2]
    if not entries:
        return show(case, said, asked)
    intro = say("plan_opened" if opened else "plan_goes_on")
    room = room_beside([*said, intro, asked.text])
    text = [*said, f"{intro}\n\n{lines(entries, case, plan, room)}", whole_plan(case)]
    speak(case, text, entries, [*asked.options, option(say("plan_undo"), UNDO)], asked.text)
    return [*shown(entries), *asked.events]


def _already(case: Case, entry: Entry) -> list[Event]:
    """Says that it is done already; a day that is said now is kept."""
    day = past_day(case.turn.text, case.today)
    if day is not None and entry.done_on is None:
        return mark_done(case, entry.step.id, day)
    return show(case, [say("plan_done_already", title=entry.step.title)])


def take_back(case: Case, step: str) -> list[Event]:
    """Makes a step open again, or brings it back into the plan."""
    profile, title = case.profile, case.library.steps[step].title
    if step in profile.not_for_me:
        back = replace(profile, not_for_me=tuple(key for key in profile.not_for_me if key != step))
        case, events = keep(replace(case, profile=back))
        return [*events, *show(case, [say("plan_back", title=title)]), *remember(before=None)]
    undone = replace(profile, done=tuple(one for one in profile.done if one[0] != step))
    entry = replace(case, profile=undone).plan(guess=True).get(step)
    if entry is None or entry.state == "done":  # it follows from something else: the person knows better
        undone = replace(undone, todo=(*undone.todo, step))
    case, events = keep(replace(case, profile=undone))
    return [*events, *show(case, [say("plan_undone", title=title)]), *remember(before=None)]


def take_off(case: Case, entry: Entry) -> list[Event]:
    """Takes a step out of the plan."""
    left_out = (*case.profile.not_for_me, entry.step.id)
    case, events = keep(replace(case, profile=replace(case.profile, not_for_me=left_out)))
    said = [say("plan_off", title=entry.step.title), say("plan_off_blocks") if entry.rule else "", whole_plan(case)]
    speak(case, said, (), [option(say("plan_undo"), UNDO)])
    return [*events, *remember(before=entry.step.id)]
