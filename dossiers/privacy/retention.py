"""The rules of retention: what ends, after how long, and what is done then. One table; the order matters.

A rule has one condition, by which it counts and by which it acts, so that what a dry run tells is what a run does. Rows
come first and whole conversations and dossiers last: a rule never makes work for one before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from dossiers import documents, plans, record
from dossiers.models import (
    Address,
    AgentSession,
    ConsentRecord,
    Conversation,
    Dossier,
    Feedback,
    Handover,
    InboxItem,
    InboxState,
    Invitation,
    LoginAttempt,
    LoginStep,
    OutboxItem,
    OutboxState,
    PlanRecord,
    Receipt,
    ReplyDraft,
    ResumeCode,
    RetentionRun,
    Task,
    TaskState,
)
from dossiers.privacy.blanking import ENDED, blank, drop_addresses, has_words

Moment = dt.datetime
NO_SYNC = {"synchronize_session": False}
PORTION = 100


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``what`` ends so many days after ``since``; ``done`` is what happens then.

    ``count(session, before)`` counts what is older, ``act(session, before, now)`` ends it and counts the same.
    ``by_portions``: it ends at most `PORTION` at once, so that people who write meanwhile need not wait.
    """

    key: str
    title: str
    since: str
    done: str
    count: Callable[[Session, Moment], int]
    act: Callable[[Session, Moment, Moment], int]
    by_portions: bool = False


def rows(key: str, title: str, since: str, model: Any, over: Callable[[Moment], ColumnElement[bool]]) -> Rule:
    """A rule that deletes rows of one table."""

    def count(session: Session, before: Moment) -> int:
        return session.scalar(select(func.count()).select_from(model).where(over(before))) or 0

    def act(session: Session, before: Moment, _: Moment) -> int:
        return _number(session, delete(model).where(over(before)))

    return Rule(key, title, since, "the rows are deleted", count, act)


def values(
    key: str, title: str, since: str, model: Any, over: Callable[[Moment], ColumnElement[bool]], **blank: Any
) -> Rule:
    """A rule that blanks columns of one table; the rest of the row stays."""

    def count(session: Session, before: Moment) -> int:
        return session.scalar(select(func.count()).select_from(model).where(over(before))) or 0

    def act(session: Session, before: Moment, _: Moment) -> int:
        return _number(session, update(model).where(over(before)).values(**blank))

    return Rule(key, title, since, "the words are blanked, the rest stays as a figure", count, act)


def each(
    key: str,
    title: str,
    since: str,
    done: str,
    found: Callable[[Session, Moment], list[str]],
    end: Callable[[Session, list[str], Moment], None],
) -> Rule:
    """A rule that ends one thing after the other, named by their ids."""

    def act(session: Session, before: Moment, now: Moment) -> int:
        ids = found(session, before)[:PORTION]
        end(session, ids, now)
        session.flush()
        return len(ids)

    return Rule(key, title, since, done, lambda session, before: len(found(session, before)), act, by_portions=True)


def _number(session: Session, statement: Any) -> int:
    return cast("CursorResult[Any]", session.execute(statement, execution_options=NO_SYNC)).rowcount


def _handled(before: Moment) -> ColumnElement[bool]:
    return and_(InboxItem.state != InboxState.RECEIVED, InboxItem.received_at < before)


def _sent(before: Moment) -> ColumnElement[bool]:
    """Settled, or never fetched by a widget. The newest of an address stays: by it a lost one is looked for."""
    later = aliased(OutboxItem)
    unfetched = and_(OutboxItem.state == OutboxState.QUEUED, OutboxItem.address_id.is_(None))
    newest = ~exists().where(later.address_id == OutboxItem.address_id, later.id > OutboxItem.id)
    return and_(
        OutboxItem.created_at < before,
        or_(OutboxItem.state.in_(ENDED), unfetched),
        or_(OutboxItem.address_id.is_(None), ~newest),
    )


def _task_over(before: Moment) -> ColumnElement[bool]:
    return or_(and_(Task.state != TaskState.OPEN, Task.settled_at < before), Task.due_on < before.date())


def _expired_documents(session: Session, before: Moment) -> list[str]:
    return list(documents.expired(session, before, days=0))


def _delete_documents(session: Session, ids: list[str], now: Moment) -> None:
    for document_id in ids:
        documents.delete(session, document_id, now)


def _no_dossier(person_id: Any) -> ColumnElement[bool]:
    return ~exists().where(Dossier.person_id == person_id)


def _silent(person_id: Any, before: Moment) -> ColumnElement[bool]:
    other = aliased(Conversation)
    return ~exists().where(other.person_id == person_id, other.last_message_at >= before)


def _quiet_addresses(session: Session, before: Moment) -> list[str]:
    statement = select(Address.id).join(Conversation, Conversation.id == Address.conversation_id)
    quiet = [Address.heard_at < before, Conversation.last_message_at < before, _no_dossier(Conversation.person_id)]
    return list(session.scalars(statement.where(*quiet).order_by(Address.id)))


