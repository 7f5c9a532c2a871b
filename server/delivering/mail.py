"""E-mail by the operator's own server."""

import asyncio
import smtplib
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from turnout.analytics.alerts import DeliveryFailure
from turnout.server.delivering.outcomes import Outcome

# For each answer of the server; there are half a dozen of them in a delivery.
SECONDS: Final = 10.0
# For all of it together, the wait for a thread too: less than a lease, after which somebody else tries.
SECONDS_IN_ALL: Final = 60.0
# A server that hangs holds its own threads alone, and enough of them that nothing waits for longer than a lease.
_THREADS: Final = ThreadPoolExecutor(32, thread_name_prefix="mail")


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and from whom it is. `tls` is `starttls`, `tls` from the first byte, or `none`.

    `patience` are the seconds that one message may take in all.
    """

    host: str
    port: int
    sender: str
    tls: str = "starttls"
    user: str | None = None
    password: str | None = None
    trust: ssl.SSLContext | None = None
    patience: float = SECONDS_IN_ALL

    async def send(self, message: EmailMessage) -> Outcome:
        """What came of it."""
        deadline = time.monotonic() + self.patience
        try:
            async with asyncio.timeout(self.patience):
                return await asyncio.get_running_loop().run_in_executor(_THREADS, self._attempt, message, deadline)
        except TimeoutError:
            return Outcome(DeliveryFailure.TIMEOUT)

    def _attempt(self, message: EmailMessage, deadline: float) -> Outcome:
        try:
            self._hand_in(message, deadline)
        except smtplib.SMTPRecipientsRefused as error:
            return Outcome(DeliveryFailure.REFUSED, min(code for code, _ in error.recipients.values()))
        except smtplib.SMTPResponseException as error:
            return Outcome(DeliveryFailure.REFUSED, error.smtp_code)
        except TimeoutError:
            return Outcome(DeliveryFailure.TIMEOUT)
        except socket.gaierror:
            return Outcome(DeliveryFailure.NAME_UNKNOWN)
        except (ssl.SSLError, smtplib.SMTPNotSupportedError):
            return Outcome(DeliveryFailure.TLS_FAILED)
        except (OSError, smtplib.SMTPException):
            return Outcome(DeliveryFailure.UNREACHABLE)
        return Outcome()

    def _hand_in(self, message: EmailMessage, deadline: float) -> None:
        """Raises OSError and smtplib.SMTPException; nothing is said in the clear where TLS was asked for.

        Nothing is begun after the deadline: by then it counts as not delivered, and will be tried again.
        """
        with self._connected() as server:
            if self.tls == "starttls":
                _hurry(server, deadline)
                server.starttls(context=self._context())
            if self.user is not None:
                _hurry(server, deadline)
                server.login(self.user, self.password or "")
            _hurry(server, deadline)
            server.send_message(message, from_addr=self.sender)

    def _connected(self) -> smtplib.SMTP:
        if self.tls == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=self._context())
        return smtplib.SMTP(self.host, self.port, timeout=SECONDS)

    def _context(self) -> ssl.SSLContext:
        return self.trust or ssl.create_default_context()


def _hurry(server: smtplib.SMTP, deadline: float) -> None:
    """Wait for no answer beyond the deadline. Raises TimeoutError when it has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    if server.sock:
        server.sock.settimeout(min(SECONDS, left))
