"""Addresses: nothing is sent into the operator's own network, however the way there is written."""

from ipaddress import ip_address

import pytest

from turnout.analytics.alerts import DeliveryFailure
from turnout.server.delivering.addresses import is_public
from turnout.server.delivering.webhooks import post


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
