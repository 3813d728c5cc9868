"""A message for Telegram: MarkdownV2 with everything escaped, and the options as buttons below its last part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from telegram.constants import InlineKeyboardMarkupLimit, MessageEntityType, MessageLimit, ParseMode
from telegram.helpers import escape_markdown

from channels.incoming import reference
from channels.platform import Outgoing, Part
from channels.rendering.content import Line, Option, Span, content
from channels.rendering.layout import Style, lay_out, typed
from channels.rendering.splitting import Lines, divide, shortened, units
from knowledge.wording import say

MOST = int(MessageLimit.MAX_TEXT_LENGTH)
MOST_BUTTONS = int(InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER)
LONGEST_TITLE = 60
SHORT_TITLE = 16  # two of these stand beside each other on a small telephone


def render(message: Outgoing) -> list[Part]:
    """The message as calls of `sendMessage`, none when there is nothing to be seen in it. Each part has at most 4096
    characters when it is read, and stands by itself: nothing is begun in one and ended in another."""
    found = content(message)
    shown, rest = found.options[:MOST_BUTTONS], found.options[MOST_BUTTONS:]
    blocks = [*lay_out(found, Style()), *typed(rest)]
    texts = [_written(part) for part in divide(blocks, MOST, _width)]
    if shown and not texts:
        texts = [escape_markdown(say("chat_choose"), version=2)]
    bodies: list[dict[str, Any]] = [
        {"text": text, "parse_mode": str(ParseMode.MARKDOWN_V2), "link_preview_options": {"is_disabled": True}}
        for text in texts
    ]
    if shown:
        bodies[-1]["reply_markup"] = {"inline_keyboard": _keyboard(shown, message.message_id)}
    return [Part("sendMessage", body) for body in bodies]


def _width(line: Line) -> int:
    """The length of a line when it is read."""
    return sum(units(span.text) for span in line)


def _written(blocks: Sequence[Lines]) -> str:
    return "\n\n".join("\n".join("".join(map(_span, line)) for line in block) for block in blocks)


def _span(span: Span) -> str:
    words = escape_markdown(span.text, version=2)
    if span.url is not None:
        return f"[{words}]({escape_markdown(span.url, version=2, entity_type=str(MessageEntityType.TEXT_LINK))})"
    return f"*{words}*" if span.label else words


def _keyboard(options: Sequence[Option], message_id: int) -> list[list[dict[str, str]]]:
    """One button a row; two short ones that follow each other share one."""
    rows: list[list[dict[str, str]]] = []
    half = False
    for option in options:
        button = {
            "text": shortened(option.title, LONGEST_TITLE),
            "callback_data": reference(message_id, option.index),
        }
        short = units(option.title) <= SHORT_TITLE
        if half and short:
            rows[-1].append(button)
            half = False
        else:
            rows.append([button])
            half = short
    return rows
