"""Reads labelled questions.

A line of the file: `{"q", "verdict", "facts", "also"}`; the verdict is answerable, not-covered, out-of-scope or
partial (see README.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


class BadQuestions(Exception):
    """The file cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class Question:
    """A labelled question."""

    q: str
    verdict: str
    facts: tuple[str, ...]
    also: tuple[str, ...]


def read_questions(path: Path) -> list[Question]:
    """The questions of a file.

    Raises:
        BadQuestions: a line is not as it should be.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            question = Question(
                str(item["q"]), str(item["verdict"]), tuple(item.get("facts", ())), tuple(item.get("also", ()))
            )
        except (ValueError, KeyError, TypeError):
            raise BadQuestions(f"{path}, line {number}: write a JSON object with q, verdict, facts and also") from None
        found.append(question)
    if not found:
        raise BadQuestions(f"{path} holds no question")
    return found
