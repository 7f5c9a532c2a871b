"""Mail: to a real SMTP server, over a connection that is encrypted and trusted wherever a password goes with it."""

import asyncio
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from string import Formatter
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from tests.alerting import agree, condition, fired, meeting
from tests.databases import Database
from tests.delivering.receiving import Certificate, post_office
from tests.delivering.working import MAIL, latest, something_to_tell, work_off
from tests.worlds.product import Product
from turnout.analytics.alerts import DeliveryFailure, DeliveryState
from turnout.server.delivering.mail import MailServer
from turnout.server.delivering.outcomes import Outcome
from turnout.server.delivering.wording import texts
from turnout.tenants.alert_rules import RuleWish, create_rule, send_test
from turnout.tenants.audit import COMMAND
from turnout.tenants.company import Company
from turnout.tenants.languages import Language
from turnout.tenants.limits import LimitMetric, Section


async def test_an_alert_is_sent_by_mail(product: Product, acme: Company, database: Database) -> None:
    await something_to_tell(product, acme, database, MAIL)

    async with post_office() as (inbox, port):
        mail = MailServer("127.0.0.1", port, "alerts@turnout.test", "none")
        assert await work_off(database, product, mail=mail) == 1

    [envelope] = inbox.envelopes
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert (envelope.mail_from, envelope.rcpt_tos) == ("alerts@turnout.test", ["anna@example.com"])
    assert (message["Subject"], message["To"]) == ("Acme: Four seats", "anna@example.com")
    assert "Acme has reached 75 % of a limit." in message.get_content()
    delivery = await latest(product, acme)
    assert delivery.state is DeliveryState.DELIVERED
    assert message["Message-ID"] == f"<{delivery.delivery_id}@turnout.test>"


async def test_mail_is_in_the_language_of_its_rule(product: Product, acme: Company, database: Database) -> None:
    agree(database, acme, product.now, "CONNECTIONS=1500")
    wish = RuleWish("Почти всё", condition(share=0.001), [MAIL], Language.RU)
    rule = await create_rule(product.door, acme, wish, COMMAND, product.now)
    await product.tell(acme, meeting("a", product.now.replace(hour=9), people=3))
    assert len(await fired(product, acme)) == 1
    await send_test(product.door, acme, rule.rule_id, product.now)

    async with post_office() as (inbox, port):
        mail = MailServer("127.0.0.1", port, "alerts@turnout.test", "none")
        assert await work_off(database, product, mail=mail) == 2

    letters = [message_from_bytes(envelope.content, policy=policy.default) for envelope in inbox.envelopes]
    test, alert = sorted(letters, key=lambda letter: "проверка" not in letter["Subject"])
    assert (test["Subject"], alert["Subject"]) == ("Acme: проверка правила «Почти всё»", "Acme: Почти всё")
    assert alert.get_content().splitlines()[:4] == [
        "Acme: достигнуто 0,2 % лимита.",
        "",
        "Достигнуто: 3, одновременные подключения",
        "Лимит:      1\u00a0500",
    ]


def test_every_language_has_every_text_with_the_same_places() -> None:
    english, *others = (texts(language) for language in Language)

    for other in others:
        assert places(other) == places(english)
    assert english["metrics"].keys() == set(LimitMetric)
    assert english["sections"].keys() == set(Section)


def places(named: dict[str, Any]) -> dict[str, set[str]]:
    """What each text has places for."""
    flat = {name: text for name, text in named.items() if isinstance(text, str)}
    flat |= {f"{table}.{name}": text for table in ("metrics", "sections") for name, text in named[table].items()}
    return {name: {place for _, place, *_ in Formatter().parse(text) if place} for name, text in flat.items()}


async def test_without_a_mail_server_mail_waits_for_one(product: Product, acme: Company, database: Database) -> None:
    await something_to_tell(product, acme, database, MAIL)

    assert await work_off(database, product) == 1

    delivery = await latest(product, acme)
    assert (delivery.state, delivery.failure) == (DeliveryState.PENDING, DeliveryFailure.NOT_CONFIGURED)


def letter() -> EmailMessage:
    message = EmailMessage()
    message["To"] = "anna@example.com"
    message.set_content("x")
    return message


def let_in(_server: object, _session: object, _envelope: object, _mechanism: str, login: Any) -> AuthResult:
    return AuthResult(success=login.password == b"right", handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it knows of STARTTLS alone
@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_login_goes_over_a_connection_that_is_encrypted_and_trusted(tls: str, certificate: Certificate) -> None:
    served = {"tls_context" if tls == "starttls" else "tls": certificate.served}
    options: dict[str, Any] = {"authenticator": let_in, "auth_required": True, "auth_require_tls": tls == "starttls"}
    async with post_office(**served, **options) as (inbox, port):
        outcomes = [
            await MailServer("localhost", port, "a@b.test", tls, "user", password, trust).send(letter())
            for password, trust in (("right", certificate.trusted), ("wrong", certificate.trusted), ("right", None))
        ]

    refused, unsafe = Outcome(DeliveryFailure.REFUSED, 535), Outcome(DeliveryFailure.TLS_FAILED)
    assert outcomes == [Outcome(), refused, unsafe]
    assert len(inbox.envelopes) == 1


async def test_a_server_that_goes_on_answering_is_not_waited_for_without_end() -> None:
    over = asyncio.Event()

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while not over.is_set():
                writer.write(b"220-and more\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        began = asyncio.get_running_loop().time()
        mail = MailServer("127.0.0.1", server.sockets[0].getsockname()[1], "a@b.test", "none", patience=0.4)
        outcome = await mail.send(letter())
        lasted = asyncio.get_running_loop().time() - began
        over.set()

    assert outcome == Outcome(DeliveryFailure.TIMEOUT)
    assert lasted < 5


async def test_what_a_mail_server_refuses_is_said_by_its_number() -> None:
    async with post_office() as (inbox, port):
        inbox.refusal = "550 nobody of that name"
        refused = await MailServer("127.0.0.1", port, "a@b.test", "none").send(letter())
        in_the_clear = await MailServer("127.0.0.1", port, "a@b.test", "starttls").send(letter())
    gone = await MailServer("127.0.0.1", port, "a@b.test", "none").send(letter())

    assert refused == Outcome(DeliveryFailure.REFUSED, 550)
    assert in_the_clear == Outcome(DeliveryFailure.TLS_FAILED)
    assert gone == Outcome(DeliveryFailure.UNREACHABLE)
