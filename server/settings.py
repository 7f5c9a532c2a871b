"""What the environment says: where the database is and where to listen."""

from ipaddress import ip_network
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from turnout.database.errors import TurnoutError
from turnout.tenants.addresses import Network
from turnout.tenants.alert_targets import check_email
from turnout.tenants.credential import POINTS_OF_A_SESSION

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
    close_after_hours: float = Field(default=72, ge=0, le=366 * 24)
    """TURNOUT_CLOSE_AFTER_HOURS: how long after its end a billing period is closed, for what comes late."""
    trusted_proxies: str = ""
    """TURNOUT_TRUSTED_PROXIES: addresses and networks whose X-Forwarded-For is believed, with commas between them."""
    webhook_networks: str = ""
    """TURNOUT_WEBHOOK_NETWORKS: addresses and networks of one's own to which alerts may be posted, by http too."""
    metrics_token: str | None = Field(default=None, pattern=r"^\w{16,100}$", repr=False)
    """TURNOUT_METRICS_TOKEN: what `GET /metrics` wants to be sent; without it there is no such route."""
    points_a_minute_session: int = Field(default=POINTS_OF_A_SESSION, ge=0)
    """TURNOUT_POINTS_A_MINUTE_SESSION: what each session may spend on questions in a minute; 0 is without bound."""
    points_a_minute_key: int = Field(default=10_000, ge=0)
    """TURNOUT_POINTS_A_MINUTE_KEY: the same for each API key."""
    points_a_minute_embed: int = Field(default=2000, ge=0)
    """TURNOUT_POINTS_A_MINUTE_EMBED: the same for each embed token."""
    points_a_minute_support: int = Field(default=5000, ge=0)
    """TURNOUT_POINTS_A_MINUTE_SUPPORT: the same for each access of support to a company."""
    points_a_minute_staff: int = Field(default=5000, ge=0)
    """TURNOUT_POINTS_A_MINUTE_STAFF: the same for each session of a member of support at /support/graphql."""
    smtp_host: str | None = None
    """TURNOUT_SMTP_HOST: the server that takes e-mail; without it none is sent."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    """TURNOUT_SMTP_PORT: its port."""
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    """TURNOUT_SMTP_TLS: how it is spoken to: `starttls`, `tls` from the first byte (usually port 465), or `none`."""
    smtp_user: str | None = None
    """TURNOUT_SMTP_USER: whom to log in to it as; without it nobody logs in."""
    smtp_password: str | None = Field(default=None, repr=False)
    """TURNOUT_SMTP_PASSWORD: the password of that login."""
    smtp_from: str | None = None
    """TURNOUT_SMTP_FROM: the address that e-mail is from; otherwise turnout at the server's name."""

    @field_validator("trusted_proxies", "webhook_networks")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        networks(text)
        return text

    @field_validator("smtp_from")
    @classmethod
    def _is_email(cls, address: str | None) -> str | None:
        try:
            if address is not None:
                check_email(address)
        except TurnoutError as error:
            raise ValueError(error.message) from error
        return address


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks with commas between them. Raises ValueError."""
    return tuple(ip_network(part) for part in map(str.strip, text.split(",")) if part)


def points_a_minute(settings: Settings) -> dict[str, int]:
    """What a credential may spend in a minute, by its kind."""
    return {
        "session": settings.points_a_minute_session,
        "key": settings.points_a_minute_key,
        "embed": settings.points_a_minute_embed,
        "support": settings.points_a_minute_support,
        "staff": settings.points_a_minute_staff,
    }


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
