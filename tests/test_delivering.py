"""Deliveries: signed, to a real server by HTTP or SMTP, until it takes them, and at least once whatever is killed."""

import asyncio
import hashlib
import hmac
import json
import ssl
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.databases import Database
from tests.worlds.product import Product
from turnout.analytics import refreshing
from turnout.analytics.alerts import AlertDelivery, DeliveryFailure, DeliveryState, alert_rules
from turnout.database.errors import TurnoutError
from turnout.server.delivering import worker
from turnout.server.delivering.addresses import is_public
from turnout.server.delivering.mail import MailServer
from turnout.server.delivering.outcomes import Outcome
from turnout.server.delivering.webhooks import post
from turnout.server.delivering.worker import Deliverer
from turnout.tenants import alert_rules as alert_rules_of_tenants
from turnout.tenants.alert_rules import RuleWish, create_rule, delete_rule, send_test
from turnout.tenants.alert_targets import AlertChannel, Target
from turnout.tenants.audit import COMMAND
from turnout.tenants.company import Company

from .alerting import agree, condition, fired, meeting, watch
from .waiting import until

LOOPBACK = (ip_network("127.0.0.0/8"),)
TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class Receiver:
    """A server of a company: it keeps what it is sent, and answers what it was told to."""

    url: str = ""
    answer: bytes | None = TAKEN
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])

    @classmethod
    @asynccontextmanager
    async def listening(cls) -> AsyncGenerator["Receiver"]:
        receiver = cls()
        async with await asyncio.start_server(receiver.serve, "127.0.0.1", 0) as server:
            receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?a=b"
            yield receiver

    async def has_been_asked(self) -> bool:
        return bool(self.requests)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        self.requests.append((headers, await reader.readexactly(int(headers["content-length"]))))
        if self.answer is None:
            await reader.read()
        writer.write(self.answer or b"")
        await writer.drain()
        writer.close()


@pytest.fixture
async def receiver() -> AsyncGenerator[Receiver]:
    async with Receiver.listening() as receiver:
        yield receiver


@dataclass
class Inbox:
    """What the handler of an SMTP server has been handed."""

    refusal: str = ""
    envelopes: list[Any] = field(default_factory=list[Any])

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 -- its name
        if self.refusal:
            return self.refusal
        self.envelopes.append(envelope)
        return "250 taken"


@asynccontextmanager
async def post_office(tls: ssl.SSLContext | None = None, **options: Any) -> AsyncGenerator[tuple[Inbox, int]]:
    """A real SMTP server on this machine, and its port."""
    inbox, loop = Inbox(), asyncio.get_running_loop()
    protocol = partial(SMTP, inbox, hostname="localhost", loop=loop, enable_SMTPUTF8=True, **options)
    async with await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls) as server:
        yield inbox, server.sockets[0].getsockname()[1]


@dataclass(frozen=True)
class Certificate:
    """A certificate of localhost that nobody trusts but whoever is told to."""

    path: Path

    @property
    def served(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.path)
        return context

    @property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.path)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return Certificate(path)


@asynccontextmanager
async def connected(database: Database) -> AsyncGenerator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(database.refresher, autocommit=True) as connection:
        yield connection


async def work_off(database: Database, product: Product, **given: Any) -> int:
    deliverer = Deliverer(database.refresher, lambda: product.now, own=LOOPBACK, **given)
    async with connected(database) as connection:
        return await deliverer.work_off(connection)


async def latest(product: Product, company: Company) -> AlertDelivery:
    [rule] = await alert_rules(product.reading(company))
    delivery = rule.targets[0].latest
    assert delivery
    return delivery


async def something_to_tell(product: Product, company: Company, database: Database, *targets: Target) -> str:
    """An alert that is to be told; returns the secret of its first webhook."""
    agree(database, company, product.now, "CONNECTIONS=4")
    wish = RuleWish("Four seats", condition(share=0.75), targets)
    made = await create_rule(product.door, company, wish, COMMAND, product.now)
    await product.tell(company, meeting("a", product.now.replace(hour=9), people=3))
    assert len(await fired(product, company)) == 1
    return made.secrets[0].text if made.secrets else ""


