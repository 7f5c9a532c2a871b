"""The one shape of every error that a person may see."""


class TurnoutError(Exception):
    """Something a caller can act upon: a stable `code`, a sentence, and a hint that says what to do next.

    The code is part of the interface: clients may branch on it. `docs/errors.md` lists them all.
    """

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.code}). {self.hint}"
