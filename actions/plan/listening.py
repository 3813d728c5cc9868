"""Answers to the question of the plan, wherever the bot put them: buttons, yes and no, a country, "next week"."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from actions.answering import ActionAnswer, ActionNotKnown
from actions.base import AppAction, Event, Turn, remember
from actions.plan.answers import DAYS, chosen, read
from actions.plan.finding import meant
from actions.plan.now import renewed
from actions.plan.progress import mark_done
from actions.plan.questions import NO_MORE, Question, ask, next_question, open_question, skipped
from actions.plan.saying import speak
from actions.plan.situation import Case, case_of, keep, listened
from actions.plan.why import explain_step
from knowledge.wording import say

FEW_WORDS = 6
YES_OR_NO = frozenset({"affirm", "deny"})
ANSWERS = YES_OR_NO | {"inform"}
OTHERS = ("arrival", "purpose", "stay", "permit")
_ASKS = re.compile(r"\?|^\W*(?:what|where|when|which|who|how|why|can|do|does|is|are|must|should|may)\b", re.IGNORECASE)


def answered(turn: Turn) -> list[Event] | None:
    """Takes the message as the answer to a question of the plan; None when it is none."""
    case = case_of(turn)
    field, value = turn.entity("field"), turn.entity("value")
    if field and value:
        picked = chosen(field, value)
        return None if picked is None else taken(case, Question(field, turn.entity("step")), picked)
    question = open_question(case)
    if question is None or not _may_answer(turn, question):
        return None
    said = read(question.field, turn)
    if said is not None:
        return taken(case, question, said)
    return None if turn.intent in YES_OR_NO else _another(case, question)


def _another(case: Case, question: Question) -> list[Event] | None:
    """A few words that answer no open question, but plainly another one: "next month", "work"."""
    if case.heard or len(case.turn.text.split()) > FEW_WORDS:
        return None
    for field in OTHERS:
        if field != question.field and getattr(case.profile, field) is None:
            said = read(field, case.turn)
            if said is not None:
                return taken(case, Question(field), said)
    return None


def _may_answer(turn: Turn, question: Question) -> bool:
    """A question in between is no answer, nor a correction of something else, nor a long message about a third."""
    if turn.intent == "correct":
        return question.field in DAYS or question.field in listened(turn)
    if turn.intent in ANSWERS:
        return True
    few = len(turn.text.split()) <= FEW_WORDS
    return few and not _ASKS.search(turn.text) and turn.message.get("zone") != "answer"


def taken(case: Case, question: Question, value: Any) -> list[Event]:
    """Keeps an answer and says what it changes."""
    if question.field == "done_day":
        return mark_done(case, question.step or "", value)
    known: dict[str, Any] = {question.field: value}
    if isinstance(value, dt.date) and question.field == "arrival":
        known["here"] = value <= case.today
    case, events = keep(case.knowing(**known))
    return [*events, *renewed(case)]


def skip(case: Case, question: Question) -> list[Event]:
    """Leaves a question out for the rest of the conversation, and asks the next."""
    asked = ask(next_question(case, without=question.field), case)
    speak(case, [say("plan_skipped"), asked.text], (), asked.options)
    return [*asked.events, *remember(unasked=[*skipped(case), question.field])]


def again(case: Case, question: Question, sentence: str) -> list[Event]:
    """Says something about the open question, and asks it again."""
    asked = ask(question, case)
    speak(case, [sentence, asked.text], (), asked.options)
    return asked.events


class ActionShortAnswer(AppAction):
    """`affirm`, `deny`, `skip`, `explain`, `stop`: about the question of the plan when one is open."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_short_answer"

    def act(self, turn: Turn) -> list[Event]:
        """Takes it as the answer, or says what is said without a question."""
        case = case_of(turn)
        question = open_question(case)
        if question is None:
            if turn.intent == "explain" and turn.tracker.get_slot("shown"):
                return explain_step(case)
            turn.dispatcher.utter_message(response=f"utter_{turn.intent}")
            return []
        if turn.intent == "skip":
            return skip(case, question)
        if turn.intent == "explain":
            return again(case, question, question.why)
        if turn.intent == "stop":
            speak(case, [say("plan_no_question")])
            return remember(asked=None, unasked=[NO_MORE])
        events = answered(turn)
        return again(case, question, say("plan_not_understood")) if events is None else events


class ActionAnswerOrPlan(ActionAnswer):
    """`ask`: a few words that answer the open question of the plan are taken as that answer."""

    def act(self, turn: Turn) -> list[Event]:
        """Takes the answer, or answers the question."""
        events = None if turn.entity("article") else answered(turn)
        return super().act(turn) if events is None else events


class ActionNotKnownOrPlan(ActionNotKnown):
    """`out_of_scope`: likewise; and who has a plan may have done a step of it."""

    def act(self, turn: Turn) -> list[Event]:
        """Takes the answer, marks the one step that the words fit, or declines."""
        events = answered(turn)
        if events is None:
            case = case_of(turn)
            found = meant(case, plan := case.plan(guess=True), plan.of("now")) if case.wanted else []
            events = mark_done(case, found[0].step.id, None) if len(found) == 1 else None
        return super().act(turn) if events is None else events
