"""Hands a mail to a mail server. The address of the server says how: `smtp://`, `smtps://`, `smtp+starttls://`."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
ON_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
TIMEOUT = 20.0


class NotSent(Exception):
    """The server surely did not take the mail; it may be tried again. ``str()`` is a short reason without addresses."""


class Unsure(Exception):
    """The connection ended after the mail was handed over: nobody knows whether the server took it."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server. ``security``: the scheme of its address."""

    host: str
    port: int
    security: Literal["smtp", "smtps", "smtp+starttls"] = "smtp"
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def at(cls, url: str) -> Server:
        """The server of an address such as `smtp+starttls://user:password@mail.example.org:587`.

        Raises:
            ValueError: the address cannot be used; the message says why and holds no password.
        """
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("give it as smtp+starttls://user:password@mail.example.org:587, smtps://… or smtp://…")
        try:
            port = parts.port or PORTS[parts.scheme]
        except ValueError:
            raise ValueError("its port is no number of a port") from None
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if user and parts.scheme == "smtp" and parts.hostname not in ON_THIS_MACHINE:
            raise ValueError("a password is only sent encrypted: use smtps:// or smtp+starttls://")
        security: Literal["smtp", "smtps", "smtp+starttls"] = parts.scheme  # type: ignore[assignment]  # one of PORTS
        return cls(parts.hostname, port, security, user, password)

    def send(self, mail: EmailMessage) -> None:
        """Hands over one mail.

        Raises:
            NotSent: the server was not reached, or refused it.
            Unsure: it may have taken it.
        """
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(_reason(error)) from None
        try:
            server.send_message(mail)
        except (smtplib.SMTPServerDisconnected, TimeoutError) as error:
            raise Unsure(_reason(error)) from None
        except (OSError, smtplib.SMTPException, UnicodeError, ValueError) as error:
            raise NotSent(_reason(error)) from None
        finally:
            _goodbye(server)

    def _connected(self) -> smtplib.SMTP:
        safely = ssl.create_default_context()
        if self.security == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=safely)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            if self.security == "smtp+starttls":
                server.starttls(context=safely)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            _goodbye(server)
            raise
        return server


def _goodbye(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _reason(error: Exception) -> str:
    """What happened, without the server's words: they may repeat an address."""
    code = getattr(error, "smtp_code", None)
    return type(error).__name__ if code is None else f"{type(error).__name__} {code}"
