"""Renders the templates. Escaping is always on, and a name that is missing is an error."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from channels.mydata.links import PREFIX
from channels.ticket.links import PREFIX as PLAN
from knowledge.figures import BELGIUM

ROOM = Path(__file__).parent
STATIC = ROOM / "static"

environment = Environment(
    loader=FileSystemLoader(ROOM / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def day(value: dt.date) -> str:
    """A day as people write it; of a moment, the day in Belgium."""
    found = value.astimezone(BELGIUM).date() if isinstance(value, dt.datetime) else value
    return f"{found.day} {found:%B %Y}"


def moment(value: dt.datetime) -> str:
    """A day and the time in Belgium."""
    return f"{day(value)}, {value.astimezone(BELGIUM):%H:%M}"


environment.filters |= {"day": day, "moment": moment}
environment.globals |= {"prefix": PREFIX, "plan_prefix": PLAN}


def page(name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page."""
    return HTMLResponse(environment.get_template(name).render(**values), status)
