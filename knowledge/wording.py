"""The sentences of wording.yml, by key."""

from __future__ import annotations

from functools import cache

from knowledge.library import ROOT, read_yaml


@cache
def _sentences() -> dict[str, str]:
    return {str(key): str(text) for key, text in read_yaml(ROOT / "wording.yml").items()}


def say(key: str, **values: str) -> str:
    """The sentence with its names filled in.

    Raises:
        KeyError: there is no such sentence, or a name was not given.
    """
    return _sentences()[key].format(**values)


def say_or(key: str, otherwise: str) -> str:
    """The sentence, or another when there is none with this key."""
    return _sentences().get(key, otherwise)
