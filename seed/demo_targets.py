"""Targets of the demonstration's running year, where no source has stated any yet: made up, and said so."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from entities import dates
from entities.money import parse_percent
from entities.vocabulary import TargetKind, TargetMeasure
from models import DisbursementTarget

SOURCE = "ตัวเลขสมมติของระบบสาธิต ยังไม่มีเป้าหมายที่ประกาศ"
QUARTERS = {
    12: ("32", "35", "19"),
    3: ("52", "57", "36"),
    6: ("72", "79", "55"),
    9: ("93", "98", "75"),
}
"""By the last month of a quarter: percent of overall, current and capital expenditure."""


def lay_out(session: Session, today: date) -> None:
    """Make the year's targets by quarter and kind, unless somebody has stated one."""
    year = dates.fiscal_year(today)
    stated = select(DisbursementTarget.id).where(DisbursementTarget.fiscal_year == year)
    if session.scalar(stated.limit(1)) is not None:
        return
    first = dates.fiscal_year_start(year)
    session.add_all(
        DisbursementTarget(
            as_of=dates.month_end(date(first.year + (month < first.month), month, 1)), kind=kind,
            measure=TargetMeasure.DISBURSE, percent=parse_percent(typed), source=SOURCE,
        )
        for month, percents in QUARTERS.items()
        for kind, typed in zip(TargetKind, percents, strict=True)
    )  # fmt: skip
    session.flush()
