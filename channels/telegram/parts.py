"""A part in the library's own types, and without its form where Telegram does not understand that."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from telegram import InlineKeyboardMarkup, LinkPreviewOptions

from channels.platform import Part, Refused

_TOKEN = re.compile(
    r"\[(?P<label>(?:\\.|[^\\\]])*)\]\((?P<url>(?:\\.|[^\\)])*)\)|\\(?P<sign>.)|[*_~`|]",
    re.DOTALL,
)


def arguments(part: Part) -> dict[str, Any]:
    """The body of a part as the library's methods take it.

    Raises:
        Refused: it cannot be put so.
    """
    given = dict(part.body)
    try:
        if "reply_markup" in given:
            given["reply_markup"] = InlineKeyboardMarkup.de_json(given["reply_markup"], None)
        if "link_preview_options" in given:
            given["link_preview_options"] = LinkPreviewOptions.de_json(given["link_preview_options"], None)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused("invalid") from None
    return given


def forms(part: Part) -> list[Part]:
    """A part as it is meant, then as plain text, then as plain text without buttons: where Telegram does not understand
    one, the next still brings the words."""
    plain = dict(part.body)
    if plain.pop("parse_mode", None) is not None:
        plain["text"] = unescaped(str(plain.get("text", "")))
    bare = {key: value for key, value in plain.items() if key != "reply_markup"}
    found = [part]
    for body in (plain, bare):
        if body != found[-1].body:
            found.append(replace(part, body=body))
    return found


def unescaped(text: str) -> str:
    """MarkdownV2 as it reads; a link's address stands behind its words."""
    return _TOKEN.sub(_read, text)


def _read(match: re.Match[str]) -> str:
    if match["url"] is None:
        return match["sign"] or ""
    words, url = unescaped(match["label"]), re.sub(r"\\(.)", r"\1", match["url"])
    return words if words == url else f"{words}: {url}"
