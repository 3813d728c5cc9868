"""Shows the page of one's data, also with something to tell above it or beside a field."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse

from channels.mydata import page, pages
from channels.mydata.access import Opened
from channels.mydata.service import MyDataService
from dossiers import audit
from dossiers.models import Receipt, Right
from dossiers.privacy import receipts


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something was not done: ``text`` beside the field or form ``key``, where ``typed`` was written."""

    key: str
    text: str
    typed: str = ""


def show(
    own: Opened, service: MyDataService, *, receipt: str = "", trouble: Trouble | None = None, status: int = 200
) -> Response:
    """The whole page. ``receipt``: the number of one that was just written."""
    with service.database.read() as session:
        data = page.my_data(session, own.person_id, service.current(), service.sealer)
        done = receipts.by_number(session, receipt) if receipt else None
    if done is not None and done.person_id != own.person_id:
        done = None
    words = receipts.in_words(done) if done else ""
    in_words = {one.number: receipts.in_words(one) for one in data.receipts}
    return pages.page(
        "mydata.html",
        status=status,
        own=own,
        data=data,
        done=done,
        done_in_words=words,
        in_words=in_words,
        trouble=trouble,
    )


def home(own: Opened, receipt: Receipt | None) -> Response:
    """Back to the page, after a form; reloading it sends nothing twice."""
    query = f"?receipt={receipt.number}" if receipt else ""
    return RedirectResponse(f"{own.home}{query}", 303)


def looked(session: Session, own: Opened, hours: int, now: dt.datetime) -> None:
    """Writes down that the data were shown, once for as long as a link works."""
    since = now - dt.timedelta(hours=hours)
    if any(one.kind == Right.VIEW and one.at > since for one in receipts.of_person(session, own.person_id)):
        return
    person = f"person:{own.person_id}"
    audit.note(session, actor=person, action="data.viewed", subject=person, now=now)
    receipts.write(session, own.person_id, Right.VIEW, {}, now)
