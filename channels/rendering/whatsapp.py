"""A message for the WhatsApp Cloud API: texts, and the options as reply buttons or a list.

WhatsApp formats what stands between two signs (`*`, `_`, `~`, a backtick) and what follows a `>`, and knows no way to
write these signs as they are. A sign that could do so in the words of people is therefore replaced by one that looks
like it; only the labels are bold. An invisible character beside the sign would keep the sign itself, but nothing says
that it stops the formatting. What begins with `-` or a number stays a list: that is what its writer meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from channels.platform import Outgoing, Part
from channels.rendering.content import Content, Line, Paragraph, content
from channels.rendering.layout import Style, lay_out
from channels.rendering.menu import Menu, menu_of
from channels.rendering.splitting import Lines, divide, units
from knowledge.wording import say

MOST = 4096
AIM = MOST - 96  # where a text is divided: an address beside a border may become a little longer than it was
MOST_WITH_OPTIONS = 1024
SHORT = 300  # a paragraph that may stand above the options while the rest went before
METHOD = "messages"

_LOOKALIKES = str.maketrans({"*": "\u2217", "_": "\uff3f", "~": "\u223c", "`": "\u2035", ">": "\u203a"})
_ENCODED = {"*": "%2A", "_": "%5F", "~": "%7E", "`": "%60"}
# A sign between two plain letters or digits never formats: some_name stays as it is.
_FREE = re.compile(r"(?<![A-Za-z0-9])[*_~]|[*_~](?![A-Za-z0-9])|`")
_START = re.compile(r"^\s*(?:>|\*(?=\s))")
_ADDRESS = re.compile(r"(https?://\S+)", re.IGNORECASE)


def render(message: Outgoing) -> list[Part]:
    """The message as requests without their address, none when there is nothing to be seen in it.

    Options stand in the last part, which is short; what does not fit above them goes before as text.
    """
    found = content(message)
    blocks = lay_out(found, Style(written_out=True))
    if not found.options:
        return _texts(blocks)
    menu = menu_of(found.options, message.message_id)
    before, above = _parted(found, [*blocks, *menu.blocks], menu)
    body = _written(above) or say("chat_choose")
    interactive = {"type": menu.kind, "body": {"text": body}, "action": menu.action}
    return [*_texts(before), Part(METHOD, {"type": "interactive", "interactive": interactive})]


def _parted(found: Content, blocks: Sequence[Lines], menu: Menu) -> tuple[Sequence[Lines], Sequence[Lines]]:
    """What goes before as text, and what stands above the options: all, the last words, or nothing of it."""
    if units(_written(blocks)) <= MOST_WITH_OPTIONS:
        return (), blocks
    words_end_it = bool(found.blocks and isinstance(found.blocks[-1], Paragraph)) and not (
        found.cards or found.citations or menu.blocks
    )
    if words_end_it and len(blocks) > 1 and units(_written(blocks[-1:])) <= SHORT:
        return blocks[:-1], blocks[-1:]
    return blocks, ()


def _texts(blocks: Sequence[Lines]) -> list[Part]:
    parts = (_written(part) for part in divide(blocks, AIM, _width))
    return [Part(METHOD, {"type": "text", "text": {"body": body, "preview_url": False}}) for body in parts]


def _written(blocks: Sequence[Lines]) -> str:
    return "\n\n".join("\n".join(map(_line, block)) for block in blocks)


def _width(line: Line) -> int:
    return units(_line(line))


def _line(line: Line) -> str:
    free = Counter(sign for span in line for sign in _FREE.findall(_ADDRESS.sub(" ", span.text)))
    alone = {sign for sign in "*_~" if free[sign] == 1}
    if any(span.label for span in line):
        alone.discard("*")
    found = ""
    for place, span in enumerate(line):
        words = _words(span.text, alone)
        if span.url is not None:
            words = _address(span.url) if span.url == span.text else f"{words}: {_address(span.url)}"
        elif span.label and _stands_apart(words, found, line[place + 1 :]):
            words = f"*{words}*"
        found += words
    return _START.sub(lambda match: match[0].translate(_LOOKALIKES), found)


def _words(text: str, alone: Collection[str]) -> str:
    """Words of people: a sign that could format looks like itself only; one without a second does no harm."""
    pieces = _ADDRESS.split(text)
    pieces[1::2] = map(_address, pieces[1::2])
    pieces[::2] = (
        _FREE.sub(lambda sign: sign[0] if sign[0] in alone else sign[0].translate(_LOOKALIKES), piece)
        for piece in pieces[::2]
    )
    return "".join(pieces)


def _stands_apart(words: str, before: str, after: Line) -> bool:
    """Whether signs around the words would format them and nothing else."""
    following = after[0].text[:1] if after else ""
    return words == words.strip() and not before[-1:].isalnum() and not following.isalnum()


def _address(url: str) -> str:
    """The address with signs that could format written as their codes: it leads to the same page."""
    return _FREE.sub(lambda match: _ENCODED[match[0]], url)
