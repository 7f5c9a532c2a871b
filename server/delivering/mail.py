"""E-mail by the operator's own server."""

import asyncio
import smtplib
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from turnout.analytics.alerts import DeliveryFailure
from turnout.server.delivering.outcomes import Outcome

# For each answer of the server; there are half a dozen of them in a delivery.
SECONDS: Final = 10.0
# A server that hangs holds its own threads alone, and enough of them that nothing waits for longer than a lease.
_THREADS: Final = ThreadPoolExecutor(32, thread_name_prefix="mail")


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and from whom it is. `tls` is `starttls`, `tls` from the first byte, or `none`."""

    host: str
    port: int
    sender: str
    tls: str = "starttls"
    user: str | None = None
    password: str | None = None
    trust: ssl.SSLContext | None = None

    async def send(self, message: EmailMessage) -> Outcome:
        """What came of it."""
        return await asyncio.get_running_loop().run_in_executor(_THREADS, self._attempt, message)

    def _attempt(self, message: EmailMessage) -> Outcome:
        try:
            self._hand_in(message)
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

    def _hand_in(self, message: EmailMessage) -> None:
        """Raises OSError and smtplib.SMTPException; nothing is said in the clear where TLS was asked for."""
        with self._connected() as server:
            if self.tls == "starttls":
                server.starttls(context=self._context())
            if self.user is not None:
                server.login(self.user, self.password or "")
            server.send_message(message, from_addr=self.sender)

    def _connected(self) -> smtplib.SMTP:
        if self.tls == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=self._context())
        return smtplib.SMTP(self.host, self.port, timeout=SECONDS)

    def _context(self) -> ssl.SSLContext:
        return self.trust or ssl.create_default_context()
