"""What the environment says: where the database is and where to listen."""

from ipaddress import ip_network
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from turnout.database.errors import TurnoutError

DEFAULT_DATA: Final = Path(".data")


class Settings(BaseSettings):
    """Settings by environment variables; an empty one counts as none."""

    model_config = SettingsConfigDict(env_prefix="TURNOUT_", env_ignore_empty=True)

    data: Path | None = None
    """TURNOUT_DATA: the folder of the embedded database, used without DATABASE_URL. Otherwise `.data` here."""
    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL", repr=False)
    """DATABASE_URL: a real server, as the application's role."""
    refresher_url: str | None = Field(default=None, repr=False)
    """TURNOUT_REFRESHER_URL: the same database, as the refresher's role."""
    support_url: str | None = Field(default=None, repr=False)
    """TURNOUT_SUPPORT_URL: the same database, as the support staff's role."""
    admin_url: str | None = Field(default=None, repr=False)
    """TURNOUT_ADMIN_URL: the same server, as whoever may create roles and databases; only for preparing it."""
    host: str = "127.0.0.1"
    """TURNOUT_HOST: the address to listen on."""
    port: int = Field(default=8000, ge=0, le=65535)
    """TURNOUT_PORT: the port to listen on; 0 takes a free one."""
    insecure_cookies: bool = False
    """TURNOUT_INSECURE_COOKIES: sessions in cookies over plain http, for a page that is developed on this machine."""
    trusted_proxies: str = ""
    """TURNOUT_TRUSTED_PROXIES: addresses and networks whose X-Forwarded-For is believed, with commas between them."""

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        for part in filter(None, map(str.strip, text.split(","))):
            ip_network(part)
        return text


def read_settings() -> Settings:
    """The settings of this process. Raises TurnoutError INVALID_SETTING."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        name = f"TURNOUT_{wrong['loc'][0]}".upper()
        raise TurnoutError(
            "INVALID_SETTING", f"{name} cannot be taken: {wrong['msg']}.", "Correct it, or unset it for the default."
        ) from error
