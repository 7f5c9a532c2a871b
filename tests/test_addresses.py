"""Ranges of addresses: which are read, who is in one, and which lie within others."""

from ipaddress import ip_address, ip_network
from itertools import product

import pytest

from turnout.database.errors import TurnoutError
from turnout.tenants.addresses import lie_within, plain_address, read_ranges


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:DB8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("testclient", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_compared_as_what_it_is(text: str | None, plain: str | None) -> None:
    assert plain_address(text) == plain


@pytest.mark.parametrize("text", ["", "x", "10.0.0.1/8", "10.0.0.0/33", "::ffff:10.0.0.0/104", "10.0.0.0/8 ", "0"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(TurnoutError, match="INVALID_ADDRESS"):
        read_ranges([text])


def test_a_range_is_read_once_and_an_address_is_a_range_of_one() -> None:
    assert list(map(str, read_ranges(["10.0.0.0/8", "10.0.0.0/8", "2001:db8::1"]))) == ["10.0.0.0/8", "2001:db8::1/128"]


def test_there_are_not_too_many_ranges() -> None:
    with pytest.raises(TurnoutError, match="INVALID_ADDRESS"):
        read_ranges(f"10.0.{number}.0/24" for number in range(21))


# Every range of eight addresses, and two of the other family.
SMALL = [ip_network(f"10.0.0.{first}/{29 + bits}") for bits in range(4) for first in range(0, 8, 2 ** (3 - bits))]
OTHER = [ip_network("2001:db8::/127"), ip_network("2001:db8::/128")]
EVERYBODY = {*ip_network("10.0.0.0/28"), ip_address("2001:db8::"), ip_address("2001:db8::1"), ip_address("2001:db8::2")}


def test_ranges_lie_within_others_exactly_when_nobody_else_is_let_in() -> None:
    few = [(), *[(one,) for one in [*SMALL, *OTHER]], *product(SMALL, SMALL), *product(SMALL, OTHER)]

    who = {ranges: let_in(ranges) for ranges in few}
    wrong = [
        (inner, outer)
        for inner, outer in product(few, few)
        if lie_within(inner, outer) is not (who[inner] <= who[outer])
    ]

    assert wrong == []


LET_IN: dict[object, set[object]] = {}


def let_in(ranges: tuple[object, ...]) -> set[object]:
    if ranges not in LET_IN:
        LET_IN[ranges] = {one for one in EVERYBODY if any(one in part for part in ranges) or not ranges}  # pyright: ignore[reportOperatorIssue]
    return LET_IN[ranges]
