"""Whom a note names with `@login`, and who of them may read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import permissions
from desk.permissions import Action
from dossiers import teams
from dossiers.models import Agent, Role

_NAMED = re.compile(r"(?<![\w.@])@([\w.+-]+(?:@[\w-]+(?:\.[\w-]+)+)?)")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Colleagues who are told, logins that nobody has, and colleagues who may not see the conversation."""

    told: Sequence[Agent] = ()
    unknown: Sequence[str] = ()
    kept_out: Sequence[str] = ()

    @property
    def remark(self) -> str:
        """What the writer should know; empty when everybody was told."""
        parts = [f"Nobody here has the login @{login}." for login in self.unknown]
        parts += [f"@{login} may not see this conversation and was not told." for login in self.kept_out]
        return " ".join(parts)


def mentioned(session: Session, text: str, team_id: str | None) -> Mentioned:
    """Everybody whom a note about a conversation of this team names."""
    told, unknown, kept_out = [], [], []
    for login in dict.fromkeys(found.rstrip(".-").casefold() for found in _NAMED.findall(text)):
        agent = session.scalars(select(Agent).where(Agent.login == login, Agent.active)).first()
        if agent is None:
            unknown.append(login)
        elif may_read(session, agent, team_id):
            told.append(agent)
        else:
            kept_out.append(login)
    return Mentioned(told, unknown, kept_out)


def may_read(session: Session, agent: Agent, team_id: str | None) -> bool:
    """Whether an agent may read conversations of this team."""
    roles = [Role(role) for role in agent.roles if role in Role]
    return permissions.may_in(roles, teams.teams_of(session, agent.id), Action.CONVERSATION_READ, team_id)
