"""Puts the content of a message into lines, in the order in which they are read: author, text, plan, sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from channels.rendering.content import (
    Block,
    Card,
    Checklist,
    Citation,
    Content,
    Items,
    Line,
    Option,
    Paragraph,
    Span,
    seen,
)
from channels.rendering.splitting import Lines, sentences
from knowledge.wording import say, say_or


@dataclass(frozen=True, slots=True)
class Style:
    """What a channel can show. ``written_out``: it has no links on words, so addresses stand behind them."""

    bullet: str = "•"
    written_out: bool = False


def lay_out(content: Content, style: Style) -> list[Lines]:
    """The message as blocks of lines; options are left to the channel. What has nothing to be seen is left out."""
    found: list[Lines] = [((Span(content.author, label=True),), *_first(content.blocks))] if content.author else []
    rest = content.blocks[1:] if content.author else content.blocks
    found += [_block(block, style) for block in rest]
    found += _cards(content)
    if citations := _all_citations(content):
        found.append(_sources(citations, style))
    written = ((_apart(line) for line in block) for block in found) if style.written_out else found
    return [lines for block in written if (lines := tuple(filter(seen, block)))]


def _apart(line: Line) -> Line:
    """The line with a space behind each address that stands written in it."""
    found: list[Span] = []
    for span in line:
        if found and found[-1].url is not None and not span.text[:1].isspace():
            found.append(Span(" "))
        found.append(span)
    return tuple(found)


def _first(blocks: Sequence[Block]) -> Lines:
    """What a colleague wrote begins right below the name."""
    return blocks[0].lines if blocks and isinstance(blocks[0], Paragraph) else ()


def _block(block: Block, style: Style) -> Lines:
    match block:
        case Paragraph(lines):
            return lines
        case Items(items):
            return tuple(_item(item, style) for item in items)
        case Checklist(heading, items):
            return (heading, *(_item(item, style) for item in items))
        case _:
            page = block.page.url if block.page and not style.written_out else None
            name = tuple(Span(span.text, url=page) for span in block.name)
            return ((block.label, Span(" "), *name), *block.details)


def _item(line: Line, style: Style) -> Line:
    return (Span(f"{style.bullet} "), *line)


def _cards(content: Content) -> Iterable[Lines]:
    """The steps of the plan, each with what the text has not said of it already."""
    text = "\n".join("".join(span.text for span in line) for block in content.blocks for line in _block(block, Style()))
    for number, card in enumerate(content.cards, start=1):
        title = Span(f"{number}. {card.title}" if len(content.cards) > 1 else card.title, label=True)
        after, below = _news(card, text)
        if after or below or card.title not in text:
            yield ((title, Span(after)), *((Span(line),) for line in below))


def _news(card: Card, text: str) -> tuple[str, list[str]]:
    """What stands behind the title of a step, and the lines below it."""
    state = say("chat_late") if card.late else say_or(f"chat_state_{card.state}", card.state)
    if card.title in text and (card.late or card.state == "now"):
        state = ""
    after = f" ({state})" if state else ""
    after += f": {card.when}" if card.when not in text else ""
    reason = card.reason.replace(say("plan_cautious"), "") if say("plan_check_days") in text else card.reason
    reason = " ".join(part for one in sentences(reason) if (part := one.strip()) not in text)
    waits = say("chat_waits_for", titles=", ".join(card.waits_for)) if card.waits_for else ""
    return after, [line for line in (reason, waits) if line]


def _all_citations(content: Content) -> list[Citation]:
    """Those of the message and the first of each step, each page once. A step has more of them on the plan's page."""
    found: dict[str, Citation] = {}
    for one in (*content.citations, *(one for card in content.cards for one in card.citations[:1])):
        found.setdefault(one.url or one.title, one)
    return list(found.values())


def _sources(citations: Sequence[Citation], style: Style) -> Lines:
    heading = Span(say("chat_sources" if len(citations) > 1 else "chat_source"), label=True)
    return ((heading,), *(_item(_citation(one, style), style) for one in citations))


def _citation(one: Citation, style: Style) -> Line:
    checked = say("chat_checked", day=one.checked_on) if one.checked_on else ""
    publisher = "" if one.publisher == one.title else one.publisher
    details = "".join(f", {part}" for part in (publisher, checked) if part)
    if style.written_out or one.url is None:
        return (Span(one.title + details, url=one.url),)
    return (Span(one.title, url=one.url), Span(details))


def typed(options: Sequence[Option]) -> list[Lines]:
    """Options for which there is no button, to be answered in words; they keep their numbers."""
    if not options:
        return []
    lines = ((Span(f"{option.index + 1}. {option.title}"),) for option in options)
    return [((Span(say("chat_type_words")),), *lines)]
