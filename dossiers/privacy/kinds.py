"""The words in which tables are declared: what kind of data a column holds, whose it is, what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Data(StrEnum):
    """What a column holds."""

    NONE = "none"
    ID = "id"
    WRITTEN = "written"
    CONTACT = "contact"
    DOSSIER = "dossier"
    CONSENT = "consent"
    STAFF = "staff"
    FIGURE = "figure"


DATA_IN_WORDS = {
    Data.NONE: "nothing about anybody",
    Data.ID: "random numbers",
    Data.WRITTEN: "what somebody wrote",
    Data.CONTACT: "addresses and keys",
    Data.DOSSIER: "their situation",
    Data.CONSENT: "what was agreed to",
    Data.STAFF: "names and acts of colleagues",
    Data.FIGURE: "times, states, counts",
}
# What identifies somebody, or tells about them, by itself. The rest only in connection with it.
PERSONAL = frozenset({Data.WRITTEN, Data.CONTACT, Data.DOSSIER, Data.CONSENT})


class Whose(StrEnum):
    """Whom a table is about."""

    PERSON = "people who write to the service"
    STAFF = "colleagues who work at the desk"
    NOBODY = "nobody"


class AtErase(StrEnum):
    """What becomes of a person's rows when the person is erased."""

    DELETED = "deleted"
    UNLINKED = "kept, without anything that leads to the person"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Table:
    """What one table holds and what becomes of it.

    ``called``: its rows, in words for people. ``purpose``: a key of `purposes.PURPOSES`. ``kept``: keys of
    `retention.RULES` that end it before its person is erased. ``reason``: why something stays at an erasure, or why no
    rule ends it. ``exported``: which columns a person gets and what they are called there. ``columns``: every column.
    """

    name: str
    called: str
    whose: Whose
    purpose: str
    columns: Mapping[str, Data]
    kept: tuple[str, ...] = ()
    at_erase: AtErase = AtErase.DELETED
    reason: str = ""
    exported: Mapping[str, str] = field(default_factory=dict)

    def holding(self, *kinds: Data) -> list[str]:
        """Columns that hold data of these kinds."""
        return [name for name, kind in self.columns.items() if kind in kinds]


def columns(**named: str) -> dict[str, Data]:
    """Columns by kind: `columns(id="id person_id", written="text")`.

    Raises:
        ValueError: a column is named twice, or a kind does not exist.
    """
    found: dict[str, Data] = {}
    for kind, names in named.items():
        for name in names.split():
            if name in found:
                raise ValueError(f"{name} is declared twice")
            found[name] = Data(kind)
    return found


def exported(names: str) -> dict[str, str]:
    """Columns of an export: `exported("text created_at=at")`."""
    pairs = (name.partition("=") for name in names.split())
    return {column: called or column for column, _, called in pairs}
