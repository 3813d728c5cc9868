"""Puts together how agents get in at the desk."""

from __future__ import annotations

import datetime as dt

from app.settings import Settings
from desk.doors import Doors
from desk.openid import OpenId, Provider
from desk.services import PREFIX
from dossiers.accounts.identities import Groups
from dossiers.accounts.second_factor import Rules
from dossiers.models import Role

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def make_doors(settings: Settings) -> Doors:
    """The doors that the settings open."""
    alone = settings.app_host in LOOPBACK and not settings.secure_cookies and not settings.public_url
    rules = Rules(dt.timedelta(days=settings.second_factor_grace_days), on_this_machine_only=alone)
    address = settings.public_address + PREFIX
    openid = OpenId(_provider(settings, address)) if settings.oidc_issuer else None
    return Doors(rules, openid, address)


def _provider(settings: Settings, address: str) -> Provider:
    teams = {group: what.removeprefix("team:") for group, what in settings.oidc_mapped if what.startswith("team:")}
    roles = {group: Role(what) for group, what in settings.oidc_mapped if not what.startswith("team:")}
    return Provider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        address=address,
        name=settings.oidc_name,
        groups_claim=settings.oidc_groups_claim,
        groups=Groups(roles, teams, settings.oidc_create_accounts),
        strong=settings.oidc_second_factor,
    )
