"""The one error of the embedded server."""

from __future__ import annotations

from pathlib import Path
from typing import Self


class EmbeddedPostgresError(Exception):
    """The embedded server cannot be used; says why and what to do about it.

    `code` is stable and in capitals, `message` says what happened here, `hint` what the reader can do.
    """

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(f"{message} ({code})\nHint: {hint}")
        self.code = code
        self.message = message
        self.hint = hint

    @classmethod
    def refused(cls, directory: Path, error: OSError) -> Self:
        """The operating system does not let us work in the directory."""
        return cls(
            "DATA_DIRECTORY_UNUSABLE",
            f"the operating system refused something while working in {directory}: {error}",
            "name another place with --data, or give this account the rights or the space it needs there",
        )
