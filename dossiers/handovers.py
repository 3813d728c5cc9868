"""Bringing in a person: request, take, reply, close.

The floor decides who may speak; this writes down what happened. `dossiers.choosing` is the person's side of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from dossiers import briefing, conversations, floor, plans, teams, waiting
from dossiers.conversations import Said
from dossiers.models import Agent, Choice, Conversation, Handover, Message, Sender, Speaker

LONGEST_SUMMARY = 2000
# Asked by somebody else than the person, or put down for later: going on with the assistant does not end these.
OTHERS_ASKED = frozenset({"risk"})
Wording = Callable[..., str]


class NotYours(Exception):
    """The agent does not have the floor (any more): a colleague took it, or the lease is over."""


def open_handover(session: Session, conversation_id: str) -> Handover | None:
    """The hand-over that is not closed yet."""
    statement = select(Handover).where(Handover.conversation_id == conversation_id, Handover.closed_at.is_(None))
    return session.scalars(statement.order_by(Handover.id.desc())).first()


def waits() -> ColumnElement[bool]:
    """Of a conversation: that people have to look at it. It is in the queue; or the assistant has the floor while a
    request stays open, because a message was left, nobody was there, or there is a risk."""
    # Two short lists by their indexes: a condition on every conversation would read them all, each time.
    queued, with_bot = aliased(Conversation), aliased(Conversation)
    in_queue = select(queued.id).where(queued.speaker == Speaker.QUEUE)
    open_requests = (
        select(with_bot.id)
        .join(Handover, Handover.conversation_id == with_bot.id)
        .where(Handover.closed_at.is_(None), with_bot.speaker == Speaker.BOT)
    )
    return Conversation.id.in_(in_queue.union_all(open_requests))


def request(session: Session, conversation: Conversation, reason: str, now: dt.datetime) -> bool:
    """Puts a conversation in the queue. False when it is with people already; then nothing changes."""
    if not floor.request(session, conversation.id):
        return False
    keep_open(session, conversation, reason, now)
    return True


def keep_open(
    session: Session, conversation: Conversation, reason: str, now: dt.datetime, *, risks: Iterable[str] = ()
) -> Handover:
    """The open request of a conversation, made when there is none; who has the floor stays as it is. A request that
    is open already keeps its place in the queue."""
    handover = open_handover(session, conversation.id)
    if handover is None:
        teams.route(session, conversation)
        handover = Handover(
            conversation_id=conversation.id,
            reason=reason,
            summary=briefing.summarise(session, conversation),
            requested_at=now,
            ahead=waiting.queue_length(session, conversation.team_id, now),
        )
        session.add(handover)
    handover.risks = [*(handover.risks or ()), *sorted(set(risks) - set(handover.risks or ()))]
    session.flush()
    return handover


def stays_open(handover: Handover) -> bool:
    """Whether people still have to look when the person goes on with the assistant."""
    return handover.message_left_at is not None or bool(handover.risks) or handover.reason in OTHERS_ASKED


def go_on_with_bot(session: Session, conversation: Conversation, wording: Wording, now: dt.datetime) -> bool:
    """Takes the conversation out of the queue, as the person wishes. A message that they left, and a risk, stay with
    the colleagues."""
    if not floor.resume(session, conversation.id):
        return False
    handover = open_handover(session, conversation.id)
    kept = handover is not None and stays_open(handover)
    if handover is not None:
        handover.choice, handover.chosen_at = Choice.ASSISTANT, now
        handover.closed_at = None if kept else now
    said = wording("back_to_bot_kept" if kept else "back_to_bot")
    conversations.add(session, conversation, Sender.SYSTEM, Said(said), now)
    return True


def take(session: Session, conversation: Conversation, agent: Agent, wording: Wording, now: dt.datetime) -> None:
    """Gives the floor to an agent and tells the person.

    Raises:
        NotYours: a colleague was first.
    """
    if not floor.take(session, conversation.id, agent.id, now):
        raise NotYours
    handover = open_handover(session, conversation.id)
    if handover is None:
        summary = briefing.summarise(session, conversation)
        handover = Handover(conversation_id=conversation.id, reason="agent", summary=summary, requested_at=now)
        session.add(handover)
    handover.taken_at, handover.agent_id = now, agent.id
    handover.first_taken_at = handover.first_taken_at or now
    said = Said(wording("agent_joined", name=agent.name), outcome="handed_over")
    conversations.add(session, conversation, Sender.SYSTEM, said, now)


def reply(
    session: Session,
    conversation: Conversation,
    agent: Agent,
    text: str,
    client_id: str | None,
    now: dt.datetime,
    *,
    template: dict[str, Any] | None = None,
) -> Message:
    """An agent's message. The same ``client_id`` again returns the first message and sends nothing,
    even when the floor is lost meanwhile. ``template``: the approved template to send instead of the text
    (`{"name", "language", "values"}`); the text is what it says.

    Raises:
        NotYours: the agent does not have the floor.
    """
    conversations.lock(session, conversation.id)
    if client_id is not None:
        statement = select(Message).where(Message.conversation_id == conversation.id, Message.client_id == client_id)
        if (earlier := session.scalars(statement.where(Message.agent_id == agent.id)).first()) is not None:
            return earlier
    if not floor.renew(session, conversation.id, agent.id, now):
        raise NotYours
    return conversations.add(
        session, conversation, Sender.AGENT, Said(text), now, agent_id=agent.id, client_id=client_id, template=template
    )


def close(
    session: Session, conversation: Conversation, agent: Agent, wording: Wording, now: dt.datetime, summary: str = ""
) -> None:
    """Ends the agent's part and gives the floor back to the bot. ``summary``: what was agreed; it is kept, and the
    person reads it. What the agent put right in the dossier is what the bot goes by from now on.

    Raises:
        NotYours: the agent does not have the floor.
    """
    if not floor.close(session, conversation.id, agent.id):
        raise NotYours
    summary = summary.strip()[:LONGEST_SUMMARY]
    handover = open_handover(session, conversation.id)
    if handover is not None:
        handover.closed_at, handover.closing_summary = now, summary or None
    conversation.missed_turns = conversation.failed_turns = 0
    _renew_plan(session, conversation, now)
    said = wording("agent_closed", name=agent.name)
    if summary:
        said = f"{wording('agent_agreed', name=agent.name)}\n\n{summary}\n\n{said}"
    conversations.add(session, conversation, Sender.SYSTEM, Said(said), now)


def _renew_plan(session: Session, conversation: Conversation, now: dt.datetime) -> None:
    """The plan follows what an agent put right in the dossier."""
    kept, put_right = plans.kept(session, conversation.person_id), briefing.corrected(session, conversation)
    if kept is not None and put_right:
        town = put_right.get("municipality", kept.profile.municipality)
        country = put_right.get("country", kept.profile.country)
        profile = replace(kept.profile, municipality=town, country=country)
        plans.keep(session, conversation.person_id, profile, now)


def dismiss(session: Session, conversation: Conversation, agent: Agent, now: dt.datetime) -> bool:
    """Closes a request that needs no answer any more: the assistant keeps the floor and the person is not disturbed.

    False when there is none, or when the person waits for somebody: they get an answer.
    """
    conversations.lock(session, conversation.id)
    session.refresh(conversation, ["speaker"])
    handover = open_handover(session, conversation.id)
    if handover is None or conversation.speaker != Speaker.BOT:
        return False
    handover.closed_at, handover.agent_id = now, agent.id
    return True


def give_back(session: Session, conversation: Conversation, agent: Agent, wording: Wording, now: dt.datetime) -> None:
    """Puts the conversation back in the queue for a colleague and tells the person. It keeps its place in the queue.

    Raises:
        NotYours: the agent does not have the floor.
    """
    if not floor.give_back(session, conversation.id, agent.id):
        raise NotYours
    _wait_again(session, conversation, wording, now)


def lapse(session: Session, wording: Wording, now: dt.datetime) -> list[str]:
    """Gives forgotten conversations back to the queue and tells the person. Returns their ids."""
    lapsed = floor.lapse(session, now)
    for conversation_id in lapsed:
        _wait_again(session, session.get_one(Conversation, conversation_id), wording, now)
    return lapsed


def _wait_again(session: Session, conversation: Conversation, wording: Wording, now: dt.datetime) -> None:
    handover = open_handover(session, conversation.id)
    if handover is not None:
        handover.taken_at, handover.agent_id = None, None
        handover.choice = None  # a message that was left was seen; they wait for the next colleague now
    conversations.add(session, conversation, Sender.SYSTEM, Said(wording("agent_lapsed")), now)
