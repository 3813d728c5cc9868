"""How times and texts are shown. Everything a person wrote is escaped here or by the templates."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

LOCAL = ZoneInfo("Europe/Brussels")
_LABEL = re.compile(r"\*\*(.+?)\*\*")
_PLAN = re.compile(r"\[([^\[\]]+)\]\((?:https?://[^\s()/?#]+)?(?:/[\w.~-]+)*(/plan/[\w-]+(?:\.[\w-]+)*)\)", re.ASCII)
# Only for the person: whoever has it may change and erase everything.
_DATA_PAGE = re.compile(
    r"\[([^\[\]]+)\]\((?:https?://[^\s()/?#]+)?(?:/[\w.~-]+)*/mydata/[\w-]+(?:\.[\w-]+)*\)", re.ASCII
)
_PLAN_LINK = (
    r'<a href="\2" target="_blank" rel="noopener noreferrer">\1<span class="hidden"> (opens a new tab)</span></a>'
)


def moment(value: dt.datetime, now: dt.datetime) -> str:
    """A time as people in Ghent read it: the hour for today, the day before that."""
    local, today = value.astimezone(LOCAL), now.astimezone(LOCAL)
    hour = f"{local:%H:%M}"
    if local.date() == today.date():
        return hour
    day = f"{local.day} {local:%b}"
    return f"{day}, {hour}" if local.year == today.year else f"{day} {local.year}, {hour}"


def whole_moment(value: dt.datetime) -> str:
    """A time with its day and year, for records."""
    local = value.astimezone(LOCAL)
    return f"{local.day} {local:%B %Y, %H:%M}"


def day(value: dt.date | dt.datetime | None) -> str:
    """A day in words; that of a moment is the day in Belgium."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = value.astimezone(LOCAL).date()
    return f"{value.day} {value:%B %Y}"


def days(number: int) -> str:
    """A number of days in words."""
    return "1 day" if number == 1 else f"{number} days"


def diff_lines(diff: str) -> list[tuple[str, str]]:
    """The lines of a unified diff as (kind, text): `added`, `removed`, `kept` or `place`, without the file names."""
    kinds = {"+": "added", "-": "removed", "@": "place"}
    lines = diff.splitlines()
    lines = lines[2:] if lines and lines[0].startswith("--- ") else lines
    return [(kinds.get(line[:1], "kept"), "" if line.startswith("@@") else line[1:]) for line in lines]


def waited(since: dt.datetime, now: dt.datetime) -> str:
    """How long something has been waiting. desk.js says it in the same words when it moves on."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 1:
        return "less than 1 min"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    days = minutes // (24 * 60)
    return "1 day" if days == 1 else f"{days} days"


def _line(text: str) -> Markup:
    linked = _PLAN.sub(_PLAN_LINK, _DATA_PAGE.sub(r"\1", str(escape(text))))
    return Markup(_LABEL.sub(r"<strong>\1</strong>", linked))  # noqa: S704 - escaped just now


def rich(text: str) -> Markup:
    """The assistant's little markup: blank lines between paragraphs, `- ` for list items, `**…**` for labels.

    A link to a plan leads to the plan on this server, whatever server its address names; there are no other links.
    """
    blocks: list[Markup] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines: list[str] = []
        items: list[str] = []
        for line in block.split("\n"):
            (items if line.startswith("- ") else lines).append(line.removeprefix("- "))
        if lines:
            blocks.append(Markup("<p>{}</p>").format(Markup("<br>").join(_line(line) for line in lines)))
        if items:
            inner = Markup("").join(Markup("<li>{}</li>").format(_line(item)) for item in items)
            blocks.append(Markup("<ul>{}</ul>").format(inner))
    return Markup("").join(blocks)


def reflowed(text: str) -> str:
    """Text without the line breaks of the file it was written in."""
    return re.sub(r"(?<!\n)\n(?!\n|- )", " ", text.strip())


def web_address(url: str) -> str | None:
    """The address when it may become a link."""
    parts = urlsplit(url)
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def shortened(text: str, length: int = 160) -> str:
    """The start of a text, on one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0] + " …"
