from datetime import timedelta
from typing import cast

import pytest
from hypothesis.strategies import DrawFn

from .activities import Raw, is_valid
from .examples import NOW
from .members import MEMBERS, PLANNED, RETRACTED
from .tellings import Pen, rfc3339
from .verbs import COMPANIES, CORRECT, FLAWED, FLAWS, MORE, SUBJECTS

TELLABLE = {kind for verbs in COMPANIES for kind, _ in verbs} - {CORRECT, FLAWED}
NO_DRAW = cast("DrawFn", None)


def test_the_worlds_tell_every_type_there_is() -> None:
    assert {*TELLABLE, RETRACTED} == set(MEMBERS)


@pytest.mark.parametrize("kind", sorted(TELLABLE))
def test_what_is_told_is_taken(kind: str) -> None:
    starts: Raw = {"startsAt": rfc3339(NOW + timedelta(days=3))} if kind == PLANNED else {}
    envelope = {"type": kind, "source": "a", "id": "8", "time": rfc3339(NOW)}
    said = [members for verbs in COMPANIES for verb, members in verbs if verb == kind]

    for data in [subject | more | starts for subject in SUBJECTS[kind] for more in MORE.get(kind, (Raw(),))]:
        assert all(is_valid(envelope | {"data": data | members}, NOW) for members in said)


@pytest.mark.parametrize("flaw", FLAWS, ids=str)
def test_every_flaw_is_refused(flaw: Raw) -> None:
    pen = Pen(NO_DRAW, [], [NOW], NOW, families=False)

    pen.blunder(flaw, rfc3339(NOW), "a", extra=0)

    assert [is_valid(raw, NOW) for raw in pen.written] == [False]
