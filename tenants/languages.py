"""The languages in which texts are written for people."""

from enum import Enum


class Language(Enum):
    """What texts may be in."""

    EN = "EN"
    RU = "RU"
