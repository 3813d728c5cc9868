"""Links to the page of one's data. Who has one may see and change all of it for some hours; there is no account.

A token is the id of the conversation in which it was asked for, the moment it was made, and a signature. Nothing about
links is stored. Each form on the page carries a second signature, of that very token.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable

from itsdangerous import BadSignature, SignatureExpired

from channels.ticket.links import Signer

PREFIX = "/mydata"
SALT = "channels.mydata.links"


class WrongLink(Exception):
    """Nobody made this link, or not as it is now."""


class EndedLink(Exception):
    """The link was right and its time is over."""


class DataLinks:
    """Makes and reads links. ``base``: where people reach the app; ``hours``: how long a link works."""

    def __init__(self, secret: str, base: str, hours: int, clock: Callable[[], dt.datetime]) -> None:
        self._signer = Signer(secret, clock, SALT)
        self._forms = hmac.new(secret.encode(), b"channels.mydata.forms", hashlib.sha256).digest()
        self.base = base.rstrip("/")
        self.hours = hours

    def address(self, conversation_id: str) -> str:
        """A new link to the data of the person of a conversation, which works from now on."""
        return f"{self.base}{PREFIX}/{self._signer.sign(conversation_id).decode()}"

    def read(self, token: str) -> tuple[str, dt.datetime]:
        """The conversation in a token, and when the token ends.

        Raises:
            WrongLink: it was not signed here.
            EndedLink: it was, too long ago.
        """
        if not token.isascii() or not self._signer.is_exactly_signed(token):
            raise WrongLink
        try:
            value, made = self._signer.unsign(token, max_age=self.hours * 3600, return_timestamp=True)
        except SignatureExpired:
            raise EndedLink from None
        except BadSignature:
            raise WrongLink from None
        return value.decode(), made + dt.timedelta(hours=self.hours)

    def form_token(self, token: str) -> str:
        """What every form of the page that this token opens must send along."""
        return hmac.new(self._forms, token.encode(), hashlib.sha256).hexdigest()

    def is_own_form(self, token: str, sent: str) -> bool:
        """Whether a form was made for this link; takes the same time for every wrong value."""
        return hmac.compare_digest(self.form_token(token).encode(), sent.encode())
