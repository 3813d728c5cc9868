"""A message as plain text, for whatever shows neither links nor buttons: addresses and options are written out."""

from __future__ import annotations

from channels.platform import Outgoing
from channels.rendering.content import Line, Span, content
from channels.rendering.layout import Style, lay_out


def render(message: Outgoing) -> str:
    """The whole message; options are numbered in their order. Empty when there is nothing to be seen in it."""
    found = content(message)
    blocks = ["\n".join(map(_line, block)) for block in lay_out(found, Style(bullet="-", written_out=True))]
    if found.options:
        blocks.append("\n".join(f"{option.index + 1}. {option.title}" for option in found.options))
    return "\n\n".join(blocks)


def _line(line: Line) -> str:
    return "".join(map(_span, line))


def _span(span: Span) -> str:
    return span.text if span.url is None or span.url == span.text else f"{span.text}: {span.url}"
