"""The one question that goes with a plan: the one whose answer changes it most."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.base import Event, option, remember
from actions.plan.answers import YES_NO
from actions.plan.saying import in_dossier
from actions.plan.situation import Case
from knowledge.planning.asking import next_questions
from knowledge.planning.facets import VALUES
from knowledge.wording import say

SKIP, EXPLAIN = "/skip", "/explain"
NO_MORE = "*"  # among the skipped: nothing is asked any more in this conversation
CHOICES: Mapping[str, tuple[str, ...]] = {
    **{name: VALUES[name] for name in ("purpose", "stay", "permit", "joins", "licence")},
    "municipality": ("gent", "aalst"),
    "children": ("none",),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is open: the field it is about, and for the day of a step, the step."""

    field: str
    step: str | None = None

    @property
    def text(self) -> str:
        """The question."""
        return say(f"plan_ask_{self.field}")

    @property
    def why(self) -> str:
        """Why it is asked."""
        return say(f"plan_why_{self.field}")

    def slot(self) -> dict[str, Any]:
        """As the conversation remembers it."""
        return {"field": self.field, "step": self.step}


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes with a reply: the question with its buttons, or nothing."""

    text: str = ""
    options: list[dict[str, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


def open_question(case: Case) -> Question | None:
    """The question that was asked last, while it is open: not when a colleague has spoken since."""
    slot = case.turn.tracker.get_slot("asked")
    if not slot or case.resumed:
        return None
    return Question(str(slot["field"]), slot.get("step"))


def skipped(case: Case) -> list[str]:
    """The fields that are not asked again in this conversation."""
    return list(case.turn.tracker.get_slot("unasked") or ())


def may_ask(case: Case, name: str) -> bool:
    """Whether a question may be asked in this conversation, now."""
    return not {name, NO_MORE} & set(skipped(case)) and not in_dossier(case.turn)


def next_question(case: Case, without: str | None = None) -> Question | None:
    """What to ask; None when nothing would change, and after "stop". Who comes to work or study, or to family, is not
    asked how long: almost all of them stay for long, and the reply says that this is assumed."""
    profile = case.guess if case.profile.purpose else case.profile
    found = next_questions(profile, case.today, case.library)
    return next((Question(one.field) for one in found if one.field != without and may_ask(case, one.field)), None)


def ask(question: Question | None, case: Case) -> Asked:
    """The question as part of a reply."""
    if question is None:
        return Asked(events=remember(asked=None))
    options = [*_choices(question, case.today), option(say("plan_why_ask"), EXPLAIN), option(say("plan_skip"), SKIP)]
    return Asked(f"**{question.text}**", options, remember(asked=question.slot()))


def answer_payload(name: str, value: str, step: str | None = None) -> str:
    """The payload that answers a question of the plan."""
    given = {"field": name, "value": value} | ({"step": step} if step else {})
    return f"/inform{json.dumps(given)}"


def _choices(question: Question, today: dt.date) -> list[dict[str, str]]:
    name = question.field
    if name == "done_day":
        days = {"today": today, "yesterday": today - dt.timedelta(days=1)}
        return [
            option(say(f"plan_option_{key}"), answer_payload(name, day.isoformat(), question.step))
            for key, day in days.items()
        ]
    if name in YES_NO:
        return [option(say(f"plan_option_{value}"), answer_payload(name, value)) for value in ("yes", "no")]
    return [option(say(f"plan_option_{name}_{value}"), answer_payload(name, value)) for value in CHOICES.get(name, ())]
