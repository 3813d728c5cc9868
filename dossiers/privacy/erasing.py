"""Erasing everything about a person.

One statement deletes the person; every table of theirs hangs on it by a foreign key (`reaching`). What lies elsewhere
(the bot's memory, files) is asked to forget in the same transaction (`forgetting`). Nothing refuses to be erased:

* A message that a platform is being given at this moment may still arrive; nothing of it is kept.
* A turn that the bot is running ends into nothing; the bot forgets after it.
* Who asks in the chat gets the answer first: `ask` erases as soon as it has left, after `LONGEST_WAIT` in any case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from dossiers import audit, record
from dossiers.conversations import hashed
from dossiers.database import Database, locked
from dossiers.models import (
    Conversation,
    Document,
    Dossier,
    Elsewhere,
    ErasureAsked,
    OutboxItem,
    OutboxState,
    Person,
    Receipt,
    Right,
)
from dossiers.privacy import forgetting, journal, reaching, receipts
from dossiers.privacy.declarations import DECLARED

AFTER_A_TURN = dt.timedelta(seconds=5)
LONGEST_WAIT = dt.timedelta(minutes=3)
ON_THE_WAY = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.FAILED)
TRIES, DEADLOCK = 4, "40P01"


class NobodyThere(Exception):
    """There is no such person (any more)."""


def erase_person(
    database: Database, person_id: str, *, now: dt.datetime, actor: str = "", number: str | None = None
) -> Receipt:
    """Erases a person in one transaction, and takes it out of SQLite's files. Returns the receipt.

    ``actor``: who does it, for the log; without it, the person. ``number``: of the receipt, when it was told before.

    Raises:
        NobodyThere: there is no such person.
    """
    receipt = _at_once(database, lambda session: erase(session, person_id, now=now, actor=actor, number=number))
    empty_log(database)
    return receipt


def _at_once[T](database: Database, work: Callable[[Session], T]) -> T:
    """Does it in one transaction, from the start again when PostgreSQL ends it because two wait for each other."""
    for _ in range(TRIES - 1):
        try:
            with database.write() as session:
                return work(session)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
    with database.write() as session:
        return work(session)


def erase(session: Session, person_id: str, *, now: dt.datetime, actor: str = "", number: str | None = None) -> Receipt:
    """As `erase_person`, within a transaction of the caller's. The log of SQLite is emptied soon after.

    Raises:
        NobodyThere: there is no such person.
    """
    found = _locked(session, person_id)
    if session.get(Person, person_id) is None:
        raise NobodyThere
    counted = {DECLARED[name].called: n for name, n in reaching.counts(session, person_id).items() if name in DECLARED}
    forget_elsewhere(session, found, now)
    _files(session, person_id, now)
    dossiers = session.scalars(select(Dossier.id).where(Dossier.person_id == person_id)).all()
    journal.remember(session, [person_id, *(one.id for one in found), *dossiers], now)
    forgetting.ask(session, Elsewhere.WAL, "", now)
    session.flush()
    session.execute(delete(Person).where(Person.id == person_id), execution_options={"synchronize_session": False})
    session.expunge_all()
    audit.note(
        session,
        actor=actor or f"person:{person_id}",
        action="person.erased",
        subject=f"person:{person_id}",
        now=now,
        details={"rows": sum(counted.values())},
    )
    return receipts.write(session, None, Right.ERASE, counted, now, number=number)


def ask(session: Session, person_id: str, now: dt.datetime) -> str:
    """Asks to erase somebody once what is being said to them has left. Returns the number of the receipt to come."""
    asked = session.get(ErasureAsked, person_id)
    if asked is None:
        asked = ErasureAsked(person_id=person_id, number=receipts.new_number(), asked_at=now)
        session.add(asked)
        session.flush()
    return asked.number


def asked_and_ready(session: Session, now: dt.datetime) -> list[tuple[str, str]]:
    """People who asked to be erased and to whom nothing is being said any more, with the number of their receipt."""
    on_the_way = exists().where(
        OutboxItem.conversation_id == Conversation.id,
        Conversation.person_id == ErasureAsked.person_id,
        OutboxItem.state.in_(ON_THE_WAY),
    )
    in_a_turn = exists().where(Conversation.person_id == ErasureAsked.person_id, Conversation.turn_until > now)
    ready = (~on_the_way & ~in_a_turn) | (ErasureAsked.asked_at <= now - LONGEST_WAIT)
    statement = select(ErasureAsked.person_id, ErasureAsked.number).where(ready)
    return [(row.person_id, row.number) for row in session.execute(statement.order_by(ErasureAsked.asked_at))]


def forget_elsewhere(session: Session, found: Sequence[Conversation], now: dt.datetime) -> None:
    """Asks the bot to forget conversations, each after the turn that may be running."""
    for conversation in found:
        turn = conversation.turn_until
        after = turn + AFTER_A_TURN if turn is not None and turn > now else now
        forgetting.ask(session, Elsewhere.BOT, conversation.id, now, not_before=after)


def again(database: Database, now: dt.datetime) -> int:
    """Erases again whom the journal names, or whose dossier, after an older copy was put back. Returns how many."""
    with database.read() as session:
        keys = journal.known(session)
        people = _named(session, keys)
        dossiers = [(row.id, row.person_id) for row in session.execute(select(Dossier.id, Dossier.person_id))]
    for person_id in people:
        erase_person(database, person_id, now=now, actor="system")
    alone = [person_id for one, person_id in dossiers if hashed(one) in keys and person_id not in people]
    for person_id in alone:
        with database.write() as session:
            record.erase(session, person_id, now)
    empty_log(database)
    return len(people) + len(alone)


def _named(session: Session, keys: Collection[str]) -> list[str]:
    """People who are in the journal themselves or with a conversation or dossier: two may have become one since."""
    found: dict[str, None] = {}
    rows = [(one, one) for one in session.scalars(select(Person.id))]
    rows += [(row.id, row.person_id) for row in session.execute(select(Conversation.id, Conversation.person_id))]
    for one, person_id in rows:
        if hashed(one) in keys:
            found[person_id] = None
    return list(found)


def _locked(session: Session, person_id: str) -> Sequence[Conversation]:
    """A person's conversations, locked in one order, so that nothing is added to them any more."""
    statement = select(Conversation).where(Conversation.person_id == person_id).order_by(Conversation.id)
    return session.scalars(locked(statement, session).execution_options(populate_existing=True)).all()


def _files(session: Session, person_id: str, now: dt.datetime) -> None:
    own = select(Dossier.id).where(Dossier.person_id == person_id)
    names = select(Document.file_name).where(Document.dossier_id.in_(own), Document.file_name.is_not(None))
    for name in session.scalars(names).all():
        if name:
            forgetting.ask(session, Elsewhere.FILE, name, now)


def empty_log(database: Database) -> bool:
    """Brings SQLite's write-ahead log into its file and empties it, so that it holds nothing that was erased.

    False: somebody reads at this moment. Another database has no such log of its own, and it is done.
    """
    if database.engine.dialect.name != "sqlite":
        return True
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.close()
    finally:
        connection.close()
    return not busy
