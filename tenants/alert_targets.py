"""Where alerts go: webhooks and e-mail addresses, checked before anything is ever sent there."""

import re
import secrets
from base64 import b64encode
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from enum import StrEnum
from typing import Final, NoReturn
from urllib.parse import SplitResult, urlsplit

from turnout.database.errors import TurnoutError
from turnout.tenants.addresses import Network

LONGEST_URL: Final = 2000
LONGEST_EMAIL: Final = 254
SECRET_BYTES: Final = 32
SIGNING: Final = "whsec_"
# Visible ASCII: a URL or an address in other letters has a form in these, and a header has no room for line breaks.
_VISIBLE: Final = re.compile(r"[!-~]+")
_DOMAIN: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)


class AlertChannel(StrEnum):
    """How an alert is told."""

    WEBHOOK = "WEBHOOK"
    EMAIL = "EMAIL"


@dataclass(frozen=True, slots=True)
class Target:
    """Where an alert goes: the URL of a webhook, or an e-mail address."""

    channel: AlertChannel
    address: str


@dataclass(frozen=True, slots=True)
class Outlets:
    """What this server can reach: whether it sends mail, and the networks of its own that webhooks may be in."""

    email: bool = False
    networks: tuple[Network, ...] = ()

    def check(self, target: Target) -> None:
        """Raises TurnoutError INVALID_WEBHOOK, INVALID_EMAIL, EMAIL_NOT_CONFIGURED."""
        if target.channel is AlertChannel.WEBHOOK:
            check_webhook(target.address, plain=bool(self.networks))
            return
        check_email(target.address)
        if not self.email:
            raise TurnoutError(
                "EMAIL_NOT_CONFIGURED",
                "This server sends no e-mail.",
                "Its operator sets TURNOUT_SMTP_HOST; use a webhook until then.",
            )


def check_webhook(url: str, *, plain: bool) -> None:
    """Raises TurnoutError INVALID_WEBHOOK for what is no URL to send to; http is one only where `plain` is allowed."""
    parts = _parts(url)
    if not (parts.scheme == "https" or (parts.scheme == "http" and plain)):
        _refuse(url, "it does not begin with https://")
    if parts.username is not None or parts.password is not None:
        _refuse(url, "it has a name or a password in it")
    if parts.fragment or "#" in url:
        _refuse(url, "it has a fragment")


def check_email(address: str) -> None:
    """Raises TurnoutError INVALID_EMAIL, for comments and needless quotes too: mail servers would be told others."""
    try:
        found = Address(addr_spec=address) if _VISIBLE.fullmatch(address) and len(address) <= LONGEST_EMAIL else None
    except (ValueError, IndexError, MessageError):
        found = None
    is_itself = found is not None and found.addr_spec == address and parseaddr(address) == ("", address)
    if found is None or not is_itself or not found.username or not _DOMAIN.fullmatch(found.domain):
        raise TurnoutError(
            "INVALID_EMAIL",
            f"{address[:100]!r} is no e-mail address.",
            "Write one like alerts@example.com, without a name beside it.",
        )


def new_secret() -> bytes:
    """256 random bits to sign deliveries with."""
    return secrets.token_bytes(SECRET_BYTES)


def secret_text(secret: bytes) -> str:
    """A secret as receivers take it, after Standard Webhooks."""
    return SIGNING + b64encode(secret).decode()


def _parts(url: str) -> SplitResult:
    if not (_VISIBLE.fullmatch(url) and len(url) <= LONGEST_URL):
        _refuse(url, f"it has other signs than visible ASCII, or more than {LONGEST_URL} of them")
    try:
        parts = urlsplit(url)
        named, _ = parts.hostname, parts.port
    except ValueError:
        named, parts = None, None
    if not named or parts is None or parts.port == 0:
        _refuse(url, "it names no host and port that could be reached")
    return parts


def _refuse(url: str, reason: str) -> NoReturn:
    raise TurnoutError(
        "INVALID_WEBHOOK",
        f"{url[:100]!r} cannot be a webhook: {reason}.",
        "Write it like https://alerts.example.com/turnout, and keep what is secret out of it.",
    )
