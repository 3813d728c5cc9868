"""Puts the app together. Started as `uvicorn --factory app.main:create_app`."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

import desk
from actions.base import Services
from actions.registry import executor
from app import action_server, chores, health, log, messaging
from app.doors import make_doors
from app.settings import Settings
from app.shelf import Shelf
from channels.bot_client import BotClient
from channels.hub import Hub
from channels.mydata import app as mydata
from channels.mydata.links import DataLinks
from channels.mydata.service import MyDataService
from channels.mydata.service import Visits as DataVisits
from channels.ticket import app as ticket
from channels.ticket.links import PlanLinks
from channels.ticket.service import TicketService, Visits
from channels.web import api, errors, own_data
from channels.web.limits import RateLimits
from channels.web.service import WebService
from channels.web.sites import Sites
from desk.services import DeskServices
from dossiers import audit
from dossiers.database import Database, make_engine, now
from dossiers.sealing import Sealer
from knowledge.editing import Editing
from knowledge.figures import today

ROOT = Path(__file__).parent.parent
WEB = ROOT / "channels" / "web"
MODEL = ROOT / "var" / "models" / "assistant.tar.gz"


def create_app(settings: Settings | None = None) -> FastAPI:
    """The whole app, wired and ready to serve."""
    settings = settings or Settings()
    log.configure(as_json=settings.log_json)
    shelf = Shelf()
    database = Database(make_engine(settings.database_url), audit.sealing(settings.all_secret_keys))
    hub = messaging.make_hub(settings)
    bot = BotClient(settings.bot_url, settings.bot_token.get_secret_value())

    @contextlib.asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[None]:
        async with running.state.messaging.running():
            yield
        database.engine.dispose()

    app = FastAPI(
        title="What now?", lifespan=lifespan, docs_url="/api/docs", redoc_url=None, openapi_url="/api/openapi.json"
    )
    errors.install(app)
    sites = Sites()
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[*settings.allowed_origins, *sites.origins()],
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
        expose_headers=["Retry-After"],
    )
    limits = RateLimits(messages=settings.messages_per_minute, conversations=settings.conversations_per_minute)
    data_links = _my_data(app, settings, database, shelf, hub)
    app.state.web = WebService(
        database,
        shelf.current,
        hub,
        limits,
        now,
        sites,
        telegram_link=settings.telegram_link,
        whatsapp_link=settings.whatsapp_link,
        data_link=data_links.address,
    )
    app.include_router(api.router)
    app.include_router(own_data.router)
    app.state.messaging = messaging.install(app, settings, database, hub, bot, now, data_links.address)
    app.state.messaging.jobs.append(lambda: chores.propose_follow_ups(database, now))
    messaging.add_digests(app.state.messaging, settings, shelf.current)
    app.include_router(health.create_router(database, bot, shelf))
    links = PlanLinks(settings.secret_key.get_secret_value(), settings.public_address, settings.plan_link_days, now)
    visits = Visits(settings.conversations_per_minute)
    ticket.install(app, TicketService(database, shelf.current, links, visits, now))
    services = Services(
        database, shelf.current, now, today, hub.wake, links.address, data_links.address, settings.mydata_link_hours
    )
    app.include_router(action_server.create_router(executor(services), settings.action_token.get_secret_value()))
    desk.install(
        app,
        DeskServices(
            database,
            shelf,
            Editing(shelf.root),
            hub,
            now,
            settings.secure_cookies,
            _model_made_at,
            typing=app.state.messaging.typing,
            doors=make_doors(settings),
            sealer=Sealer(settings.all_secret_keys),
        ),
    )
    _pages(app)
    return app


def _my_data(app: FastAPI, settings: Settings, database: Database, shelf: Shelf, hub: Hub) -> DataLinks:
    """The page of one's data; returns what makes the links to it."""
    key, hours = settings.secret_key.get_secret_value(), settings.mydata_link_hours
    links = DataLinks(key, settings.public_address, hours, now)
    sealer, visits = Sealer(settings.all_secret_keys), DataVisits(settings.conversations_per_minute)
    mydata.install(app, MyDataService(database, shelf.current, links, visits, sealer, now, hub.wake))
    return links


def _model_made_at() -> dt.datetime | None:
    """When the bot's model was trained; None when it does not lie on this machine."""
    try:
        return dt.datetime.fromtimestamp(MODEL.stat().st_mtime, dt.UTC)
    except OSError:
        return None


class _Built(StaticFiles):
    """The widget's files: those named by the hash of their content never change, the others are asked for anew."""

    def file_response(self, full_path: os.PathLike[str] | str, *args: Any, **kwargs: Any) -> Response:
        """The file, with how long it may be kept."""
        response = super().file_response(full_path, *args, **kwargs)
        fixed = re.search(r"-[\w-]{8,}\.js$", os.fspath(full_path)) is not None
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fixed else "no-cache"
        return response


def _pages(app: FastAPI) -> None:
    widget, demo = WEB / "static" / "widget", WEB / "demo"

    @app.get("/", include_in_schema=False)
    def demo_page() -> FileResponse:
        return FileResponse(demo / "index.html")

    @app.get("/widget.js", include_in_schema=False)
    def widget_script() -> FileResponse:
        return FileResponse(widget / "widget.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    app.mount("/widget", _Built(directory=widget, check_dir=False), name="widget")
    app.mount("/demo", StaticFiles(directory=demo, check_dir=False), name="demo")
