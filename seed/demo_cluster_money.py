"""The ledger of a cluster in the demonstration: one of its officers enters, the other approves."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from entities import dates
from entities.money import NOTHING
from entities.vocabulary import EntryKind
from figures import projects
from models import BudgetLine, LedgerEntry, UserAccount
from rules import ledger

SHARE = Decimal("0.07")
"""Of a line's money, what it pays in each month of the running year."""
PAID = "ค่าใช้จ่ายตามแผนดำเนินงาน ประจำเดือน{}"


def lay_out(
    session: Session, cluster_id: int, today: date, maker: UserAccount, approver: UserAccount
) -> int:
    """Allocate and pay on every line of the cluster up to the day; returns the number of entries.

    The first payment of this month still waits for the other officer.
    """
    entering = ledger.by(ledger.Officer(maker.id, maker.name))
    deciding = ledger.Officer(approver.id, approver.name)
    statement = select(BudgetLine).where(BudgetLine.cluster_id == cluster_id)
    made, waiting = 0, False
    for line in session.scalars(statement.order_by(BudgetLine.id)).all():
        for kind, day, amount, told in _story(line, today):
            made += 1
            entry = ledger.enter(
                LedgerEntry(budget_line=line, kind=kind, amount=amount, entry_date=day,
                            doc_no=f"กจ {line.fiscal_year % 100}/{made:04d}", description=told,
                            **entering),
                session,
            )  # fmt: skip
            if not waiting and kind is EntryKind.DISBURSEMENT and day >= today.replace(day=1):
                waiting = True
                continue
            moment = datetime.combine(day, time(15), dates.BANGKOK).astimezone(UTC)
            ledger.approve(entry, session, moment, deciding)
    return made


def _story(line: BudgetLine, today: date) -> Iterator[tuple[EntryKind, date, Decimal, str]]:
    """What happens on a line: the allocation, then its payments; a year that is over is paid out."""
    opened = line.opens_on + timedelta(days=12)
    if opened > today or line.enacted <= NOTHING:
        return
    yield EntryKind.ALLOCATION, opened, line.enacted, "ได้รับจัดสรรตามพระราชบัญญัติงบประมาณ"
    last = min(line.closes_on, today)
    months = projects.months_between(opened, last)
    part = (line.enacted * SHARE).quantize(Decimal("0.01"))
    left = line.enacted
    for month in months[1:]:
        over = line.closes_on < today and month == months[-1]
        amount = left if over else part
        left -= amount
        day = min(dates.month_end(month) - timedelta(days=3), last)
        yield EntryKind.DISBURSEMENT, day, amount, PAID.format(dates.month_name(month.month, "th"))
