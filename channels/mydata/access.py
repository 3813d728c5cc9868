"""Who may see a page: whoever has a link that is right and not over. Forms must come from that very page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Request

from channels.mydata.links import PREFIX, EndedLink, WrongLink
from channels.mydata.service import MyDataService
from channels.web.limits import visitor
from dossiers.models import Conversation, ErasureAsked


class NotOpened(Exception):
    """The link opens nothing. ``status``: 403 a foreign form, 404 wrong, 410 over or erased, 429 too often."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def mydata_service(request: Request) -> MyDataService:
    """What these pages work with."""
    found: MyDataService = request.app.state.mydata
    return found


Service = Annotated[MyDataService, Depends(mydata_service)]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opened. ``form``: what its forms send along; ``ends_at``: when the link ends."""

    conversation_id: str
    person_id: str
    token: str
    form: str
    ends_at: dt.datetime

    @property
    def home(self) -> str:
        """The path of the page."""
        return f"{PREFIX}/{self.token}"


def opened(token: str, request: Request, service: Service) -> Opened:
    """The person of a link.

    Raises:
        NotOpened: there is none (any more), or it was asked for too often.
    """
    try:
        conversation_id, ends_at = service.links.read(token)
    except (WrongLink, EndedLink) as error:
        status = 410 if isinstance(error, EndedLink) else 404
        raise NotOpened(status if service.visits.may_look(visitor(request), None) else 429) from None
    if not service.visits.may_look(visitor(request), conversation_id):
        raise NotOpened(429)
    with service.database.read() as session:
        conversation = session.get(Conversation, conversation_id)
        if conversation is None or session.get(ErasureAsked, conversation.person_id) is not None:
            raise NotOpened(410)
        person_id = conversation.person_id
    return Opened(conversation_id, person_id, token, service.links.form_token(token), ends_at)


Own = Annotated[Opened, Depends(opened)]


def check_form(own: Opened, form_token: str, service: MyDataService) -> None:
    """Whether a form was made for this link.

    Raises:
        NotOpened: it was not, or too many were sent.
    """
    if not service.links.is_own_form(own.token, form_token):
        raise NotOpened(403)
    if not service.visits.may_send(own.conversation_id):
        raise NotOpened(429)


def own_form(own: Own, service: Service, form_token: Annotated[str, Form(max_length=100)] = "") -> Opened:
    """The person of a link whose form was sent; raises as `opened` and `check_form`."""
    check_form(own, form_token, service)
    return own


Sent = Annotated[Opened, Depends(own_form)]
