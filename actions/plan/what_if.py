"""What would change: a plan for another situation beside the one that is kept. Nothing is kept."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from actions.base import AppAction, Event, Turn, option
from actions.plan.answers import DAYS, YES_NO
from actions.plan.otherwise import article_instead
from actions.plan.questions import CHOICES, answer_payload
from actions.plan.saying import day_and_month, heard_in_words, speak, titles
from actions.plan.situation import Case, case_of, listened
from knowledge.planning.dates import shifted
from knowledge.planning.plan import Entry, Plan
from knowledge.planning.steps import Period
from knowledge.wording import say

MOST_MOVES = 3
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "a few": 3, "few": 3}
_SUPPOSES = re.compile(  # blanked out, what is left reads like a statement; places in the text stay where they are
    r"\b(?:what (?:\w+ ){0,3}if|and if|if|suppose|imagine|would|had|instead of (?:\w+ )?\w+|not as (?:an? )?\w+)\b|\?",
    re.IGNORECASE,
)
_SHIFT = re.compile(
    r"\b(?:(\d{1,2}|an?|one|two|three|four|a few|few) (day|week|month)s? )(later|earlier|sooner|before|after)\b",
    re.IGNORECASE,
)
_LATER_FAMILY = re.compile(
    r"\b(?:wife|husband|partner|family|girlfriend|boyfriend|kids|children)\b.{0,15}"
    r"\b(?:later|after me|stays? (?:home|behind)|not come)",
    re.IGNORECASE,
)
_ALONE = re.compile(r"\balone\b|\bby myself\b|\bon my own\b", re.IGNORECASE)
_NOT = re.compile(r"\bnot (?:bring|take)\b.{0,12}\bcar\b|\bwithout (?:my |a |the )?car\b", re.IGNORECASE)
_CAR = re.compile(r"\bcar\b", re.IGNORECASE)
_PASSPORT = re.compile(r"\beu (?:passport|citizen)", re.IGNORECASE)
EXAMPLE_EU = "DE"


class ActionWhatIf(AppAction):
    """`what_if`."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_what_if"

    def act(self, turn: Turn) -> list[Event]:
        """Compares both plans in words."""
        case = case_of(turn)
        if not case.wanted and (answer := article_instead(turn, sure=True)) is not None:
            return answer
        shift = _SHIFT.search(turn.text)
        if shift and case.profile.arrival is None:
            speak(case, [say("plan_if_no_day")])
            return []
        fields = supposed(turn, case)
        other = case.knowing(**fields)
        if not other.heard:
            answer = article_instead(turn)
            if answer is None:
                speak(case, [say("plan_if_unclear")])
            return answer or []
        return _compare(case, other)


def supposed(turn: Turn, case: Case) -> dict[str, Any]:
    """The fields that would be different."""
    text = turn.text
    fields = listened(turn, _SUPPOSES.sub(lambda found: " " * len(found[0]), text))
    if match := _SHIFT.search(text):
        count = int(match[1]) if match[1].isdigit() else _NUMBERS[match[1].lower()]
        period = Period.model_validate({"count": count, "unit": f"{match[2].lower()}s"})
        direction = 1 if match[3].lower() in ("later", "after") else -1
        if case.profile.arrival:
            fields["arrival"] = shifted(case.profile.arrival, period, direction)
    if _ALONE.search(text):
        fields |= {"partner": False, "children": ()}
    elif _LATER_FAMILY.search(text):
        fields["partner"] = False
    if _NOT.search(text):
        fields["car"] = False
    elif _CAR.search(text):
        fields.setdefault("car", True)
    if _PASSPORT.search(text) and "country" not in fields:
        fields["country"] = EXAMPLE_EU
    if "arrival" in fields:
        fields["here"] = fields["arrival"] <= case.today
    return fields


def _compare(case: Case, other: Case) -> list[Event]:
    now, then = case.plan(guess=True), other.plan(guess=True)
    what = ", ".join(heard_in_words(other.heard, other))
    before, after = _certain(now), _certain(then)
    moves = [(entry, after[key]) for key, entry in before.items() if key in after and entry.by != after[key].by]
    moves.sort(key=lambda pair: pair[1].by or pair[0].by or case.today)
    came = [entry for key, entry in after.items() if key not in before]
    went = [entry for key, entry in before.items() if key not in after]
    if not (moves or came or went):
        speak(case, [say("plan_if_same", what=what)])
        return []
    lines = [_moved(case, one, two) for one, two in moves[:MOST_MOVES]]
    steps = [say(key, titles=titles(some)) for key, some in (("plan_if_appears", came), ("plan_if_goes", went)) if some]
    text = [say("plan_if", what=what), "\n".join(lines), " ".join(steps), say("plan_if_unchanged")]
    speak(replace(other, link_id=None), text, [two for _, two in moves[:MOST_MOVES]], _take(other))
    return []


def _certain(plan: Plan) -> dict[str, Entry]:
    return {entry.step.id: entry for entry in plan.entries if entry.certain and entry.state != "done"}


def _moved(case: Case, one: Entry, two: Entry) -> str:
    days = [day_and_month(day, case.today) if day else say("plan_if_no_date") for day in (one.by, two.by)]
    return say("plan_if_moves", title=one.step.title, before=days[0], after=days[1])


def _take(other: Case) -> list[dict[str, str]]:
    """The button that makes it so, when one answer is enough to say it."""
    fields = {key: value for key, value in other.heard.items() if key != "here"}
    if len(fields) != 1:
        return []
    ((name, value),) = fields.items()
    if name in DAYS:
        return [option(say("plan_if_take"), answer_payload(name, value.isoformat()))]
    if name in YES_NO:
        return [option(say("plan_if_take"), answer_payload(name, "yes" if value else "no"))]
    if name in CHOICES and isinstance(value, str):
        return [option(say("plan_if_take"), answer_payload(name, value))]
    return []
