"""Shows on the person's platform that an answer is being written. Only a hint: nothing depends on it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from channels.outbox import WEB
from channels.platform import Platform
from channels.router import Work
from dossiers import conversations
from dossiers.database import Database
from dossiers.models import Conversation
from dossiers.sealing import Sealer, Unreadable


class TypingHints:
    """Called with every message that the bot is about to answer."""

    def __init__(self, database: Database, platforms: Sequence[Platform], sealer: Sealer) -> None:
        self.database, self.sealer = database, sealer
        self.platforms = {platform.name: platform for platform in platforms}

    async def __call__(self, work: Work) -> None:
        """Shows it where the person writes. On the web the widget does so itself."""
        platform = None if work.channel == WEB else self.platforms.get(work.channel)
        if platform is None:
            return
        address = await asyncio.to_thread(self._address, work.conversation_id)
        if address is not None:
            await platform.typing(address)

    def _address(self, conversation_id: str) -> str | None:
        with self.database.read() as session:
            conversation = session.get(Conversation, conversation_id)
            found = conversations.current_address(session, conversation) if conversation is not None else None
            try:
                return None if found is None else self.sealer.open(found.sealed)
            except Unreadable:
                return None
