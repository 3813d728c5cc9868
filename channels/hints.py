"""Shows on the person's platform that an answer is being written. Only a hint: nothing depends on it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from channels.platform import Platform
from channels.router import Work
from dossiers import conversations
from dossiers.database import Database
from dossiers.models import Conversation
from dossiers.sealing import Sealer, Unreadable


class TypingHints:
    """Called with every message that the bot is about to answer, and while a colleague types."""

    def __init__(self, database: Database, platforms: Sequence[Platform], sealer: Sealer) -> None:
        self.database, self.sealer = database, sealer
        self.platforms = {platform.name: platform for platform in platforms}

    async def __call__(self, work: Work) -> None:
        """Shows it where the person writes. On the web the widget does so itself."""
        await self.show(work.conversation_id)

    async def show(self, conversation_id: str) -> None:
        """Shows it where the person of a conversation writes now, as while a colleague types."""
        found = await asyncio.to_thread(self._address, conversation_id)
        if found is not None:
            channel, address = found
            await self.platforms[channel].typing(address)

    def _address(self, conversation_id: str) -> tuple[str, str] | None:
        with self.database.read() as session:
            conversation = session.get(Conversation, conversation_id)
            if conversation is None or conversation.channel not in self.platforms:
                return None
            found = conversations.current_address(session, conversation)
            try:
                return None if found is None else (conversation.channel, self.sealer.open(found.sealed))
            except Unreadable:
                return None
