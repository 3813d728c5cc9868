"""Reads what was rendered as the platforms do, by their rules and not by our code: what a person sees of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from channels.platform import Part

RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
SIGNS = {"\u2217": "*", "\uff3f": "_", "\u223c": "~", "\u2035": "`", "\u203a": ">"}


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def letters(text: str) -> str:
    """Letters and digits only: what must be there whatever stands between."""
    return "".join(char for char in text if char.isalnum())


@dataclass
class Seen:
    """A MarkdownV2 text after its entities are parsed."""

    text: str = ""
    bold: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


class Unparsable(Exception):
    """Telegram would refuse it."""


def telegram_text(source: str) -> Seen:
    """Parses MarkdownV2: `\\` takes the sign from any ASCII character behind it, `*` is bold, `[…](…)` a link; every
    other reserved character must be escaped, entities must end, and none may be empty.

    Raises:
        Unparsable: anything else.
    """
    seen = Seen()
    bold_from: int | None = None
    link_from: int | None = None
    at = 0
    while at < len(source):
        char = source[at]
        if char == "\\" and at + 1 < len(source) and 0 < ord(source[at + 1]) < 127:
            seen.text += source[at + 1]
            at += 2
            continue
        if char == "*":
            if bold_from is None:
                bold_from = len(seen.text)
            else:
                seen.bold.append(_entity(seen.text, bold_from))
                bold_from = None
        elif char == "[" and link_from is None:
            link_from = len(seen.text)
        elif char == "]" and link_from is not None:
            url, at = _address(source, at + 1)
            seen.links.append((_entity(seen.text, link_from), url))
            link_from = None
            continue
        elif char in RESERVED:
            raise Unparsable(f"Character '{char}' is reserved and must be escaped, at {at}")
        else:
            seen.text += char
        at += 1
    if bold_from is not None or link_from is not None:
        raise Unparsable("an entity does not end")
    return seen


def _entity(text: str, start: int) -> str:
    if not text[start:].strip():
        raise Unparsable("an empty entity")
    return text[start:]


def _address(source: str, at: int) -> tuple[str, int]:
    if source[at : at + 1] != "(":
        raise Unparsable("words in brackets without an address")
    at += 1
    url = ""
    while at < len(source) and source[at] != ")":
        if source[at] == "\\":
            at += 1
        url += source[at]
        at += 1
    if at >= len(source) or not url:
        raise Unparsable("an address that does not end")
    return url, at + 1


def telegram_seen(parts: Sequence[Part]) -> list[Seen]:
    """All texts, each checked against Telegram's limits on messages and keyboards."""
    found = []
    for place, part in enumerate(parts):
        assert part.method == "sendMessage"
        body = part.body
        assert set(body) - {"reply_markup"} == {"text", "parse_mode", "link_preview_options"}
        assert body["parse_mode"] == "MarkdownV2"
        assert body["link_preview_options"] == {"is_disabled": True}
        assert "reply_markup" not in body or place == len(parts) - 1
        seen = telegram_text(body["text"])
        assert 1 <= units(seen.text.strip()) <= 4096
        found.append(seen)
    return found


def buttons(parts: Sequence[Part]) -> list[dict[str, str]]:
    """The keyboard of a message, checked against Telegram's limits."""
    markup = parts[-1].body.get("reply_markup") if parts else None
    rows = markup["inline_keyboard"] if markup else []
    found = [button for row in rows for button in row]
    assert len(found) <= 100
    for row in rows:
        assert 1 <= len(row) <= 2
    for button in found:
        assert set(button) == {"text", "callback_data"}
        assert 1 <= units(button["text"].strip()) <= 60
        assert 1 <= len(button["callback_data"].encode()) <= 64
    return found


def whatsapp_bodies(parts: Sequence[Part]) -> list[str]:
    """All texts, each request checked against the Cloud API's limits."""
    found = []
    for place, part in enumerate(parts):
        assert part.method == "messages"
        if part.body["type"] == "text":
            assert set(part.body) == {"type", "text"}
            assert set(part.body["text"]) == {"body", "preview_url"}
            assert part.body["text"]["preview_url"] is False
            text, most = part.body["text"]["body"], 4096
        else:
            assert place == len(parts) - 1
            assert set(part.body) == {"type", "interactive"}
            text, most = part.body["interactive"]["body"]["text"], 1024
            _check_menu(part.body["interactive"])
        assert text.strip()
        assert units(text) <= most
        found.append(text)
    return found


def _check_menu(interactive: dict[str, Any]) -> None:
    assert set(interactive) == {"type", "body", "action"}
    action = interactive["action"]
    if interactive["type"] == "button":
        assert all(button["type"] == "reply" for button in action["buttons"])
        rows, most, longest = [button["reply"] for button in action["buttons"]], 3, 20
    else:
        assert interactive["type"] == "list"
        assert 1 <= units(action["button"]) <= 20
        assert len(action["sections"]) == 1
        rows, most, longest = action["sections"][0]["rows"], 10, 24
    assert 1 <= len(rows) <= most
    for row in rows:
        assert 1 <= units(row["title"].strip()) <= longest
        assert 1 <= units(row["id"]) <= 200
        assert 1 <= units(row.get("description", "…").strip()) <= 72
    assert len({row["title"].casefold() for row in rows}) == len(rows)


def choices(parts: Sequence[Part]) -> list[dict[str, str]]:
    """The buttons or rows of a message for WhatsApp."""
    if not parts or parts[-1].body["type"] != "interactive":
        return []
    action = parts[-1].body["interactive"]["action"]
    if "buttons" in action:
        return [button["reply"] for button in action["buttons"]]
    return list(action["sections"][0]["rows"])


def formatted(body: str) -> list[str]:
    """What WhatsApp might show formatted, with the sign that does it: rather too much than too little."""
    found = re.findall("`", body)
    for line in body.split("\n"):
        if line.lstrip().startswith((">", "* ")):
            found.append(line)
        for sign in "*_~":
            mark = re.escape(sign)
            pattern = rf"(?<![A-Za-z0-9]){mark}(?=\S)(.*?\S){mark}(?![A-Za-z0-9])"
            found += [f"{sign}{words}" for words in re.findall(pattern, line)]
    return found


def looks_like(text: str) -> str:
    """The text with signs for those that only look like them, and codes in addresses as what they stand for."""
    for sign, meant in SIGNS.items():
        text = text.replace(sign, meant)
    return re.sub("%(2A|5F|7E|60)", lambda code: chr(int(code[1], 16)), text)
