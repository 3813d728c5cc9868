"""Sends the digests that are due, now and then, in the background. Several processes may do so."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

import structlog

from channels.mail.smtp import NotSent, Server, Unsure
from dossiers import digest
from dossiers.database import Database
from dossiers.digest import Mail, NearestDays

log = structlog.get_logger(__name__)

LOOK_EVERY = 30.0


class DigestSender:
    """``address``: from whom the mails are; ``desk``: the address of the desk, for the links."""

    def __init__(
        self,
        database: Database,
        server: Server,
        address: str,
        desk: str,
        nearest: NearestDays,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self.database, self.server, self.address, self.desk = database, server, address, desk
        self.nearest, self.clock = nearest, clock

    async def run(self) -> None:
        """Runs until cancelled. What goes wrong with one mail stops no other."""
        while True:
            try:
                await asyncio.to_thread(self.send_due)
            except Exception as error:  # noqa: BLE001  (whatever happens, the next look comes)
                log.warning("digests_failed", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY)

    def send_due(self) -> int:
        """Sends every mail that is due; gives how many went out."""
        with self.database.read() as session:
            ids = digest.due(session, self.clock())
        return sum(self._send(one) for one in ids)

    def _send(self, subscription_id: str) -> bool:
        with self.database.write() as session:
            mail = digest.claim(session, subscription_id, self.nearest, self.clock())
        if mail is None:
            return False
        try:
            self.server.send(self._letter(mail))
        except NotSent as error:
            log.warning("digest_not_sent", subscription=mail.id, reason=str(error))
            with self.database.write() as session:
                digest.not_sent(session, mail, self.clock())
            return False
        except Unsure as error:
            log.warning("digest_unsure", subscription=mail.id, reason=str(error))
        with self.database.write() as session:
            digest.sent(session, mail, self.clock())
        return True

    def _letter(self, mail: Mail) -> EmailMessage:
        subject, text = digest.written(mail.digest, self.desk, self.clock())
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self.address, mail.address, subject
        letter["Date"] = format_datetime(self.clock())
        letter["Message-ID"] = f"<{mail.message_id}@{urlsplit(self.desk).hostname or 'localhost'}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text)
        return letter
