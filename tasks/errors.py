"""A problem that ends a task with one sentence instead of a traceback."""

from __future__ import annotations

import errno
from pathlib import Path

_FULL_DISK = ("no space left on device", "database or disk is full", "disk quota exceeded", "os error 28")
_NO_NETWORK = (
    "dns error",
    "temporary failure in name resolution",
    "name or service not known",
    "network is unreachable",
    "newconnectionerror",
    "failed to establish a new connection",
    "error sending request",
    "could not connect",
    "connection refused",
    "failed to fetch",
    "could not resolve",
    "eai_again",
    "enotfound",
    "econnrefused",
    "etimedout",
)


class Problem(Exception):
    """Something the person at the keyboard can act on. Its text is the sentence that is shown."""


class CommandFailed(Problem):
    """A command ended with an error; keeps what it said."""

    def __init__(self, sentence: str, output: str = "", code: int = 1) -> None:
        super().__init__(sentence)
        self.output = output
        self.code = code


def full_disk(where: Path) -> str:
    """The sentence for a disk without room."""
    return f"The disk that holds {where} is full: make room there and start again; nothing that worked before was lost."


def diagnose(output: str, where: Path, installing: bool = False) -> str | None:
    """Recognise the two causes that a person can mend: no room and, while installing, no network."""
    lowered = output.lower()
    if any(sign in lowered for sign in _FULL_DISK):
        return full_disk(where)
    if installing and any(sign in lowered for sign in _NO_NETWORK):
        return "The package index cannot be reached: check this machine's connection (or proxy) and start again."
    return None


def is_full_disk(error: OSError) -> bool:
    """Whether the system refused because there is no room."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
