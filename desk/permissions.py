"""Who may do what at the desk: the one table that decides. A route names the action it is (`access.needs`).

``ALLOWED`` says which role may do what; ``OWN_TEAMS_ONLY`` for which roles that ends at the conversations and dossiers
of their own teams. What belongs to no team is everybody's.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum, StrEnum, auto

from dossiers.models import Role


class Action(StrEnum):
    """What can be done at the desk."""

    OWN_ACCOUNT = auto()
    QUEUE_SEE = auto()
    CONVERSATION_READ = auto()
    CONVERSATION_SPEAK = auto()
    CONVERSATION_ASSIGN = auto()
    NOTE_WRITE = auto()
    CANNED_EDIT = auto()
    TASK_EDIT = auto()
    FAILURES_HANDLE = auto()
    DOSSIER_READ = auto()
    DOSSIER_EDIT = auto()
    DOSSIER_MERGE = auto()
    DOCUMENT_READ = auto()
    KNOWLEDGE_READ = auto()
    KNOWLEDGE_EDIT = auto()
    KNOWLEDGE_SUGGEST = auto()
    TEAMS_EDIT = auto()
    HOURS_EDIT = auto()
    ACCOUNTS_EDIT = auto()
    TALENT_SEARCH = auto()
    REGISTER_SEE = auto()
    AUDIT_SEE = auto()
    RETENTION_RUN = auto()
    RIGHTS_HANDLE = auto()


class Reach(Enum):
    """How far an action goes."""

    NOWHERE = auto()
    OWN_TEAMS = auto()
    EVERYWHERE = auto()


_WORK = frozenset(
    {
        Action.QUEUE_SEE,
        Action.CONVERSATION_READ,
        Action.CONVERSATION_SPEAK,
        Action.CONVERSATION_ASSIGN,
        Action.NOTE_WRITE,
        Action.TASK_EDIT,
        Action.FAILURES_HANDLE,
        Action.DOSSIER_READ,
        Action.DOSSIER_EDIT,
        Action.DOSSIER_MERGE,
        Action.DOCUMENT_READ,
        Action.KNOWLEDGE_READ,
        Action.KNOWLEDGE_SUGGEST,
    }
)
ALLOWED: dict[Role, frozenset[Action]] = {
    Role.AGENT: _WORK,
    Role.EDITOR: frozenset({Action.KNOWLEDGE_READ, Action.KNOWLEDGE_EDIT}),
    Role.COORDINATOR: _WORK | {Action.CANNED_EDIT, Action.HOURS_EDIT, Action.TEAMS_EDIT},
    Role.ADMINISTRATOR: frozenset({Action.ACCOUNTS_EDIT, Action.TEAMS_EDIT, Action.HOURS_EDIT}),
    Role.PARTNER: frozenset({Action.TALENT_SEARCH}),
    Role.PRIVACY_OFFICER: frozenset(
        {
            Action.REGISTER_SEE,
            Action.AUDIT_SEE,
            Action.RETENTION_RUN,
            Action.RIGHTS_HANDLE,
        }
    ),
}
EVERYBODY = frozenset({Action.OWN_ACCOUNT})
OWN_TEAMS_ONLY = frozenset({Role.AGENT})


def reach(roles: Collection[Role], action: Action) -> Reach:
    """How far somebody with these roles may go with an action."""
    if action in EVERYBODY:
        return Reach.EVERYWHERE
    able = [role for role in roles if action in ALLOWED[role]]
    if not able:
        return Reach.NOWHERE
    return Reach.OWN_TEAMS if OWN_TEAMS_ONLY.issuperset(able) else Reach.EVERYWHERE


def may(roles: Collection[Role], action: Action) -> bool:
    """Whether somebody with these roles may do it at all."""
    return reach(roles, action) is not Reach.NOWHERE


def may_in(roles: Collection[Role], teams: Collection[str], action: Action, team_id: str | None) -> bool:
    """Whether they may do it with something of this team. ``teams``: their own; ``team_id`` None: of no team."""
    how_far = reach(roles, action)
    return how_far is Reach.EVERYWHERE or (how_far is Reach.OWN_TEAMS and (team_id is None or team_id in teams))
