"""Chance that comes out the same on every machine, in every version of Python and on every start."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws by a seed. Built on `Random.random` alone, the one method whose sequence Python promises to keep."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)  # noqa: S311 -- keeps no secret

    def chance(self, share: float) -> bool:
        """True in this share of the cases."""
        return self._random.random() < share

    def between(self, low: float, high: float) -> float:
        """Any number between two."""
        return low + (high - low) * self._random.random()

    def count(self, low: int, high: int) -> int:
        """A whole number between two, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def about(self, number: float) -> int:
        """One of the two whole numbers around a number, which is their mean in the long run."""
        return int(number + self._random.random())

    def pick(self, of: Sequence[T]) -> T:
        """One of several."""
        return of[self.count(0, len(of) - 1)]

    def some(self, of: Sequence[T], number: int) -> list[T]:
        """So many different ones, in any order."""
        left = list(of)
        return [left.pop(self.count(0, len(left) - 1)) for _ in range(min(number, len(left)))]
