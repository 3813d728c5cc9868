"""What stands on the pages of a plan, worked out for one person and one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from channels.ticket.words import PHASES, depends_on, known, phase_name
from knowledge.library import Library
from knowledge.planning.plan import Entry, Plan, plan
from knowledge.planning.telling import Told, tell, what_matters
from knowledge.profile import Profile, assumed

WITH_A_DATE = "With a date"


@dataclass(frozen=True, slots=True)
class Item:
    """One step. ``date`` is its day in words and ``left`` the days until then, which is only true on the day of the
    page; ``first`` are the steps to do before it, and of ``one_of`` one is enough. ``open``: shown with all it says."""

    told: Told
    date: str
    left: str
    first: tuple[str, ...]
    one_of: tuple[str, ...]
    repeats: bool
    open: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Steps in the same state, in groups with a heading."""

    id: str
    title: str
    intro: str
    groups: tuple[tuple[str, tuple[Item, ...]], ...]

    @property
    def count(self) -> int:
        """How many steps it has."""
        return sum(len(items) for _, items in self.groups)


@dataclass(frozen=True, slots=True)
class TicketPage:
    """The whole page. ``unsure``: what would tell, and the steps that hang on it."""

    known: tuple[str, ...]
    first: tuple[Item, ...]
    sections: tuple[Section, ...]
    unsure: tuple[tuple[str, tuple[Item, ...]], ...]
    done: tuple[Item, ...]


def ticket(profile: Profile, today: dt.date, library: Library) -> TicketPage:
    """The page of a person on a day."""
    given, profile = profile, assumed(profile)
    made = plan(profile, today, library)
    first = what_matters(made)
    abroad = profile.arrival > today if profile.arrival else profile.here is False

    def items(entries: Iterable[Entry]) -> tuple[Item, ...]:
        return tuple(_item(entry, library, profile, today, shown=entry in first) for entry in entries)

    def groups(entries: Iterable[Entry]) -> tuple[tuple[str, tuple[Item, ...]], ...]:
        return tuple((name, items(found)) for name, found in _by_phase(entries, abroad=abroad).items())

    return TicketPage(
        known=known(given, library, today),
        first=items(first),
        sections=tuple(section for section in _sections(made, first, groups) if section.count),
        unsure=tuple((what, items(found)) for what, found in _unsure(made).items()),
        done=items(made.of("done")),
    )


def cards(profile: Profile, today: dt.date, library: Library, *, every: bool) -> tuple[tuple[Item, ...], int]:
    """The steps for which something has to be said at a counter, and how many more there are. Those that can be done
    now, without what nobody needs; `every`: all that are open."""
    profile = assumed(profile)
    made = plan(profile, today, library)
    spoken = [one for one in made.entries if one.certain and one.state != "done" and one.step.counter]
    spoken = _in_order(spoken, what_matters(made))
    wanted = [one for one in spoken if every or (one.state == "now" and not one.step.optional)]
    return tuple(_item(one, library, profile, today) for one in wanted), len(spoken) - len(wanted)


type _Groups = Callable[[Iterable[Entry]], tuple[tuple[str, tuple[Item, ...]], ...]]


def _sections(made: Plan, first: Sequence[Entry], groups: _Groups) -> Iterator[Section]:
    texts = {
        "now": ("To do now", "You can do all of these now. Those with a date come first."),
        "blocked": ("After another step", "These wait until something else is done. You need not do anything yet."),
        "later": ("Only possible later", "These become possible by themselves, after some time."),
    }
    for state, (title, intro) in texts.items():
        wanted = [entry for entry in made.entries if entry.state == state and entry.certain and not entry.step.optional]
        yield Section(state, title, intro, groups(_in_order(wanted, first)))
    free = [entry for entry in made.entries if entry.state != "done" and entry.certain and entry.step.optional]
    yield Section("free", "If you like", "Nothing bad happens when you leave these out.", groups(free))


def _in_order(entries: Iterable[Entry], first: Sequence[Entry]) -> list[Entry]:
    """By date; of those with the same one, what matters most comes first."""
    ranks = {entry.step.id: rank for rank, entry in enumerate(first)}
    return sorted(entries, key=lambda one: (one.latest or dt.date.max, ranks.get(one.step.id, len(ranks))))


def _by_phase(entries: Iterable[Entry], *, abroad: bool) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {WITH_A_DATE: [], **{phase_name(phase, abroad=abroad): [] for phase in PHASES}}
    for entry in entries:
        dated = entry.by is not None or entry.latest is not None or entry.opens is not None
        groups[WITH_A_DATE if dated else phase_name(entry.step.phase, abroad=abroad)].append(entry)
    return {name: found for name, found in groups.items() if found}


def _unsure(made: Plan) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in made.entries:
        if not entry.certain and entry.state != "done":
            groups.setdefault(depends_on(entry.unknown), []).append(entry)
    return groups


def _item(entry: Entry, library: Library, profile: Profile, today: dt.date, *, shown: bool = False) -> Item:
    told = tell(entry, library, profile, today)
    date, left = _parted(told.when)
    choices = set(entry.step.requires.any)
    titles = {key: library.steps[key].title for key in entry.blocked_by}
    one_of = tuple(title for key, title in titles.items() if key in choices)
    if len(one_of) == 1:
        one_of = ()
    return Item(
        told=told,
        date=date[:1].upper() + date[1:],
        left=left,
        first=tuple(title for title in titles.values() if title not in one_of),
        one_of=one_of,
        repeats=entry.step.repeats,
        open=shown or told.late,
    )


def _parted(when: str) -> tuple[str, str]:
    """A day in words, and what is said about it."""
    date, because, reason = when.partition(", because")
    if because:
        return date, f"({because.removeprefix(', ')}{reason})"
    date, bracket, left = when.partition(" (")
    return date, bracket.strip() + left
