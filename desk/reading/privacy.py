"""What the privacy officer sees: counts and moments, never what anybody wrote."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from dossiers.models import Agent, Conversation, Dossier, RetentionRun
from dossiers.privacy import forgetting, reaching, running
from dossiers.privacy.declarations import DECLARED
from dossiers.privacy.retention import RULES
from dossiers.privacy.terms import Terms, setting

_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
PLACES = {
    "bot": "by the bot",
    "file": "in the folder of documents",
    "ledger": "in the journal of what was erased",
    "wal": "in the log of the database",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One rule with its term, and what the last count found."""

    title: str
    since: str
    done: str
    days: int
    setting: str
    found: int | None


@dataclass(frozen=True, slots=True)
class Run:
    """One run or count in words. ``by``: a colleague's name, none: the night."""

    id: int
    dry: bool
    by: str | None
    started_at: dt.datetime
    ended: bool
    total: int
    found: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Retention:
    """The page about retention. ``count``: the newest count with the present terms, while it may be confirmed."""

    rows: Sequence[Row]
    runs: Sequence[Run]
    count: Run | None
    first_night: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody who is to be erased, without anything they wrote."""

    person_id: str
    conversation_id: str
    channel: str
    begun_at: dt.datetime
    last_message_at: dt.datetime
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many rows there are."""
        return sum(self.counts.values())


def waiting(session: Session) -> list[tuple[str, int]]:
    """What must still be forgotten elsewhere, in words."""
    return [(PLACES.get(place, place), number) for place, number in forgetting.waiting(session).items()]


def retention(session: Session, terms: Terms, now: dt.datetime) -> Retention:
    """The rules with their terms, the runs, and the count that may be confirmed now."""
    history = running.history(session)
    names = {run.agent_id: session.get_one(Agent, run.agent_id).name for run in history if run.agent_id}
    runs = [_run(run, names) for run in history]
    fresh = next(
        (run for run in history if run.dry and run.terms == dict(terms) and run.started_at >= now - running.FRESH), None
    )
    counted = next((run for run in history if run.dry and run.ended_at is not None), None)
    found = counted.counts if counted is not None else {}
    rows = [
        Row(rule.title, rule.since, rule.done, terms[rule.key], setting(rule.key), found.get(rule.key))
        for rule in RULES
    ]
    after = any(not run.dry for run in history[: history.index(fresh)]) if fresh is not None else False
    usable = _run(fresh, names) if fresh is not None and not after else None
    return Retention(rows, runs, usable, running.first_night(session, terms))


def _run(run: RetentionRun, names: Mapping[str, str]) -> Run:
    titles = {rule.key: rule.title for rule in RULES}
    found = [(titles.get(key, key), number) for key, number in run.counts.items() if number]
    return Run(
        id=run.id,
        dry=run.dry,
        by=names.get(run.agent_id or ""),
        started_at=run.started_at,
        ended=run.ended_at is not None,
        total=sum(run.counts.values()),
        found=found,
    )


def somebody(session: Session, reference: str) -> Somebody | None:
    """The person of a conversation or a dossier, by its number, or by an address of the desk that ends in it."""
    match = _ID.search(reference.lower())
    if match is None:
        return None
    conversation = session.get(Conversation, match[0])
    if conversation is None and (dossier := session.get(Dossier, match[0])) is not None:
        conversation = session.get(Conversation, dossier.conversation_id)
    if conversation is None:
        return None
    counted = reaching.counts(session, conversation.person_id)
    return Somebody(
        person_id=conversation.person_id,
        conversation_id=conversation.id,
        channel=conversation.channel,
        begun_at=conversation.created_at,
        last_message_at=conversation.last_message_at,
        counts={DECLARED[name].called: number for name, number in counted.items() if name in DECLARED},
    )
