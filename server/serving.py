"""All of `turnout serve`: the database, the application over it, and the process."""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

from turnout.analytics.closing import Waiting
from turnout.analytics.refresher import Refresher
from turnout.server.app import create_app
from turnout.server.delivering.mail import MailServer
from turnout.server.delivering.worker import Deliverer
from turnout.server.deployment import Deployment, deployment
from turnout.server.logging import configure_logging
from turnout.server.process import Server, address_of, bind, ending_cleanly, refuse_insecure_cookies
from turnout.server.revival import revive
from turnout.server.routes.cookies import Cookies
from turnout.server.routes.rates import Rates
from turnout.server.services import Services, utc_now
from turnout.server.settings import Settings, networks, points_a_minute
from turnout.server.watchdog import Watchdog
from turnout.tenants.alert_targets import Outlets
from turnout.tenants.connection import Door
from turnout.tenants.desk import Desk


def serve_until_stopped(
    settings: Settings,
    data: Path | None,
    *,
    allowed_hosts: Sequence[str],
    sql_port: int | None,
    before: Callable[[Deployment], None] | None,
    on_listening: Callable[[str], None],
) -> None:
    """Serve until a signal says to stop.

    `before` is called when the database is there, `on_listening` with the address once requests are accepted.
    `sql_port` opens the embedded database to the logins for BI, on this machine.

    Raises TurnoutError ADDRESS_UNUSABLE, INSECURE_COOKIES and those of `deployment`.
    """
    configure_logging()
    with ending_cleanly(), closing(bind(settings.host, settings.port)) as listener:
        if settings.insecure_cookies:
            refuse_insecure_cookies(listener)
        with deployment(data, sql_port=sql_port) as found:
            if before:
                before(found)
            services = _services(found, settings, sql_port)
            app = create_app(services, allowed_hosts=allowed_hosts)
            listening = partial(on_listening, address_of(listener))
            Server(app, services.readiness, listening, trusted_proxies=settings.trusted_proxies).run([listener])


def _services(found: Deployment, settings: Settings, sql_port: int | None) -> Services:
    mail, own = mail_server(settings), networks(settings.webhook_networks)
    return Services(
        Door(found.app),
        Refresher(found.refresher, utc_now, closing=Waiting(timedelta(hours=settings.close_after_hours))),
        desk=Desk(lambda: found.support),
        support_desk=Desk(lambda: found.support),
        revive=partial(revive, found.folder, sql_port) if found.folder else None,
        watchdog=Watchdog(found.refresher) if sql_port or not found.folder else None,
        cookies=Cookies(insecure=settings.insecure_cookies),
        outlets=Outlets(mail is not None, own),
        rates=Rates(points_a_minute(settings)),
        metrics_token=settings.metrics_token,
        deliverer=Deliverer(found.refresher, utc_now, mail=mail, own=own),
    )


def mail_server(settings: Settings) -> MailServer | None:
    """Where the settings have mail handed in; None where they name no server."""
    if settings.smtp_host is None:
        return None
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_from or f"turnout@{settings.smtp_host}",
        settings.smtp_tls,
        settings.smtp_user,
        settings.smtp_password,
    )
