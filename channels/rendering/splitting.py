"""Divides a message that is too long for one: between blocks, else between lines, sentences, words, characters.

Lengths are counted in UTF-16 units, as Telegram does; where a platform counts characters, that is never too little.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from channels.rendering.content import Line, Span, seen

type Lines = tuple[Line, ...]
type Width = Callable[[Line], int]

_SENTENCE = re.compile(r"(?<![.!?…؟。])[.!?…؟。]++[\"'”’)\]]*+\s+")
_WORD = re.compile(r"\s+")
_JOINER = "\u200d"
_TONES = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)


def units(text: str) -> int:
    """How long a text is in UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def shortened(text: str, most: int) -> str:
    """The text, or as much of it as fits with a sign that there is more, best between two words."""
    if units(text) <= most:
        return text
    return f"{text[: border(text, most - 1)].rstrip()}…"


def border(text: str, most: int) -> int:
    """Where to cut a text that is too long, at ``most`` units: between words, unless that leaves less than a third."""
    end = _fitting(text, most)
    space = text.rfind(" ", 0, end + 1)
    return space if space > end // 3 else end


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with the space behind it."""
    return _divided(text, _SENTENCE)


def divide(blocks: Iterable[Lines], most: int, width: Width) -> list[list[Lines]]:
    """Blocks in as few parts as their borders allow, none longer than ``most``; one line break stands between lines,
    two between blocks. ``width`` says how long a line becomes, and must be that of its spans together."""
    parts: list[list[Lines]] = []
    room = 0
    for block in blocks:
        for piece in _fit(block, most, width):
            length = length_of([piece], width)
            if parts and length + 2 <= room:
                parts[-1].append(piece)
                room -= length + 2
            else:
                parts.append([piece])
                room = most - length
    return parts


def length_of(blocks: Sequence[Lines], width: Width) -> int:
    """How long blocks become together."""
    return sum(sum(map(width, block)) + len(block) - 1 for block in blocks) + 2 * (len(blocks) - 1 if blocks else 0)


def _fit(block: Lines, most: int, width: Width) -> list[Lines]:
    """The block, or what it is divided into."""
    if length_of([block], width) <= most:
        return [block]
    found: list[list[Line]] = []
    room = 0
    for line in block:
        for piece in filter(seen, _fit_line(line, most, width)):
            length = width(piece)
            if found and length + 1 <= room:
                found[-1].append(piece)
                room -= length + 1
            else:
                found.append([piece])
                room = most - length
    return [tuple(lines) for lines in found]


def _fit_line(line: Line, most: int, width: Width) -> list[Line]:
    if width(line) <= most:
        return [line]
    found: list[list[Span]] = []
    room = 0
    for span in line:
        for piece in _fit_span(span, most, width, (_SENTENCE, _WORD)):
            length = width((piece,))
            if not found or length > room:
                found.append([])
                room = most
            found[-1].append(piece)
            room -= length
    return [joined for pieces in found if (joined := _joined(pieces))]


def _fit_span(span: Span, most: int, width: Width, borders: Sequence[re.Pattern[str]]) -> list[Span]:
    """The span in pieces that fit. The address of a link whose words do not fit stands behind them."""
    if width((span,)) <= most:
        return [span]
    if span.url is not None:
        words = _fit_span(replace(span, url=None), most, width, borders)
        return [*words, Span(" "), Span(span.url, url=span.url)]
    if not borders:
        return _chopped(span, most, width)
    pieces = [replace(span, text=text) for text in _divided(span.text, borders[0])]
    return [one for piece in pieces for one in _fit_span(piece, most, width, borders[1:])]


def _joined(spans: Sequence[Span]) -> Line:
    """The spans as a line of their own: those of one kind become one again."""
    found: list[Span] = []
    for span in spans:
        if found and found[-1].url is None and replace(found[-1], text="") == replace(span, text=""):
            found[-1] = replace(span, text=found[-1].text + span.text)
        else:
            found.append(span)
    found[0] = replace(found[0], text=found[0].text.lstrip())
    found[-1] = replace(found[-1], text=found[-1].text.rstrip())
    return tuple(span for span in found if span.text)


def _divided(text: str, ends: re.Pattern[str]) -> list[str]:
    """The text, cut behind every match."""
    cuts = [0, *(match.end() for match in ends.finditer(text)), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(cuts) if end > start] or [text]


def _chopped(span: Span, most: int, width: Width) -> list[Span]:
    """The span in pieces that fit, cut between characters as people see them."""
    found: list[Span] = []
    rest = span.text
    while rest:
        room = most
        piece = replace(span, text=rest[: _fitting(rest, room)])
        while (over := width((piece,)) - most) > 0 and len(piece.text) > 1:
            room = max(room - over, room // 2)
            piece = replace(span, text=rest[: _fitting(rest, room)])
        found.append(piece)
        rest = rest[len(piece.text) :]
    return found


def _fitting(text: str, most: int) -> int:
    """How many of the first characters fit, at least one; what is seen as one character stays whole if it can."""
    length = end = 0
    for char in text:
        length += units(char)
        if length > most:
            break
        end += 1
    else:
        return end
    whole = end
    while whole > 0 and _continues(text, whole):
        whole -= 1
    return whole or max(end, 1)


def _continues(text: str, at: int) -> bool:
    """Whether the character at a place belongs to the one before: an accent, a skin tone, half of a flag."""
    char = text[at]
    if unicodedata.category(char).startswith("M") or _JOINER in (char, text[at - 1]):
        return True
    if ord(char) in _TONES or ord(char) in _TAGS:
        return True
    before = itertools.takewhile(lambda one: ord(one) in _FLAGS, reversed(text[:at]))
    return ord(char) in _FLAGS and sum(1 for _ in before) % 2 == 1
