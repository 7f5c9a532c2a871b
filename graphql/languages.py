"""Languages in the API."""

from turnout.graphql.enums import describe
from turnout.tenants.languages import Language

__all__ = ["Language"]

describe(
    Language,
    "A language in which texts are written for people.",
    {"EN": "English.", "RU": "Russian."},
)
