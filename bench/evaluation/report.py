"""Figures and confusions as tables for the terminal, and as a page and rows in files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.evaluation import confusion
from bench.evaluation.confusion import Confusion
from bench.evaluation.judging import SHARES, Row
from knowledge.library import Library

SHOWN = 20  # pairs of articles in the terminal; the page has all
COLUMNS = ("wanted", "given", "count", "answered", "offered first")
NAMES = ("straight", "after_one", "wrong", "missed", "false_answer", "declined", "helped")


def topics(library: Library) -> dict[str, str]:
    """The topic of each article."""
    return {key: article.topic.value for key, article in library.articles.items()}


def tables(result: Mapping[str, Any], rows: Sequence[Row], library: Library) -> Iterator[Table]:
    """What the terminal shows: shares and counts, no question."""
    groups = [(verdict, result[verdict]) for verdict in SHARES if verdict in result]
    groups += [(f"  {topic}", found) for topic, found in result["topics"].items()]
    sheet = Table("group", "n", *NAMES)
    for group, found in groups:
        sheet.add_row(group, str(found["n"]), *(f"{found[name]:.1%}" if name in found else "" for name in NAMES))
    yield sheet
    pairs = confusion.by_article(rows)
    if pairs:
        yield _table(f"Another article was given ({min(SHOWN, len(pairs))} of {len(pairs)} pairs)", pairs[:SHOWN])
        yield _table("The same by topic", confusion.by_topic(rows, topics(library)))


def _cells(pair: Confusion) -> tuple[str, ...]:
    return pair.wanted, pair.given, str(pair.count), str(pair.answered), str(pair.offered_first)


def _table(title: str, pairs: Sequence[Confusion]) -> Table:
    sheet = Table(title=title, title_justify="left")
    for column in COLUMNS:
        sheet.add_column(column, overflow="fold")
    for pair in pairs:
        sheet.add_row(*_cells(pair))
    return sheet


def page(name: str, rows: Sequence[Row], library: Library) -> str:
    """The confusions of a set as Markdown, with some of the questions."""
    pairs = confusion.by_article(rows)
    asked = sum(row.verdict == "answerable" for row in rows)
    total = sum(pair.count for pair in pairs)
    lines = [f"# {name}: which article was given instead", ""]
    lines += [f"{total} of {asked} answerable questions: another article was answered or offered first.", ""]
    lines += ["## By topic", "", *_markdown(confusion.by_topic(rows, topics(library))), ""]
    lines += ["## By article", "", *_markdown(pairs), "", "## Examples", ""]
    for pair in pairs:
        lines += [f"{pair.wanted} → {pair.given} ({pair.count})", ""]
        lines += [f"- {' '.join(question.split())}" for question in pair.examples]
        lines.append("")
    return "\n".join(lines)


def _markdown(pairs: Sequence[Confusion]) -> list[str]:
    head = [f"| {' | '.join(COLUMNS)} |", "| --- | --- | ---: | ---: | ---: |"]
    return head + [f"| {' | '.join(cell.replace('|', '/') for cell in _cells(pair))} |" for pair in pairs]


def write(folder: Path, stem: str, rows: Sequence[Row], library: Library) -> tuple[Path, Path]:
    """Writes every question's row, and the confusions; gives where."""
    folder.mkdir(parents=True, exist_ok=True)
    every, confused = folder / f"{stem}.rows.jsonl", folder / f"{stem}.confusion.md"
    every.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows), encoding="utf-8")
    confused.write_text(page(stem, rows, library), encoding="utf-8")
    return every, confused
