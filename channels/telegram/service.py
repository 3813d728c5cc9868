"""What both ways in, the webhook and polling, do with an update: store it, then what it asks for besides."""

from __future__ import annotations

import asyncio
import traceback
from collections import OrderedDict
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from channels.arrivals import Arrival, Arrivals
from channels.hub import Hub
from channels.telegram.parsing import parsed
from channels.telegram.platform import TelegramPlatform
from channels.telegram.reading import CHANNEL, Blocked, Group, Reaction, Read, read
from dossiers.models import Address

log = structlog.get_logger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout, OSError)
MOST_TRIES = 5
REMEMBERED = 1000


class NotStored(Exception):
    """The update could not be stored now; Telegram must bring it again."""


class TelegramService:
    """Wired once, in `app.main`. ``secret``: what Telegram sends along with every update to the webhook."""

    def __init__(self, arrivals: Arrivals, platform: TelegramPlatform, hub: Hub, secret: str) -> None:
        self.arrivals, self.platform, self.hub, self.secret = arrivals, platform, hub, secret
        self._broken: OrderedDict[int, int] = OrderedDict()
        self._leaving: set[int] = set()

    async def take(self, payload: Any) -> Read:
        """Stores what an update brings; taking it again changes nothing. What is no update is noted and dropped.

        Raises:
            NotStored: the database is away. An update that breaks the storing itself is tried some times and then
                given up, so that it does not hold up all others for ever.
        """
        update = parsed(payload)
        if update is None:
            return Read()
        update_id = update.update_id
        try:
            found = read(update)
            await asyncio.to_thread(self._store, found)
        except DATABASE_AWAY as error:
            log.warning("telegram_update_not_stored", update=update_id, error=type(error).__name__)
            raise NotStored from error
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]  # the error's words may be what somebody wrote
            where = f"{place.filename}:{place.lineno}"
            log.error("telegram_update_broken", update=update_id, error=type(error).__name__, where=where)  # noqa: TRY400
            if self._give_up(update_id):
                return Read()
            raise NotStored from error
        self.platform.numbers.notice(found.number)
        return found

    async def follow_up(self, found: Read) -> None:
        """What need not be done before the update is acknowledged. Never raises."""
        if found.button is not None:
            await self.platform.answer_choice(found.button)
        if isinstance(found.news, Group) and found.news.chat_id not in self._leaving:
            self._leaving.add(found.news.chat_id)  # several messages at once are answered once
            try:
                await self.platform.leave(found.news.chat_id)
            finally:
                self._leaving.discard(found.news.chat_id)

    def _store(self, found: Read) -> None:
        news = found.news
        if isinstance(news, Arrival):
            self.hub.wake(self.arrivals.take(news).conversation_id)
        elif isinstance(news, Reaction):
            self.arrivals.react(CHANNEL, news.platform_id, news.emoji)
        elif isinstance(news, Blocked) and not self._wrote_since(news):
            self.arrivals.blocked(CHANNEL, news.address)

    def _wrote_since(self, news: Blocked) -> bool:
        """Whether the person wrote after they had blocked the bot: then a note that comes late says nothing."""
        key = self.arrivals.sealer.mark("address", CHANNEL, news.address)
        with self.arrivals.database.read() as session:
            statement = select(Address.heard_at).where(Address.channel == CHANNEL, Address.key == key)
            heard_at = session.scalar(statement)
        return heard_at is not None and heard_at > news.at

    def _give_up(self, update_id: int) -> bool:
        """Counts a try of an update that breaks the storing; True when that was the last."""
        tries = self._broken.pop(update_id, 0) + 1
        if tries >= MOST_TRIES:
            log.error("telegram_update_given_up", update=update_id)
            return True
        self._broken[update_id] = tries
        if len(self._broken) > REMEMBERED:
            self._broken.popitem(last=False)
        return False
