"""Webhooks: signed, to a real server by HTTP or HTTPS, whose answer is read as far as its status."""

import asyncio
import hashlib
import hmac
import json
from base64 import b64decode, b64encode

import pytest

from tests.databases import Database
from tests.delivering.receiving import LOOPBACK, Certificate, Receiver
from tests.delivering.working import hook, latest, something_to_tell, work_off
from tests.worlds.product import Product
from turnout.analytics.alerts import DeliveryFailure, DeliveryState
from turnout.server.delivering.outcomes import Outcome
from turnout.server.delivering.webhooks import post
from turnout.tenants.company import Company


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
