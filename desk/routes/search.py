"""Searching in everything that an agent may see.

It is a POST: what people told about themselves does not belong in addresses, which end up in logs and histories.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from desk import pages
from desk.access import Desk, SignedIn, needs
from desk.permissions import Action
from desk.problems import by_script
from desk.reading import search
from desk.reading.search import Results
from dossiers import audit

router = APIRouter(prefix="/search")
Who = Annotated[SignedIn, needs(Action.CONVERSATION_READ)]


@router.get("")
def show(request: Request, _: Who) -> Response:
    """The page with an empty field."""
    return pages.page(request, "search.html", found=Results((), (), ()), text="")


@router.post("")
def find(request: Request, desk: Desk, who: Who, text: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Dossiers and conversations that hold every word; only the results when htmx asks."""
    text = text.replace("\x00", " ").strip()
    with desk.database.write() as session:
        found = search.find(session, who, text, desk.library)
        counts = {"dossiers": len(found.dossiers), "conversations": len(found.conversations)}
        if any(counts.values()):  # what was found is looked at, what was typed is nobody's business
            actor = f"agent:{who.agent.id}"
            audit.note(session, actor=actor, action="search.shown", subject="search", now=desk.clock(), details=counts)
    return pages.page(request, "_search.html" if by_script(request) else "search.html", found=found, text=text)
