"""What a person changes on the page: answers, interests, consents, and the documents that they were asked for."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from channels.mydata.access import Opened, Own, Sent, Service, check_form
from channels.mydata.plan_facts import changed
from channels.mydata.service import MyDataService
from channels.mydata.showing import Trouble, home, show
from channels.mydata.uploads import Upload, read_upload
from dossiers import agreements, audit, consents, documents, fields, interests, plans, record
from dossiers.agreements import EraseInstead, NoSuchConsent
from dossiers.documents import DocumentRefused
from dossiers.models import Receipt, Right, Sender, Where
from dossiers.privacy import receipts
from dossiers.questions import Unclear
from knowledge.figures import BELGIUM
from knowledge.wording import say

router = APIRouter()
Words = Annotated[str, Form(max_length=2000)]
Key = Annotated[str, Form(max_length=90)]
BasedOn = Annotated[str, Form(pattern=r"^\d{0,10}$")]


@router.post("/{token}/answer")
def answer(own: Sent, service: Service, key: Key, text: Words = "", based_on: BasedOn = "") -> Response:
    """Corrects one answer of the dossier; empty: takes it out."""
    if key not in fields.EDITABLE:
        return home(own, None)
    try:
        value = fields.read(service.current(), key, text)
    except Unclear as unclear:
        return show(own, service, trouble=Trouble(key, say(unclear.key), text), status=422)
    now = service.clock()
    try:
        with service.database.write() as session:
            dossier = record.dossier_of(session, own.person_id)
            if dossier is None:
                return home(own, None)
            before = record.current_fields(session, dossier).get(key)
            if value is None and before is None:
                return home(own, None)
            row = record.change(session, dossier, key, value, stated_by=Sender.PERSON, now=now, based_on=_row(based_on))
            changed = before is None or row.id != before.id
            receipt = (
                _corrected(session, own, "dossier.corrected", f"dossier:{dossier.id}", key, now) if changed else None
            )
    except record.ChangedMeanwhile:
        return show(own, service, trouble=Trouble(key, say("my_data_changed"), text), status=409)
    return home(own, receipt)


@router.post("/{token}/plan")
def plan_fact(
    own: Sent, service: Service, key: Key, revision: Annotated[int, Form(ge=0)], text: Words = ""
) -> Response:
    """Corrects one thing that the plan is made from; empty: takes it out."""
    now = service.clock()
    try:
        with service.database.write() as session:
            kept = plans.kept(session, own.person_id)
            if kept is None:
                return home(own, None)
            if kept.revision != revision:
                return show(own, service, trouble=Trouble(f"plan-{key}", say("my_data_changed"), text), status=409)
            profile = changed(kept.profile, key, text, service.current(), now.astimezone(BELGIUM).date())
            if plans.keep(session, own.person_id, profile, now).revision == revision:
                return home(own, None)
            receipt = _corrected(session, own, "plan.corrected", f"person:{own.person_id}", key, now)
    except Unclear as unclear:
        return show(own, service, trouble=Trouble(f"plan-{key}", say(unclear.key), text), status=422)
    return home(own, receipt)


@router.post("/{token}/interest")
def interest(
    own: Sent, service: Service, key: Key, wanted: Annotated[Literal["yes", "no"], Form()], based_on: BasedOn = ""
) -> Response:
    """Says whether the person would like something."""
    if key not in interests.INTERESTS:
        return home(own, None)
    now = service.clock()
    try:
        with service.database.write() as session:
            dossier = record.dossier_of(session, own.person_id)
            if dossier is None:
                return home(own, None)
            before = interests.current(session, dossier.id).get(key)
            row = interests.put(
                session,
                dossier,
                key,
                wanted == "yes",
                stated_by=Sender.PERSON,
                now=now,
                based_on=_row(based_on),
            )
            changed = before is None or row.id != before.id
            receipt = (
                _corrected(session, own, "dossier.corrected", f"dossier:{dossier.id}", key, now) if changed else None
            )
    except interests.InterestChanged:
        return show(own, service, trouble=Trouble(key, say("my_data_changed")), status=409)
    return home(own, receipt)


@router.post("/{token}/consent")
def consent(own: Sent, service: Service, key: Key, give: Annotated[Literal["yes", "no"], Form()]) -> Response:
    """Gives a consent, or takes it back. That of the dossier is given in the chat and ends with the dossier."""
    now = service.clock()
    purpose, _ = agreements.split(key)
    try:
        with service.database.write() as session:
            if give == "no":
                return home(own, agreements.take_back(session, own.person_id, key, where=Where.MY_DATA, now=now))
            has_dossier = record.dossier_of(session, own.person_id) is not None
            if purpose in (consents.SHARE, *agreements.FREE) and (has_dossier or purpose == consents.FOLLOW_UP):
                agreements.give(session, own.person_id, service.current(), key, where=Where.MY_DATA, now=now)
    except (NoSuchConsent, EraseInstead):
        return home(own, None)
    return home(own, None)


@router.post("/{token}/documents/{document_id}")
async def upload(own: Own, document_id: str, request: Request, service: Service) -> Response:
    """Takes a document that an agent asked for."""
    try:
        sent = await read_upload(request)
        check_form(own, sent.form_token, service)
        return await asyncio.to_thread(_receive, own, service, document_id, sent)
    except DocumentRefused as refused:
        trouble = Trouble(document_id, say(refused.key))
        return await asyncio.to_thread(show, own, service, trouble=trouble, status=422)


def _receive(own: Opened, service: MyDataService, document_id: str, sent: Upload) -> Response:
    now, person = service.clock(), f"person:{own.person_id}"
    with service.database.write() as session:
        found = documents.receive(
            session,
            service.sealer,
            document_id,
            own.person_id,
            sent.filename,
            sent.data,
            now,
            declared=sent.declared,
        )
        audit.note(session, actor=person, action="document.received", subject=f"document:{found.id}", now=now)
        receipt = receipts.write(session, own.person_id, Right.CORRECT, {"documents": 1}, now)
    return home(own, receipt)


def _corrected(session: Session, own: Opened, action: str, subject: str, key: str, now: dt.datetime) -> Receipt:
    person = f"person:{own.person_id}"
    audit.note(session, actor=person, action=action, subject=subject, now=now, details={"field": key})
    return receipts.write(session, own.person_id, Right.CORRECT, {"answers": 1}, now)


def _row(based_on: str) -> int | None:
    return int(based_on) if based_on else None
