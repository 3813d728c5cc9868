"""Bringing in a person: request, take, reply, close.

The floor decides who may speak; this writes down what happened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers import conversations, floor
from dossiers.conversations import Said
from dossiers.models import Agent, Conversation, Handover, Message, Sender

SUMMARY_QUESTIONS = 3
LOOK_BACK = 60
# How a turn ends that was a question of the person, and not an answer to one of ours. An unanswered one counts too.
QUESTION_OUTCOMES = frozenset(
    "answered answered_stale clarified planned referred not_covered out_of_scope refused wrong_language failed".split()
)
Wording = Callable[..., str]


class NotYours(Exception):
    """The agent does not have the floor (any more): a colleague took it, or the lease is over."""


def open_handover(session: Session, conversation_id: str) -> Handover | None:
    """The hand-over that is not closed yet."""
    statement = select(Handover).where(Handover.conversation_id == conversation_id, Handover.closed_at.is_(None))
    return session.scalars(statement.order_by(Handover.id.desc())).first()


def summarise(session: Session, conversation: Conversation) -> str:
    """What an agent needs first: the last questions and the last subject.

    Answers to the dossier's questions are left out: they stay where they can be erased.
    """
    recent = session.scalars(
        select(Message).where(Message.conversation_id == conversation.id).order_by(Message.id.desc()).limit(LOOK_BACK)
    ).all()
    questions: list[str] = []
    subject = None
    for message, following in zip_longest(reversed(recent), list(reversed(recent))[1:]):
        answered_by = following.outcome if following is not None and following.sender != Sender.PERSON else None
        if message.sender == Sender.PERSON and (answered_by is None or answered_by in QUESTION_OUTCOMES):
            questions.append(message.text)
        subject = message.article or subject
    lines = [f"Asked: {question}" for question in questions[-SUMMARY_QUESTIONS:]]
    return "\n".join([*lines, f"Last subject: {subject}"] if subject else lines)


def request(session: Session, conversation: Conversation, reason: str, now: dt.datetime) -> bool:
    """Puts a conversation in the queue. False when it is with people already; then nothing changes."""
    if not floor.request(session, conversation.id):
        return False
    summary = summarise(session, conversation)
    session.add(Handover(conversation_id=conversation.id, reason=reason, summary=summary, requested_at=now))
    session.flush()
    return True


def go_on_with_bot(session: Session, conversation: Conversation, wording: Wording, now: dt.datetime) -> bool:
    """Takes the conversation out of the queue, as the person wishes."""
    if not floor.resume(session, conversation.id):
        return False
    _close_open(session, conversation.id, now)
    conversations.add(session, conversation, Sender.SYSTEM, Said(wording("back_to_bot")), now)
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
        summary = summarise(session, conversation)
        handover = Handover(conversation_id=conversation.id, reason="agent", summary=summary, requested_at=now)
        session.add(handover)
    handover.taken_at, handover.agent_id = now, agent.id
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


def close(session: Session, conversation: Conversation, agent: Agent, wording: Wording, now: dt.datetime) -> None:
    """Ends the agent's part and gives the floor back to the bot.

    Raises:
        NotYours: the agent does not have the floor.
    """
    if not floor.close(session, conversation.id, agent.id):
        raise NotYours
    _close_open(session, conversation.id, now)
    conversations.add(session, conversation, Sender.SYSTEM, Said(wording("agent_closed", name=agent.name)), now)


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
    conversations.add(session, conversation, Sender.SYSTEM, Said(wording("agent_lapsed")), now)


def _close_open(session: Session, conversation_id: str, now: dt.datetime) -> None:
    handover = open_handover(session, conversation_id)
    if handover is not None:
        handover.closed_at = now
