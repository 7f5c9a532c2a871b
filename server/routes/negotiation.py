"""Which of the media types that can be given a client likes best."""

from collections.abc import Sequence


def preferred(accept: str | None, offers: Sequence[str]) -> str | None:
    """The best of the offers, the earlier one of equals; the first without a header, None when all are refused."""
    if accept is None or not accept.strip():
        return offers[0]
    ranges = [_range(part) for part in accept.lower().split(",")]
    best = max(offers, key=lambda offer: _quality(offer, ranges))
    return best if _quality(best, ranges) > 0 else None


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    quality = next((value for key, _, value in (p.partition("=") for p in parameters) if key.strip() == "q"), "1")
    try:
        return name, min(max(float(quality), 0.0), 1.0)
    except ValueError:
        return name, 0.0


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The quality that the most specific matching range gives."""
    given = dict(ranges)
    kind = offer.partition("/")[0]
    return next((given[name] for name in (offer, f"{kind}/*", "*/*") if name in given), 0.0)
