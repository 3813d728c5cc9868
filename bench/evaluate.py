"""Runs labelled questions through the running assistant, each as a new conversation, and counts how they ended.

A line of the file: `{"q", "verdict", "facts", "also"}`; the verdict is answerable, not-covered, out-of-scope or
partial (see README.md).
"""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import track
from rich.table import Table

from knowledge.library import Library, load

AT_ONCE = 4
WAIT = 60.0
ANSWERED = {"answered", "answered_stale"}
UNCOVERED = {"not-covered", "out-of-scope"}


class BadQuestions(Exception):
    """The file cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class Question:
    """A labelled question."""

    q: str
    verdict: str
    facts: tuple[str, ...]
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a question ended."""

    outcome: str
    article: str | None
    offered: tuple[str, ...]
    person_offered: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One question with its ending and judgements."""

    q: str
    verdict: str
    topic: str
    outcome: str
    article: str | None
    offered: tuple[str, ...]
    straight: bool = False
    after_one: bool = False
    wrong: bool = False
    missed: bool = False
    false_answer: bool = False
    declined: bool = False
    helped: bool = False


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


def covers(library: Library, articles: Iterable[str | None], facts: Iterable[str]) -> bool:
    """Whether one of the articles covers one of the facts."""
    wanted = set(facts)
    return any(wanted & set(library.articles[key].fact_ids) for key in articles if key and key in library.articles)


def topic_of(library: Library, question: Question) -> str:
    """The topic of the question's first fact, by the article that covers it."""
    for fact in question.facts:
        for article in library.articles.values():
            if fact in article.fact_ids:
                return article.topic.value
    return "none"


def judge(library: Library, question: Question, ending: Ending) -> Row:
    """Counts one question."""
    answered = ending.outcome in ANSWERED and ending.article is not None
    fits = answered and covers(library, [ending.article], question.facts)
    near = covers(library, [ending.article], (*question.facts, *question.also)) if answered else False
    offered_fits = covers(library, ending.offered, (*question.facts, *question.also)) if not answered else False
    base = (question.q, question.verdict, topic_of(library, question), ending.outcome, ending.article, ending.offered)
    if question.verdict == "answerable":
        after_one = fits or offered_fits
        return Row(
            *base,
            straight=fits,
            after_one=after_one,
            wrong=answered and not fits,
            missed=not answered and not after_one,
        )
    if question.verdict in UNCOVERED:
        return Row(*base, false_answer=answered, declined=not answered)
    declined = not answered and not ending.offered
    return Row(*base, helped=(near and ending.person_offered) or offered_fits or declined)


def ending_of(messages: Sequence[dict[str, Any]]) -> Ending:
    """Reads how a conversation of one question ended from what the assistant said."""
    said = [m for m in messages if m["sender"] != "person"]
    main = next((m for m in said if m["outcome"] in ANSWERED), said[-1])
    offered = tuple(
        json.loads(option["payload"].removeprefix("/ask"))["article"]
        for message in said
        for option in message["options"]
        if option["payload"].startswith("/ask{")
    )
    answered = main["outcome"] in ANSWERED
    person = any(o["payload"] == "/human" for m in said for o in m["options"])
    return Ending(main["outcome"] or "none", main["article"], () if answered else offered, person)


class Assistant:
    """The running assistant, over its public API."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30)

    def ask(self, question: str) -> Ending:
        """Asks in a new conversation and waits for the end of the turn."""
        started = self.http.post("/api/conversations").raise_for_status().json()
        path = f"/api/conversations/{started['id']}/messages"
        headers = {"Authorization": f"Bearer {started['token']}"}
        body = {"text": question, "client_id": uuid.uuid4().hex}
        self.http.post(path, json=body, headers=headers).raise_for_status()
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            messages = self.http.get(path, headers=headers).raise_for_status().json()["messages"]
            if any(m["sender"] != "person" for m in messages):
                return ending_of(messages)
            time.sleep(0.02)
        return Ending("no answer", None, (), False)


SHARES = {
    "answerable": ("straight", "after_one", "wrong", "missed"),
    "not-covered": ("false_answer", "declined"),
    "out-of-scope": ("false_answer", "declined"),
    "partial": ("helped",),
}


def figures(rows: Sequence[Row]) -> dict[str, Any]:
    """Shares by verdict, and for answerable questions by topic."""
    by_verdict: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_verdict[row.verdict].append(row)
    result: dict[str, Any] = {"questions": len(rows)}
    for verdict, names in SHARES.items():
        if by_verdict[verdict]:
            result[verdict] = shares(by_verdict[verdict], names)
    by_topic: dict[str, list[Row]] = defaultdict(list)
    for row in by_verdict["answerable"]:
        by_topic[row.topic].append(row)
    result["topics"] = {topic: shares(found, SHARES["answerable"]) for topic, found in sorted(by_topic.items())}
    result["outcomes"] = dict(Counter(row.outcome for row in rows))
    return result


def shares(rows: Sequence[Row], names: Iterable[str]) -> dict[str, float | int]:
    """How many rows, and the share of each judgement between 0 and 1."""
    return {"n": len(rows), **{name: round(sum(getattr(row, name) for row in rows) / len(rows), 4) for name in names}}


def table(result: dict[str, Any]) -> Iterator[Table]:
    """The same for people."""
    groups = [(verdict, result[verdict]) for verdict in SHARES if verdict in result]
    groups += [(f"  {topic}", found) for topic, found in result["topics"].items()]
    sheet = Table(
        "group", "n", *(names := ["straight", "after_one", "wrong", "missed", "false_answer", "declined", "helped"])
    )
    for group, found in groups:
        sheet.add_row(group, str(found["n"]), *(f"{found[name]:.1%}" if name in found else "" for name in names))
    yield sheet


def main(arguments: Sequence[str]) -> int:
    """Prints a table and one last line of JSON; writes every question's row beside the file given by RESULTS."""
    console = Console()
    if len(arguments) != 1:
        console.print("Usage: make evaluate FILE=questions.jsonl")
        return 2
    path = Path(arguments[0])
    url = os.environ.get("APP_URL") or f"http://127.0.0.1:{os.environ.get('APP_PORT', '8000')}"
    try:
        questions, library = read_questions(path), load()
        assistant = Assistant(url)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            endings = list(
                track(
                    pool.map(lambda question: assistant.ask(question.q), questions),
                    "Asking",
                    len(questions),
                    console=Console(stderr=True),
                )
            )
    except (BadQuestions, OSError, httpx.HTTPError) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    rows = [judge(library, question, ending) for question, ending in zip(questions, endings, strict=True)]
    target = Path(os.environ.get("RESULTS", "results")) / f"{path.stem}.rows.jsonl"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows), encoding="utf-8")
    result = figures(rows)
    for sheet in table(result):
        console.print(sheet)
    console.print(f"Every question: {target}", markup=False)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
