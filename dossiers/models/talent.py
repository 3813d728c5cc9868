"""What partner organisations may look at, and what they asked."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dossiers.database import Base, UtcDateTime


class PartnerAccount(Base):
    """That an account of the desk belongs to a partner organisation. ``partner``: its id in the knowledge."""

    __tablename__ = "partner_accounts"

    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    partner: Mapped[str] = mapped_column(String(40), index=True)


class Introduction(Base):
    """That a partner asked to be introduced to a person. ``reason``: one of the codes of `dossiers.talent`."""

    __tablename__ = "introductions"
    __table_args__ = (Index("ix_introductions_partner_person_id", "partner", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partner: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
