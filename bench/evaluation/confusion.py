"""Which article was given instead of which, for answerable questions: answered, or offered first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.evaluation.asking import ANSWERED
from bench.evaluation.judging import Row

EXAMPLES = 3
NOTHING = "none"


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often one thing was given where another was wanted, with some of the questions."""

    wanted: str
    given: str
    answered: int
    offered_first: int
    examples: tuple[str, ...]

    @property
    def count(self) -> int:
        """Answered and offered first together."""
        return self.answered + self.offered_first


def given_instead(row: Row) -> str | None:
    """The article that an answerable question got as the answer or as the first offer, when it is not a wanted one."""
    if row.verdict != "answerable":
        return None
    given = row.article if row.outcome in ANSWERED else next(iter(row.offered), None)
    return None if given in row.wanted else given


def by_article(rows: Iterable[Row]) -> list[Confusion]:
    """Wanted articles and the one given, most frequent first."""
    return _counted(rows, lambda row, given: (" | ".join(row.wanted) or NOTHING, given))


def by_topic(rows: Iterable[Row], topics: Mapping[str, str]) -> list[Confusion]:
    """The same by the topics of the wanted and the given article."""
    return _counted(rows, lambda row, given: (row.topic, topics.get(given, NOTHING)))


def _counted(rows: Iterable[Row], pair: Callable[[Row, str], tuple[str, str]]) -> list[Confusion]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        given = given_instead(row)
        if given is not None:
            found[pair(row, given)].append(row)
    confusions = [_confusion(key, confused) for key, confused in found.items()]
    return sorted(confusions, key=lambda one: (-one.count, -one.answered, one.wanted, one.given))


def _confusion(pair: tuple[str, str], rows: Sequence[Row]) -> Confusion:
    answered = sum(row.outcome in ANSWERED for row in rows)
    return Confusion(*pair, answered, len(rows) - answered, tuple(row.q for row in rows[:EXAMPLES]))
