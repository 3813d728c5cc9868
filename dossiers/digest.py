"""What agents are told by mail: how many people wait, for how long, and the nearest legal day. Never who, never what.

A mail goes out at most every so many minutes, while the team is there, and only when it has something new to tell. A
subscription is claimed before its mail is sent. When a sender dies in between, that mail is not sent a second time:
nobody knows whether it went, and the next one tells the same people.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, or_, select, true, update
from sqlalchemy.orm import Session

from dossiers import handovers, hours, teams
from dossiers.models import Agent, Conversation, DigestSubscription, Handover, Role
from knowledge.wording import say

EVERY = (15, 30, 60, 120, 240)
SENDING = dt.timedelta(minutes=5)
LOOK_AGAIN = dt.timedelta(minutes=1)
PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
# The nearest open legal day of each of these people; who has none is left out.
NearestDays = Callable[[Session, set[str]], Mapping[str, dt.date]]


@dataclass(frozen=True, slots=True)
class Digest:
    """What a mail tells. ``key``: its newest request; only a newer one is told again. Empty: nobody waits."""

    waiting: int
    messages: int
    since: dt.datetime | None
    deadline: dt.date | None
    key: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that was claimed. ``id``: of the subscription; ``message_id``: the same for the same content."""

    id: str
    address: str
    digest: Digest
    message_id: str
    until: dt.datetime


def current(session: Session, which: ColumnElement[bool], nearest: NearestDays) -> Digest:
    """Who waits now, in numbers. ``which``: the conversations it is about."""
    found = session.execute(
        select(Handover.id, Handover.requested_at, Handover.message_left_at, Conversation.person_id)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(Handover.closed_at.is_(None), handovers.waits(), which)
        .order_by(Handover.id)
    ).all()
    days = nearest(session, {row.person_id for row in found})
    return Digest(
        waiting=len(found),
        messages=sum(row.message_left_at is not None for row in found),
        since=min((row.requested_at for row in found), default=None),
        deadline=min(days.values(), default=None),
        key=str(found[-1].id) if found else "",
    )


def concerned(session: Session, subscription: DigestSubscription) -> ColumnElement[bool]:
    """The conversations that a subscription is about: those that its agent sees in the queue."""
    agent = session.get_one(Agent, subscription.agent_id)
    own = teams.teams_of(session, agent.id)
    sees_all = Role.COORDINATOR in agent.roles
    if subscription.team_id is not None and (sees_all or subscription.team_id in own):
        return Conversation.team_id == subscription.team_id
    return true() if sees_all else or_(Conversation.team_id.is_(None), Conversation.team_id.in_(own))


def due(session: Session, now: dt.datetime) -> list[str]:
    """The subscriptions to look at now, of agents who still answer people."""
    statement = (
        select(DigestSubscription.id, Agent.roles)
        .join(Agent, Agent.id == DigestSubscription.agent_id)
        .where(Agent.active.is_(True), DigestSubscription.due_at <= now, _free(now))
        .order_by(DigestSubscription.due_at)
    )
    return [found for found, roles in session.execute(statement) if not teams.SERVING.isdisjoint(roles)]


def claim(session: Session, subscription_id: str, nearest: NearestDays, now: dt.datetime) -> Mail | None:
    """The mail to send for a subscription, taken by this sender alone; None when there is nothing new to tell."""
    until = now + SENDING
    if not _change(session, subscription_id, [DigestSubscription.due_at <= now, _free(now)], sending_until=until):
        return None
    subscription = session.get_one(DigestSubscription, subscription_id, populate_existing=True)
    found = current(session, concerned(session, subscription), nearest)
    told = not found.key or int(found.key) <= int(subscription.last_key or 0)
    if told or not hours.open_now(session, subscription.team_id, now):
        subscription.sending_until, subscription.due_at = None, now + LOOK_AGAIN
        return None
    # written before it is sent: whatever happens to this sender, nobody sends the same again
    subscription.last_key, subscription.attempts = found.key, subscription.attempts + 1
    subscription.due_at = now + dt.timedelta(minutes=subscription.every_minutes)
    session.flush()
    mark = hashlib.sha256(f"{subscription_id} {found.key}".encode()).hexdigest()[:32]
    return Mail(subscription_id, subscription.address, found, mark, until)


