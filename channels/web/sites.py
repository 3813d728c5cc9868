"""What a municipality decides about the chat on its site: one file each in `sites/`, checked when it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, HttpUrl, ValidationError, field_validator

from knowledge.library import KnowledgeError, Problem, problems_of, read_yaml
from knowledge.models import Record

ROOT = Path(__file__).parent / "sites"
DEFAULT = "default"
_SLUG = re.compile(r"[a-z-]{2,60}")
_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")

Line = Annotated[str, Field(min_length=1, max_length=200)]
Label = Annotated[str, Field(min_length=1, max_length=40)]


class PoweredBy(Record):
    """The line below the chat that says who runs it."""

    text: Line
    url: HttpUrl | None = None


class Privacy(Record):
    """A sentence about what is kept, and the whole notice."""

    text: Annotated[str, Field(min_length=1, max_length=600)] | None = None
    url: HttpUrl | None = None


class SiteConsent(Record):
    """What a person agrees to before the first message. A changed text needs a new version."""

    version: Annotated[str, Field(min_length=1, max_length=20)]
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    agree: Label
    decline: Label


class Site(Record):
    """The decisions of one municipality. ``origins`` empty: every site that ALLOWED_ORIGINS lets in."""

    name: Line
    origins: tuple[str, ...] = ()
    powered_by: PoweredBy | None = None
    privacy: Privacy = Privacy()
    consent: SiteConsent | None = None
    theme: Literal["neutral", "ghent", "flanders"] | None = None
    languages: tuple[str, ...] = ("en",)

    @field_validator("origins")
    @classmethod
    def _origins(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(normal_origin(origin) for origin in given)

    @field_validator("languages")
    @classmethod
    def _languages(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not given or len(set(given)) < len(given) or not all(re.fullmatch("[a-z]{2}", code) for code in given):
            raise ValueError("write the two letters of at least one language, like [en, nl], each once")
        return given

    def admits(self, origin: str | None) -> bool:
        """Whether a page of this origin may show the chat. A request without an origin comes from no page."""
        return origin is None or not self.origins or origin.lower() in self.origins


def normal_origin(origin: str) -> str:
    """An origin as browsers send it.

    Raises:
        ValueError: it is no origin.
    """
    problem = f"write only scheme and host of each site, like https://www.example.org (not {origin})"
    try:
        parts = urlsplit(origin.removesuffix("/").lower())
        port, host = parts.port, parts.netloc.removesuffix(f":{parts.port}")
    except ValueError:
        raise ValueError(problem) from None
    if parts.scheme not in ("http", "https") or parts.path or parts.query or parts.fragment:
        raise ValueError(problem)
    if not _HOST.fullmatch(host):
        raise ValueError(problem)
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


class Sites:
    """All sites, read once.

    Raises:
        KnowledgeError: a file cannot be used; every problem names file and field.
    """

    def __init__(self, folder: Path = ROOT) -> None:
        self._sites: dict[str, Site] = {}
        problems: list[Problem] = []
        for path in sorted(folder.glob("*.yml")):
            try:
                self._sites[path.stem] = _read(path)
            except KnowledgeError as error:
                problems += error.problems
        if DEFAULT not in self._sites and not problems:
            problems.append(Problem(f"{DEFAULT}.yml", "whole file", "add it: it holds for every town without a file"))
        if problems:
            raise KnowledgeError(problems)

    def of(self, municipality: str | None) -> Site:
        """The site of a municipality, or what holds for all others."""
        return self._sites.get(municipality or DEFAULT, self._sites[DEFAULT])

    def knows(self, municipality: str) -> bool:
        """Whether a municipality has a file of its own."""
        return municipality != DEFAULT and municipality in self._sites

    def origins(self) -> Iterator[str]:
        """Every origin that some municipality names."""
        return (origin for site in self._sites.values() for origin in site.origins)


def _read(path: Path) -> Site:
    if not _SLUG.fullmatch(path.stem):
        text = "name the file after the municipality, in lower-case letters and hyphens"
        raise KnowledgeError([Problem(path.name, "whole file", text)])
    try:
        return Site.model_validate(read_yaml(path))
    except ValidationError as error:
        raise KnowledgeError(problems_of(error, path.name)) from None
