"""All settings of the app, from the environment. `.env.example` explains each."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Read once at start. A missing secret stops the start with the name of the setting."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore")

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
    log_json: bool = False

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

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not re.match(r"^https?://[^/\s]+", value):
            raise ValueError("write a whole address, like https://plan.example.org")
        return value

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
