"""Loads all files into one `Library`, and says in plain sentences what is wrong with a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from knowledge.models import Amount, Article, Consent, Fact, Municipality, Partner, Place, Record
from knowledge.planning.graph import Graph
from knowledge.planning.steps import Step

ROOT = Path(__file__).parent

YAML_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INSTEAD = {
    "missing": "add it",
    "extra_forbidden": "remove it, or correct its spelling",
    "enum": "write {expected}",
    "literal_error": "write {expected}",
    "string_pattern_mismatch": "write lower-case letters, digits and hyphens, like rental-deposit",
    "url_parsing": "write a whole address that starts with https://",
    "date_from_datetime_parsing": 'write a day like "2026-11-21"',
    "date_parsing": 'write a day like "2026-11-21"',
    "too_short": "write at least {min_length}",
    "too_long": "write at most {max_length}",
    "string_too_short": "write at least {min_length} characters",
    "string_too_long": "write at most {max_length} characters",
    "bool_parsing": "write true or false",
    "float_parsing": "write a plain number, without currency or thousands sign",
    "tuple_type": "write a list, one item a line, each after a hyphen",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that an editor must mend."""

    file: str
    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.field}: {self.text}"


class KnowledgeError(Exception):
    """Files that cannot be used; `problems` names each file, field and what to write instead."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Library:
    """Everything that was read from the folder ``root``, by id. Nothing in it changes after loading."""

    articles: Mapping[str, Article]
    amounts: Mapping[str, Amount]
    places: Mapping[str, Place]
    municipalities: Mapping[str, Municipality]
    consents: Mapping[str, Consent]
    steps: Mapping[str, Step] = field(default_factory=dict)
    partners: Mapping[str, Partner] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    root: Path = ROOT

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """All facts by id."""
        return {f.id: f for a in self.articles.values() for f in a.facts if isinstance(f, Fact)}

    @cached_property
    def graph(self) -> Graph:
        """The steps, and which wait for which."""
        return Graph(self.steps)

    def file_of(self, article_id: str) -> str:
        """Path of an article's file, for messages."""
        return self.files.get(article_id, article_id)

    def place_for(self, role: str, municipality: str | None) -> Place | None:
        """The place that has this role or id in this town, else the one for every town.

        Without a town, a role that only one town has (Ghent's migration office) leads there, but a town hall never
        does. A person whose town is known is not sent to the desk of another one.
        """
        found = [p for p in self.places.values() if role in p.roles or role == p.id]
        local = [p for p in found if municipality is not None and p.municipality == municipality]
        general = [p for p in found if p.municipality is None or (municipality is None and p.id == role)]
        only = found if municipality is None and role != "town-hall" and len(found) == 1 else []
        return next(iter(local + general + only), None)


def _sentence(error: Mapping[str, Any]) -> str:
    kind, context = str(error["type"]), dict(error.get("ctx") or {})
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    instead = _INSTEAD.get(kind)
    text = str(error["msg"])
    return f"{text}; {instead.format(**context)}" if instead else text


def problems_of(error: ValidationError, file: str) -> Iterator[Problem]:
    """Turns a validation error into one sentence for each field."""
    for item in error.errors(include_url=False):
        where = [str(part) for part in item["loc"] if part not in ("written-out", "named")]
        yield Problem(file, ".".join(where) or "whole file", _sentence(item))


def parse_yaml(text: str) -> Any:
    """The content of a YAML text.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    return yaml.load(text, Loader=YAML_LOADER)  # noqa: S506  (a safe loader)


def read_yaml(path: Path) -> Any:
    """The content of one YAML file.

    Raises:
        KnowledgeError: it is not YAML; the message gives the line.
    """
    try:
        return parse_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "whole file"
        text = "not valid YAML; put texts that contain ': ' or start with a sign between quotes"
        raise KnowledgeError([Problem(str(path), line, text)]) from None


def _read[R: Record](path: Path, kind: type[R], problems: list[Problem], root: Path) -> R | None:
    name = str(path.relative_to(root))
    try:
        return kind.model_validate(read_yaml(path))
    except ValidationError as error:
        problems.extend(problems_of(error, name))
    except KnowledgeError as error:
        problems.extend(Problem(name, p.field, p.text) for p in error.problems)
    return None


def _folder[R: Record](
    root: Path, name: str, kind: type[R], problems: list[Problem], files: dict[str, str]
) -> dict[str, R]:
    found: dict[str, R] = {}
    for path in sorted((root / name).rglob("*.yml")):
        if path.name == "municipalities.yml":
            continue
        record = _read(path, kind, problems, root)
        if record is None:
            continue
        key = str(getattr(record, "id", None) or getattr(record, "purpose", ""))
        relative = str(path.relative_to(root))
        if path.stem != key:
            problems.append(Problem(relative, "id", f"is {key!r}; rename the file to {key}.yml or correct the id"))
        if key in found:
            problems.append(Problem(relative, "id", f"{key!r} is already used by {files[key]}; choose another"))
        found[key] = record
        if kind is Article:
            files[key] = relative
    return found


def _municipalities(root: Path, problems: list[Problem]) -> dict[str, Municipality]:
    path = root / "places" / "municipalities.yml"
    found: dict[str, Municipality] = {}
    for number, item in enumerate(read_yaml(path) if path.exists() else []):
        try:
            town = Municipality.model_validate(item)
        except ValidationError as error:
            problems.extend(
                Problem(p.file, f"{number}.{p.field}", p.text) for p in problems_of(error, "places/municipalities.yml")
            )
        else:
            found[town.id] = town
    return found


def read(root: Path = ROOT) -> tuple[Library, list[Problem]]:
    """Reads every file that can be read, and lists what is wrong with the others."""
    problems: list[Problem] = []
    files: dict[str, str] = {}
    library = Library(
        articles=_folder(root, "articles", Article, problems, files),
        amounts=_folder(root, "amounts", Amount, problems, {}),
        places=_folder(root, "places", Place, problems, {}),
        municipalities=_municipalities(root, problems),
        consents=_folder(root, "consents", Consent, problems, {}),
        steps=_folder(root, "steps", Step, problems, {}),
        partners=_folder(root, "partners", Partner, problems, {}),
        files=files,
        root=root,
    )
    return library, problems


def load(root: Path = ROOT) -> Library:
    """Loads a whole knowledge folder.

    Raises:
        KnowledgeError: a file cannot be used; every problem is named at once.
    """
    library, problems = read(root)
    if problems:
        raise KnowledgeError(problems)
    return library
