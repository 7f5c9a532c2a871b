"""What a peak was made of where that is hard to say."""

from datetime import timedelta

from tests.api.clients import joined, leaves
from tests.worlds.product import Product
from turnout.analytics.paging import Wanted
from turnout.analytics.peaks import Section
from turnout.analytics.periods import by_instants
from turnout.analytics.witness import PeakMetric, PeakWitness, peak_stays, peak_witness
from turnout.tenants.company import Company

from .alerting import meeting


async def witness(product: Product, company: Company, days: int) -> PeakWitness:
    period = by_instants(company, product.now - timedelta(days=days), product.now)
    return await peak_witness(product.reading(company), period, PeakMetric.CONNECTIONS, Section.TOTAL)


async def test_a_peak_that_lasted_for_months_ends_where_it_ended(product: Product, acme: Company) -> None:
    start = product.now - timedelta(days=400)
    await product.tell(acme, meeting("a", start, minutes=300 * 24 * 60))

    found = await witness(product, acme, 410)

    assert (found.value, found.at, found.until) == (1, start, start + timedelta(days=300))


async def test_who_comes_goes_and_comes_at_one_instant_is_listed_once(product: Product, acme: Company) -> None:
    at = product.now - timedelta(hours=2)
    gone, again = leaves("a", "1", at), joined("a", "1", at) | {"id": "2-joined"}
    left = leaves("a", "1", at + timedelta(hours=1)) | {"id": "2-left"}
    await product.tell(acme, [joined("a", "1", at), gone, again, left])

    found = await witness(product, acme, 1)
    stays = await peak_stays(product.reading(acme), found, Wanted(10, "CONNECTIONS", descending=False))

    assert (found.connection_count, len(stays.rows), stays.total) == (1, 1, 1)
