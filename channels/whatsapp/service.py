"""What the webhook works with: stores what came, in order, and wakes who waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog

from channels.arrivals import Arrival, Arrivals
from channels.hub import Hub
from channels.whatsapp.reading import CHANNEL, News, Reaction, Receipt

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WhatsAppService:
    """Wired once, in `app.main`. ``phone_number_id``: our number's id at Meta; ``app_secret``: with which Meta signs;
    ``verify_token``: what was entered at Meta beside the webhook's address."""

    arrivals: Arrivals
    hub: Hub
    phone_number_id: str
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    _in_order: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def take(self, news: News) -> bool:
        """Stores everything. False: something could not be stored and must come again; what was stored then is known.

        Messages are stored one request after the other, so that two that come at once keep their order.
        """
        whole = True
        if news.arrivals:
            async with self._in_order:
                whole = await asyncio.to_thread(self._messages, news.arrivals)
        if news.reactions or news.receipts:
            whole = await asyncio.to_thread(self._beside, news.reactions, news.receipts) and whole
        return whole

    def _messages(self, arrivals: Iterable[Arrival]) -> bool:
        failed: set[str] = set()
        for arrival in arrivals:
            if arrival.address in failed:
                continue  # it would overtake the one before it
            try:
                stored = self.arrivals.take(arrival)
            except Exception:
                log.exception("whatsapp_not_stored")
                failed.add(arrival.address)
                continue
            if stored.new:
                self.hub.wake(stored.conversation_id)
        return not failed

    def _beside(self, reactions: Iterable[Reaction], receipts: Iterable[Receipt]) -> bool:
        try:
            for reaction in reactions:
                self.arrivals.react(CHANNEL, reaction.platform_id, reaction.emoji)
            for told in receipts:
                self.arrivals.receipt(CHANNEL, told.platform_id, told.state, key=told.key, error=told.error)
        except Exception:
            log.exception("whatsapp_not_stored")
            return False
        return True
