"""The audit log: looked through, checked, and taken away as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import StreamingResponse

from desk import pages
from desk.access import Desk, Refused, SignedIn, needs
from desk.permissions import Action
from desk.reading import audit as reading
from desk.reading.audit import Filter
from desk.services import DeskServices
from dossiers import audit, audit_chain
from dossiers.audit_chain import Verdict

router = APIRouter(prefix="/audit")
Who = Annotated[SignedIn, needs(Action.AUDIT_SEE)]
LOG = "audit_log"


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written) if written else None
    except ValueError:
        raise Refused(422, "Please write the days as year-month-day, for example 2026-11-23.") from None


def _filter(actor: str, action: str, subject: str, since: str, until: str) -> Filter:
    return Filter(actor.strip(), action.strip(), subject.strip(), _day(since), _day(until))


def _asked(
    actor: Annotated[str, Query(max_length=80)] = "",
    action: Annotated[str, Query(max_length=60)] = "",
    subject: Annotated[str, Query(max_length=120)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
) -> Filter:
    return _filter(actor, action, subject, since, until)


def _sent(
    actor: Annotated[str, Form(max_length=80)] = "",
    action: Annotated[str, Form(max_length=60)] = "",
    subject: Annotated[str, Form(max_length=120)] = "",
    since: Annotated[str, Form(max_length=10)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
) -> Filter:
    return _filter(actor, action, subject, since, until)


@router.get("")
def show(
    request: Request,
    desk: Desk,
    _: Who,
    which: Annotated[Filter, Depends(_asked)],
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """A page of the log, the newest rows first."""
    return _page(request, desk, which, before)


@router.post("/check")
def check(request: Request, desk: Desk, who: Who) -> Response:
    """Looks at every row and says whether the chain is whole."""
    with desk.database.read() as session:
        verdict = audit_chain.verify(session, audit.keys_of(desk.database.info))
    _note(desk, who, "audit.checked", rows=verdict.rows, whole=verdict.whole)
    return _page(request, desk, Filter(), verdict=verdict)


@router.post("/export")
def export(desk: Desk, who: Who, which: Annotated[Filter, Depends(_sent)]) -> Response:
    """The rows that match, as CSV."""
    _note(desk, who, "audit.exported")

    def lines() -> Iterator[str]:
        with desk.database.read() as session:
            yield from reading.table(session, which)

    name = f"audit-{desk.today().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)


def _page(
    request: Request, desk: DeskServices, which: Filter, before: int | None = None, verdict: Verdict | None = None
) -> Response:
    with desk.database.read() as session:
        found = reading.page(session, which, before)
        agents = reading.agents(session)
        head = audit_chain.head(session)
    return pages.page(request, "audit.html", found=found, agents=agents, head=head, which=which, verdict=verdict)


def _note(desk: DeskServices, who: SignedIn, action: str, **details: int | bool) -> None:
    with desk.database.write() as session:
        audit.note(
            session,
            actor=f"agent:{who.agent.id}",
            action=action,
            subject=LOG,
            now=desk.clock(),
            details={**details},
        )
