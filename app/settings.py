"""All settings of the app, from the environment. `.env.example` explains each."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from channels.mail.smtp import Server
from dossiers.models import Role


class Settings(BaseSettings):
    """Read once at start. A missing secret stops the start with the name of the setting."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", hide_input_in_errors=True)

    app_host: str = "127.0.0.1"
    app_port: int = 8000
    public_url: str = ""
    database_url: str = "sqlite:///var/app.db"
    bot_host: str = "127.0.0.1"
    bot_port: int = 5005
    bot_token: SecretStr
    action_token: SecretStr
    secret_key: SecretStr = Field(min_length=16)
    allowed_origins: Annotated[list[str], NoDecode] = Field(default=["*"])
    secure_cookies: bool = False
    messages_per_minute: int = Field(default=40, ge=1)
    conversations_per_minute: int = Field(default=60, ge=1)
    plan_link_days: int = Field(default=180, ge=1, le=3650)
    mydata_link_hours: int = Field(default=4, ge=1, le=72)
    privacy_url: str = ""
    old_secret_keys: Annotated[list[SecretStr], NoDecode] = Field(default=[])
    redis_url: str = ""
    telegram_mode: Literal["off", "polling", "webhook"] = "off"
    telegram_token: SecretStr = SecretStr("")
    telegram_secret: SecretStr = SecretStr("")
    telegram_name: str = ""
    telegram_api_url: str = "https://api.telegram.org"
    whatsapp_token: SecretStr = SecretStr("")
    whatsapp_phone_id: str = ""
    whatsapp_number: str = ""
    whatsapp_app_secret: SecretStr = SecretStr("")
    whatsapp_verify_token: SecretStr = SecretStr("")
    whatsapp_api_url: str = "https://graph.facebook.com"
    whatsapp_api_version: str = "v23.0"
    whatsapp_look_after: float = Field(default=90, ge=1, le=3600)
    smtp_url: SecretStr = SecretStr("")
    digest_from: str = ""
    log_json: bool = False
    erased_journal: str = ""
    second_factor_grace_days: int = Field(default=14, ge=0, le=365)
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = "your organisation"
    oidc_groups_claim: str = "groups"
    oidc_groups: str = ""
    oidc_create_accounts: bool = False
    oidc_second_factor: bool = False

    @property
    def bot_url(self) -> str:
        """Where the bot listens."""
        return f"http://{self.bot_host}:{self.bot_port}"

    @property
    def public_address(self) -> str:
        """Where people reach the app: as it was set, else from this machine."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.app_host, self.app_host)  # noqa: S104  (compared, not bound)
        return f"http://[{host}]:{self.app_port}" if ":" in host else f"http://{host}:{self.app_port}"

    @property
    def all_secret_keys(self) -> list[str]:
        """The key that seals now, then those that only open what was sealed before."""
        return [self.secret_key.get_secret_value(), *(key.get_secret_value() for key in self.old_secret_keys)]

    @property
    def telegram_webhook_secret(self) -> str:
        """What Telegram sends with every update; made from the secret key unless one was set."""
        given = self.telegram_secret.get_secret_value()
        made = hmac.new(self.secret_key.get_secret_value().encode(), b"telegram webhook", hashlib.sha256).hexdigest()
        return given or made

    @property
    def oidc_mapped(self) -> list[tuple[str, str]]:
        """Groups at the provider, and the role or the team (`team:…`) that each gives."""
        pairs = [part.rpartition("=") for part in self.oidc_groups.split(";") if part.strip()]
        return [(group.strip(), what.strip()) for group, _, what in pairs]

    @property
    def telegram_link(self) -> str | None:
        """Where people find the bot on Telegram."""
        return f"https://t.me/{self.telegram_name.removeprefix('@')}" if self.telegram_name else None

    @property
    def whatsapp_on(self) -> bool:
        """Whether a WhatsApp number is connected."""
        return bool(self.whatsapp_phone_id)

    @property
    def whatsapp_link(self) -> str | None:
        """Where people find the number on WhatsApp."""
        digits = re.sub(r"\D", "", self.whatsapp_number)
        return f"https://wa.me/{digits}" if digits else None

    @model_validator(mode="after")
    def _whole(self) -> Settings:
        """A channel that is on has all it needs.

        Raises:
            ValueError: a setting is missing; the message names it.
        """
        needed = {}
        if self.telegram_mode != "off":
            needed["TELEGRAM_TOKEN"] = self.telegram_token.get_secret_value()
        if self.telegram_mode == "webhook":
            needed["PUBLIC_URL"] = self.public_url
        if self.whatsapp_on:
            needed["WHATSAPP_TOKEN"] = self.whatsapp_token.get_secret_value()
            needed["WHATSAPP_APP_SECRET"] = self.whatsapp_app_secret.get_secret_value()
            needed["WHATSAPP_VERIFY_TOKEN"] = self.whatsapp_verify_token.get_secret_value()
        if self.smtp_url.get_secret_value():
            needed["DIGEST_FROM"] = self.digest_from
        if self.oidc_issuer:
            needed["OIDC_CLIENT_ID"] = self.oidc_client_id
        if missing := [name for name, value in needed.items() if not value]:
            raise ValueError(f"also needed: {', '.join(missing)}")
        return self

    @field_validator("oidc_groups")
    @classmethod
    def _roles_or_teams(cls, value: str) -> str:
        for part in filter(str.strip, value.split(";")):
            group, _, what = part.rpartition("=")
            if not group.strip() or not (what.strip() in Role or what.strip().startswith("team:")):
                raise ValueError(f"write group=role or group=team:name, with ; between them, not {part.strip()!r}")
        return value

    @field_validator("public_url", "telegram_api_url", "whatsapp_api_url", "oidc_issuer")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not re.match(r"^https?://[^/\s]+", value):
            raise ValueError("write a whole address, like https://plan.example.org")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            Server.at(value.get_secret_value())
        return value

    @field_validator("digest_from")
    @classmethod
    def _mail_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"(?:[^<>@\r\n]{1,80} )?<?[^\s<>@]+@[^\s<>@]+>?", value):
            raise ValueError("write an address, like desk@example.org or Pre-care desk <desk@example.org>")
        return value

    @field_validator("telegram_secret")
    @classmethod
    def _header_value(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", value.get_secret_value()):
            raise ValueError("Telegram takes letters, digits, _ and - only, at most 256")
        return value

    @field_validator("allowed_origins", "old_secret_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
