"""The register of processing activities (GDPR, article 30), made from the declarations: never written by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from dossiers.privacy.declarations import DECLARED
from dossiers.privacy.kinds import DATA_IN_WORDS, AtErase, Data, Table, Whose
from dossiers.privacy.purposes import PURPOSES, SAFEGUARDS
from dossiers.privacy.retention import RULES
from dossiers.privacy.terms import Terms

MISSING = "not filled in yet"
RULE = {rule.key: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class Kept:
    """What one table holds: its data in words, until when, and what an erasure does."""

    table: str
    called: str
    people: str
    data: Sequence[str]
    until: Sequence[str]
    at_erase: str
    in_export: bool


@dataclass(frozen=True, slots=True)
class Activity:
    """One purpose with everything that is kept for it."""

    title: str
    purpose: str
    basis: str
    people: Sequence[str]
    recipients: Sequence[str]
    kept: Sequence[Kept]


@dataclass(frozen=True, slots=True)
class Register:
    """The whole register. ``controller``, ``contact``, ``officer``: as they are set; ``rules``: key, what
    ends when, what is done."""

    controller: str
    contact: str
    officer: str
    activities: Sequence[Activity]
    rules: Sequence[tuple[str, str, str]]
    transfers: str
    safeguards: Sequence[str]

    def to_json(self) -> str:
        """The register as data."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"

    def to_markdown(self) -> str:
        """The register as a document to read and to sign."""
        lines = ["# Register of processing activities", ""]
        lines += [f"* Controller: {self.controller}", f"* Contact: {self.contact}"]
        lines += [f"* Data protection officer: {self.officer}", f"* Transfers outside the EEA: {self.transfers}", ""]
        for activity in self.activities:
            lines += _in_markdown(activity)
        lines += ["## Rules of retention", "", "| rule | ends | what is done |", "|---|---|---|"]
        lines += [f"| {key} | {when} | {done} |" for key, when, done in self.rules]
        lines += ["", "## Safeguards (article 32)", "", *(f"* {safeguard}" for safeguard in self.safeguards), ""]
        return "\n".join(lines)


def made(terms: Terms, environment: Mapping[str, str] = os.environ) -> Register:
    """The register with the terms as they are set."""
    activities = []
    for purpose in PURPOSES.values():
        tables = [table for table in DECLARED.values() if table.purpose == purpose.key]
        if tables:
            people = dict.fromkeys(str(table.whose) for table in tables if table.whose is not Whose.NOBODY)
            kept = [_kept(table, terms) for table in tables]
            activities.append(
                Activity(purpose.title, purpose.text, purpose.basis, list(people), purpose.recipients, kept)
            )
    return Register(
        controller=environment.get("CONTROLLER") or MISSING,
        contact=environment.get("PRIVACY_CONTACT") or MISSING,
        officer=environment.get("PRIVACY_OFFICER") or MISSING,
        activities=activities,
        rules=[(rule.key, f"{rule.title}: {_days(terms[rule.key])} after {rule.since}", rule.done) for rule in RULES],
        transfers="only by the platform that the person chose to write on (Telegram, WhatsApp)",
        safeguards=SAFEGUARDS,
    )


def until(table: Table, terms: Terms) -> list[str]:
    """When the rows of a table end, in words."""
    found = [f"{_days(terms[key])} after {RULE[key].since} (rule “{key}”)" for key in table.kept]
    return [*found, table.reason] if table.reason else found


def _kept(table: Table, terms: Terms) -> Kept:
    kinds = dict.fromkeys(kind for kind in table.columns.values() if kind is not Data.NONE)
    data = [DATA_IN_WORDS[kind] for kind in kinds] or [DATA_IN_WORDS[Data.NONE]]
    erased = "does not apply" if table.whose is not Whose.PERSON else str(AtErase(table.at_erase))
    return Kept(
        table.name, table.called, str(table.whose), data, until(table, terms), erased, in_export=bool(table.exported)
    )


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _in_markdown(activity: Activity) -> list[str]:
    lines = [f"## {activity.title}", "", activity.purpose, "", f"* Legal basis: {activity.basis}"]
    lines += [f"* About: {', '.join(activity.people) or 'nobody'}"]
    lines += [f"* Recipients: {'; '.join(activity.recipients)}", ""]
    lines += ["| what | table | data | until | at an erasure | in the export |", "|---|---|---|---|---|---|"]
    for kept in activity.kept:
        cells = [kept.called, f"`{kept.table}`", ", ".join(kept.data), "; ".join(kept.until), kept.at_erase]
        lines.append("| " + " | ".join([*cells, "yes" if kept.in_export else "no"]) + " |")
    return [*lines, ""]
