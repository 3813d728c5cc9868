"""Renders templates. Escaping is always on, and a name that is missing is an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from desk import access, formats, labels, navigation
from desk.permissions import Action
from desk.reading import delivery
from desk.services import PREFIX, DeskServices

TEMPLATES = Path(__file__).parent / "templates"

environment = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
environment.filters |= {
    "moment": formats.moment,
    "whole_moment": formats.whole_moment,
    "waited": formats.waited,
    "rich": formats.rich,
    "reflowed": formats.reflowed,
    "shortened": formats.shortened,
    "web_address": formats.web_address,
    "day": formats.day,
    "days": formats.days,
    "diff_lines": formats.diff_lines,
    "delivery": delivery.in_words,
    "again_at": delivery.again_at,
}
environment.globals |= {"desk": PREFIX, "labels": labels, "Action": Action, "navigation": navigation.entries}


def _nobody_may(_: Action) -> bool:
    return False


def fragment(name: str, desk: DeskServices, who: access.SignedIn | None, **values: Any) -> str:
    """A part of a page, for a stream or for htmx."""
    return environment.get_template(name).render(
        now=desk.clock(),
        me=who.agent if who else None,
        may=who.may if who else _nobody_may,
        csrf=who.csrf if who else "",
        **values,
    )


def page(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page for the agent of the request."""
    who: access.SignedIn | None = getattr(request.state, "signed_in", None)
    return HTMLResponse(fragment(name, access.services(request), who, path=request.url.path, **values), status)
