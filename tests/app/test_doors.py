"""Which doors the settings open."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.doors import make_doors
from app.settings import Settings
from dossiers.models import Role

NEEDED = {"bot_token": "x" * 16, "action_token": "x" * 16, "secret_key": "x" * 32}


def settings(**more: object) -> Settings:
    return Settings.model_validate(NEEDED | more)


def test_without_a_provider_there_are_passwords_only():
    doors = make_doors(settings())
    assert doors.openid is None
    assert doors.address == "http://127.0.0.1:8000/desk"


@pytest.mark.parametrize(
    "reached",
    [{"app_host": "0.0.0.0"}, {"public_url": "https://chat.example.org"}, {"secure_cookies": True}],
    ids=str,
)
def test_only_a_desk_that_nobody_else_reaches_spares_the_demonstration_its_second_factor(reached):
    assert make_doors(settings()).rules.on_this_machine_only
    assert not make_doors(settings(**reached)).rules.on_this_machine_only


def test_groups_become_roles_and_teams():
    found = make_doors(
        settings(
            oidc_issuer="https://login.example.org",
            oidc_client_id="desk",
            oidc_groups="CN=agents,OU=city=agent; desk-ghent=team:Ghent;",
            public_url="https://chat.example.org",
        )
    ).openid
    assert found is not None
    assert dict(found.provider.groups.roles) == {"CN=agents,OU=city": Role.AGENT}
    assert dict(found.provider.groups.teams) == {"desk-ghent": "Ghent"}
    assert found.provider.comes_back_to == "https://chat.example.org/desk/login/provider/back"
    assert not found.provider.groups.create


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"oidc_issuer": "https://login.example.org"}, "OIDC_CLIENT_ID"),
        ({"oidc_issuer": "login.example.org"}, "whole address"),
        ({"oidc_groups": "desk=king"}, "group=role"),
        ({"oidc_groups": "agent"}, "group=role"),
    ],
)
def test_settings_that_cannot_be_meant_stop_the_start(wrong, said):
    with pytest.raises(ValidationError, match=said):
        settings(**wrong)
