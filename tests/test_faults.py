"""What a log says of an error: which it is and where, and nothing that it quotes."""

import psycopg
import pytest

from turnout.database.errors import TurnoutError
from turnout.database.faults import describe, trace

SAID = [
    (ValueError("invalid literal for int(): 'Anna'"), "builtins.ValueError"),
    (KeyError("Anna"), "builtins.KeyError"),
    (AttributeError("'NoneType' object has no attribute 'x'"), None),
    (
        FileNotFoundError(2, "No such file or directory", "Anna"),
        "builtins.FileNotFoundError: No such file or directory",
    ),
    (TurnoutError("UNKNOWN_USER", "There is no Anna.", "Look."), "turnout.database.errors.TurnoutError: UNKNOWN_USER"),
    (psycopg.OperationalError("connection refused"), "psycopg.OperationalError: connection refused"),
    (psycopg.DataError("Anna contains NUL"), "psycopg.DataError"),
]


@pytest.mark.parametrize(("error", "said"), SAID, ids=lambda one: type(one).__name__)
def test_a_message_is_said_where_it_can_quote_nobody(error: Exception, said: str | None) -> None:
    assert describe(error) == (said or f"builtins.AttributeError: {error}")


def test_of_the_database_the_code_is_said_and_not_the_value(server: str) -> None:
    with psycopg.connect(server) as admin:
        with pytest.raises(psycopg.Error) as value:
            admin.execute("select 'Anna'::int")
        admin.rollback()
        with pytest.raises(psycopg.Error) as name:
            admin.execute("select nothing")

    assert describe(value.value) == "psycopg.errors.InvalidTextRepresentation: 22P02"
    assert describe(name.value) == 'psycopg.errors.UndefinedColumn: 42703 column "nothing" does not exist'


def test_a_trace_has_what_led_to_it_and_all_of_a_group() -> None:
    def fail() -> None:
        try:
            raise KeyError("Anna")
        except KeyError as error:
            raise ExceptionGroup("Ben", [ValueError("Carl"), OSError(5, "I/O error")]) from error

    with pytest.raises(ExceptionGroup) as caught:
        fail()

    said = trace(caught.value)
    assert [line for line in said.splitlines() if line.startswith("builtins")] == [
        "builtins.KeyError",
        "builtins.ValueError",
        "builtins.OSError: I/O error",
        "builtins.ExceptionGroup",
    ]
    assert "in fail" in said
