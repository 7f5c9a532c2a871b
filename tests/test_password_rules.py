"""What may be chosen as a password."""

import pytest

from turnout.database.errors import TurnoutError
from turnout.tenants.password_rules import check_chosen

NAMES = ("acme-north", "Acme North GmbH")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "Ein Müsli am Morgen",
        "K7QFM-2XWPA-9RTBC-HD4VE",
        "rY8#kq!vbn2$Lm0",
        "🎉🎈🎁🐶🐱🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵",
        "正しい馬の電池ホッチキス答え合わせ",
        "Zwölf Boxkämpfer jagen Viktor quer über den Sylter Deich " + "ß" * 7,
        "vorn und hinten  " * 7 + "sind Leer",
    ],
)
def test_what_is_long_and_not_what_everybody_tries_may_be_chosen(password: str) -> None:
    check_chosen(password, *NAMES)


@pytest.mark.parametrize(
    "password",
    [
        "fourteen chars",
        "x" * 129,
        "a" * 15,
        "passwordpassword1",
        "P@ssw0rdP@ssw0rd",
        "qwertyuiop12345",
        "123456789012345",
        "1qaz2wsx3edc4rfv",
        "summer2026summer2026!",
        "letmein letmein letmein",
        "monkeydragonmaster",
        "x7q!x7q!x7q!x7q!",
        "acme-north acme-north",
        "Acme North GmbH 2026!!",
        "turnoutturnoutturnout",
        "kein Schwein\x00ruft mich an",
        "kein Schwein\nruft mich an",
        "\ud800" * 20,
    ],
)
def test_anything_else_may_not(password: str) -> None:
    with pytest.raises(TurnoutError, match="WEAK_PASSWORD"):
        check_chosen(password, *NAMES)


@pytest.mark.parametrize(("length", "may"), [(14, False), (15, True), (128, True), (129, False)])
def test_a_password_has_15_to_128_characters(length: int, may: bool) -> None:
    password = ("Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich " * 3)[:length]

    if may:
        check_chosen(password)
    else:
        with pytest.raises(TurnoutError, match=r"WEAK_PASSWORD"):
            check_chosen(password)
