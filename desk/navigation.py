"""The desk's main pages, in the order of its menu."""

from __future__ import annotations

from collections.abc import Callable

from desk.permissions import Action

PAGES = (
    ("/", "Queue", Action.QUEUE_SEE),
    ("/tasks", "Tasks", Action.TASK_EDIT),
    ("/dossiers", "Dossiers", Action.DOSSIER_READ),
    ("/search", "Search", Action.CONVERSATION_READ),
    ("/knowledge", "Knowledge", Action.KNOWLEDGE_READ),
    ("/prepared", "Prepared answers", Action.CONVERSATION_SPEAK),
    ("/set-aside", "Set aside", Action.FAILURES_HANDLE),
    ("/talent", "Talent", Action.TALENT_SEARCH),
    ("/accounts", "Accounts", Action.ACCOUNTS_EDIT),
    ("/teams", "Teams", Action.TEAMS_EDIT),
    ("/hours", "Office hours", Action.HOURS_EDIT),
    ("/privacy", "Privacy", Action.REGISTER_SEE),
    ("/partners", "Partners", Action.ACCOUNTS_EDIT),
    ("/audit", "Audit log", Action.AUDIT_SEE),
)
MOST, SHOWN = 7, 5


def entries(may: Callable[[Action], bool]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Address and title of the pages that somebody may see: those that always show, and those under “More”."""
    own = [(address, title) for address, title, action in PAGES if may(action)]
    return (own, []) if len(own) <= MOST else (own[:SHOWN], own[SHOWN:])


def home(may: Callable[[Action], bool]) -> str:
    """The address of the first page that somebody may see: where they land after logging in."""
    return next((address for address, _, action in PAGES if may(action)), "/account")
