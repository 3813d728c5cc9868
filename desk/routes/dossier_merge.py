"""Two dossiers of one person: find the other, compare, choose, and make one of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from desk import lookup, pages
from desk.access import Desk, Refused, SignedIn, needs
from desk.permissions import Action
from desk.reading import dossier_pairs, dossiers
from desk.routes.dossier_edit import back, log
from dossiers import merging
from dossiers.differences import Pair
from dossiers.merging import NotMerged, Why

router = APIRouter(prefix="/dossiers/{dossier_id}/merge")
Who = Annotated[SignedIn, needs(Action.DOSSIER_MERGE)]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
WHY = {
    Why.SAME: "These are the same dossier.",
    Why.HANDLED: "A colleague is talking with this person just now. Please wait until they are done, or ask them.",
    Why.NO_CONSENT: "One of them does not hold the person's consent to keep a dossier any more, so they stay apart.",
    Why.ERASING: "This person asked to be erased. That comes first.",
    Why.CHANGED: "Something changed in one of the dossiers meanwhile. Nothing was merged. Please look again.",
    Why.UNDECIDED: "Please choose one of the two wherever they differ. Nothing was merged yet.",
    Why.IN_THE_WAY: "Both dossiers hold something of which there can be only one. Nothing was merged. "
    "Please tell who runs the service.",
}


def _pair(session: Session, who: SignedIn, dossier_id: str, other_id: str) -> Pair:
    """The two dossiers, when the agent may merge both, with every conversation of both.

    Raises:
        Refused: 404, there is none; 403, something of it belongs to another team.
    """
    pair = Pair(
        lookup.dossier(session, who, dossier_id, Action.DOSSIER_MERGE),
        lookup.dossier(session, who, other_id, Action.DOSSIER_MERGE),
    )
    for one in merging.conversations_of(session, pair):
        if not who.may_in(Action.DOSSIER_MERGE, one.team_id):
            raise Refused(403, lookup.OTHER_TEAM)
    return pair


@router.get("")
def find(request: Request, desk: Desk, who: Who, dossier_id: Id) -> Response:
    """Which dossiers may be of the same person, and a search for others."""
    return _find(request, desk, who, dossier_id, "")


@router.post("/find")
def search(
    request: Request, desk: Desk, who: Who, dossier_id: Id, text: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """The same with the dossiers that hold these words."""
    return _find(request, desk, who, dossier_id, text.replace("\x00", " ").strip())


def _find(request: Request, desk: Desk, who: SignedIn, dossier_id: str, text: str) -> Response:
    with desk.database.read() as session:
        own = lookup.dossier(session, who, dossier_id, Action.DOSSIER_MERGE)
        shown = dossiers.shown(session, [own], desk.library)[0]
        likely = dossier_pairs.likely(session, who, own, desk.library)
        found = dossiers.search(session, who, text, 1, desk.library).dossiers if text else []
    return pages.page(
        request,
        "dossier_merge_find.html",
        dossier=shown,
        likely=likely,
        found=[one for one in found if one.id != dossier_id],
        text=text,
    )


@router.get("/{other_id}")
def compare(request: Request, desk: Desk, who: Who, dossier_id: Id, other_id: Id) -> Response:
    """Both side by side, with what must be chosen."""
    return _compare(request, desk, who, dossier_id, other_id)


def _compare(
    request: Request,
    desk: Desk,
    who: SignedIn,
    dossier_id: str,
    other_id: str,
    *,
    chosen: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    with desk.database.write() as session:
        pair = _pair(session, who, dossier_id, other_id)
        log(session, desk, who, "dossier.compared", pair.keep, other=pair.other.id)
    with desk.database.read() as session:
        pair = _pair(session, who, dossier_id, other_id)
        shown = dossier_pairs.read(session, pair, desk.library)
        why = merging.hindrance(session, pair, who.agent.id, desk.clock())
    return pages.page(
        request,
        "dossier_merge.html",
        status=status,
        both=shown,
        chosen=chosen or {},
        problem=problem,
        hindrance=WHY[why] if why else "",
    )


@router.post("/{other_id}")
async def merge(request: Request, desk: Desk, who: Who, dossier_id: Id, other_id: Id) -> Response:
    """Makes one dossier of them. What was chosen stays on the page when it cannot be done."""
    form = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_merge, request, desk, who, dossier_id, other_id, form)


def _merge(
    request: Request, desk: Desk, who: SignedIn, dossier_id: str, other_id: str, form: dict[str, str]
) -> Response:
    try:
        with desk.database.write() as session:
            pair = _pair(session, who, dossier_id, other_id)
            talks = [one.id for one in merging.conversations_of(session, pair)]
            log(session, desk, who, "dossier.merged", pair.keep, other=other_id, conversations=len(talks))
            merging.merge(session, pair, form, agent_id=who.agent.id, seen=form.get("seen", ""), now=desk.clock())
    except NotMerged as refused:
        return _compare(request, desk, who, dossier_id, other_id, chosen=form, problem=WHY[refused.why], status=409)
    for conversation_id in talks:
        desk.hub.wake(conversation_id)
    return back(desk, who, dossier_id, "merged")
