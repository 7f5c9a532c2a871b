"""The tables of tenants as SQLModel classes, for the administrative writes of support staff.

The migrations make the tables; a test keeps both equal. These classes check nothing: they are never an input.
An id whose default is None is given by the database.
"""

import re
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    DateTime,
    Double,
    Enum,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Interval,
    SmallInteger,
    Text,
    TypeDecorator,
    func,
)
from sqlalchemy.dialects.postgresql import CIDR, INET
from sqlalchemy.orm import declared_attr
from sqlalchemy.sql.elements import BindParameter
from sqlmodel import BigInteger, Field, SQLModel

from turnout.tenants.addresses import Network
from turnout.tenants.credential import SessionKind
from turnout.tenants.limits import LimitMetric, Section


class Instant(TypeDecorator[datetime]):
    """A timestamptz."""

    impl = DateTime(timezone=True)
    cache_ok = True


class Duration(TypeDecorator[timedelta]):
    """An interval of seconds. Sent as it is, 24 hours would become a day, which is 23 where clocks go forward."""

    impl = Interval
    cache_ok = True

    def bind_expression(self, bindparam: BindParameter[timedelta]) -> ColumnElement[timedelta]:
        """Turn the days into seconds."""
        return func.make_interval(0, 0, 0, 0, 0, 0, func.date_part("epoch", bindparam), type_=self)


def _table_name(cls: type) -> Any:  # noqa: ANN401 -- what declared_attr takes
    """company_limit for CompanyLimitRow."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__.removesuffix("Row")).lower()


class Table(SQLModel):
    """A table, named as its class."""

    __tablename__: ClassVar[declared_attr[Any]] = declared_attr(_table_name)


class CompanyRow(Table, table=True):
    """A tenant."""

    company_id: int = Field(default=None, sa_column=Column(Integer, Identity(always=True), primary_key=True))
    slug: str = Field(sa_type=Text, unique=True)
    name: str = Field(sa_type=Text)
    time_zone: str = Field(sa_type=Text)
    billing_anchor_day: int = Field(sa_type=SmallInteger)
    stale_after: timedelta = Field(sa_type=Duration)
    created_at: datetime = Field(sa_type=Instant)
    generation: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    suspended_at: datetime | None = Field(default=None, sa_type=Instant)
    next_stale_after: timedelta | None = Field(default=None, sa_type=Duration)


class CompanyLimitRow(Table, table=True):
    """A contracted limit; both dates are included."""

    company_id: int = Field(primary_key=True, foreign_key="company.company_id")
    limit_id: int = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    metric: LimitMetric = Field(sa_column=Column(Enum(LimitMetric, name="limit_metric"), nullable=False))
    section: Section = Field(sa_column=Column(Enum(Section, name="section"), nullable=False))
    value: float = Field(sa_type=Double)
    valid_from: date | None
    valid_to: date | None


class CompanyPasswordRow(Table, table=True):
    """A password of a company, issued by support or chosen; its hash alone is kept."""

    company_id: int = Field(primary_key=True, foreign_key="company.company_id")
    password_id: UUID = Field(primary_key=True)
    hash: str = Field(sa_type=Text)
    label: str | None = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    issued_by: str | None = Field(default=None, sa_type=Text)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    must_change: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    chosen: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)


class CompanySessionRow(Table, table=True):
    """A sign-in that has not ended; the digest of its token alone is kept."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "password_id"],
            ["company_password.company_id", "company_password.password_id"],
            ondelete="CASCADE",
        ),
        Index("company_session_password", "company_id", "password_id"),
    )

    company_id: int = Field(primary_key=True)
    session_id: UUID = Field(primary_key=True)
    password_id: UUID
    digest: bytes = Field(unique=True)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    kind: SessionKind = Field(
        default=SessionKind.BEARER,
        sa_column=Column(Enum(SessionKind, name="session_kind"), nullable=False, server_default="BEARER"),
    )
    seen_at: datetime | None = Field(default=None, sa_type=Instant)
    address: str | None = Field(default=None, sa_type=INET)
    user_agent: str | None = Field(default=None, sa_type=Text)


class ActivationLinkRow(Table, table=True):
    """A link on which a company chooses its password, once; the digest of its secret alone is kept."""

    company_id: int = Field(primary_key=True, foreign_key="company.company_id")
    link_id: UUID = Field(primary_key=True)
    digest: bytes = Field(unique=True)
    label: str | None = Field(sa_type=Text)
    issued_by: str | None = Field(default=None, sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class ApiKeyRow(Table, table=True):
    """An API key; the digest of its text alone is kept, and its first characters to know it by."""

    __table_args__ = (ForeignKeyConstraint(["company_id", "replaced_by"], ["api_key.company_id", "api_key.key_id"]),)

    company_id: int = Field(primary_key=True, foreign_key="company.company_id")
    key_id: UUID = Field(primary_key=True)
    digest: bytes = Field(unique=True)
    prefix: str = Field(sa_type=Text)
    scopes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    label: str | None = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    user_key: str | None = Field(default=None, sa_type=Text)
    addresses: list[Network] = Field(
        default_factory=list[Network], sa_column=Column(ARRAY(CIDR), nullable=False, server_default="{}")
    )
    issued_by: str | None = Field(default=None, sa_type=Text)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
    replaced_by: UUID | None = None