def _old_plans(session: Session, before: Moment) -> list[str]:
    old = [PlanRecord.changed_at < before, _silent(PlanRecord.person_id, before), _no_dossier(PlanRecord.person_id)]
    return list(session.scalars(select(PlanRecord.person_id).where(*old).order_by(PlanRecord.person_id)))


def _forget_plans(session: Session, ids: list[str], _: Moment) -> None:
    for person_id in ids:
        plans.forget(session, person_id)


def _quiet_conversations(session: Session, before: Moment) -> list[str]:
    quiet = [Conversation.last_message_at < before, _no_dossier(Conversation.person_id), has_words()]
    return list(session.scalars(select(Conversation.id).where(*quiet).order_by(Conversation.id)))


def _old_dossiers(session: Session, before: Moment) -> list[str]:
    old = [Dossier.changed_at < before, _silent(Dossier.person_id, before)]
    return list(session.scalars(select(Dossier.person_id).where(*old).order_by(Dossier.person_id)))


def _end_dossiers(session: Session, ids: list[str], now: Moment) -> None:
    for person_id in ids:
        record.erase(session, person_id, now)
        own = session.scalars(select(Conversation.id).where(Conversation.person_id == person_id)).all()
        drop_addresses(session, session.scalars(select(Address.id).where(Address.conversation_id.in_(own))).all())
        session.execute(delete(Task).where(Task.person_id == person_id), execution_options=NO_SYNC)
        blank(session, own, now)


RULES: tuple[Rule, ...] = (
    rows("inbox", "Incoming messages, as the platform sent them", "they were handled", InboxItem, _handled),
    rows("outbox", "How outgoing messages were delivered", "they were written", OutboxItem, _sent),
    rows("codes", "Codes to go on elsewhere", "they ended", ResumeCode, lambda before: ResumeCode.expires_at < before),
    values(
        "comments",
        "Comments on answers",
        "they were given",
        Feedback,
        lambda before: and_(Feedback.comment.is_not(None), Feedback.given_at < before),
        comment=None,
    ),
    values(
        "handovers",
        "Summaries for colleagues",
        "the colleague's part ended",
        Handover,
        lambda before: and_(
            Handover.closed_at < before, or_(Handover.summary != "", Handover.closing_summary.is_not(None))
        ),
        summary="",
        closing_summary=None,
    ),
    rows(
        "drafts",
        "Answers that were typed and not sent",
        "they were typed",
        ReplyDraft,
        lambda before: ReplyDraft.changed_at < before,
    ),
    each(
        "documents",
        "Files that people sent, and requests for one",
        "the file came, or the last day passed",
        "the file and what was written about it are deleted; that there was one stays in the list",
        _expired_documents,
        _delete_documents,
    ),
    rows("tasks", "Tasks of colleagues for a person", "they were done, or their day passed", Task, _task_over),
    each(
        "addresses",
        "Addresses on Telegram and WhatsApp of people without a dossier",
        "the last message",
        "the address is deleted",
        _quiet_addresses,
        lambda session, ids, _: drop_addresses(session, ids),
    ),
    each(
        "plans",
        "What plans are made from, of people without a dossier",
        "the last change and the last message",
        "the plan is deleted and its links open nothing",
        _old_plans,
        _forget_plans,
    ),
    each(
        "texts",
        "What was written in conversations of people without a dossier",
        "the last message",
        "the words are blanked and the bot forgets; outcome, article, times and sender stay as figures",
        _quiet_conversations,
        blank,
    ),
    each(
        "dossiers",
        "Dossiers, with the plan and what was written in the conversations",
        "the last change of the dossier and the last message",
        "the dossier is deleted with its documents, tasks, plan and addresses; consents end; words are blanked",
        _old_dossiers,
        _end_dossiers,
    ),
    rows(
        "consents",
        "Consents that were taken back",
        "they were taken back",
        ConsentRecord,
        lambda before: ConsentRecord.withdrawn_at < before,
    ),
    rows("receipts", "Receipts", "they were given", Receipt, lambda before: Receipt.at < before),
    rows(
        "sessions",
        "Log-ins of colleagues",
        "they were last used",
        AgentSession,
        lambda before: AgentSession.last_seen_at < before,
    ),
    rows(
        "login_attempts",
        "Failed log-ins",
        "they happened",
        LoginAttempt,
        lambda before: LoginAttempt.at < before,
    ),
    rows("login_steps", "Log-ins that were half done", "they began", LoginStep, lambda b: LoginStep.created_at < b),
    rows("invitations", "Invitations of colleagues", "they ended", Invitation, lambda b: Invitation.expires_at < b),
    rows("runs", "Reports of these rules", "they were made", RetentionRun, lambda b: RetentionRun.started_at < b),
)
