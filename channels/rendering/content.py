"""The one model of a message that every renderer works from, read from what is stored.

The assistant's texts carry a little markup: blank lines part paragraphs, a line that begins with `- ` is an item of a
list, `**…**` is a label, and `[…](…/plan/…)` and `[…](…/mydata/…)` are links to the person's own plan and data.
Everything else is plain text, whatever it looks like. What colleagues and the system write carries no markup at all.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from channels.platform import Outgoing
from dossiers.models import Sender
from knowledge.wording import say

LONGEST_URL = 1000
_BREAK = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Control characters, what turns the direction of other words, and halves of characters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]"
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Me", "Mn", "Zl", "Zp", "Zs"})
_NO_ADDRESS = re.compile(r'[\s\\<>"{}|^`]')
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_MARKED = re.compile(
    r"\*\*(?=\S)([^*]+?)\*\*"
    r"|\[([^\[\]]+)\]\(((?:https?://[^\s()/?#]+)?(?:/[A-Za-z0-9_.~-]+)*"
    r"/(?:plan|mydata)/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\)"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of a line: plain, a label, or a link when there is a ``url``."""

    text: str
    label: bool = False
    url: str | None = None


type Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """A list under a label, such as what to take along."""

    heading: Line
    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """An official page, and the day it was checked, in words. Without a ``url`` its address is not one to follow."""

    title: str
    publisher: str
    checked_on: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go: the label, the name, the lines below it (address, telephone), and its page when that is cited."""

    label: Span
    name: Line
    details: tuple[Line, ...]
    page: Citation | None


@dataclass(frozen=True, slots=True)
class Card:
    """A step of the plan."""

    title: str
    state: str
    late: bool
    when: str
    reason: str
    waits_for: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A choice; ``index`` is its place among the options of the message."""

    index: int
    title: str


type Block = Paragraph | Items | Checklist | Place


@dataclass(frozen=True, slots=True)
class Content:
    """A message, ready to be written. ``author``: the colleague who wrote it, for a person to see."""

    message_id: int
    author: str | None
    blocks: tuple[Block, ...]
    cards: tuple[Card, ...]
    citations: tuple[Citation, ...]
    options: tuple[Option, ...]


def content(message: Outgoing) -> Content:
    """The message as blocks, cards, citations and options. Whatever the message holds, nothing in it is unsafe: links
    lead to http and https only, and no character controls how others are shown."""
    citations = _citations(message.sources)
    text = clean(message.text)
    return Content(
        message_id=message.message_id,
        author=(one_line(message.agent or "") or say("chat_colleague")) if message.sender == Sender.AGENT else None,
        blocks=tuple(_marked_up(text, citations) if message.sender == Sender.BOT else _as_written(text)),
        cards=tuple(card for entry in message.plan if (card := _card(entry)).title),
        citations=citations,
        options=tuple(
            Option(index, one_line(option.get("title")) or str(index + 1))
            for index, option in enumerate(message.options)
        ),
    )


def clean(text: str) -> str:
    """The text with plain line breaks, and without characters that control others."""
    return _UNWANTED.sub("", _BREAK.sub("\n", text).replace("\t", " "))


def one_line(value: object) -> str:
    """A short text on one line, from the first sign of it that can be seen; empty when there is none."""
    line = " ".join(clean(str(value or "")).split())
    first = next((place for place, char in enumerate(line) if visible(char)), len(line))
    return line[first:]


def visible(text: str) -> bool:
    """Whether anything of a text can be seen."""
    return any(unicodedata.category(char) not in _UNSEEN and char not in _BLANK for char in text)


def seen(line: Line) -> bool:
    """Whether anything of a line can be seen."""
    return visible("".join(span.text for span in line))


def safe_url(address: object) -> str | None:
    """The address when a person may be sent there, else None."""
    url = str(address or "")
    if len(url) > LONGEST_URL or clean(url) != url or _NO_ADDRESS.search(url):
        return None
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return url if known else None


def day_in_words(value: object) -> str:
    """`2026-03-01` as 1 March 2026; what is not a day stays as it is."""
    text = one_line(value)
    try:
        day = dt.date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"


def spans(line: str) -> Line:
    """A line of the assistant's text with its labels and links."""
    found: list[Span] = []
    rest = 0
    for match in _MARKED.finditer(line):
        label, words, address = match.groups()
        url = safe_url(address)
        if label is None and url is None and not address.startswith("/"):
            continue
        found.append(Span(line[rest : match.start()]))
        found.append(Span(label, label=True) if label is not None else Span(words, url=url))
        rest = match.end()
    found.append(Span(line[rest:]))
    return tuple(span for span in found if span.text)


def _as_written(text: str) -> Iterable[Block]:
    for paragraph in re.split(r"\n\s*\n", text):
        lines = tuple((Span(line.rstrip()),) for line in paragraph.split("\n") if line.strip())
        if lines:
            yield Paragraph(lines)


def _marked_up(text: str, citations: Sequence[Citation]) -> Iterable[Block]:
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
        groups = [(listed, list(group)) for listed, group in itertools.groupby(lines, key=_is_item)]
        heading: Line = ()
        for number, (listed, group) in enumerate(groups, start=1):
            if listed:
                items = tuple(spans(line[2:].strip()) for line in group)
                yield Checklist(heading, items) if heading else Items(items)
                heading = ()
                continue
            read = [spans(line) for line in group]
            if number < len(groups) and len(read[-1]) == 1 and read[-1][0].label:
                heading = read.pop()
            if read:
                yield _place(read, citations) or Paragraph(tuple(read))


def _is_item(line: str) -> bool:
    return line.startswith("- ")


def _place(lines: Sequence[Line], citations: Sequence[Citation]) -> Place | None:
    label, *rest = lines[0]
    if not label.label or label.text != f"{say('where')}:" or len(rest) != 1 or rest[0].label:
        return None
    name = one_line(rest[0].text)
    if not name:
        return None
    page = next((one for one in citations if one.url and name in (one.publisher, one.title)), None)
    return Place(label, (Span(name),), tuple(lines[1:]), page)


def _citations(sources: Iterable[Mapping[str, Any]]) -> tuple[Citation, ...]:
    found = []
    for source in sources:
        url, publisher = safe_url(source.get("url")), one_line(source.get("publisher"))
        title = one_line(source.get("title")) or publisher or url
        if title:
            found.append(Citation(title, publisher, day_in_words(source.get("checked_on")), url))
    return tuple(found)


def _card(entry: Mapping[str, Any]) -> Card:
    return Card(
        title=one_line(entry.get("title")),
        state=one_line(entry.get("state")),
        late=bool(entry.get("late")),
        when=one_line(entry.get("when")),
        reason=one_line(entry.get("reason")),
        waits_for=tuple(title for one in entry.get("waits_for") or () if (title := one_line(one))),
        citations=_citations(entry.get("sources") or ()),
    )
