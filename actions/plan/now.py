"""What to do now, and the question that goes with it."""

from __future__ import annotations

from collections.abc import Sequence

from actions.base import AppAction, Event, Turn, remember
from actions.plan.questions import Asked, ask, next_question
from actions.plan.saying import (
    confirmation,
    lines,
    matters,
    room_beside,
    speak,
    step_options,
    titles,
    told,
    whole_plan,
)
from actions.plan.situation import Case, case_of, keep
from knowledge.planning.plan import Entry, Plan
from knowledge.wording import say


class ActionWhatNow(AppAction):
    """`what_now`: the few things that matter, and one question."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_what_now"

    def act(self, turn: Turn) -> list[Event]:
        """Makes or renews the plan."""
        case, events = keep(case_of(turn))
        return [*events, *show(case, [confirmation(case)])]


class ActionShowPlan(AppAction):
    """`show_plan`: how far it is, the link to all of it, and what comes first."""

    def name(self) -> str:
        """Rasa's name for it."""
        return "action_show_plan"

    def act(self, turn: Turn) -> list[Event]:
        """Shows it."""
        case, events = keep(case_of(turn))
        plan = case.plan()
        maybe = sum(1 for entry in plan.entries if not entry.certain and entry.state != "done")
        numbers = {
            "done": str(len(plan.of("done"))),
            "now": str(len(plan.of("now"))),
            "waiting": str(len(plan.of("blocked")) + len(plan.of("later"))),
            "maybe": say("plan_count_maybe", count=str(maybe)) if maybe else "",
        }
        return [*events, *show(case, [confirmation(case), say("plan_count", **numbers).strip()])]


def show(case: Case, before: Sequence[str], asked: Asked | None = None) -> list[Event]:
    """Says what comes first, with one question."""
    asked = ask(next_question(case), case) if asked is None else asked
    entries, guessed = matters(case)
    plan = case.plan(guess=guessed)
    intro = _intro(case, plan, entries, guessed)
    room = room_beside([*before, intro, asked.text])
    text = [*before, "\n\n".join([intro, lines(entries, case, plan, room)]) if entries else intro]
    speak(case, [*text, whole_plan(case)], entries, [*asked.options, *step_options(entries)], asked.text)
    return [*shown(entries), *asked.events]


def _intro(case: Case, plan: Plan, entries: Sequence[Entry], guessed: bool) -> str:
    if entries:
        return say("plan_first_long" if guessed else "plan_first")
    if all(entry.state == "done" for entry in plan.entries):
        return say("plan_all_done")
    following = next_date(plan)
    words = told(following, case) if following else None
    return " ".join(
        [say("plan_nothing_now"), *([say("plan_next_date", title=words.title, when=words.when)] if words else [])]
    )


def next_date(plan: Plan) -> Entry | None:
    """The open step with the first day that is still ahead."""
    dated = [one for one in plan.entries if one.certain and one.state != "done" and one.by and one.by >= plan.made_for]
    return min(dated, key=lambda one: one.by or plan.made_for, default=None)


def shown(entries: Sequence[Entry]) -> list[Event]:
    """Remembers what was shown: "the second one is done" and "where is that?" are about it."""
    if not entries:
        return []
    return remember(shown=[entry.step.id for entry in entries], article=entries[0].step.article, offered=None)


def renewed(case: Case) -> list[Event]:
    """Says what this message changed; what comes first only when that is different now."""
    before = case.earlier
    old, new = before.plan(guess=True), case.plan(guess=True)
    if _first(before) != _first(case):
        return show(case, [confirmation(case)])
    asked = ask(next_question(case), case)
    entries, _ = matters(case)
    speak(case, [confirmation(case), difference(old, new) or say("plan_stays_the_same"), asked.text], (), asked.options)
    return [*shown(entries), *asked.events]


def _first(case: Case) -> list[tuple[object, ...]]:
    return [(entry.step.id, entry.by, entry.latest, entry.is_late(case.today)) for entry in matters(case)[0]]


def difference(old: Plan, new: Plan) -> str:
    """Which steps came and went, in words; empty when none did."""
    before = {entry.step.id: entry for entry in old.entries if entry.certain}
    after = {entry.step.id: entry for entry in new.entries if entry.certain}
    came = [entry for key, entry in after.items() if key not in before and entry.state != "done"]
    went = [entry for key, entry in before.items() if new.get(key) is None and entry.state != "done"]
    return " ".join(
        say(key, titles=titles(entries)) for key, entries in (("plan_added", came), ("plan_removed", went)) if entries
    )
