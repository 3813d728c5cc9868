"""Who works with whom."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from dossiers.database import Base, UtcDateTime
from dossiers.models.ids import new_id


class Team(Base):
    """Colleagues who serve some municipalities. ``municipalities``: slugs; ``catch_all``: serves those of no team."""

    __tablename__ = "teams"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    municipalities: Mapped[list[str]] = mapped_column(JSON, default=list)
    catch_all: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class TeamMember(Base):
    """That an agent belongs to a team."""

    __tablename__ = "team_members"

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True, index=True)
