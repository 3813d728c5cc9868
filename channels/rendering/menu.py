"""The options of a message as WhatsApp shows them: up to three short ones as buttons, else a list of up to ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from channels.incoming import reference
from channels.rendering.content import Option, Span
from channels.rendering.layout import typed
from channels.rendering.splitting import Lines, border, shortened, units
from knowledge.wording import say

MOST_BUTTONS, LONGEST_BUTTON = 3, 20
MOST_ROWS, LONGEST_ROW, LONGEST_DESCRIPTION = 10, 24, 72


@dataclass(frozen=True, slots=True)
class Menu:
    """``kind`` and ``action`` of an interactive message, and what must be told beside it in words: ``blocks``."""

    kind: str
    action: dict[str, Any]
    blocks: list[Lines]


@dataclass(frozen=True, slots=True)
class _Row:
    option: Option
    title: str
    rest: str


def menu_of(options: Sequence[Option], message_id: int) -> Menu:
    """Every option once: behind a button, in the list, or in words when there are too many. What is cut in the list
    is told in full before it. No two titles are the same."""
    buttons = _rows(options, LONGEST_BUTTON) if len(options) <= MOST_BUTTONS else []
    if buttons and not any(row.rest for row in buttons):
        replies = [{"id": reference(message_id, row.option.index), "title": row.title} for row in buttons]
        return Menu("button", {"buttons": [{"type": "reply", "reply": reply} for reply in replies]}, [])
    shown = options if len(options) <= MOST_ROWS else options[: MOST_ROWS - 1]
    rows = _rows(shown, LONGEST_ROW)
    sections = [{"rows": [_described(row, message_id) for row in rows]}]
    cut = [row.option for row in rows if units(row.rest) > LONGEST_DESCRIPTION]
    action = {"button": say("chat_choose_button"), "sections": sections}
    return Menu("list", action, [*_in_full(cut), *typed(options[len(shown) :])])


def _rows(options: Sequence[Option], most: int) -> list[_Row]:
    found: list[_Row] = []
    for option in options:
        taken = {row.title.casefold() for row in found}
        number = 1
        while (row := _row(option, most, f" ({number})" if number > 1 else "")).title.casefold() in taken:
            number += 1
        found.append(row)
    return found


def _row(option: Option, most: int, suffix: str) -> _Row:
    title, room = option.title, most - units(suffix)
    if units(title) <= room:
        return _Row(option, title + suffix, "")
    end = border(title, room - 1)
    return _Row(option, f"{title[:end].rstrip(' :,;–-')}…{suffix}", f"…{title[end:].lstrip()}")


def _described(row: _Row, message_id: int) -> dict[str, str]:
    found = {"id": reference(message_id, row.option.index), "title": row.title}
    return found | ({"description": shortened(row.rest, LONGEST_DESCRIPTION)} if row.rest else {})


def _in_full(options: Sequence[Option]) -> list[Lines]:
    lines = ((Span(f"• {option.title}"),) for option in options)
    return [((Span(say("chat_in_full")),), *lines)] if options else []
