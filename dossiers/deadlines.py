"""The legal days that press somebody, from their plan. Plans are made anew each time, so these are kept for a day."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers.models import PlanRecord
from knowledge.library import Library
from knowledge.planning.keeping import from_data
from knowledge.planning.plan import plan
from knowledge.profile import Profile, assumed

MOST_KEPT = 5000
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last legal day of a step that somebody has not done yet. ``title``: what to do."""

    step: str
    title: str
    by: dt.date


def open_legal(profile: Profile, today: dt.date, library: Library) -> list[Deadline]:
    """Every legal day of a plan that still stands or has passed, the earliest first. What may not apply is left out."""
    entries = plan(assumed(profile), today, library).entries
    found = [Deadline(e.step.id, e.step.title, e.by) for e in entries if e.by and e.certain and e.state != "done"]
    return sorted(found, key=lambda one: (one.by, one.step))


class Deadlines:
    """Every person's legal days, remembered until their plan, the day or the knowledge changes. Safe in threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, int], tuple[Deadline, ...]] = {}
        self._of: tuple[dt.date, Library] | None = None

    def of(
        self, session: Session, people: Collection[str], today: dt.date, library: Library
    ) -> dict[str, tuple[Deadline, ...]]:
        """The open legal days by person, the earliest first. Who has no plan or no such day is left out."""
        revisions = _revisions(session, people)
        kept = self._current(today, library)
        missing = [person for person, key in revisions.items() if key not in kept]
        made = {revisions[person]: days for person, days in _made(session, missing, today, library)}
        self._keep(made, today, library)
        known = kept | made
        return {person: days for person, key in revisions.items() if (days := known.get(key, ()))}

    def _current(self, today: dt.date, library: Library) -> dict[tuple[str, int], tuple[Deadline, ...]]:
        with self._lock:
            if self._of is None or self._of[0] != today or self._of[1] is not library:
                self._kept, self._of = {}, (today, library)
            return dict(self._kept)

    def _keep(self, made: dict[tuple[str, int], tuple[Deadline, ...]], today: dt.date, library: Library) -> None:
        with self._lock:
            if self._of is not None and self._of[0] == today and self._of[1] is library:
                self._kept.update(made)
                while len(self._kept) > MOST_KEPT:
                    del self._kept[next(iter(self._kept))]


def _parts(people: Iterable[str]) -> Iterator[list[str]]:
    """The ids in parts that every database takes in one statement."""
    every = list(people)
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]


def _revisions(session: Session, people: Collection[str]) -> dict[str, tuple[str, int]]:
    """What names one state of each person's plan. A plan that was forgotten and made anew has another link."""
    found: dict[str, tuple[str, int]] = {}
    for part in _parts(people):
        columns = select(PlanRecord.person_id, PlanRecord.link_id, PlanRecord.revision)
        for person_id, link_id, revision in session.execute(columns.where(PlanRecord.person_id.in_(part))):
            found[person_id] = (link_id, revision)
    return found


def _made(
    session: Session, people: Collection[str], today: dt.date, library: Library
) -> Iterator[tuple[str, tuple[Deadline, ...]]]:
    for part in _parts(people):
        columns = select(PlanRecord.person_id, PlanRecord.profile).where(PlanRecord.person_id.in_(part))
        for person_id, data in session.execute(columns).all():
            yield person_id, _legal(data, today, library)


def _legal(data: dict[str, Any], today: dt.date, library: Library) -> tuple[Deadline, ...]:
    """A profile that cannot be read has no legal days: one person's must not empty the list of all."""
    try:
        return tuple(open_legal(from_data(data), today, library))
    except ValidationError:
        return ()
