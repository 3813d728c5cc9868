"""Writes a plan as a page that anybody can read, for the golden files.

`python -m tests.knowledge.planning.render` writes all golden files anew.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator
from pathlib import Path

from knowledge.library import Library, load
from knowledge.planning.asking import next_questions
from knowledge.planning.keeping import to_data
from knowledge.planning.plan import Entry, Plan, plan
from knowledge.planning.telling import Told, tell, what_matters
from knowledge.profile import Profile
from tests.knowledge.planning.people import PERSONAS, TODAY

FOLDER = Path(__file__).parent / "golden"
REWRITE = "python -m tests.knowledge.planning.render"
HEADINGS = {"now": "CAN BE DONE NOW", "blocked": "WAITS FOR OTHER STEPS", "later": "LATER", "done": "DONE"}


def page(name: str, profile: Profile, today: dt.date, library: Library) -> str:
    """The whole plan of one person."""
    made = plan(profile, today, library)
    lines = [f"{name.title()}, on {today:%A} {today.day} {today:%B %Y}", *_known(profile), "", "WHAT MATTERS NOW"]
    lines += [f"  {number}. {told(entry, made, profile, library).title}" for number, entry in _numbered(made)]
    lines += ["", "WORTH ASKING", *_asked(profile, today, library)]
    for state, heading in HEADINGS.items():
        entries = [entry for entry in made.entries if entry.state == state and entry.certain]
        lines += ["", heading] if entries else []
        for entry in entries:
            lines += _lines(entry, told(entry, made, profile, library))
    lines += ["", "PERHAPS, DEPENDING ON WHAT IS NOT KNOWN YET"]
    lines += [f"  {entry.step.title} ({', '.join(entry.unknown)})" for entry in made.entries if not entry.certain]
    return "\n".join(lines) + "\n"


def told(entry: Entry, made: Plan, profile: Profile, library: Library) -> Told:
    """The entry in words."""
    return tell(entry, library, profile, made.made_for)


def path_of(name: str) -> Path:
    """The golden file of a person."""
    return FOLDER / f"{name}.txt"


def _known(profile: Profile) -> Iterator[str]:
    for key, value in sorted(to_data(profile).items()):
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        yield f"  {key.replace('_', ' ')}: {'none' if shown == '' else shown}"


def _numbered(made: Plan) -> Iterator[tuple[int, Entry]]:
    return enumerate(what_matters(made), 1)


def _asked(profile: Profile, today: dt.date, library: Library) -> Iterator[str]:
    asked = next_questions(profile, today, library)
    for asking in asked:
        yield f"  {asking.field.replace('_', ' ')}: decides about {asking.weight:.1f} steps"
    if not asked:
        yield "  nothing"


def _lines(entry: Entry, words: Told) -> Iterator[str]:
    mark = {"done": "x"}.get(entry.state, " ")
    yield f"  [{mark}] {words.title}{' (if you like)' if entry.step.optional else ''}"
    if entry.state == "done":
        return
    told_lines = {
        "when": words.when + (" - LATE" if words.late else ""),
        "because": words.reason,
        "advice": words.advice,
        "waits for": "; ".join(words.waits_for),
        "where": words.where.text.replace("\n", ", ") if words.where else "",
        "why": words.why,
    }
    for label, text in told_lines.items():
        if text:
            indent = " " * 17
            yield from textwrap.wrap(
                text, 118, initial_indent=f"      {label}:".ljust(17), subsequent_indent=indent, break_on_hyphens=False
            )


def write_all() -> None:
    """Writes every golden file."""
    library = load()
    for name, profile in PERSONAS.items():
        path_of(name).write_text(page(name, profile, TODAY, library), encoding="utf-8")


if __name__ == "__main__":
    write_all()
