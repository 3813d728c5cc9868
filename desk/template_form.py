"""Approved templates on the desk: which are offered, and one that is being filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desk.reading.reach import Free, Window
from knowledge import templates
from knowledge.templates import BadValues, Template

_PLACE = re.compile(r"\{(\d+)\}")
NAMED = "value-"  # what the names of the form's fields begin with


@dataclass(frozen=True, slots=True)
class Chosen:
    """A template that is being filled in. ``text``: what the person would read, once all values are good;
    ``problems``: what must be mended first."""

    template: Template
    values: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    problems: Sequence[str] = ()

    @property
    def with_gaps(self) -> str:
        """The template's text with the name of each field in its place."""
        return _PLACE.sub(lambda place: f"[{self.template.fields[int(place[1]) - 1].label}]", self.template.body)

    def delivery(self) -> dict[str, Any]:
        """What the outbox keeps of it.

        Raises:
            BadValues: the values cannot be filled in.
        """
        return templates.delivery(self.template, self.values)


def allowed(template: Template, window: Window) -> bool:
    """Whether this template may go to this person now."""
    return window.takes_templates and (window.agreed or not template.needs_agreement)


def offered(window: Window) -> Sequence[Template]:
    """The templates to choose from; none while words of one's own reach the person."""
    if window.free is not Free.CLOSED:
        return ()
    return [template for template in templates.templates() if allowed(template, window)]


def chosen(template_id: str) -> Chosen | None:
    """A template to fill in; None when there is none with this id."""
    try:
        return Chosen(templates.get(template_id))
    except KeyError:
        return None


def filled(template_id: str, fields: Mapping[str, str]) -> Chosen | None:
    """A template as its form was sent; None when there is none with this id."""
    if (start := chosen(template_id)) is None:
        return None
    values = {each.key: fields.get(f"{NAMED}{each.key}", "") for each in start.template.fields}
    try:
        return Chosen(start.template, values, templates.fill(start.template, values))
    except BadValues as problem:
        return Chosen(start.template, values, problems=problem.sentences)
