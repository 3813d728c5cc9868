"""The addresses of a plan. Who has a link that is right and not over gets the plan as it is at that moment."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from channels.ticket import events, pages
from channels.ticket.links import EndedLink, WrongLink
from channels.ticket.page import cards, ticket
from channels.ticket.service import TicketService
from dossiers import plans
from dossiers.plans import KeptPlan
from knowledge.figures import BELGIUM

router = APIRouter()
READ = ["GET", "HEAD"]


class NotOpened(Exception):
    """The link opens nothing. ``status``: 404 wrong, 410 over or forgotten, 429 too often."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def ticket_service(request: Request) -> TicketService:
    """What these pages work with."""
    found: TicketService = request.app.state.ticket
    return found


Service = Annotated[TicketService, Depends(ticket_service)]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opened, and the address that it is."""

    kept: KeptPlan
    token: str
    address: str

    @property
    def calendar(self) -> str:
        """The calendar's address for programs that subscribe."""
        return "webcal:" + self.address.partition(":")[2] + ".ics"


def opened(token: str, request: Request, service: Service) -> Opened:
    """The plan of a link.

    Raises:
        NotOpened: there is none, or it was asked for too often.
    """
    address = request.client.host if request.client else "unknown"
    try:
        link_id = service.links.link_id(token)
    except (WrongLink, EndedLink) as error:
        status = 410 if isinstance(error, EndedLink) else 404
        raise NotOpened(status if service.visits.may(address, None) else 429) from None
    if not service.visits.may(address, link_id):
        raise NotOpened(429)
    with service.database.read() as session:
        kept = plans.by_link(session, link_id)
    if kept is None:
        raise NotOpened(410)
    return Opened(kept, token, service.links.address_of(token))


Own = Annotated[Opened, Depends(opened)]


@router.api_route("/{token}.ics", methods=READ)
def calendar(own: Own, service: Service, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """The dates, for a calendar program."""
    body = events.calendar(own.kept, service.today(), service.current())
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in [one.strip().removeprefix("W/") for one in (if_none_match or "").split(",")]:
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="plan.ics"'
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


@router.api_route("/{token}/cards", methods=READ)
def counter_cards(own: Own, service: Service, every: Annotated[bool, Query(alias="all")] = False) -> Response:
    """What to say at the counters, four on a sheet; `all`: for what comes later too."""
    found, more = cards(own.kept.profile, service.today(), service.current(), every=every)
    return pages.page("cards.html", own=own, cards=found, more=more)


@router.api_route("/{token}/qr.svg", methods=READ)
def qr_code(own: Own) -> Response:
    """The QR code of the page."""
    return Response(pages.qr_file(own.address), media_type="image/svg+xml")


@router.api_route("/{token}", methods=READ)
def whole_plan(own: Own, service: Service, every: Annotated[bool, Query(alias="open")] = False) -> Response:
    """The plan, to read and to print; `open`: with everything unfolded."""
    today = service.today()
    made = ticket(own.kept.profile, today, service.current())
    return pages.page(
        "ticket.html",
        own=own,
        plan=made,
        every=every,
        today=today,
        ends_on=service.links.ends_on(own.token).astimezone(BELGIUM).date(),
        qr=pages.qr_inline(own.address),
    )
