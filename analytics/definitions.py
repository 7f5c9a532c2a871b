"""Definitions: what each metric means, in what unit, and what is counted; kept as data, in definitions/."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from turnout.database.errors import TurnoutError
from turnout.tenants.languages import Language


@dataclass(frozen=True, slots=True)
class Definition:
    """What one metric means. `fields` are the fields of the API that give it, with their types."""

    metric: str
    fields: tuple[str, ...]
    meaning: str
    unit: str
    counts: str
    version: int


def definitions(language: Language, metrics: Sequence[str] | None = None) -> list[Definition]:
    """The whole catalogue in its order, or of it these metrics or fields. Raises UNKNOWN_METRIC."""
    catalogue = _catalogue(language)
    if metrics is None:
        return list(catalogue)
    known = {name: definition for definition in catalogue for name in (definition.metric, *definition.fields)}
    if unknown := [name for name in metrics if name not in known]:
        raise TurnoutError(
            "UNKNOWN_METRIC",
            f"There is no metric “{unknown[0][:100]}”.",
            "Name metrics such as peakConnections or fields such as DailyPeak.connections; without `metrics` all come.",
            argument="metrics",
        )
    wanted = {known[name].metric for name in metrics}
    return [definition for definition in catalogue if definition.metric in wanted]


@cache
def _catalogue(language: Language) -> tuple[Definition, ...]:
    texts = _read(f"{language.value.lower()}.toml")
    return tuple(
        Definition(metric, tuple(entry["fields"]), **texts[metric], version=len(entry["versions"]))
        for metric, entry in _read("metrics.toml").items()
    )


@cache
def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files("turnout.analytics").joinpath("definitions", name).read_text(encoding="utf-8"))


def _latest() -> Iterator[str]:
    """Each metric with the digest of its latest version."""
    return (f"{metric} {entry['versions'][-1]}\n" for metric, entry in _read("metrics.toml").items())


# Of the whole catalogue: as long as it is the same, so is what every figure means.
VERSION: Final = sha256("".join(sorted(_latest())).encode()).hexdigest()[:12]
