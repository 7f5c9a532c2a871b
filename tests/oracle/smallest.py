"""What is left of a failing world when everything is taken out that the failure does not need.

hypothesis can shrink a world too, but it tries thousands of times; this needs some hundred.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from .activities import Raw
from .worlds import World, WorldCompany, delivered


def smallest(world: World, fails: Callable[[World], bool]) -> World:
    """A world that still fails, and from which nothing more can be taken out."""
    while (found := next(filter(fails, smaller(world)), None)) is not None:
        world = found
    return world


def smaller(world: World) -> Iterator[World]:
    """The world with something left out, in turn, the largest cuts first."""
    if len(world.companies) > 1:
        yield from (replace(world, companies=[company]) for company in world.companies)
    for place, company in enumerate(world.companies):
        for less in lesser(company):
            yield replace(world, companies=[*world.companies[:place], less, *world.companies[place + 1 :]])
    if len(world.companies) > 1:
        for place in range(len(world.companies)):
            yield replace(world, companies=[*world.companies[:place], *world.companies[place + 1 :]])


def lesser(company: WorldCompany) -> Iterator[WorldCompany]:
    plain = delivered(company.activities, 0)
    if company.deliveries != plain:
        yield replace(company, deliveries=plain)
    if len(company.periods) > 1:
        yield from (replace(company, periods=[period]) for period in company.periods)
    for limit in company.limits:
        yield replace(company, limits=[each for each in company.limits if each is not limit])
    size = len(company.activities)
    while size:
        for start in range(0, len(company.activities), size):
            yield without(company, company.activities[start : start + size])
        size //= 2


def without(company: WorldCompany, gone: Sequence[Raw]) -> WorldCompany:
    """Neither told nor delivered; what remains keeps its batches and their order."""
    batches = [[raw for raw in batch if raw not in gone] for batch in company.deliveries]
    return replace(
        company,
        activities=[raw for raw in company.activities if raw not in gone],
        deliveries=[batch for batch in batches if batch],
    )
