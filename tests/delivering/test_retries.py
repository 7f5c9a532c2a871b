"""What is not taken is tried again, at least once whatever is killed, and holds up nobody else."""

import asyncio
from datetime import timedelta

import pytest

from tests.alerting import condition, watch
from tests.databases import Database
from tests.delivering.receiving import LOOPBACK, TAKEN, Receiver
from tests.delivering.working import connected, hook, latest, something_to_tell, work_off
from tests.waiting import until
from tests.worlds.product import Product
from turnout.analytics.alerts import DeliveryFailure, DeliveryState
from turnout.server.delivering.worker import Deliverer
from turnout.tenants.alert_rules import send_test
from turnout.tenants.company import Company


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
