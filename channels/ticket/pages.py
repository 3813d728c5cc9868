"""Renders the templates. Escaping is always on, and a name that is missing is an error."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import segno
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from channels.ticket.links import PREFIX
from channels.ticket.words import day, listed
from knowledge.planning.telling import day_in_words

ROOM = Path(__file__).parent
STATIC = ROOM / "static"

environment = Environment(
    loader=FileSystemLoader(ROOM / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _day(value: str | dt.date) -> str:
    return day(dt.date.fromisoformat(value) if isinstance(value, str) else value)


def _titles(titles: Iterable[str], last: str = "and") -> str:
    return listed([f"“{title}”" for title in titles], last)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


environment.filters |= {"day": _day, "day_in_words": day_in_words, "titles": _titles, "lower_first": _lower_first}
environment.globals |= {"prefix": PREFIX}


def page(name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page."""
    return HTMLResponse(environment.get_template(name).render(**values), status)


def qr_inline(address: str) -> Markup:
    """The QR code of an address, to stand in a page."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(border=2, light="#fff", omitsize=True))  # noqa: S704  (drawn here, from squares only)


def qr_file(address: str) -> bytes:
    """The same as a file."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=4, light="#fff", scale=8)
    return out.getvalue()
