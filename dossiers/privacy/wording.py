"""How data are said to the person whom they are about: names and values in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from dossiers import documents, fields, interests, topics
from dossiers.models import DocumentState
from knowledge.figures import BELGIUM
from knowledge.library import Library
from knowledge.wording import say_or

WHO = {
    "person": "you",
    "bot": "the assistant",
    "agent": "a colleague of the service",
    "system": "the service",
    "service": "the service",
}
Row = Mapping[str, Any]


def title(called: str) -> str:
    """What rows are called, at the head of their section."""
    return called[:1].upper() + called[1:]


def entry(library: Library, table: str, row: Row, exported: Mapping[str, str]) -> list[tuple[str, str]]:
    """One row as names and values; what is empty is left out."""
    told = []
    for column, called in exported.items():
        value = _value(library, table, column, row)
        if value:
            told.append((title(called.replace("_", " ")), value))
    return [] if table == "messages" and not row["text"] else told


def moment(value: dt.datetime) -> str:
    """A time in Belgium, in words."""
    if value.tzinfo is None:
        value = value.replace(tzinfo=dt.UTC)
    local = value.astimezone(BELGIUM)
    return f"{local.day} {local:%B %Y, %H:%M}"


def _value(library: Library, table: str, column: str, row: Row) -> str:
    value = row[column]
    if value is None or value in ("", [], {}):
        return ""
    special: Callable[[Library, Row], str] | None = _SPECIAL.get((table, column))
    try:
        return special(library, row) if special is not None else _plain(value)
    except (KeyError, ValueError):  # a code of an earlier version: it is the person's all the same
        return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return moment(value)
    if isinstance(value, dt.date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, Mapping):
        if "title" in value:
            return str(value["title"])
        return "; ".join(f"{str(key).replace('_', ' ')}: {_plain(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(one) for one in value)
    return str(value)


def _code(column: str) -> Callable[[Library, Row], str]:
    return lambda _, row: str(row[column]).replace("_", " ")


def _who(column: str) -> Callable[[Library, Row], str]:
    return lambda _, row: WHO.get(str(row[column]), str(row[column]))


_SPECIAL: Mapping[tuple[str, str], Callable[[Library, Row], str]] = {
    ("conversations", "municipality"): lambda library, row: fields.in_words(library, "home_town", row["municipality"]),
    ("messages", "sender"): _who("sender"),
    ("messages", "outcome"): _code("outcome"),
    ("feedback", "verdict"): _code("verdict"),
    ("handovers", "reason"): lambda _, row: say_or(f"reason_{row['reason']}", str(row["reason"]).replace("_", " ")),
    ("dossier_fields", "key"): lambda _, row: fields.label(row["key"]),
    ("dossier_fields", "value"): lambda library, row: fields.in_words(library, row["key"], row["value"]),
    ("dossier_fields", "stated_by"): _who("stated_by"),
    ("topic_statuses", "topic"): lambda _, row: topics.label(row["topic"]),
    ("topic_statuses", "state"): lambda _, row: topics.state_label(row["state"], row["waits_for"]),
    ("topic_statuses", "set_by"): _who("set_by"),
    ("interests", "key"): lambda _, row: interests.label(row["key"]),
    ("interests", "wanted"): lambda _, row: interests.in_words(row["wanted"]),
    ("interests", "stated_by"): _who("stated_by"),
    ("documents", "kind"): lambda _, row: documents.kind_label(row["kind"]),
    ("documents", "state"): lambda _, row: documents.state_label(DocumentState(row["state"])),
    ("consents", "purpose"): _code("purpose"),
    ("tasks", "kind"): _code("kind"),
    ("tasks", "state"): _code("state"),
}
