"""How agents get in, beside their passwords."""

from __future__ import annotations

from dataclasses import dataclass, field

from desk.openid import OpenId
from dossiers.accounts.second_factor import Rules


@dataclass(frozen=True, slots=True)
class Doors:
    """Wired once, in `app.doors`. ``address``: the whole address of the desk, for links that are sent to colleagues.

    ``openid`` None: there is no log-in of the organisation.
    """

    rules: Rules = field(default_factory=Rules)
    openid: OpenId | None = None
    address: str = ""
