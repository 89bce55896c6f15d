"""Counters behind every gapless number, and the random ids of forms already sent."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from entities.base import Base, Id, Moment
from entities.money import Money


class Plain(DeclarativeBase):
    """Tables that are no entities: no screen, no policy line, no version."""

    metadata = Base.metadata
    type_annotation_map = {int: Id, str: String(300), datetime: Moment(), Decimal: Money()}


class Counter(Plain):
    """The last number given in one series; locked while a number is taken."""

    __tablename__ = "counter"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Submission(Plain):
    """A form that was saved: its random id and the record it made."""

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_at", "at"),)
    form_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int | None]
    entity: Mapped[str]
    record_id: Mapped[int | None]
    at: Mapped[datetime]


class LedgerMonth(Plain):
    """What the posted entries of one month (its first day) changed in one budget line.

    Kept by the database with each entry, so that a year's course costs no sum over entries.
    """

    __tablename__ = "ledger_month"
    budget_line_id: Mapped[int] = mapped_column(ForeignKey("budget_line.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    budget_change: Mapped[Decimal]
    reserve_change: Mapped[Decimal]
    order_change: Mapped[Decimal]
    paid_change: Mapped[Decimal]
    carried_change: Mapped[Decimal]
    lapsed_change: Mapped[Decimal]
    drawn_change: Mapped[Decimal]
