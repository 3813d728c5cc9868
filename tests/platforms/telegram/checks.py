"""What Telegram checks of a message before it takes it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from tests.platforms.telegram.markdown import BadMarkup, length, parse

LONGEST_TEXT, MOST_BUTTONS, MOST_IN_A_ROW, LONGEST_DATA = 4096, 100, 8, 64
OTHER_KINDS = frozenset(
    {"web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat", "copy_text", "pay"}
)


class Refusal(Exception):
    """An error of the Bot API."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def body(self) -> dict[str, Any]:
        """What the person who called reads."""
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return {**answer, "parameters": self.parameters} if self.parameters else answer


def bad(description: str) -> Refusal:
    """The most common one."""
    return Refusal(400, f"Bad Request: {description}")


def decoded(given: dict[str, Any], name: str) -> Any:
    """A parameter that is JSON; None when it is not there."""
    value = given.get(name)
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None


def text_of(given: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """The text as people read it, with its entities."""
    text, mode = str(given.get("text", "")), str(given.get("parse_mode", ""))
    entities: list[dict[str, Any]] = decoded(given, "entities") or []
    if mode:
        if mode.casefold() != "markdownv2":
            raise bad("unsupported parse_mode")
        try:
            text, entities = parse(text)
        except BadMarkup as problem:
            words = str(problem)
            raise bad(f"can't parse entities: {words}") from None
    shift = length(text) - length(text.lstrip())
    entities = [{**entity, "offset": max(0, entity["offset"] - shift)} for entity in entities]
    text = text.strip()
    if not text:
        raise bad("message text is empty")
    if length(text) > LONGEST_TEXT:
        raise bad("message is too long")
    return text, entities


def keyboard_of(given: dict[str, Any]) -> list[list[dict[str, Any]]] | None:
    """The rows of an inline keyboard; None without one."""
    markup = decoded(given, "reply_markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    rows = markup.get("inline_keyboard")
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    if sum(map(len, rows)) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in rows):
        raise bad("reply markup is too long")
    return [[_button(button) for button in row] for row in rows if row] or None


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not button["text"].strip():
        raise bad('can\'t parse inline keyboard button: Field "text" must be non-empty')
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= LONGEST_DATA:
            raise bad("BUTTON_DATA_INVALID")
    elif "url" in button:
        address = urlsplit(str(button["url"]))
        if address.scheme not in ("http", "https", "tg") or not address.netloc:
            raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    elif not OTHER_KINDS & button.keys():
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    return button
