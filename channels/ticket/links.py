"""Links to a plan. Who has one can read that plan until it ends; there is no account. Nothing about links is stored.

A token is the plan's link id, the moment it was made and a signature (itsdangerous). The id alone opens nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

PREFIX = "/plan"
SALT = "channels.ticket.links"


class WrongLink(Exception):
    """Nobody made this link, or not as it is now."""


class EndedLink(Exception):
    """The link was right and its time is over."""


class PlanLinks:
    """Makes and reads links. ``base``: where people reach the app; ``days``: how long a link works."""

    def __init__(self, secret: str, base: str, days: int, clock: Callable[[], dt.datetime]) -> None:
        self._signer = Signer(secret, clock, SALT)
        self.base = base.rstrip("/")
        self.days = days

    def address(self, link_id: str) -> str:
        """A new link to a plan, which works from now on."""
        return self.address_of(self._signer.sign(link_id).decode())

    def address_of(self, token: str) -> str:
        """The address of the page that a token opens."""
        return f"{self.base}{PREFIX}/{token}"

    def link_id(self, token: str) -> str:
        """The link id in a token.

        Raises:
            WrongLink: it was not signed here.
            EndedLink: it was, too long ago.
        """
        return self._read(token)[0]

    def ends_on(self, token: str) -> dt.datetime:
        """The moment a token ends; raises as `link_id`."""
        return self._read(token)[1] + dt.timedelta(days=self.days)

    def _read(self, token: str) -> tuple[str, dt.datetime]:
        if not token.isascii() or not self._signer.is_exactly_signed(token):
            raise WrongLink
        try:
            value, made = self._signer.unsign(token, max_age=self.days * 24 * 3600, return_timestamp=True)
        except SignatureExpired:
            raise EndedLink from None
        except BadSignature:
            raise WrongLink from None
        return value.decode(), made


class Signer(TimestampSigner):
    """Signs with the clock of the app. ``salt``: for what; a signature for one purpose is of no use for another."""

    def __init__(self, secret: str, clock: Callable[[], dt.datetime], salt: str) -> None:
        super().__init__(secret, salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        """This second."""
        return int(self._clock().timestamp())

    def is_exactly_signed(self, token: str) -> bool:
        """Whether it is a token to the letter: base64 has several spellings of one signature."""
        value, _, signature = token.rpartition(".")
        return hmac.compare_digest(self.get_signature(value), signature.encode())
