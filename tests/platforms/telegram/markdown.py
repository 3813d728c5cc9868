"""MarkdownV2 as Telegram reads it: the text without its signs and the entities, or the words of the refusal.

Custom emoji and expandable quotations are left out: our renderer writes neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "blockquote": "BlockQuote",
}
# Signs that open and close the same way, the longer before the shorter.
PAIRS = (("__", "underline"), ("||", "spoiler"), ("_", "italic"), ("*", "bold"), ("~", "strikethrough"))


class BadMarkup(Exception):
    """Telegram would refuse the text, with this description."""


@dataclass
class Open:
    """An entity that was begun. ``at``: where, in the source; ``offset``, ``sign``: where, in the result."""

    kind: str
    at: int
    offset: int
    sign: int


def length(text: str) -> int:
    """The length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def parse(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text and its entities.

    Raises:
        BadMarkup: a sign that means something is neither escaped nor part of an entity, or an entity does not end.
    """
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        self.source, self.i = source, 0
        self.out: list[str] = []
        self.size = 0
        self.open: list[Open] = []
        self.entities: list[dict[str, Any]] = []

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        while self.i < len(self.source):
            self._step()
        while self.open and self.open[-1].kind == "blockquote":
            self._close("blockquote")
        if self.open:
            raise self._unended(self.open[-1])
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.out), self.entities

    def _step(self) -> None:
        sign, after = self.source[self.i], self.source[self.i + 1 : self.i + 2]
        if sign == "\\" and after and ord(after) <= 126:
            self._put(after)
            self.i += 2
        elif self._inside() in ("code", "pre"):
            self._step_in_code(sign)
        elif sign == "\n":
            self._end_of_line()
        elif sign not in RESERVED:
            self._put(sign)
            self.i += 1
        else:
            self._mark(sign)

    def _inside(self) -> str:
        return self.open[-1].kind if self.open else ""

    def _step_in_code(self, sign: str) -> None:
        ending = "```" if self._inside() == "pre" else "`"
        if self.source.startswith(ending, self.i):
            self.i += len(ending)
            self._close(self._inside())
        else:
            self._put(sign)
            self.i += 1

    def _end_of_line(self) -> None:
        self.i += 1
        quoted = any(entity.kind == "blockquote" for entity in self.open)
        if quoted and not self.source.startswith(">", self.i):
            if self._inside() != "blockquote":
                raise self._unended(self.open[-1])
            self._close("blockquote")
        self._put("\n")

    def _mark(self, sign: str) -> None:
        if sign == "`":
            self._begin_code()
        elif sign == "[":
            self._begin("text_link", 1)
        elif sign == "]" and self._inside() == "text_link":
            self._end_link()
        elif sign == ">" and (self.i == 0 or self.source[self.i - 1] == "\n"):
            if any(entity.kind == "blockquote" for entity in self.open):
                self.i += 1
            else:
                self._begin("blockquote", 1)
        else:
            self._pair(sign)

    def _pair(self, sign: str) -> None:
        for mark, kind in PAIRS:
            if self.source.startswith(mark, self.i):
                if self._inside() == kind:
                    self.i += len(mark)
                    self._close(kind)
                else:
                    self._begin(kind, len(mark))
                return
        raise BadMarkup(f"Character '{sign}' is reserved and must be escaped with the preceding '\\'")

    def _begin_code(self) -> None:
        if not self.source.startswith("```", self.i):
            self._begin("code", 1)
            return
        self._begin("pre", 3)
        end = self.i
        while end < len(self.source) and not self.source[end].isspace() and self.source[end] != "`":
            end += 1
        if self.source[end : end + 1].isspace():
            self.i = end + (1 if self.source[end] == "\n" else 0)

    def _begin(self, kind: str, signs: int) -> None:
        self.open.append(Open(kind, self.i, self.size, len(self.out)))
        self.i += signs

    def _end_link(self) -> None:
        self.i += 1
        begun = self.open[-1]
        # Without an address the words are the address.
        url = self._url() if self.source.startswith("(", self.i) else "".join(self.out[begun.sign :])
        address = urlsplit(url)
        if address.scheme in ("http", "https", "tg", "mailto") and (address.netloc or address.path):
            self._close(begun.kind, url=url)
        else:
            self.open.pop()

    def _url(self) -> str:
        begun = self.i = self.i + 1
        url: list[str] = []
        while self.i < len(self.source) and self.source[self.i] != ")":
            if self.source[self.i] == "\\" and self.i + 1 < len(self.source):
                self.i += 1
            url.append(self.source[self.i])
            self.i += 1
        if self.i >= len(self.source):
            raise BadMarkup(f"Can't find end of a URL at byte offset {self._byte(begun)}")
        self.i += 1
        return "".join(url)

    def _close(self, kind: str, **extra: str) -> None:
        begun = self.open.pop()
        if self.size > begun.offset:
            entity = {"type": kind, "offset": begun.offset, "length": self.size - begun.offset}
            self.entities.append({**entity, **extra})

    def _put(self, sign: str) -> None:
        self.out.append(sign)
        self.size += 2 if ord(sign) > 0xFFFF else 1

    def _byte(self, at: int) -> int:
        return len(self.source[:at].encode())

    def _unended(self, entity: Open) -> BadMarkup:
        return BadMarkup(f"Can't find end of {NAMES[entity.kind]} entity at byte offset {self._byte(entity.at)}")
