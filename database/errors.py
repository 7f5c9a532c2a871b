"""The one shape of every error that a person may see."""


class TurnoutError(Exception):
    """Something a caller can act upon: a stable `code`, a sentence, and a hint that says what to do next.

    The code is part of the interface: clients may branch on it. `docs/errors.md` lists them all. `details` are values
    that a program may read, such as the bound that an argument exceeds.
    """

    def __init__(self, code: str, message: str, hint: str, **details: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.details = details

    def __str__(self) -> str:
        return f"{self.message} ({self.code}). {self.hint}"
