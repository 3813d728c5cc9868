"""Assembles the desk as an application of its own: its errors, headers and access rules apply to nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from desk import access, problems
from desk.headers import HEADERS
from desk.routes import (
    account,
    administration,
    articles,
    audit,
    canned,
    conversation,
    digest,
    dossier_documents,
    dossier_edit,
    dossier_merge,
    dossiers,
    drafts,
    failures,
    hours,
    insert,
    knowledge,
    live,
    login,
    notes,
    openid,
    presence,
    privacy,
    queue,
    search,
    second_factor,
    talent,
    tasks,
    teams,
    transfers,
    typing,
)
from desk.services import PREFIX, DeskServices
from pages.headers import SecurityHeaders

STATIC = Path(__file__).parent / "static"


@cache
def _routes() -> Sequence[BaseRoute]:
    """Every page, behind `access.guard`: what it does not name as open needs a session. Put together once."""
    every = APIRouter(dependencies=[Depends(access.guard)])
    work = (queue, presence, conversation, insert, typing, notes, canned, transfers, tasks, live)
    people = (dossiers, dossier_edit, dossier_documents, dossier_merge, search, talent, audit, privacy, failures)
    answers = (knowledge, articles, drafts)
    accounts = (openid, account, second_factor, administration, teams, hours, digest)
    for routes in (login, *work, *people, *answers, *accounts):
        every.include_router(routes.router)
    return every.routes


def create_app(services: DeskServices) -> FastAPI:
    """The desk, with these services."""
    desk = FastAPI(title="Pre-care desk", openapi_url=None, docs_url=None, redoc_url=None, routes=[*_routes()])
    desk.state.desk = services
    desk.mount("/static", StaticFiles(directory=STATIC), name="static")
    desk.add_exception_handler(access.LoginNeeded, problems.login_needed)
    desk.add_exception_handler(access.GoTo, problems.go_to)
    desk.add_exception_handler(access.Refused, problems.refused)
    desk.add_exception_handler(HTTPException, problems.http)
    desk.add_exception_handler(RequestValidationError, problems.invalid)
    desk.add_exception_handler(Exception, problems.unexpected)
    desk.add_middleware(SecurityHeaders, headers=HEADERS)
    return desk


def install(app: FastAPI, services: DeskServices) -> None:
    """Mounts the desk under /desk."""

    @app.get(PREFIX, include_in_schema=False)
    def _to_the_queue() -> RedirectResponse:
        return RedirectResponse(f"{PREFIX}/", 307)

    app.mount(PREFIX, create_app(services), name="desk")
