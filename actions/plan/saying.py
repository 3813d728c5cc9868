"""The plan in words, short enough for a chat: what was heard, what comes first, what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from actions.base import Turn, ask_article, option, talk_to_person
from actions.plan.situation import Case
from knowledge.planning.hearing import Heard
from knowledge.planning.plan import Entry, Plan
from knowledge.planning.telling import AT_ONCE, Told, tell, what_matters
from knowledge.vocabulary import country_name
from knowledge.wording import say

OUTCOME = "planned"
WHAT_NOW = "/what_now"
THIS_YEAR = dt.timedelta(days=300)
MOST_TITLES = 3
MOST_WORDS = 120  # of a reply
LEAST, MOST = 30, 70  # of its steps
AROUND = 16  # the sentence about the days, and the link
SAID = (
    "country", "purpose", "joins", "stay", "partner", "children", "pet", "arrival", "here", "municipality", "address",
    "address_from", "rents", "permit", "contract_start", "car", "licence", "diploma", "birth", "card_end", "leaving",
    "departure",
)  # fmt: skip


def day_and_month(day: dt.date, today: dt.date) -> str:
    """For example 2 December; with the year when it is far."""
    return f"{day.day} {day:%B}" if abs(day - today) < THIS_YEAR else f"{day.day} {day:%B %Y}"


def heard_in_words(heard: Heard, case: Case) -> list[str]:
    """What somebody said about themselves, one part a field, to be confirmed."""
    left_out = {"here"} if "arrival" in heard else {"rents"} if heard.get("address") is False else set()
    return [_part(field, heard[field], case) for field in SAID if field in heard and field not in left_out]


def _part(field: str, value: Any, case: Case) -> str:
    key = f"plan_heard_{field}"
    if isinstance(value, bool):
        return say(f"{key}_{'yes' if value else 'no'}")
    if field == "arrival":
        when = "past" if value <= case.today else "ahead"
        return say(f"{key}_{when}", value=day_and_month(value, case.today))
    if isinstance(value, dt.date):
        return say(key, value=day_and_month(value, case.today))
    if field == "children":
        return _children(value)
    if field == "country":
        return say(f"{key}_BE") if value == "BE" else say(key, value=country_name(value))
    if field == "municipality":
        return say(key, value=case.library.municipalities[value].name)
    return say(f"{key}_{value}")


def _children(ages: Sequence[int]) -> str:
    if not ages:
        return say("plan_heard_children_none")
    words = [say("plan_baby") if age == 0 else str(age) for age in ages]
    return say("plan_heard_children" if len(ages) > 1 else "plan_heard_child", value=say("and").join(words))


def confirmation(case: Case) -> str:
    """One line with what this message said; empty when it said nothing new."""
    parts = heard_in_words(case.heard, case)
    return say("plan_so" if len(parts) > 1 else "plan_noted", what=", ".join(parts)) if parts else ""


def matters(case: Case) -> tuple[tuple[Entry, ...], bool]:
    """What to speak of now, and whether that takes a long stay for granted."""
    found = _first(case, case.plan())
    if len(found) > 1 or case.profile.stay or case.profile.leaving:
        return found, False
    return _first(case, case.plan(guess=True)), True


def _first(case: Case, plan: Plan) -> tuple[Entry, ...]:
    """What matters. To travel is no advice for somebody of whom it is not known where they are."""
    somewhere = case.profile.arrival is not None or case.profile.here is not None
    found = what_matters(plan, AT_ONCE + 1)
    return tuple(entry for entry in found if somewhere or entry.step.marks != "arrival")[:AT_ONCE]


def told(entry: Entry, case: Case) -> Told:
    """An entry in words, for this person."""
    return tell(entry, case.library, case.profile, case.today)


def room_beside(paragraphs: Iterable[str]) -> int:
    """How many words the steps may have beside the rest of a reply."""
    rest = sum(len(part.split()) for part in paragraphs) + AROUND
    return min(max(MOST_WORDS - rest, LEAST), MOST)


def lines(entries: Sequence[Entry], case: Case, plan: Plan, room: int = MOST) -> str:
    """The entries, one paragraph each, numbered when there are several. Every one has its day; the rule and the place
    are added as far as there is room, first those of the first."""
    found: list[list[str]] = []
    more: list[list[str]] = []
    cautious = False
    for number, entry in enumerate(entries, start=1):
        words = told(entry, case)
        title = entry.step.title if len(entries) == 1 else f"{number}. {entry.step.title}"
        when = _when(entry, case, plan)
        cautious |= say("plan_cautious") in words.reason
        reason = "" if words.late else words.reason.replace(say("plan_cautious"), "").strip()
        rest = [reason, words.advice]
        if number == 1 and words.where is not None and entry.state == "now":
            rest.append(say("plan_where", place=_place(words.where.text)))
        found.append([f"**{title}**", *([when] if when else [])])
        more.append([part for part in rest if part])
    _fill(found, more, room)
    text = "\n\n".join(_line(parts) for parts in found)
    return text + (f"\n\n{say('plan_check_days')}" if cautious else "")


def _fill(found: list[list[str]], more: list[list[str]], room: int) -> None:
    room -= sum(len(part.split()) for parts in found for part in parts)
    for parts, rest in zip(found, more, strict=True):
        for part in rest:
            if (length := len(part.split())) <= room:
                parts.append(part)
                room -= length


def _line(parts: list[str]) -> str:
    title, *rest = parts
    return f"{title}: {' '.join(_sentence(part) for part in rest)}" if rest else title


def _place(text: str) -> str:
    """The name of the counter, without its address."""
    return say("plan_town_hall") if text == say("town_hall_unknown") else text.splitlines()[0].rstrip(".")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _when(entry: Entry, case: Case, plan: Plan) -> str:
    """The day, and for a step that others wait for, whose day it is."""
    waiting = plan.get(entry.drives) if entry.by is None and entry.drives not in (None, entry.step.id) else None
    if waiting is not None and waiting.by is not None and entry.opens is None:
        return say("plan_waits_for_it", title=waiting.step.title, when=told(waiting, case).when)
    return told(entry, case).when


def titles(entries: Iterable[Entry]) -> str:
    """A few titles, and how many more there are."""
    found = [f"“{entry.step.title}”" for entry in entries]
    more = len(found) - MOST_TITLES
    return ", ".join(found[:MOST_TITLES]) + (say("plan_and_more", count=str(more)) if more > 0 else "")


def whole_plan(case: Case) -> str:
    """The link to the page of the plan, in a line; empty while nothing is kept."""
    link = case.turn.services.plan_link(case.link_id) if case.link_id else ""
    return f"[{say('plan_whole')}]({link})" if link else ""


def data(entry: Entry, case: Case) -> dict[str, Any]:
    """An entry for programs, as docs/architecture.md describes."""
    words = told(entry, case)
    return {
        "step": words.id,
        "title": words.title,
        "state": words.state,
        "late": words.late,
        "by": words.by.isoformat() if words.by else None,
        "when": words.when,
        "reason": words.reason,
        "waits_for": list(words.waits_for),
        "facts": list(words.facts),
        "sources": [asdict(source) for source in words.sources],
    }


def speak(
    case: Case,
    paragraphs: Iterable[str],
    entries: Sequence[Entry] = (),
    options: Iterable[dict[str, str]] = (),
    question: str = "",
) -> None:
    """Says something about the plan; ``entries`` travel along as data. A question is a message of its own, so that it
    stands with its buttons and not before a list of steps."""
    content = {
        "outcome": OUTCOME,
        "facts": list(dict.fromkeys(fact for entry in entries for fact in told(entry, case).facts)),
        "plan": [data(entry, case) for entry in entries],
    }
    text = "\n\n".join(part for part in paragraphs if part)
    buttons = [*options, talk_to_person()]
    case.turn.dispatcher.utter_message(text=text, buttons=[] if question else buttons, json_message=content)
    if question:
        case.turn.dispatcher.utter_message(text=question, buttons=buttons, json_message={"outcome": OUTCOME})


def done_payload(step: str) -> str:
    """The payload that marks a step as done."""
    return f'/step_done{{"step": "{step}"}}'


def make_plan() -> dict[str, str]:
    """The button that asks for a plan."""
    return option(say("plan_make"), WHAT_NOW)


def step_options(entries: Sequence[Entry]) -> list[dict[str, str]]:
    """Buttons for the first of the entries: its article, and that it is done."""
    if not entries:
        return []
    first, several = entries[0].step, len(entries) > 1
    more = say("plan_details_of", number="1") if several else say("plan_details", title=first.title)
    done = say("plan_mark_done_of", number="1") if several else say("plan_mark_done", title=first.title)
    return [option(more, ask_article(first.article)), option(done, done_payload(first.id))]


def in_dossier(turn: Turn) -> bool:
    """Whether a question of the dossier is open; then the plan asks none of its own."""
    return bool((turn.tracker.active_loop or {}).get("name"))
