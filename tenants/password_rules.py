"""What a company may choose as its password: long, and not put together from what everybody tries first."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final
from unicodedata import category

from turnout.database.errors import TurnoutError

SHORTEST: Final = 15
LONGEST: Final = 128
# A piece that is known counts two, any other character one; each counts once, however often it comes.
ENOUGH: Final = 7
_SHORTEST_PIECE: Final = 3
_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "!@#$%^&*()",
    *("qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm", "azertyuiop", "1qaz2wsx3edc4rfv5tgb"),
)
_SEPARATORS: Final = re.compile(r"[\s._,'-]+")
_YEAR: Final = re.compile(r"(19|20)\d\d")
_DISGUISES: Final = str.maketrans("@4310$57!", "aaeiosssi")


def check_chosen(password: str, *names: str) -> None:
    """Raises TurnoutError WEAK_PASSWORD for a password of fewer than 15 or more than 128 characters, or easy to guess.

    `names` are those of the company, which everybody would try.
    """
    if len(password) < SHORTEST:
        raise _weak(f"It has fewer than {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise _weak(f"It has more than {LONGEST} characters.")
    if any(category(character) in {"Cc", "Cs"} for character in password):
        raise _weak("It has a character that nobody can type.")
    words = _common() | _words_of(names)
    if min(_variety(form, words) for form in _forms(password)) < ENOUGH:
        raise _weak("It is one of those that are tried first: common words, names, rows of keys, or repetitions.")


def _weak(reason: str) -> TurnoutError:
    return TurnoutError(
        "WEAK_PASSWORD",
        f"This cannot be the password. {reason}",
        f"Use {SHORTEST} to {LONGEST} characters, such as five or six words that have nothing to do with each other.",
    )


@cache
def _common() -> frozenset[str]:
    """The 3,000 most common passwords of published leaks."""
    return frozenset(files("turnout.tenants").joinpath("common_passwords.txt").read_text(encoding="utf-8").split())


def _words_of(names: Iterable[str]) -> frozenset[str]:
    found = {word for name in names for word in [*_SEPARATORS.split(name.casefold()), *_forms(name)]}
    return frozenset(word for word in {*found, "turnout"} if len(word) >= _SHORTEST_PIECE)


def _forms(password: str) -> tuple[str, str]:
    """The password without what only separates, and the same with its letters in no disguise."""
    plain = _SEPARATORS.sub("", password.casefold())
    return plain, plain.translate(_DISGUISES)


def _variety(text: str, words: frozenset[str]) -> int:
    """How much there is to guess when it is cut into as few pieces as possible."""
    best: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    longest = max(map(len, words))
    for end in range(1, len(text) + 1):
        cuts = [(best[end - 1][0] + 1, (*best[end - 1][1], text[end - 1]))]
        for start in range(max(0, end - max(longest, LONGEST)), end - _SHORTEST_PIECE + 1):
            piece = text[start:end]
            if piece in words or _is_pattern(piece):
                cuts.append((best[start][0] + 2, (*best[start][1], piece)))
        best.append(min(cuts))
    return sum(2 if len(piece) > 1 else 1 for piece in set(best[-1][1]))


def _is_pattern(piece: str) -> bool:
    """A character again and again, neighbours in the alphabet or on a keyboard, or a year."""
    return (
        len(set(piece)) == 1
        or any(piece in row or piece[::-1] in row for row in _ROWS)
        or _YEAR.fullmatch(piece) is not None
    )
