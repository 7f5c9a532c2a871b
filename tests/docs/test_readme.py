"""README.md: its commands and programs are run from top to bottom, and answer what is shown."""

import json
import re

from .conftest import Stage, json_values
from .pages import fences, read, sections

PAGE = sections(read("README.md"), 2)
OWN = PAGE["A company of your own"]


def test_what_is_told_is_answered_as_shown(stage: Stage, key: str) -> None:
    [_, request, _] = fences(OWN, "sh")
    [answer] = fences(OWN, "json")

    assert list(json_values(stage.shell(request, KEY=key))) == list(json_values(answer))


def test_a_file_is_loaded(stage: Stage, key: str) -> None:
    [_, _, loading] = fences(OWN, "sh")
    told = {"specversion": "1.0", "id": "3", "source": "mcu-3.example", "type": "turnout.user.removed"}
    line = json.dumps(told | {"time": "2026-11-02T10:00:00Z", "data": {"user": "u-1"}})
    (stage.folder / "activities.ndjson").write_text(line)

    assert stage.turnout(loading).split() == ["ACCEPTED", "KNOWN", "QUARANTINED", "1", "0", "0"]


def test_what_is_asked_by_curl_is_answered(stage: Stage, key: str) -> None:
    [request] = fences(PAGE["Asking"], "sh")

    [answer] = json_values(stage.shell(request, KEY=key))

    assert answer["data"]["days"][0]["day"] == "2026-11-02"


def test_the_image_has_the_port_and_the_volume_that_are_named() -> None:
    page, image = PAGE["In production"], read("Dockerfile")
    [port] = re.findall(r"^EXPOSE (.+)", image, re.MULTILINE)
    [volume] = re.findall(r"^VOLUME (.+)", image, re.MULTILINE)

    named = {tuple(pair) for pair in re.findall(r"docker run .*-p \d+:(\d+)(?: -v \w+:(\S+))?", page)}

    assert named == {(port, volume), (port, "")}
    assert 'ENTRYPOINT ["turnout"]\nCMD ["serve", "--host", "0.0.0.0"]' in image


def test_what_is_asked_from_python_is_answered(stage: Stage, key: str) -> None:
    [request, *_] = fences(OWN, "sh")[1:]
    stage.shell(request, KEY=key)
    [program] = fences(PAGE["Asking"], "python")

    answered = stage.python(program, KEY=key)

    assert "'limit': 200" in answered
    assert "'participationMinutes'" in answered