def hook(receiver: Receiver) -> Target:
    return Target(AlertChannel.WEBHOOK, receiver.url)


MAIL = Target(AlertChannel.EMAIL, "anna@example.com")


async def test_an_alert_is_posted_and_its_signature_can_be_verified(
    product: Product, acme: Company, database: Database, receiver: Receiver
) -> None:
    secret = await something_to_tell(product, acme, database, hook(receiver))

    assert await work_off(database, product) == 1

    [(headers, body)] = receiver.requests
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.digest(b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256)
    assert headers["webhook-signature"] == f"v1,{b64encode(mac).decode()}".lower()
    assert int(headers["webhook-timestamp"]) == product.now.timestamp()
    said = json.loads(body)
    assert (said["type"], said["data"]["company"], said["data"]["rule"]["name"]) == (
        "alert.fired",
        "acme",
        "Four seats",
    )
    found = said["data"]["firing"]
    assert (found["value"], found["limit"], found["from"], found["at"]) == (3, 4, "2026-03-02", "2026-03-02T09:00:00Z")
    delivery = await latest(product, acme)
    assert (delivery.state, delivery.status, delivery.failure) == (DeliveryState.DELIVERED, 204, None)
    assert headers["webhook-id"] == f"msg_{delivery.delivery_id}"
    assert await work_off(database, product) == 0


async def test_what_is_not_taken_is_tried_again_later_and_later_and_given_up_after_a_day(
    product: Product, acme: Company, database: Database, receiver: Receiver
) -> None:
    receiver.answer = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"
    await something_to_tell(product, acme, database, hook(receiver))

    began, pauses = product.now, list[int]()
    while True:
        assert await work_off(database, product) == 1
        delivery = await latest(product, acme)
        if delivery.due_at is None:
            break
        pauses.append(int((delivery.due_at - product.now).total_seconds()))
        product.now = delivery.due_at - timedelta(seconds=1)
        assert await work_off(database, product) == 0
        product.now = delivery.due_at

    assert pauses[:6] == [15, 60, 240, 960, 3840, 14400]
    assert (delivery.state, delivery.failure, delivery.status) == (DeliveryState.FAILED, DeliveryFailure.REFUSED, 500)
    assert timedelta(hours=20) < product.now - began <= timedelta(days=1)
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 1
    assert len({headers["webhook-signature"] for headers, _ in receiver.requests}) == len(receiver.requests)


@pytest.mark.parametrize(
    ("answer", "failure", "state"),
    [
        (b"HTTP/1.1 302 Found\r\nlocation: /other\r\n\r\n", DeliveryFailure.REFUSED, DeliveryState.PENDING),
        (b"HTTP/1.1 410 Gone\r\n\r\n", DeliveryFailure.REFUSED, DeliveryState.FAILED),
        (b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", None, DeliveryState.DELIVERED),
        (b"", DeliveryFailure.UNREACHABLE, DeliveryState.PENDING),
        (b"SSH-2.0-OpenSSH\r\n", DeliveryFailure.UNREACHABLE, DeliveryState.PENDING),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 9000, DeliveryFailure.UNREACHABLE, DeliveryState.PENDING),
    ],
    ids=["redirection", "gone", "hints", "nothing", "no-http", "endless"],
)
async def test_an_answer_is_read_as_far_as_its_status(
    receiver: Receiver, answer: bytes, failure: DeliveryFailure | None, state: DeliveryState
) -> None:
    receiver.answer = answer

    outcome = await post(receiver.url, [], b"{}", LOOPBACK)

    assert outcome.failure == failure
    assert outcome.is_final == (state is not DeliveryState.PENDING)
    assert len(receiver.requests) == 1


async def test_a_server_that_does_not_answer_is_not_waited_for(receiver: Receiver) -> None:
    receiver.answer = None

    assert await post(receiver.url, [], b"{}", LOOPBACK, seconds=0.2) == Outcome(DeliveryFailure.TIMEOUT)


