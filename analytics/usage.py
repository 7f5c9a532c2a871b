"""What is used of something at an instant, against what was contracted."""

import msgspec


class Usage(msgspec.Struct, frozen=True):
    """An amount and the limit that holds for its day; None where none was contracted."""

    used: float
    limit: float | None

    @property
    def share(self) -> float | None:
        """Used ÷ limit, 1 = full; None without a limit or with limit 0."""
        return self.used / self.limit if self.limit else None

    @property
    def headroom(self) -> float | None:
        """What the limit leaves; negative beyond it, None without one."""
        return None if self.limit is None else self.limit - self.used
