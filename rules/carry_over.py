"""The end of a fiscal year: what is carried over, what lapses, and closing the year.

Section 43 of the Budget Procedures Act of 2561: only money committed before the year ended and
reserved may be drawn in the next, for at most six months; later only by agreement with the
Ministry of Finance. Before it (`OBLIGED_FROM`) money without an obligation was carried over too;
since then the office may do so only by a special approval that it names.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from access import scope
from entities import dates
from entities.ledger import OBLIGED_FROM
from entities.money import NOTHING, shown
from entities.vocabulary import EntryKind
from models import (
    BudgetLine,
    CarryOver,
    CarryOverExtension,
    FiscalYearClose,
    LedgerEntry,
)
from rules import ledger
from rules.base import Broken, check, complete, linked, today_of

CARRIED = "กันเงินไว้เบิกเหลื่อมปี เลขที่ {}"
LAPSED = "พับงบประมาณปี {}"
CLOSED = "ปิดบัญชีปีงบประมาณ {}"
"""Official wording that is written into records, whatever language the screen has."""


@complete(CarryOver)
def _years(kept: CarryOver, session: Session) -> None:
    line = linked(kept, "budget_line", session)
    if line is None:
        return
    kept.origin_year = line.fiscal_year
    kept.has_obligation = linked(kept, "order", session) is not None
    if kept.expires_on is None:
        kept.expires_on = date(line.closes_on.year + 1, 3, 31)


@check(CarryOver)
def _lawful(kept: CarryOver, session: Session) -> None:
    line, order = linked(kept, "budget_line", session), linked(kept, "order", session)
    if kept.amount <= 0:
        raise Broken(_("The amount must be above zero."), "amount")
    if order is None:
        if line.fiscal_year >= OBLIGED_FROM and not kept.approval_ref:
            raise Broken(
                _("Money without an obligation is carried over only by a special approval."),
                "approval_ref",
            )
    elif order.signed_on > line.closes_on:
        raise Broken(_("The order was signed after the fiscal year had ended."), "order_id")


def keep(kept: CarryOver, session: Session, maker: ledger.Officer | None = None) -> LedgerEntry:
    """Enter a carry-over: its row and the entry that waits for approval, on the year's last day.

    `maker` is given only where the system acts for a person.
    """
    session.add(kept)
    session.flush()
    line = linked(kept, "budget_line", session)
    return ledger.enter(
        LedgerEntry(
            budget_line=line, kind=EntryKind.CARRY_OVER, amount=kept.amount, carry_over=kept,
            order_id=kept.order_id, entry_date=line.closes_on, doc_no=kept.number,
            description=CARRIED.format(kept.number), **ledger.by(maker),
        ),
        session,
    )  # fmt: skip


def extend(
    kept: CarryOver, to: date, agreement_ref: str, agreed_on: date, session: Session
) -> CarryOverExtension:
    """Let carried money be drawn longer, by agreement with the Ministry of Finance."""
    scope.permit(session, kept, "extend")
    if not agreement_ref.strip():
        raise Broken(_("Name the agreement with the Ministry of Finance."), "agreement_ref")
    if agreed_on > today_of(session):
        raise Broken(_("This day has not come yet."), "agreed_on")
    if to <= kept.expires_on:
        raise Broken(_("The new day must be later than the present one."), "extended_to")
    if kept.remaining <= NOTHING:
        raise Broken(_("Nothing of this carry-over is left to draw."))
    kept.extension_no += 1
    kept.expires_on = to
    extension = CarryOverExtension(
        carry_over=kept, number=kept.extension_no, extended_to=to,
        agreement_ref=agreement_ref, agreed_on=agreed_on, province_id=kept.province_id,
        cluster_id=kept.cluster_id,
    )  # fmt: skip
    scope.permit(session, extension, "extend")
    session.add(extension)
    session.flush()
    return extension


def lapse_rest(
    session: Session,
    fiscal_year: int,
    province_id: int | None,
    cluster_id: int | None = None,
    maker: ledger.Officer | None = None,
) -> list[LedgerEntry]:
    """Enter the lapse of what is left on each line of a year; the entries wait for approval."""
    lines = _lines(session, fiscal_year, province_id, cluster_id)
    return [
        ledger.enter(_lapse(line, left, maker), session)
        for line in lines
        if (left := line.available - line.waiting) > NOTHING
    ]


def _lapse(line: BudgetLine, amount: Decimal, maker: ledger.Officer | None) -> LedgerEntry:
    return LedgerEntry(
        **ledger.by(maker),
        budget_line=line, kind=EntryKind.LAPSE, amount=amount, entry_date=line.closes_on,
        description=LAPSED.format(line.fiscal_year),
    )  # fmt: skip


def _home(
    entity: type[BudgetLine] | type[FiscalYearClose],
    province_id: int | None,
    cluster_id: int | None,
) -> ColumnElement[bool]:
    if province_id is not None:
        return entity.province_id == province_id
    return entity.cluster_id == cluster_id


def _lines(
    session: Session, fiscal_year: int, province_id: int | None, cluster_id: int | None
) -> Sequence[BudgetLine]:
    """The year's lines of a home as they stand now, kept from others until the end."""
    return session.scalars(
        select(BudgetLine)
        .where(BudgetLine.fiscal_year == fiscal_year, _home(BudgetLine, province_id, cluster_id))
        .order_by(BudgetLine.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def close_year(
    session: Session,
    fiscal_year: int,
    today: date,
    province_id: int | None = None,
    cluster_id: int | None = None,
    note: str | None = None,
) -> FiscalYearClose:
    """Close a fiscal year for good: nothing waits, and every baht is paid, carried over or lapsed."""
    if today <= dates.fiscal_year_end(fiscal_year):
        raise Broken(_("Fiscal year %(year)s has not ended yet.", year=fiscal_year))
    for line in _lines(session, fiscal_year, province_id, cluster_id):
        _refuse_open(line)
    closed = FiscalYearClose(
        name=CLOSED.format(fiscal_year), fiscal_year=fiscal_year, closed_on=today, note=note,
        province_id=province_id, cluster_id=cluster_id,
    )  # fmt: skip
    session.add(closed)
    session.flush()
    return closed


def _refuse_open(line: BudgetLine) -> None:
    open_money = {
        _("waits for approval"): line.waiting,
        _("is reserved"): line.reserved,
        _("is committed and not paid"): line.outstanding,
        _("is left"): line.available,
    }
    for state, amount in open_money.items():
        if amount:
            raise Broken(
                _(
                    "“%(line)s”: %(amount)s baht %(state)s; carry it over or let it lapse first.",
                    line=line, amount=shown(amount), state=state,
                )
            )  # fmt: skip


@check(FiscalYearClose)
def _ended(closed: FiscalYearClose, _session: Session) -> None:
    if closed.closed_on <= dates.fiscal_year_end(closed.fiscal_year):
        raise Broken(_("Fiscal year %(year)s has not ended yet.", year=closed.fiscal_year))
