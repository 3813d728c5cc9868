"""What a set of questions may not fall below. The floor is raised on purpose and never lowered by a command."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from bench.evaluation.judging import Row

NAME = "floor.json"
SLACK = 1  # questions: another machine's arithmetic may turn one of them


class BadFloor(Exception):
    """The file of floors cannot be used; the message says what is wrong."""


class WouldLower(Exception):
    """Figures lie below their floor, so nothing was raised; one sentence for each."""

    def __init__(self, complaints: Sequence[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = tuple(complaints)


@dataclass(frozen=True, slots=True)
class Figure:
    """How a figure is counted, and which way is better."""

    verdict: str
    judgement: str
    more_is_better: bool

    @property
    def bound(self) -> str:
        """The word for its floor in the file."""
        return "at_least" if self.more_is_better else "at_most"


FIGURES = {
    "straight": Figure("answerable", "straight", more_is_better=True),
    "after_one": Figure("answerable", "after_one", more_is_better=True),
    "wrong": Figure("answerable", "wrong", more_is_better=False),
    "missed": Figure("answerable", "missed", more_is_better=False),
    "false_answers_not_covered": Figure("not-covered", "false_answer", more_is_better=False),
    "false_answers_out_of_scope": Figure("out-of-scope", "false_answer", more_is_better=False),
}


@dataclass(frozen=True, slots=True)
class Count:
    """So many of so many questions."""

    hits: int
    of: int

    @property
    def share(self) -> Fraction:
        """Exact, so that figures of sets that have grown can be compared."""
        return Fraction(self.hits, self.of)

    def __str__(self) -> str:
        return f"{self.hits} of {self.of} ({float(self.share):.1%})"


Counts = Mapping[str, Count]


def measured(rows: Sequence[Row]) -> dict[str, Count]:
    """The figures that have a floor; those without any question of their kind are left out."""
    found = {}
    for name, figure in FIGURES.items():
        asked = [row for row in rows if row.verdict == figure.verdict]
        if asked:
            found[name] = Count(sum(getattr(row, figure.judgement) for row in asked), len(asked))
    return found


def below(floor: Counts, now: Counts) -> list[str]:
    """A sentence for each figure that lies below its floor."""
    found = []
    for name, bound in floor.items():
        limit = f"{FIGURES[name].bound.replace('_', ' ')} {bound}"
        if name not in now:
            found.append(f"{name}: the floor is {limit}, but no question of its kind was asked.")
        elif _better(name, bound, now[name]):
            found.append(f"{name}: the floor is {limit}, but {now[name]} was measured.")
    return found


def raised(floor: Counts, now: Counts) -> dict[str, Count]:
    """The floor with every figure that has become better, and those that had none; each one question looser.

    Raises:
        WouldLower: a figure lies below its floor.
    """
    complaints = below(floor, now)
    if complaints:
        raise WouldLower(complaints)
    result = dict(floor)
    for name, count in now.items():
        eased = _eased(name, count)
        if name not in floor or _better(name, eased, floor[name]):
            result[name] = eased
    return {name: result[name] for name in FIGURES if name in result}


def _better(name: str, one: Count, other: Count) -> bool:
    return one.share > other.share if FIGURES[name].more_is_better else one.share < other.share


def _eased(name: str, count: Count) -> Count:
    if FIGURES[name].more_is_better:
        return Count(max(count.hits - SLACK, 0), count.of)
    return Count(min(count.hits + SLACK, count.of), count.of)


def read(path: Path) -> dict[str, dict[str, Count]]:
    """The floors by the name of the set; none when there is no such file.

    Raises:
        BadFloor: the file is not as `write` leaves it.
    """
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: {figure: _count(figure, item) for figure, item in floors.items()} for name, floors in content.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        example = '{"questions.jsonl": {"straight": {"at_least": 80, "of": 100}}}'
        raise BadFloor(f"{path} is not as it should be ({error!r}). Write it like {example}.") from None


def _count(figure: str, item: Mapping[str, Any]) -> Count:
    count = Count(int(item[FIGURES[figure].bound]), int(item["of"]))
    if not 0 <= count.hits <= count.of or count.of == 0:
        raise ValueError(f"{figure}: {count.hits} of {count.of}")
    return count


def write(path: Path, floors: Mapping[str, Counts]) -> None:
    """Writes the floors of all sets, a line for each figure."""
    sets = []
    for name, floor in sorted(floors.items()):
        items = {figure: {FIGURES[figure].bound: count.hits, "of": count.of} for figure, count in floor.items()}
        lines = [f"    {json.dumps(figure)}: {json.dumps(item)}" for figure, item in items.items()]
        sets.append(f"  {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n  }")
    path.write_text("{\n" + ",\n".join(sets) + "\n}\n", encoding="utf-8")
