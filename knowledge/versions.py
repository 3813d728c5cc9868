"""Drafts and the history of an article: what they hold, and how their files are read and written."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal

import yaml

from knowledge.storing import append_line, read_exactly

State = Literal["draft", "review"]
Kind = Literal["published", "confirmed", "suspect", "discarded"]
_END_OF_HEADER = "---\n"
_log = logging.getLogger(__name__)


def digest(text: str) -> str:
    """A short fingerprint of a text; equal texts have equal fingerprints."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def difference(old: str, new: str, name: str) -> str:
    """Unified diff; empty when nothing differs."""
    before, after = old.splitlines(), new.splitlines()
    lines = [line for hunk in _Lines(before, after).get_grouped_opcodes() for line in _hunk(hunk, before, after)]
    return "\n".join([f"--- {name} before", f"+++ {name} after", *lines]) if lines else ""


class _Lines(difflib.SequenceMatcher[str]):
    """Compares two texts line by line.

    `difflib.unified_diff` takes lines that come back often in a long text for noise, or for lines that moved, and then
    shows more than was changed. Here nothing is noise, and what both parts begin or end with stays where it is.
    """

    def __init__(self, before: list[str], after: list[str]) -> None:
        self._before, self._after = before, after
        super().__init__(None, before, after, autojunk=False)

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> difflib.Match:
        before, after = self._before[alo:ahi], self._after[blo:bhi]
        if head := _common(before, after):
            return difflib.Match(alo, blo, head)
        if tail := _common(before[::-1], after[::-1]):
            return difflib.Match(alo + len(before) - tail, blo + len(after) - tail, tail)
        return super().find_longest_match(alo, ahi, blo, bhi)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _hunk(changes: Sequence[tuple[str, int, int, int, int]], before: list[str], after: list[str]) -> Iterator[str]:
    """One changed place, with the lines around it."""
    _, old_start, _, new_start, _ = changes[0]
    _, _, old_end, _, new_end = changes[-1]
    yield f"@@ -{_range(old_start, old_end)} +{_range(new_start, new_end)} @@"
    for kind, old_from, old_to, new_from, new_to in changes:
        if kind == "equal":
            yield from (f" {line}" for line in before[old_from:old_to])
        else:
            yield from (f"-{line}" for line in before[old_from:old_to])
            yield from (f"+{line}" for line in after[new_from:new_to])


def _range(start: int, end: int) -> str:
    """Lines as a diff counts them: from 1, and from the line before when there are none."""
    length = end - start
    return str(start + 1) if length == 1 else f"{start + 1 if length else start},{length}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A version of an article that nobody has published yet.

    ``writers`` are all who saved it; none of them may publish it. ``based_on`` is the digest of the published text
    it started from, empty for a new article. ``why`` is the reason of the last sending back, and ``moved_by`` whoever
    last asked for a review or sent it back.
    """

    article_id: str
    text: str
    who: str
    when: dt.datetime
    state: State
    based_on: str
    note: str = ""
    why: str = ""
    moved_by: str = ""
    writers: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Fingerprint of the draft's text; hand it back when you save on top of this draft."""
        return digest(self.text)

    @property
    def is_new(self) -> bool:
        """Whether it is for an article that was not published before."""
        return not self.based_on


@dataclass(frozen=True, slots=True)
class Version:
    """One change of an article. ``when`` is a day, or a moment where the hour is known."""

    when: dt.date
    who: str
    kind: Kind
    reviewed_by: str | None
    fact: str | None
    why: str
    diff: str


def draft_file(root: Path, article_id: str) -> Path:
    """Where an article's draft lies."""
    return root / "drafts" / f"{article_id}.yml"


def history_file(root: Path, article_id: str) -> Path:
    """Where an article's history lies."""
    return root / "history" / f"{article_id}.jsonl"


def draft_text(draft: Draft) -> str:
    """The content of a draft's file: a header, a line `---`, and the article exactly as it was typed."""
    header: dict[str, Any] = {
        "who": draft.who,
        "when": draft.when.isoformat(),
        "state": draft.state,
        "based_on": draft.based_on,
        "note": draft.note,
        "why": draft.why,
        "moved_by": draft.moved_by,
        "writers": list(draft.writers),
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in header.items()]
    return "".join(lines) + _END_OF_HEADER + draft.text


def read_draft(path: Path) -> Draft | None:
    """The draft in a file; None when there is none.

    Raises:
        ValueError: the header cannot be read; the message names the file.
    """
    if not path.exists():
        return None
    header, _, text = read_exactly(path).partition(_END_OF_HEADER)
    try:
        fields = dict(yaml.safe_load(header))
        state: State = "review" if fields["state"] == "review" else "draft"
        return Draft(
            article_id=path.stem,
            text=text,
            who=str(fields["who"]),
            when=dt.datetime.fromisoformat(str(fields["when"])),
            state=state,
            based_on=str(fields["based_on"]),
            note=str(fields.get("note") or ""),
            why=str(fields.get("why") or ""),
            moved_by=str(fields.get("moved_by") or ""),
            writers=tuple(str(one) for one in fields.get("writers") or [fields["who"]]),
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError):
        text = f"The head of drafts/{path.name} cannot be read. Mend its first lines, or move the file away."
        raise ValueError(text) from None


def drafts_in(root: Path) -> list[Draft]:
    """All drafts, oldest first; one whose head cannot be read is left out and logged."""
    found = []
    for path in sorted((root / "drafts").glob("*.yml")):
        try:
            draft = read_draft(path)
        except ValueError as error:
            _log.warning("%s", error)
            continue
        if draft is not None:
            found.append(draft)
    return sorted(found, key=lambda d: d.when.timestamp())


def add_version(root: Path, article_id: str, version: Version) -> Path:
    """Appends one line to an article's history and gives the file."""
    path = history_file(root, article_id)
    line = {
        "when": version.when.isoformat(),
        "who": version.who,
        "kind": version.kind,
        "reviewed_by": version.reviewed_by,
        "fact": version.fact,
        "why": version.why,
        "diff": version.diff,
    }
    append_line(path, json.dumps(line, ensure_ascii=False))
    return path


def read_versions(root: Path, article_id: str) -> list[Version]:
    """All recorded changes, newest first; a line that was cut off by a crash is left out."""
    path = history_file(root, article_id)
    lines = read_exactly(path).split("\n") if path.exists() else []
    found = []
    for line in lines:
        try:
            fields = json.loads(line)
            found.append(Version(**{**fields, "when": _moment(fields["when"])}))
        except (ValueError, KeyError, TypeError):
            continue
    return found[::-1]


def _moment(text: str) -> dt.date:
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
