"""A real provider of OpenID Connect on this machine, and people who log in there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from oidc_provider_mock import User, run_server_in_thread  # type: ignore[import-untyped]

CLIENT, SECRET = "desk", "a secret of the client"


class Provider:
    """Stands where the organisation's log-in stands."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://localhost:{port}"

    def knows(self, subject: str, **claims: Any) -> None:
        """What it says of somebody from now on."""
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def log_in(self, address: str, subject: str) -> str:
        """Somebody logs in there; gives the address to which they are sent back."""
        answer = httpx.post(address, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def deny(self, address: str) -> str:
        """Somebody changes their mind there."""
        answer = httpx.post(address, data={"action": "deny"})
        return answer.headers["location"]


@contextmanager
def running() -> Iterator[Provider]:
    """The provider behind a real server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider's own library insists on HTTPS
        with run_server_in_thread(require_nonce=True, user_claims=[User(sub="s-mia")]) as server:
            yield Provider(server.server_port)
