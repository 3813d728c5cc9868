"""The approved messages of templates.yml: what may be sent to somebody who has not written for 24 hours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from pydantic import Field as Setting
from pydantic import model_validator

from knowledge.library import ROOT, read_yaml
from knowledge.models import Record

LONGEST = 1024  # of the whole text, values filled in
_PLACE = re.compile(r"\{(\d+)\}")
_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_HIDDEN = re.compile(r"[\x00-\x1f\x7f]")


class BadValues(Exception):
    """Values cannot be filled in. ``sentences`` say to people which and why."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = tuple(sentences)


class Field(Record):
    """What is filled in at one place of a template. ``longest``: in characters."""

    key: str = Setting(pattern=r"^[a-z][a-z_]*$")
    label: str = Setting(min_length=1)
    example: str = Setting(min_length=1)
    longest: int = Setting(ge=1, le=LONGEST)


class Template(Record):
    """A message that Meta approved under ``name`` in ``language``, as what ``category`` says.

    ``title`` names it at the desk; ``body`` has a place like `{1}` for each of the ``fields``, in their order;
    ``needs_agreement``: only for somebody who agreed to be written to first.
    """

    id: str = Setting(pattern=r"^[a-z][a-z-]*$")
    name: str = Setting(pattern=r"^[a-z0-9_]{1,512}$")
    language: str = Setting(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")
    category: Literal["utility", "marketing"]
    title: str = Setting(min_length=1)
    body: str = Setting(min_length=1)
    needs_agreement: bool
    fields: tuple[Field, ...]

    @model_validator(mode="after")
    def _can_be_approved(self) -> Template:
        """Meta refuses places out of order, side by side, or at either end, and a text that may become too long."""
        places = [int(number) for number in _PLACE.findall(self.body)]
        if places != list(range(1, len(self.fields) + 1)):
            raise ValueError("the places of the body must be {1}, {2} and so on, one for each field, in order")
        if re.search(r"^\{\d|\d\}$|\}\s*\{", self.body):
            raise ValueError("the body must not begin or end with a place, nor have two side by side")
        if len(_PLACE.sub("", self.body)) + sum(field.longest for field in self.fields) > LONGEST:
            raise ValueError(f"the body could become longer than {LONGEST} characters")
        if len({field.key for field in self.fields}) != len(self.fields):
            raise ValueError("two fields have the same key")
        try:
            fill(self, {field.key: field.example for field in self.fields})
        except BadValues as problem:
            raise ValueError(f"an example: {problem}") from None
        return self


@cache
def templates() -> tuple[Template, ...]:
    """All templates, in the order of the file."""
    return tuple(Template.model_validate(item) for item in read_yaml(ROOT / "templates.yml"))


def get(template_id: str) -> Template:
    """The template with this id.

    Raises:
        KeyError: there is none.
    """
    for template in templates():
        if template.id == template_id:
            return template
    raise KeyError(template_id)


def fill(template: Template, values: Mapping[str, str]) -> str:
    """The whole text, as the person will read it. ``values``: by the key of the field.

    Raises:
        BadValues: some are missing, too long, or written in a way that WhatsApp refuses.
    """
    cleaned = ordered(template, values)
    return _PLACE.sub(lambda place: cleaned[int(place[1]) - 1], template.body)


def ordered(template: Template, values: Mapping[str, str]) -> list[str]:
    """The values in the order of the places, without spaces around them.

    Raises:
        BadValues: as `fill`.
    """
    cleaned = [values.get(field.key, "").strip() for field in template.fields]
    sentences = [s for field, value in zip(template.fields, cleaned, strict=True) for s in _problems(field, value)]
    if sentences:
        raise BadValues(sentences)
    return cleaned


def delivery(template: Template, values: Mapping[str, str]) -> dict[str, Any]:
    """What the outbox keeps of it.

    Raises:
        BadValues: as `fill`.
    """
    return {"name": template.name, "language": template.language, "values": ordered(template, values)}


def _problems(field: Field, value: str) -> Iterator[str]:
    if not value:
        yield f"Please fill in “{field.label}”."
        return
    if len(value) > field.longest:
        yield f"“{field.label}” is too long: at most {field.longest} characters, now {len(value)}."
    if _BREAKS.search(value):
        yield f"Please write “{field.label}” on one line, without tabs."
    elif _HIDDEN.search(value):
        yield f"“{field.label}” holds a sign that cannot be shown. Please type it again."
    if " " * 5 in value:
        yield f"“{field.label}” has more than four spaces in a row. Please take some out."