@pytest.mark.parametrize(
    ("url", "failure"),
    [
        ("http://127.0.0.1:1/", DeliveryFailure.ADDRESS_REFUSED),
        ("https://localhost:1/", DeliveryFailure.ADDRESS_REFUSED),
        ("https://[::1]:1/", DeliveryFailure.ADDRESS_REFUSED),
        ("https://[::ffff:127.0.0.1]:1/", DeliveryFailure.ADDRESS_REFUSED),
        ("https://169.254.169.254/", DeliveryFailure.ADDRESS_REFUSED),
        ("https://0x7f000001/", DeliveryFailure.ADDRESS_REFUSED),
        ("https://2130706433/", DeliveryFailure.ADDRESS_REFUSED),
        ("http://9.9.9.9/", DeliveryFailure.ADDRESS_REFUSED),
        ("https://nobody.invalid/", DeliveryFailure.NAME_UNKNOWN),
    ],
)
async def test_nothing_is_sent_into_the_operators_own_network(url: str, failure: DeliveryFailure) -> None:
    assert (await post(url, [], b"{}", ())).failure == failure


PRIVATE = """
    0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 192.168.0.1 198.18.0.1 224.0.0.1 255.255.255.255
    :: ::1 fe80::1 fc00::1 fd00:ec2::254 ff02::1 64:ff9b::a00:1 2002:a00:1:: 2001::1 ::10.0.0.1 fec0::1
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_an_address_of_no_public_network_is_none_however_it_is_written(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe"])
def test_an_address_of_the_world_is_public(address: str) -> None:
    assert is_public(ip_address(address))


async def test_a_delivery_whose_process_was_killed_is_made_by_another_with_the_same_id(
    product: Product, acme: Company, database: Database, receiver: Receiver
) -> None:
    await something_to_tell(product, acme, database, hook(receiver))
    receiver.answer = None
    deliverer = Deliverer(database.refresher, lambda: product.now, own=LOOPBACK)
    async with connected(database) as connection:
        task = asyncio.create_task(deliverer.work_off(connection))
        await until(receiver.has_been_asked)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    receiver.answer = TAKEN
    assert await work_off(database, product) == 0
    product.now += timedelta(minutes=2)
    assert await work_off(database, product) == 1

    first, second = (headers["webhook-id"] for headers, _ in receiver.requests)
    assert first == second
    assert (await latest(product, acme)).attempts == 2


async def test_of_many_workers_one_tries(
    product: Product, acme: Company, database: Database, receiver: Receiver
) -> None:
    await something_to_tell(product, acme, database, hook(receiver))

    assert sum(await asyncio.gather(*(work_off(database, product) for _ in range(4)))) == 1


async def test_a_company_whose_server_hangs_holds_up_no_other(
    product: Product,
    acme: Company,
    globex: Company,
    database: Database,
    receiver: Receiver,
) -> None:
    async with Receiver.listening() as hanging:
        hanging.answer = None
        slow = await watch(product, acme, condition(), hook(hanging))
        await send_test(product.door, acme, slow, product.now)
        deliverer = Deliverer(database.refresher, lambda: product.now, own=LOOPBACK, period=0.05)
        async with deliverer.delivering():
            await until(hanging.has_been_asked)
            rule = await watch(product, globex, condition(), hook(receiver))
            await send_test(product.door, globex, rule, product.now)
            await until(receiver.has_been_asked, seconds=5)

    assert (await latest(product, acme)).state is DeliveryState.PENDING


async def test_whoever_has_waited_longest_is_next(
    product: Product, acme: Company, globex: Company, database: Database, receiver: Receiver
) -> None:
    async def due() -> list[int]:
        async with connected(database) as connection:
            found = await connection.execute("select * from companies_to_tell(%s, 10)", [product.now])
            return [company_id for (company_id,) in await found.fetchall()]

    for company in (acme, globex):
        rule = await watch(product, company, condition(), hook(receiver))
        await send_test(product.door, company, rule, product.now)
    before = await due()
    async with connected(database) as connection:
        await connection.execute("select set_config('app.company', %s, false)", [str(acme.company_id)])
        await connection.execute(
            "insert into alert_turn (company_id, hour, begun, served_at) values (%s, now(), 0, now())",
            [acme.company_id],
        )

    assert before == [acme.company_id, globex.company_id]
    assert await due() == [globex.company_id, acme.company_id]


async def test_nothing_goes_out_for_a_company_that_is_suspended(
    product: Product, acme: Company, database: Database, receiver: Receiver
) -> None:
    await something_to_tell(product, acme, database, hook(receiver))
    await product.support.execute("update company set suspended_at = now()")

    assert await work_off(database, product) == 0

    await product.support.execute("update company set suspended_at = null")
    assert await work_off(database, product) == 1


async def test_a_test_goes_the_way_of_an_alert_and_may_be_asked_for_once_a_minute(
    product: Product, acme: Company, database: Database, receiver: Receiver
) -> None:
    rule = await watch(product, acme, condition(), hook(receiver))
    await send_test(product.door, acme, rule, product.now)

    with pytest.raises(TurnoutError) as refused:
        await send_test(product.door, acme, rule, product.now + timedelta(seconds=59))
    assert await work_off(database, product) == 1
    await send_test(product.door, acme, rule, product.now + timedelta(seconds=60))

    assert refused.value.code == "ALERT_RULE_TESTED_LATELY"
    assert json.loads(receiver.requests[0][1])["type"] == "alert.test"
    assert (await latest(product, acme)).is_test


async def test_so_many_deliveries_of_a_company_begin_in_an_hour_though_their_rules_are_gone(
    product: Product, acme: Company, database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (alert_rules_of_tenants, worker):
        monkeypatch.setattr(module, "MOST_AN_HOUR", 2)
    for _ in range(2):
        rule = await watch(product, acme, condition(), hook(receiver))
        await send_test(product.door, acme, rule, product.now)
        assert await work_off(database, product) == 1
        await delete_rule(product.door, acme, rule, COMMAND, product.now)
    await something_to_tell(product, acme, database, hook(receiver))

    assert await work_off(database, product) == 0

    waiting = await latest(product, acme)
    next_hour = product.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    assert waiting.due_at == next_hour
    [rule] = [rule.rule_id for rule in await alert_rules(product.reading(acme))]
    with pytest.raises(TurnoutError) as refused:
        await send_test(product.door, acme, rule, product.now)
    assert refused.value.code == "TOO_MANY_ALERT_DELIVERIES"
    product.now = next_hour
    assert await work_off(database, product) == 1
    await send_test(product.door, acme, rule, product.now)


async def test_while_much_waits_alerts_are_written_down_and_sent_to_nobody(
    product: Product, acme: Company, database: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "MOST_WAITING", 1)
    await something_to_tell(product, acme, database, hook(receiver))
    await watch(product, acme, condition(share=0.5), hook(receiver))

    alerts = await fired(product, acme)

    assert [len(alert.deliveries) for alert in alerts].count(0) == 1
    assert len(alerts) == 2


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


async def test_what_a_mail_server_refuses_is_said_by_its_number() -> None:
    async with post_office() as (inbox, port):
        inbox.refusal = "550 nobody of that name"
        refused = await MailServer("127.0.0.1", port, "a@b.test", "none").send(letter())
        in_the_clear = await MailServer("127.0.0.1", port, "a@b.test", "starttls").send(letter())
    gone = await MailServer("127.0.0.1", port, "a@b.test", "none").send(letter())

    assert refused == Outcome(DeliveryFailure.REFUSED, 550)
    assert in_the_clear == Outcome(DeliveryFailure.TLS_FAILED)
    assert gone == Outcome(DeliveryFailure.UNREACHABLE)


async def test_a_webhook_is_posted_over_tls_that_is_trusted_for_its_name(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver()
    async with await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=certificate.served) as server:
        port = server.sockets[0].getsockname()[1]
        unknown = await post(f"https://localhost:{port}/", [], b"{}", LOOPBACK)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
        trusted = await post(f"https://localhost:{port}/", [], b"{}", LOOPBACK)
        of_another_name = await post(f"https://127.0.0.1:{port}/", [], b"{}", LOOPBACK)

    assert trusted == Outcome(status=204)
    assert unknown.failure == of_another_name.failure == DeliveryFailure.TLS_FAILED
    assert len(receiver.requests) == 1
