"""Dossiers: the list and one dossier.

Searching is a POST: what people told about themselves does not belong in addresses, which end up in logs and histories.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response

from desk import lookup, pages
from desk.access import Desk, Refused, SignedIn, needs
from desk.permissions import Action
from desk.reading import dossiers

router = APIRouter(prefix="/dossiers")
Who = Annotated[SignedIn, needs(Action.DOSSIER_READ)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


@router.get("")
def latest(request: Request, desk: Desk, who: Who) -> Response:
    """The dossiers that changed last."""
    return search(request, desk, who)


@router.post("")
def search(
    request: Request,
    desk: Desk,
    _: Who,
    text: Annotated[str, Form(max_length=200)] = "",
    page: Annotated[int, Form(ge=1, le=10_000)] = 1,
) -> Response:
    """Dossiers whose fields hold every word; only the results when htmx asks."""
    text = text.replace("\x00", " ").strip()
    with desk.database.read() as session:
        found = dossiers.search(session, text, page, desk.library)
    by_script = request.headers.get("hx-request") == "true"
    return pages.page(request, "_results.html" if by_script else "dossiers.html", found=found, text=text)


@router.get("/{dossier_id}")
def show(request: Request, desk: Desk, who: Who, dossier_id: Id) -> Response:
    """One dossier with its history and consents."""
    with desk.database.read() as session:
        lookup.dossier(session, who, dossier_id)
        found = dossiers.by_id(session, dossier_id, desk.library)
    if found is None:
        raise Refused(404, "There is no such dossier. It may have been erased.")
    dossier, consents = found
    return pages.page(request, "dossier.html", dossier=dossier, consents=consents)
