"""Who may speak. Every change is one compare-and-set statement, so that two can never have the floor at once.

bot ──request──▶ queue ──take──▶ agent ──close──▶ bot
 ▲                 │  ▲            │
 └──── resume ─────┘  └── lapse ───┘      (or give back; an agent may also take the floor from the bot)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import Session

from dossiers.models import Conversation, Speaker

LEASE = dt.timedelta(minutes=30)
_GOES_ON = Conversation.ended_at.is_(None)


def _change(session: Session, conversation_id: str, allowed: Sequence[ColumnElement[bool]], **values: Any) -> bool:
    statement = update(Conversation).where(Conversation.id == conversation_id, *allowed).values(**values)
    result = cast("CursorResult[Any]", session.execute(statement, execution_options={"synchronize_session": "fetch"}))
    return result.rowcount == 1


def request(session: Session, conversation_id: str) -> bool:
    """From the bot to the queue. False when people have it already, or the person ended the chat."""
    return _change(session, conversation_id, [Conversation.speaker == Speaker.BOT, _GOES_ON], speaker=Speaker.QUEUE)


def resume(session: Session, conversation_id: str) -> bool:
    """From the queue back to the bot, as the person wishes. False when an agent speaks."""
    return _change(session, conversation_id, [Conversation.speaker == Speaker.QUEUE], speaker=Speaker.BOT)


def take(session: Session, conversation_id: str, agent_id: str, now: dt.datetime) -> bool:
    """To this agent, from the queue, the bot, or an agent whose lease is over. False when a colleague was first, or the
    person ended the chat."""
    free = (Conversation.speaker != Speaker.AGENT) | (Conversation.lease_until < now)
    values = {"speaker": Speaker.AGENT, "agent_id": agent_id, "lease_until": now + LEASE}
    return _change(session, conversation_id, [free, _GOES_ON], **values)


def renew(session: Session, conversation_id: str, agent_id: str, now: dt.datetime) -> bool:
    """Keeps the floor for another lease. False when this agent does not have it (any more): do not speak."""
    mine = [Conversation.speaker == Speaker.AGENT, Conversation.agent_id == agent_id]
    return _change(session, conversation_id, [*mine, Conversation.lease_until >= now], lease_until=now + LEASE)


def close(session: Session, conversation_id: str, agent_id: str) -> bool:
    """From this agent back to the bot."""
    mine = [Conversation.speaker == Speaker.AGENT, Conversation.agent_id == agent_id]
    return _change(session, conversation_id, mine, speaker=Speaker.BOT, agent_id=None, lease_until=None)


def give_back(session: Session, conversation_id: str, agent_id: str) -> bool:
    """From this agent to the queue, for a colleague."""
    mine = [Conversation.speaker == Speaker.AGENT, Conversation.agent_id == agent_id]
    values = {"speaker": Speaker.QUEUE, "agent_id": None, "lease_until": None}
    return _change(session, conversation_id, mine, **values)


def lapse(session: Session, now: dt.datetime) -> list[str]:
    """Gives conversations whose agent's lease is over back to the queue. Returns their ids."""
    over = [Conversation.speaker == Speaker.AGENT, Conversation.lease_until < now]
    lapsed = []
    for conversation_id in session.scalars(select(Conversation.id).where(*over)).all():
        values = {"speaker": Speaker.QUEUE, "agent_id": None, "lease_until": None}
        if _change(session, conversation_id, over, **values):
            lapsed.append(conversation_id)
    return lapsed
