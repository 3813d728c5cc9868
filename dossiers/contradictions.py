"""Where a dossier says two different things, and nobody found out yet which is right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from dossiers import plans, record
from dossiers.models import Dossier, DossierField, FieldState, Sender
from knowledge.library import Library
from knowledge.planning.facets import VALUES
from knowledge.planning.keeping import from_data, to_data
from knowledge.profile import Profile

SAID = frozenset({FieldState.STATED, FieldState.CORRECTED})
# What the plan and the dossier both know: field of the dossier, field of the profile.
IN_PLAN = {"nationality": "country", "home_town": "municipality", "purpose": "purpose"}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Statements of one field that differ. ``holds``: the one that holds now; ``others``: earlier ones that say
    something else, the newest first, one for each value; ``in_plan``: what the plan takes for granted instead."""

    key: str
    holds: DossierField
    others: Sequence[DossierField] = ()
    in_plan: str | None = None

    @property
    def values(self) -> Sequence[str]:
        """The values between which to choose, without doubles."""
        found = [self.holds.value, *(other.value for other in self.others), self.in_plan]
        return list(dict.fromkeys(value for value in found if value is not None))


def of(session: Session, dossier: Dossier, library: Library) -> list[Contradiction]:
    """Every open contradiction of a dossier: within its statements, and between it and the plan."""
    kept = plans.kept(session, dossier.person_id)
    return among(record.history(session, dossier), kept.profile if kept else None, library)


def among(rows: Sequence[DossierField], profile: Profile | None, library: Library) -> list[Contradiction]:
    """The same for statements that were read already, the oldest first."""
    found = []
    for holds in (row for row in rows if row.replaced_at is None and row.value is not None and row.state in SAID):
        others = _others(holds, rows)
        in_plan = _in_plan(holds, profile, library)
        if others or in_plan is not None:
            found.append(Contradiction(holds.key, holds, others, in_plan))
    return found


def _others(holds: DossierField, rows: Sequence[DossierField]) -> Sequence[DossierField]:
    """Earlier statements that differ, by another speaker or in another message; not what was settled."""
    found: dict[str | None, DossierField] = {}
    for row in rows:
        open_one = row.key == holds.key and row.replaced_at is not None and row.settled_at is None
        if open_one and row.state in SAID and row.value not in (None, holds.value) and _elsewhere(row, holds):
            found.pop(row.value, None)
            found[row.value] = row
    return list(reversed(found.values()))


def _elsewhere(one: DossierField, other: DossierField) -> bool:
    """Whether two statements come from different speakers or messages."""
    same_message = one.message_id is not None and one.message_id == other.message_id
    return not same_message or one.stated_by != other.stated_by


def _in_plan(holds: DossierField, profile: Profile | None, library: Library) -> str | None:
    """What the plan says instead, when both can be compared."""
    if profile is None or holds.key not in IN_PLAN or not _comparable(holds.key, holds.value or "", library):
        return None
    value = getattr(profile, IN_PLAN[holds.key])
    return value if value is not None and value != holds.value else None


def _comparable(key: str, value: str, library: Library) -> bool:
    """Whether a value is one that the plan could hold, and not free words."""
    if key == "home_town":
        return value in library.municipalities
    return key != "purpose" or value in VALUES["purpose"]


def settle(
    session: Session,
    dossier: Dossier,
    key: str,
    value: str,
    *,
    agent_id: str,
    based_on: int | None,
    library: Library,
    now: dt.datetime,
) -> DossierField:
    """Keeps what an agent found to be right, in the dossier and in the plan; the difference is settled.

    Raises:
        ChangedMeanwhile: another statement holds by now; nothing was changed.
    """
    held = record.change(
        session, dossier, key, value, stated_by=Sender.AGENT, agent_id=agent_id, based_on=based_on, now=now
    )
    follow(session, dossier, key, value, library, now)
    return held


def follow(session: Session, dossier: Dossier, key: str, value: str | None, library: Library, now: dt.datetime) -> None:
    """Lets the plan take over what the dossier says, when there is a plan and it knows such values."""
    kept = plans.kept(session, dossier.person_id)
    if kept is None or value is None or key not in IN_PLAN or not _comparable(key, value, library):
        return
    profile = from_data(to_data(kept.profile) | {IN_PLAN[key]: value})
    plans.keep(session, dossier.person_id, profile, now)
