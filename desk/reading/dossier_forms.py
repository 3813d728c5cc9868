"""What stands in the forms of a dossier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from desk.reading import dossiers
from desk.reading.dossiers import Sources, Statement
from dossiers import fields, record, topics
from dossiers.models import Dossier, FieldState, TopicState
from dossiers.questions import NO, YES, YES_OR_NO
from knowledge.library import Library
from knowledge.planning.facets import VALUES
from knowledge.vocabulary import country_names
from knowledge.wording import say, say_or

PURPOSES = VALUES["purpose"]
LONG = frozenset({"household", "concern"})


@dataclass(frozen=True, slots=True)
class FieldForm:
    """The form of one answer. ``options``: the values to choose from, none: words of one's own; ``suggestions``: for
    those; ``based_on``: the statement that holds now, 0 without one; ``now``: the same in words."""

    key: str
    label: str
    value: str
    based_on: int
    now: Statement | None
    earlier: Sequence[Statement]
    options: Sequence[tuple[str, str]] = ()
    suggestions: Sequence[str] = ()
    long: bool = False


@dataclass(frozen=True, slots=True)
class TopicForm:
    """The form of one topic. ``values``: what the fields hold; ``now``: what was set last, in words, and by whom."""

    topic: str
    label: str
    values: Mapping[str, str]
    based_on: int
    now: str
    note: str
    by: str


def field(session: Session, dossier: Dossier, key: str, library: Library) -> FieldForm:
    """The form of one answer, with what was said before."""
    rows = [row for row in record.history(session, dossier) if row.key == key]
    sources = Sources(session, rows)
    current = next((row for row in rows if row.replaced_at is None), None)
    value = current.value or "" if current is not None else ""
    return FieldForm(
        key=key,
        label=fields.label(key),
        value=(fields.town_name(library, value) or "") if key == "home_town" else value,
        based_on=current.id if current is not None else 0,
        now=dossiers.statement(current, library, sources) if current is not None else None,
        earlier=[dossiers.statement(row, library, sources) for row in reversed(rows) if row is not current],
        options=_options(key, value, current is not None and current.state == FieldState.SKIPPED),
        suggestions=sorted(town.name for town in library.municipalities.values()) if key == "home_town" else (),
        long=key in LONG,
    )


def _options(key: str, value: str, skipped: bool) -> Sequence[tuple[str, str]]:
    """The values of a question that has only some, the empty one first."""
    empty = ("", say("field_skipped") if skipped else "–")
    if key in YES_OR_NO:
        return [empty, *((one, say(f"value_{one}")) for one in (YES, NO))]
    if key == "nationality":
        return [empty, *sorted(country_names().items(), key=lambda one: one[1])]
    if key == "purpose":
        known = [(one, say_or(f"value_{one}", one)) for one in PURPOSES]
        return [empty, *known, *([(value, value)] if value and value not in PURPOSES else [])]
    return ()


def topic(session: Session, dossier: Dossier, key: str) -> TopicForm:
    """The form of one topic."""
    row = topics.current(session, dossier.id).get(key)
    state = str(row.state) if row else str(TopicState.NOT_LOOKED_AT)
    sources = Sources(session, [row] if row else [])
    return TopicForm(
        topic=key,
        label=topics.label(key),
        values={"state": state, "waits_for": (row.waits_for or "") if row else "", "note": row.note if row else ""},
        based_on=row.id if row else 0,
        now=topics.state_label(TopicState(state), row.waits_for if row else None),
        note=row.note if row else "",
        by=sources.speaker(row.set_by, row.agent_id) if row else "",
    )
