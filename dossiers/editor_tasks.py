"""Notes for editors, left while answering: a figure that had to be withheld, a question nobody covered."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from dossiers.models import EditorTask


def note(session: Session, kind: str, subject: str, article: str | None, now: dt.datetime) -> None:
    """Leaves one task for each kind and subject and counts how often it came up. Never holds what a person wrote."""
    task = session.scalars(select(EditorTask).where(EditorTask.kind == kind, EditorTask.subject == subject)).first()
    if task is None:
        session.add(EditorTask(kind=kind, subject=subject, article=article, first_at=now, last_at=now, times=1))
    else:
        task.times += 1
        task.last_at = now
    session.flush()
