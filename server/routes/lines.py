"""Lines of a body that is too large to be held whole: bunches of them, as they come."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from turnout.database.errors import TurnoutError


@dataclass
class Bunch:
    """Lines that are stored together. `numbers` are their places in the body from 0; blank lines have one too."""

    texts: list[bytes] = field(default_factory=list[bytes])
    numbers: list[int] = field(default_factory=list[int])
    through: int = 0

    def add(self, line: bytes) -> None:
        """Take the next line of the body; a blank one is counted and left out."""
        if stripped := line.strip():
            self.texts.append(stripped)
            self.numbers.append(self.through)
        self.through += 1


async def lines(body: AsyncIterator[bytes], *, at_once: int, longest: int) -> AsyncIterator[Bunch]:
    """The lines of a body, `at_once` at most in a bunch. Raises TOO_LARGE for a line of more than `longest` bytes."""
    bunch = Bunch()
    async for line in _lines(body, longest):
        bunch.add(line)
        if len(bunch.texts) == at_once:
            yield bunch
            bunch = Bunch(through=bunch.through)
    if bunch.texts:
        yield bunch


async def _lines(body: AsyncIterator[bytes], longest: int) -> AsyncIterator[bytes]:
    # Joined only when the line is whole: a body that comes byte by byte must not be copied with each of them.
    begun, length = list[bytes](), 0
    async for chunk in body:
        first, *others = chunk.split(b"\n")
        begun.append(first)
        length += len(first)
        if others:
            yield _bounded(b"".join(begun), longest)
            for line in others[:-1]:
                yield _bounded(line, longest)
            begun, length = [others[-1]], len(others[-1])
        if length > longest:
            raise _too_long(longest)
    if last := b"".join(begun):
        yield last


def _bounded(line: bytes, longest: int) -> bytes:
    if len(line) > longest:
        raise _too_long(longest)
    return line


def _too_long(longest: int) -> TurnoutError:
    return TurnoutError("TOO_LARGE", f"A line is longer than {longest} bytes.", "Each line must be one event.")
