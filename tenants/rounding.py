"""How a company's minutes are billed: as support has agreed, for the billing periods that begin from a day on."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlmodel import Session

from turnout.database.statements import statements
from turnout.tenants.companies import find_company
from turnout.tenants.support import driver

_SQL: Final = statements("turnout.tenants", "rounding.sql")


class MinuteRounding(StrEnum):
    """What becomes of a stay's part in a billing period."""

    EXACT = "EXACT"
    PER_STAY = "PER_STAY"


@dataclass(frozen=True, slots=True)
class BillingRule:
    """What holds for the billing periods that begin on this day or later, until a later rule's."""

    rounding: MinuteRounding
    valid_from: date

    def __str__(self) -> str:
        """As the audit has it."""
        return f"{self.rounding}:{self.valid_from}"


def agree_on_rounding(session: Session, company_id: int, rule: BillingRule) -> None:
    """Let a rule take the place of one of the same day. It is for whoever has locked the company."""
    said = {"company_id": company_id, "valid_from": rule.valid_from, "rounding": rule.rounding.value}
    driver(session).execute(_SQL["agree_on_rounding"], said)


def rules_of(session: Session, company_id: int) -> list[BillingRule]:
    """Every rule of a company by its first day; before the first, minutes are billed exactly."""
    rows = driver(session).execute(_SQL["rules"], {"company_id": company_id}).fetchall()
    return [BillingRule(MinuteRounding(rounding), valid_from) for rounding, valid_from in rows]


def list_rules(session: Session, slug: str) -> list[BillingRule]:
    """The same of a company by its slug. Raises TurnoutError UNKNOWN_COMPANY."""
    return rules_of(session, find_company(session, slug).company_id)