def sent(session: Session, mail: Mail, now: dt.datetime) -> bool:
    """The mail went out. False when the claim was over."""
    values = {"sending_until": None, "last_sent_at": now, "attempts": 0}
    return _change(session, mail.id, [DigestSubscription.sending_until == mail.until], **values)


def not_sent(session: Session, mail: Mail, now: dt.datetime) -> bool:
    """The mail surely did not go out: it is tried again, later each time. False when the claim was over."""
    subscription = session.get(DigestSubscription, mail.id)
    if subscription is None:
        return False
    pause = PAUSES[min(max(subscription.attempts, 1), len(PAUSES)) - 1]
    values = {"sending_until": None, "last_key": "", "due_at": now + pause}
    return _change(session, mail.id, [DigestSubscription.sending_until == mail.until], **values)


def _free(now: dt.datetime) -> ColumnElement[bool]:
    return or_(DigestSubscription.sending_until.is_(None), DigestSubscription.sending_until < now)


def _change(session: Session, subscription_id: str, allowed: list[ColumnElement[bool]], **values: Any) -> bool:
    statement = update(DigestSubscription).where(DigestSubscription.id == subscription_id, *allowed).values(**values)
    result = cast("CursorResult[Any]", session.execute(statement, execution_options={"synchronize_session": "fetch"}))
    return result.rowcount == 1


def of_agent(session: Session, agent_id: str) -> DigestSubscription | None:
    """An agent's own subscription."""
    return session.scalars(select(DigestSubscription).where(DigestSubscription.agent_id == agent_id)).first()


def subscribe(
    session: Session, agent_id: str, address: str, team_id: str | None, every_minutes: int, now: dt.datetime
) -> DigestSubscription:
    """Subscribes an agent, or changes what they get.

    Raises:
        ValueError: this pause cannot be chosen.
    """
    if every_minutes not in EVERY:
        raise ValueError(every_minutes)
    found = of_agent(session, agent_id)
    if found is None:
        found = DigestSubscription(agent_id=agent_id, created_at=now)
        session.add(found)
    found.address, found.team_id, found.every_minutes, found.due_at = address, team_id, every_minutes, now
    found.last_key, found.attempts = "", 0
    session.flush()
    return found


def unsubscribe(session: Session, agent_id: str) -> bool:
    """Ends an agent's subscription and forgets the address. False when there was none."""
    found = of_agent(session, agent_id)
    if found is not None:
        session.delete(found)
    return found is not None


def written(digest: Digest, desk: str, now: dt.datetime) -> tuple[str, str]:
    """Subject and text of a mail. ``desk``: the address of the desk."""
    subject = say("digest_subject_one") if digest.waiting == 1 else say("digest_subject", count=str(digest.waiting))
    lines = [subject + "."]
    if digest.messages:
        lines.append(say("digest_messages", count=str(digest.messages)))
    if digest.since is not None:
        lines.append(say("digest_longest", wait=_length(now - digest.since)))
    if digest.deadline is not None:
        lines.append(say("digest_deadline", day=f"{digest.deadline.day} {digest.deadline:%B %Y}"))
    lines += ["", say("digest_open", url=f"{desk}/"), "", say("digest_end", url=f"{desk}/digest")]
    return subject, "\n".join(lines) + "\n"


def _length(wait: dt.timedelta) -> str:
    minutes = max(1, int(wait.total_seconds() // 60))
    if minutes < 60:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    number, word = (minutes // 60, "hour") if minutes < 48 * 60 else (minutes // (24 * 60), "day")
    return f"1 {word}" if number == 1 else f"{number} {word}s"
