"""The desk's main pages, in the order of its menu."""

from __future__ import annotations

from collections.abc import Callable

from desk.permissions import Action

PAGES = (
    ("/", "Queue", Action.QUEUE_SEE),
    ("/dossiers", "Dossiers", Action.DOSSIER_READ),
    ("/knowledge", "Knowledge", Action.KNOWLEDGE_READ),
    ("/set-aside", "Set aside", Action.FAILURES_HANDLE),
)


def entries(may: Callable[[Action], bool]) -> list[tuple[str, str]]:
    """Address and title of the pages that somebody may see."""
    return [(address, title) for address, title, action in PAGES if may(action)]


def home(may: Callable[[Action], bool]) -> str:
    """The address of the first page that somebody may see: where they land after logging in."""
    return next((address for address, _, action in PAGES if may(action)), "/account")
