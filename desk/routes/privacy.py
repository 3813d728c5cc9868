"""The privacy officer's pages: the register, the rules of retention, receipts, and erasing somebody who asked for it.

None of them shows what a person wrote.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from desk import pages
from desk.access import Desk, SignedIn, needs
from desk.permissions import Action
from desk.reading import privacy
from desk.services import PREFIX, DeskServices
from dossiers import audit
from dossiers.privacy import erasing, receipts, register, running, terms

router = APIRouter(prefix="/privacy")
Officer = Annotated[SignedIn, needs(Action.REGISTER_SEE)]
Keeper = Annotated[SignedIn, needs(Action.RETENTION_RUN)]
Handler = Annotated[SignedIn, needs(Action.RIGHTS_HANDLE)]
Text = Annotated[str, Form(max_length=300)]
NOTES = {
    "counted": "Counted. Nothing was changed. Below is what would end now.",
    "ended": "Done. The history shows what ended.",
    "not-counted": "The count is too old, or the terms have changed since. Nothing was changed. Please count again.",
}
DOWNLOADS = {"json": ("application/json", "register.json"), "md": ("text/markdown", "register.md")}


@router.get("")
def overview(request: Request, desk: Desk, _: Officer) -> Response:
    """Where everything is, and what must still be forgotten elsewhere."""
    with desk.database.read() as session:
        waiting = privacy.waiting(session)
        latest = privacy.retention(session, terms.configured(), desk.clock()).runs[:1]
    return pages.page(request, "privacy.html", waiting=waiting, latest=latest)


@router.get("/register")
def show_register(request: Request, _: Officer) -> Response:
    """The register of processing activities."""
    return pages.page(request, "privacy_register.html", register=register.made(terms.configured()))


@router.get("/register/download")
def download(_: Officer, form: Annotated[str, Query(alias="as", pattern="^(json|md)$")] = "md") -> Response:
    """The register as a file: Markdown or JSON."""
    made = register.made(terms.configured())
    media_type, name = DOWNLOADS[form]
    text = made.to_json() if form == "json" else made.to_markdown()
    return PlainTextResponse(
        text, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.get("/retention")
def show_retention(request: Request, desk: Desk, _: Keeper, note: str = "") -> Response:
    """The rules, what the last count found, and the runs before."""
    with desk.database.read() as session:
        found = privacy.retention(session, terms.configured(), desk.clock())
    return pages.page(request, "privacy_retention.html", found=found, note=NOTES.get(note, ""))


@router.post("/retention/count")
def count(desk: Desk, who: Keeper) -> Response:
    """Counts what would end now."""
    running.count(desk.database, terms.configured(), desk.clock(), agent_id=who.agent.id)
    return RedirectResponse(f"{PREFIX}/privacy/retention?note=counted", 303)


@router.post("/retention/run")
def run(desk: Desk, who: Keeper, seen: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0) -> Response:
    """Ends what was counted, when that count is fresh."""
    try:
        running.carry_out(desk.database, terms.configured(), desk.clock(), seen=seen, agent_id=who.agent.id)
    except running.NotCounted:
        return RedirectResponse(f"{PREFIX}/privacy/retention?note=not-counted", 303)
    return RedirectResponse(f"{PREFIX}/privacy/retention?note=ended", 303)


@router.get("/requests")
def requests(
    request: Request, desk: Desk, _: Handler, number: Annotated[str, Query(max_length=60)] = "", new: bool = False
) -> Response:
    """Finding a receipt, and beginning to erase somebody. ``new``: the receipt was made just now."""
    receipt = None
    if number:
        with desk.database.read() as session:
            receipt = receipts.by_number(session, number)
    return _requests(request, number=number, receipt=receipt, new=new)


@router.post("/requests/find")
def find(request: Request, desk: Desk, who: Handler, reference: Text = "") -> Response:
    """Shows whom a reference means, in counts, and asks whether to erase them."""
    with desk.database.write() as session:
        found = privacy.somebody(session, reference)
        if found is not None:
            subject = f"conversation:{found.conversation_id}"
            audit.note(
                session, actor=f"agent:{who.agent.id}", action="rights.looked", subject=subject, now=desk.clock()
            )
    if found is None:
        return _requests(request, status=404, problem="There is no conversation or dossier with this number.")
    return pages.page(request, "privacy_erase.html", found=found, problem="")


@router.post("/requests/erase")
def erase(request: Request, desk: Desk, who: Handler, reference: Text = "", sure: Text = "") -> Response:
    """Erases somebody, once the privacy officer has said that it was checked who asks."""
    with desk.database.read() as session:
        found = privacy.somebody(session, reference)
    if found is None:
        return _requests(request, status=404, problem="This person is not here any more. Nothing was changed.")
    if sure != "yes":
        problem = "Nothing was erased. Tick the box first: it cannot be undone."
        return pages.page(request, "privacy_erase.html", status=422, found=found, problem=problem)
    number = _erase(desk, who, found)
    if number is None:
        return _requests(request, status=404, problem="This person is not here any more. Nothing was changed.")
    return RedirectResponse(f"{PREFIX}/privacy/requests?number={number}&new=1", 303)


def _erase(desk: DeskServices, who: SignedIn, found: privacy.Somebody) -> str | None:
    try:
        receipt = erasing.erase_person(desk.database, found.person_id, now=desk.clock(), actor=f"agent:{who.agent.id}")
    except erasing.NobodyThere:
        return None
    desk.hub.wake(found.conversation_id)
    return receipt.number


def _requests(request: Request, *, status: int = 200, **shown: object) -> Response:
    values = {"number": "", "receipt": None, "new": False, "problem": "", "words": receipts.in_words} | shown
    return pages.page(request, "privacy_requests.html", status=status, **values)
