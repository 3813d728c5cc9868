"""Documents of a dossier: listed, and kept only when an agent asked for one, for as long as it takes to look at it.

A file comes in through `receive` and is looked at by its content, not by its name. It is gone when an agent has checked
it, when it is deleted, and when its person is erased.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from dossiers import file_types, vault
from dossiers.database import locked
from dossiers.file_types import sniffed
from dossiers.models import Document, DocumentState, Dossier
from dossiers.sealing import Sealer, Unreadable
from dossiers.vault import FileMissing, Scan, Vault
from knowledge.figures import BELGIUM
from knowledge.wording import say

LARGEST = file_types.LARGEST
DocumentRefused = file_types.DocumentRefused
DAYS_KEPT = 30  # an agent looks at a file within this time
LONGEST_NOTE = 500
KINDS = (
    "passport",
    "visa",
    "residence-card",
    "work-permit",
    "hosting-agreement",
    "employment-contract",
    "lease",
    "diploma",
    "transcript",
    "translation",
    "birth-certificate",
    "marriage-certificate",
    "driving-licence",
    "insurance",
    "other",
)
# What an agent may say of a document that is not with us. The other states come from what happens to a file.
SAID = (DocumentState.NEEDED, DocumentState.HELD, DocumentState.CHECKED)


class NotPossible(Exception):
    """The document is not in a state in which this can be done, or is none of this dossier."""


def kind_label(kind: str) -> str:
    """What a kind of document is called."""
    return say(f"document_{kind}") if kind in KINDS else kind.replace("-", " ")


def state_label(state: DocumentState) -> str:
    """What a state is called."""
    return say(f"document_state_{state}")


def listed(session: Session, dossier_id: str) -> Sequence[Document]:
    """The documents of a dossier, in the order in which they were listed."""
    statement = select(Document).where(Document.dossier_id == dossier_id)
    return session.scalars(statement.order_by(Document.created_at, Document.id)).all()


def requests(session: Session, person_id: str) -> Sequence[Document]:
    """The documents that a person is asked to send, the most urgent first."""
    statement = select(Document).join(Dossier, Dossier.id == Document.dossier_id)
    asked = statement.where(Dossier.person_id == person_id, Document.state == DocumentState.ASKED)
    return session.scalars(asked.order_by(Document.last_day, Document.id)).all()


def note(
    session: Session,
    dossier: Dossier,
    kind: str,
    state: DocumentState,
    *,
    text: str,
    now: dt.datetime,
    document_id: str | None = None,
) -> Document:
    """Lists a document, or says anew what is known of one.

    Raises:
        NotPossible: no such kind, or no state that can be said; the document is asked for or lies here as a file
            (`delete` or `checked` first); or it is none of this dossier.
    """
    if kind not in KINDS or state not in SAID or len(text) > LONGEST_NOTE:
        raise NotPossible
    found = _own(session, dossier, document_id) if document_id else None
    if found is not None and found.state in (DocumentState.ASKED, DocumentState.RECEIVED):
        raise NotPossible
    if found is None:
        found = Document(dossier_id=dossier.id, created_at=now)
        session.add(found)
    found.kind, found.state, found.note, found.changed_at = kind, state, text, now
    dossier.changed_at = now
    session.flush()
    return found


def request(
    session: Session,
    dossier: Dossier,
    kind: str,
    *,
    reason: str,
    last_day: dt.date,
    agent_id: str,
    now: dt.datetime,
    document_id: str | None = None,
) -> Document:
    """Asks the person to send a document. ``document_id``: one that is listed already; ``last_day``: until when.

    Raises:
        NotPossible: no such kind, no reason, a day that has passed; or a file of it lies here already.
    """
    if kind not in KINDS or not reason or len(reason) > LONGEST_NOTE or last_day < _today(now):
        raise NotPossible
    found = _own(session, dossier, document_id) if document_id else None
    if found is not None and found.state == DocumentState.RECEIVED:
        raise NotPossible
    if found is None:
        found = Document(dossier_id=dossier.id, created_at=now)
        session.add(found)
    found.kind, found.state, found.reason, found.last_day = kind, DocumentState.ASKED, reason, last_day
    found.asked_by, found.asked_at, found.changed_at = agent_id, now, now
    found.checked_at = found.deleted_at = None
    dossier.changed_at = now
    session.flush()
    return found


def receive(
    session: Session,
    sealer: Sealer,
    request_id: str,
    person_id: str,
    filename: str,
    data: bytes,
    now: dt.datetime,
    *,
    declared: str = "",
    into: Vault | None = None,
) -> Document:
    """Takes the file that a person was asked for. ``declared``: the media type that the browser named.

    It is looked at before anything is read from the database, so a slow scan holds no lock of a fresh session. When the
    transaction is rolled back, no file stays.

    Raises:
        DocumentRefused: it is not taken, for the reason that its key names. Nothing is kept.
    """
    into = into or vault.configured()
    media_type = sniffed(filename, data, declared)
    scan = into.scan(data)
    if scan in (Scan.INFECTED, Scan.FAILED):
        raise DocumentRefused("document_infected" if scan is Scan.INFECTED else "document_unchecked")
    found = session.scalars(locked(select(Document).where(Document.id == request_id), session)).first()
    dossier = session.get(Dossier, found.dossier_id) if found is not None else None
    if found is None or dossier is None or dossier.person_id != person_id or found.state != DocumentState.ASKED:
        raise DocumentRefused("document_not_asked")
    if found.last_day is not None and found.last_day < _today(now):
        raise DocumentRefused("document_too_late")
    try:
        name, key = into.put(data)
    except OSError:
        raise DocumentRefused("document_not_kept") from None
    _at_the_end(session, "after_rollback", lambda: into.remove(name))
    found.state, found.file_name, found.sealed_key = DocumentState.RECEIVED, name, sealer.seal(key)
    found.media_type, found.size, found.scanned = media_type, len(data), scan is Scan.CLEAN
    found.received_at = found.changed_at = dossier.changed_at = now
    session.flush()
    return found


def read(session: Session, sealer: Sealer, document_id: str, *, out_of: Vault | None = None) -> bytes:
    """The file of a document.

    Raises:
        FileMissing: there is none (any more), or no known secret opens it.
    """
    found = session.get(Document, document_id)
    if found is None or found.file_name is None or found.sealed_key is None:
        raise FileMissing
    try:
        key = sealer.open(found.sealed_key)
    except Unreadable:
        raise FileMissing from None
    return (out_of or vault.configured()).get(found.file_name, key)


def checked(session: Session, dossier: Dossier, document_id: str, *, text: str, now: dt.datetime) -> Document:
    """Notes that an agent has looked at a file. The file is not needed any more and goes.

    Raises:
        NotPossible: there is no file.
    """
    found = _own(session, dossier, document_id)
    if found.state != DocumentState.RECEIVED or len(text) > LONGEST_NOTE:
        raise NotPossible
    _drop_file(session, found)
    found.state, found.note, found.checked_at, found.changed_at = DocumentState.CHECKED, text, now, now
    found.reason = None
    dossier.changed_at = now
    session.flush()
    return found


def delete(session: Session, document_id: str, now: dt.datetime, *, out_of: Vault | None = None) -> bool:
    """Deletes the file, and what was written about the document. That there was one stays in the list.

    False when there is no such document, or it was deleted before.
    """
    found = session.get(Document, document_id)
    if found is None or found.state == DocumentState.DELETED:
        return False
    _drop_file(session, found, out_of)
    found.state, found.note, found.reason, found.last_day = DocumentState.DELETED, "", None, None
    found.deleted_at = found.changed_at = now
    session.flush()
    return True


def expired(session: Session, now: dt.datetime, days: int = DAYS_KEPT) -> Sequence[str]:
    """The ids of documents whose file lies here for more than so many days, and of requests whose last day passed
    that long ago."""
    before = now - dt.timedelta(days=days)
    received = (Document.state == DocumentState.RECEIVED) & (Document.received_at < before)
    forgotten = (Document.state == DocumentState.ASKED) & (Document.last_day < _today(before))
    return session.scalars(select(Document.id).where(received | forgotten).order_by(Document.id)).all()


def forget(session: Session, person_id: str, *, out_of: Vault | None = None) -> int:
    """Deletes the files of a person when the transaction commits; their rows are the caller's. How many there were."""
    statement = select(Document).join(Dossier, Dossier.id == Document.dossier_id)
    own = session.scalars(statement.where(Dossier.person_id == person_id, Document.file_name.is_not(None))).all()
    for found in own:
        _drop_file(session, found, out_of)
    session.flush()
    return len(own)


def sweep(session: Session, *, out_of: Vault | None = None) -> int:
    """Deletes the files that no row names, as a crash may leave them: nobody has their keys. How many there were."""
    out_of = out_of or vault.configured()
    known = set(session.scalars(select(Document.file_name).where(Document.file_name.is_not(None))))
    left = [name for name in out_of.left_over() if name not in known]
    for name in left:
        out_of.remove(name)
    return len(left)


def _own(session: Session, dossier: Dossier, document_id: str) -> Document:
    found = session.scalars(locked(select(Document).where(Document.id == document_id), session)).first()
    if found is None or found.dossier_id != dossier.id:
        raise NotPossible
    return found


def _drop_file(session: Session, found: Document, out_of: Vault | None = None) -> None:
    name, folder = found.file_name, out_of or vault.configured()
    if name is not None:
        _at_the_end(session, "after_commit", lambda: folder.remove(name))
    found.file_name = found.sealed_key = found.media_type = found.size = found.scanned = None


def _at_the_end(session: Session, when: str, act: Callable[[], None]) -> None:
    event.listen(session, when, lambda _: act(), once=True)


def _today(now: dt.datetime) -> dt.date:
    return now.astimezone(BELGIUM).date()
