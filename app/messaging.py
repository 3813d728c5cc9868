"""Puts the channels together: which platforms are on, what stores what they bring, what sends to them."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.housekeeping import Housekeeping
from app.settings import Settings
from channels import inbox, outbox
from channels.arrivals import Arrivals
from channels.bot_client import BotClient
from channels.dispatcher import Dispatcher
from channels.hints import TypingHints
from channels.hub import Hub, RedisRelay
from channels.mail.sender import DigestSender
from channels.mail.smtp import Server
from channels.platform import Platform
from channels.resume import api as resume
from channels.resume.codes import Codes
from channels.router import Clock, Router
from channels.telegram import webhook as telegram_webhook
from channels.telegram.numbers import Numbers
from channels.telegram.platform import TelegramPlatform
from channels.telegram.polling import Polling, register
from channels.telegram.service import TelegramService
from channels.whatsapp import webhook as whatsapp_webhook
from channels.whatsapp.platform import WhatsAppPlatform
from channels.whatsapp.service import WhatsAppService
from channels.worker import Worker
from dossiers.database import Database
from dossiers.deadlines import Deadlines
from dossiers.privacy import terms
from dossiers.privacy.journal import DEFAULT as DEFAULT_JOURNAL
from dossiers.sealing import Sealer
from knowledge.figures import BELGIUM
from knowledge.library import Library

Job = Callable[[], Coroutine[Any, Any, None]]


@dataclass
class Messaging:
    """What runs beside the requests. ``jobs``: background tasks; ``closing``: what ends with the app; ``typing``: shows
    the person of a conversation that a colleague types."""

    database: Database
    hub: Hub
    clock: Clock
    jobs: list[Job] = field(default_factory=list)
    closing: list[Job] = field(default_factory=list)
    typing: Callable[[str], Coroutine[Any, Any, None]] | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything at work; ends cleanly."""
        self.hub.bind()
        if self.database.engine.dialect.name == "sqlite":  # the only process: what an earlier one left is nobody's
            await asyncio.to_thread(self._take_over)
        tasks = [asyncio.create_task(job()) for job in self.jobs]
        try:
            yield
        finally:
            self.hub.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for close in self.closing:
                await close()

    def _take_over(self) -> None:
        with self.database.write() as session:
            inbox.release_all(session)
            outbox.release_all(session, self.clock())


def make_hub(settings: Settings) -> Hub:
    """Wake-ups within this process, and over Redis where several share the work."""
    return Hub(RedisRelay(settings.redis_url)) if settings.redis_url else Hub()


def install(
    app: FastAPI,
    settings: Settings,
    database: Database,
    hub: Hub,
    bot: BotClient,
    clock: Clock,
    data_link: Callable[[str], str] | None = None,
) -> Messaging:
    """The routes of the platforms that are on; returns what runs beside them. ``data_link``: as in `Router`."""
    sealer = Sealer(settings.all_secret_keys)
    codes = Codes(sealer, clock)
    arrivals = Arrivals(database, sealer, codes, clock, privacy_url=settings.privacy_url)
    messaging = Messaging(database, hub, clock)
    platforms: list[Platform] = []
    if settings.telegram_mode != "off":
        platforms.append(_telegram(app, settings, arrivals, messaging))
    if settings.whatsapp_on:
        platforms.append(_whatsapp(app, settings, arrivals, messaging))
    dispatcher = Dispatcher(database, platforms, sealer, hub, clock)
    hints = TypingHints(database, platforms, sealer)
    worker = Worker(database, Router(database, bot, clock, codes, data_link), hub, hints)
    messaging.typing = hints.show
    housekeeping = Housekeeping(
        database, bot, Path(settings.erased_journal or DEFAULT_JOURNAL), terms.configured(), clock
    )
    messaging.jobs += [worker.run, dispatcher.run, housekeeping.run]
    messaging.closing.append(bot.close)
    app.include_router(resume.create_router(codes))
    return messaging


def add_digests(messaging: Messaging, settings: Settings, library: Callable[[], Library]) -> None:
    """The mails that tell agents who waits, when a mail server is set."""
    if not settings.smtp_url.get_secret_value():
        return
    known = Deadlines()

    def nearest(session: Session, people: set[str]) -> dict[str, dt.date]:
        today = messaging.clock().astimezone(BELGIUM).date()
        return {who: days[0].by for who, days in known.of(session, people, today, library()).items()}

    server, desk = Server.at(settings.smtp_url.get_secret_value()), f"{settings.public_address}/desk"
    sender = DigestSender(messaging.database, server, settings.digest_from, desk, nearest, messaging.clock)
    messaging.jobs.append(sender.run)


def _telegram(app: FastAPI, settings: Settings, arrivals: Arrivals, messaging: Messaging) -> Platform:
    token = settings.telegram_token.get_secret_value()
    platform = TelegramPlatform(token, Numbers(messaging.database), api_url=settings.telegram_api_url)
    service = TelegramService(arrivals, platform, messaging.hub, settings.telegram_webhook_secret)
    if settings.telegram_mode == "polling":
        messaging.jobs.append(Polling(service).run)
    else:
        app.include_router(telegram_webhook.create_router(service))
        address = settings.public_address + telegram_webhook.PATH
        messaging.jobs.append(lambda: register(service, address))
    messaging.closing.append(platform.close)
    return platform


def _whatsapp(app: FastAPI, settings: Settings, arrivals: Arrivals, messaging: Messaging) -> Platform:
    platform = WhatsAppPlatform(
        token=settings.whatsapp_token.get_secret_value(),
        phone_number_id=settings.whatsapp_phone_id,
        api=settings.whatsapp_api_url,
        version=settings.whatsapp_api_version,
        look_after=settings.whatsapp_look_after,
    )
    service = WhatsAppService(
        arrivals,
        messaging.hub,
        settings.whatsapp_phone_id,
        settings.whatsapp_app_secret.get_secret_value(),
        settings.whatsapp_verify_token.get_secret_value(),
    )
    app.include_router(whatsapp_webhook.create_router(service))
    messaging.closing.append(platform.close)
    return platform
