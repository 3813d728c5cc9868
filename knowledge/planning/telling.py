"""Puts the entries of a plan into words: what to do, by when and why, where, with which papers, from which source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.answer import sources_of
from knowledge.figures import Standing, filled, judge, judge_fact
from knowledge.library import Library
from knowledge.planning.checks import NOWHERE
from knowledge.planning.plan import Entry, Plan
from knowledge.profile import Profile
from knowledge.whereabouts import Source, Where, where
from knowledge.wording import say

PRESSES = dt.timedelta(days=90)  # a day that lies farther ahead does not press yet
DOUBTFUL = dt.timedelta(days=30)  # a day that is in doubt and not said may press
AT_ONCE = 3  # what matters now, not a list of thirty
KNOWN_AHEAD = frozenset({"arrival", "address", "contract-start", "departure"})  # days that people plan
FOR_MANY = frozenset({"stay", "where", "municipality"})  # facets that make no step special


@dataclass(frozen=True, slots=True)
class Told:
    """One entry in words.

    Attributes:
        id: of the step.
        title: what to do.
        state: done, now, blocked or later; `late` when the legal day has passed.
        when: the latest day in words; empty without one.
        reason: the rule behind the day, or why no day is given; empty without a rule.
        advice: when to begin, or what to do when it is late; empty without either.
        why: what it is good for.
        waits_for: titles of the steps to do first.
        where: the counter.
        papers: what to take along.
        counter: what to say at the counter in Dutch, and its meaning; None without one.
        article: the article that says more.
        facts: ids of the facts it rests on.
        sources: their pages.
    """

    id: str
    title: str
    state: str
    late: bool
    by: dt.date | None
    when: str
    reason: str
    advice: str
    why: str
    waits_for: tuple[str, ...]
    where: Where | None
    papers: tuple[str, ...]
    counter: tuple[str, str] | None
    article: str
    facts: tuple[str, ...]
    sources: tuple[Source, ...]


def day_in_words(day: dt.date) -> str:
    """For example Wednesday 2 December 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def tell(entry: Entry, library: Library, profile: Profile, today: dt.date) -> Told:
    """One entry, for this person, on this day."""
    step, article = entry.step, library.articles[entry.step.article]
    late = entry.is_late(today)
    counter = None if step.counter is None else (step.counter.dutch, step.counter.english)
    place = None if step.place == NOWHERE else where(step.place or article.place, library, profile.municipality)
    facts = tuple(dict.fromkeys([*([entry.rule.fact] if entry.rule else []), *step.facts]))
    return Told(
        id=step.id,
        title=step.title,
        state=entry.state,
        late=late,
        by=entry.by,
        when=_when(entry, today),
        reason=_reason(entry, library, today),
        advice=_advice(entry, today),
        why=step.why,
        waits_for=tuple(library.steps[key].title for key in entry.blocked_by),
        where=place,
        papers=_papers(entry, library, today),
        counter=counter,
        article=step.article,
        facts=facts,
        sources=tuple(_sources(facts, entry, library)),
    )


def what_matters(plan: Plan, count: int = AT_ONCE) -> tuple[Entry, ...]:
    """The few entries to speak of now: what is late, what presses, then what opens the way for
    most, then what is for this person rather than for everybody."""
    now = [entry for entry in plan.of("now") if not entry.step.optional]
    return tuple(sorted(now, key=lambda entry: _weight(entry, plan))[:count])


def _weight(entry: Entry, plan: Plan) -> tuple[dt.date, int, int, int]:
    entries = {one.step.id: (number, one) for number, one in enumerate(plan.entries)}
    last = entry.begin_by or entry.latest or (plan.made_for + DOUBTFUL if entry.doubt else dt.date.max)
    if last - plan.made_for > PRESSES:
        last = dt.date.max
    waiting = [one for key in entry.blocks for _, one in [entries[key]] if one.certain and not one.step.optional]
    special = len(entry.step.applies_if.keys() - FOR_MANY)
    if entry.by is None and entry.drives == entry.step.id:  # only the day of travelling, which nobody forgets
        return dt.date.max, 0, 0, len(entries)
    return last, -len(waiting), -special, entries[entry.step.id][0]


def _when(entry: Entry, today: dt.date) -> str:
    if entry.state == "done":
        return say("plan_done_on", day=day_in_words(entry.done_on)) if entry.done_on else ""
    if entry.opens is not None:
        return say("plan_opens", day=day_in_words(entry.opens))
    if entry.by is None:
        if entry.drives == entry.step.id and entry.latest is not None:
            return say("plan_meant", day=day_in_words(entry.latest))
        if entry.latest is not None and entry.latest >= today:
            return say("plan_in_time_for_others", day=day_in_words(entry.latest))
        return ""
    days = (entry.by - today).days
    if days < 0:
        return say("plan_late", day=day_in_words(entry.by))
    key = "plan_today" if days == 0 else "plan_tomorrow" if days == 1 else "plan_by"
    return say(key, day=day_in_words(entry.by), days=str(days))


def _reason(entry: Entry, library: Library, today: dt.date) -> str:
    if entry.rule is None or entry.state == "done":
        return ""
    rule = entry.rule.rule[:1].upper() + entry.rule.rule[1:] + "."
    counted = library.steps.get(entry.counts_from or "")
    if entry.doubt:
        return f"{rule} {say('plan_doubt')}"
    if entry.by is None:
        if counted is not None:
            return f"{rule} {say('plan_counts_from_step', title=counted.title)}"
        knowable = entry.state != "blocked" or entry.counts_from in KNOWN_AHEAD
        return f"{rule} {say(f'plan_counts_from_{entry.counts_from}')}" if knowable else rule
    cautious = judge_fact(library.facts[entry.rule.fact], today).standing is Standing.CAUTIOUS
    return f"{rule} {say('plan_cautious')}" if cautious else rule


def _advice(entry: Entry, today: dt.date) -> str:
    if entry.is_late(today) and entry.rule is not None:
        return entry.rule.late
    if entry.step.lead_time is None or entry.state == "done":
        return ""
    if entry.step.lead_time.period and entry.begin_by is not None and entry.begin_by >= today:
        return f"{entry.step.lead_time.say} {say('plan_begin_by', day=day_in_words(entry.begin_by))}"
    return entry.step.lead_time.say


def _papers(entry: Entry, library: Library, today: dt.date) -> tuple[str, ...]:
    statements = library.articles[entry.step.article].bring
    kept = [one for one in statements if judge(one, library, today).standing is not Standing.WITHHELD]
    return tuple(filled(one, library, today) for one in kept)


def _sources(facts: Sequence[str], entry: Entry, library: Library) -> list[Source]:
    found: dict[str, Source] = {}
    for key in facts:
        fact = library.facts[key]
        found.setdefault(str(fact.url), Source(fact.title, str(fact.url), fact.publisher, fact.checked_on.isoformat()))
    for source in sources_of(library.articles[entry.step.article], library):
        found.setdefault(source.url, source)
    return list(found.values())[:3]
