"""What is known about the person who writes, this message included, and keeping it.

Kept for good is it only from the moment somebody asks for a plan; before that it stays in the memory of the
conversation.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from actions.base import Event, Turn, remember
from dossiers import briefing, plans
from knowledge.library import Library
from knowledge.planning.hearing import Heard, hear
from knowledge.planning.keeping import from_data, to_data
from knowledge.planning.plan import Plan, plan
from knowledge.profile import Profile, assumed

# Of these only what is not known yet is taken in passing: "the police came yesterday" is no arrival.
IN_PASSING = frozenset({"step_done", "step_trouble", "why_step"})
DEAF = frozenset({"step_undo", "what_if"})


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody's situation. ``before``: without this message; ``heard``: what the message says that was not known;
    ``wanted``: they asked for a plan; ``resumed``: a colleague spoke after the assistant did."""

    turn: Turn
    before: Profile
    profile: Profile
    heard: Heard
    wanted: bool
    link_id: str | None = None
    resumed: bool = False

    @property
    def today(self) -> dt.date:
        """The day in Belgium."""
        return self.turn.services.today()

    @property
    def library(self) -> Library:
        """The knowledge of this turn."""
        return self.turn.services.library

    @property
    def earlier(self) -> Case:
        """As it was without this message."""
        return replace(self, profile=self.before, heard={})

    @property
    def guess(self) -> Profile:
        """The profile with what is assumed until it is said."""
        return assumed(self.profile)

    def plan(self, *, guess: bool = False) -> Plan:
        """The plan as of today."""
        return plan(self.guess if guess else self.profile, self.today, self.library)

    def knowing(self, **fields: Any) -> Case:
        """The same with more known."""
        fresh = {key: value for key, value in fields.items() if getattr(self.profile, key) != value}
        return replace(self, profile=replace(self.profile, **fields), heard=self.heard | fresh)


def case_of(turn: Turn) -> Case:
    """What is known with this message."""
    with turn.services.database.read() as session:
        conversation = turn.conversation(session)
        kept = plans.kept(session, conversation.person_id) if conversation else None
        site = conversation.municipality if conversation else None
        put_right = briefing.corrected(session, conversation) if conversation else {}
        resumed = conversation is not None and briefing.colleague_spoke_last(session, conversation)
    profile = kept.profile if kept else from_data(turn.tracker.get_slot("situation") or {})
    town, country = profile.municipality or turn.slot("municipality") or site, profile.country or turn.slot("country")
    if kept is None:  # a plan that is kept follows the colleague's corrections by itself
        town, country = put_right.get("municipality") or town, put_right.get("country") or country
    profile = replace(profile, municipality=town, country=country)
    wanted = kept is not None or (conversation is None and bool(turn.tracker.get_slot("planned")))
    case = Case(turn, profile, profile, {}, wanted, kept.link_id if kept else None, resumed)
    return case.knowing(**_news(turn, profile))


def listened(turn: Turn, text: str | None = None) -> Heard:
    """What the message (or `text` in its place) states about the person; nothing for a button."""
    if turn.text.startswith("/"):
        return {}
    heard = hear(turn.text if text is None else text, turn.message.get("entities") or (), turn.services.today())
    if heard.get("municipality") not in turn.services.library.municipalities:
        heard.pop("municipality", None)
    return heard


def _news(turn: Turn, profile: Profile) -> Heard:
    if turn.intent in DEAF:
        return {}
    heard = listened(turn)
    if turn.intent in IN_PASSING:
        return {key: value for key, value in heard.items() if getattr(profile, key) is None}
    return heard


def keep(case: Case) -> tuple[Case, list[Event]]:
    """Keeps the situation of somebody who wants a plan."""
    turn = case.turn
    events = _told(case)
    with turn.services.database.write() as session:
        conversation = turn.conversation(session)
        if conversation is None:
            return replace(case, wanted=True), [*events, *remember(situation=to_data(case.profile), planned=True)]
        kept = plans.keep(session, conversation.person_id, case.profile, turn.services.clock())
    return replace(case, wanted=True, link_id=kept.link_id), [*events, *remember(situation=None, planned=True)]


def note(case: Case) -> tuple[Case, list[Event]]:
    """Keeps what was said: for good with a plan, else as long as the conversation is remembered."""
    if case.wanted:
        return keep(case)
    return case, [*_told(case), *remember(situation=to_data(case.profile))]


def _told(case: Case) -> list[Event]:
    return remember(**{key: case.heard[key] for key in ("municipality", "country") if case.heard.get(key)})
