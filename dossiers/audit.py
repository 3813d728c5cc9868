"""What was done, by whom, to what: written once, never changed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session


def note(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    now: dt.datetime,
    details: dict[str, str | int | bool | None] | None = None,
) -> None:
    """Writes down that somebody did something, in the caller's transaction.

    ``actor``: `agent:<id>`, `person:<id>` or `system`. ``action``: dotted and stable, as `dossier.read` or
    `consent.withdrawn`. ``subject``: what it was done to, as `dossier:<id>`. ``details``: ids, counts and codes that
    explain it. Nothing that somebody wrote or that names them goes in here: the log is never erased.
    """
