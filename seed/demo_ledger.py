"""The demonstration's control ledgers: three fiscal years of Chai Nat, two of the other provinces.

Every entry is made by the finance officer's account and approved by the chief's, through the same
verbs as in the office. Lines come from `demo_budget.toml`, from requests that were enacted, and
from projects without a line. Money goes out by pattern: month by month, by contract and
instalments, near the limit, or late. The year before last is closed; of the last one, money was
carried over.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from entities import dates
from entities.money import NOTHING
from entities.vocabulary import EntryKind, SpendingKind
from models import (
    BudgetLine,
    CarryOver,
    ExpenseCategory,
    LedgerEntry,
    Project,
    PurchaseOrder,
    UserAccount,
)
from rules import carry_over, ledger
from rules.base import run_checks
from seed.demo_people import Cast

FILE = Path(__file__).with_name("demo_budget.toml")
WHOLE = 18
"""Chai Nat, the model of the control ledger (report of 2552), has every line and three years."""
FEW_LINES = 5
K = EntryKind


@dataclass(frozen=True)
class Template:
    """A line of the budget as the file tells it."""

    item: str
    output: str
    category: tuple[str, ...]
    agency: str
    million: float
    pattern: str
    payees: tuple[str, ...]

    @property
    def kind(self) -> SpendingKind:
        return SpendingKind.CAPITAL if self.category[0] == "งบลงทุน" else SpendingKind.CURRENT


@cache
def _book() -> dict[str, Any]:
    with FILE.open("rb") as file:
        return tomllib.load(file)


def templates() -> list[Template]:
    """The lines of the file, in its order."""
    return [
        Template(**{**one, "category": tuple(one["category"]), "payees": tuple(one["payees"])})
        for one in _book()["line"]
    ]


@dataclass
class Bookkeeper:
    """Who keeps a province's ledger: the finance officer enters, the chief approves."""

    session: Session
    cast: Cast
    today: date
    finance: UserAccount
    chief: UserAccount
    dice: Random

    def __post_init__(self) -> None:
        self.maker = ledger.Officer(self.finance.id, self.finance.name)
        self.approver = ledger.Officer(self.chief.id, self.chief.name)
        self.whole = self.cast.place.province_id == WHOLE
        self.documents = 0
        self.orders = 0

    def lay_out(self) -> int:
        """Lay out every year's lines with their entries; returns the number of entries."""
        now = dates.fiscal_year(self.today)
        for year in range(now - (2 if self.whole else 1), now + 1):
            for number, template in enumerate(templates()[: None if self.whole else FEW_LINES]):
                self._spend(self._line(template, year, number), template)
        for line in self._lines_of_projects():
            self._spend(line, self._template_of(line))
        if self.whole:
            self._moved(now)
            self._close(now - 2)
        self._carry(now - 1)
        self._of_these_days(now)
        return self.documents

    # Lines.

    def _line(self, template: Template, year: int, number: int) -> BudgetLine:
        size = self.cast.place.budget / 100
        amount = Decimal(round(template.million * size * (0.94 + 0.03 * (year % 5)), 3)) * 1_000_000
        line = BudgetLine(
            province_id=self.cast.province.id,
            item=template.item.format(self.cast.province.name),
            fiscal_year=year,
            budget_code=f"{70000 + self.cast.province.id:05d}{year % 100:02d}{number + 1:013d}",
            fund_code=f"{year % 100:02d}1{1000 + number * 10:04d}",
            plan=_book()["plan"],
            output=template.output,
            expense_category_id=self._category(template.category),
            kind=template.kind,
            agency=self.cast.agencies[template.agency],
            enacted=amount.quantize(Decimal(100)),
        )
        self.session.add(line)
        self.session.flush()
        return line

    def _category(self, path: tuple[str, ...]) -> int | None:
        """The deepest category of the path that is known."""
        found = None
        for name in path:
            step = self.session.scalar(
                select(ExpenseCategory.id).where(
                    ExpenseCategory.name == name, ExpenseCategory.parent_id == found
                )
            )
            if step is None:
                break
            found = step
        return found

    def _lines_of_projects(self) -> Iterator[BudgetLine]:
        """What was enacted from requests, and one line for each project that has none."""
        here = self.cast.province.id
        enacted = select(BudgetLine).where(
            BudgetLine.province_id == here, BudgetLine.project_id.is_not(None)
        )
        known = list(self.session.scalars(enacted.order_by(BudgetLine.id)))
        yield from known
        have = {line.project_id for line in known}
        projects = select(Project).where(Project.province_id == here).order_by(Project.id)
        for number, project in enumerate(self.session.scalars(projects).all()):
            if project.id not in have and project.budget > NOTHING:
                yield self._line_of_project(project, number)

    def _line_of_project(self, project: Project, number: int) -> BudgetLine:
        line = BudgetLine(
            province_id=self.cast.province.id,
            item=project.name,
            fiscal_year=project.fiscal_year,
            budget_code=f"{70000 + self.cast.province.id:05d}{project.fiscal_year % 100:02d}{9000 + number:013d}",
            plan=_book()["plan"],
            output=project.name[:300],
            kind=SpendingKind.CAPITAL if number % 2 else SpendingKind.CURRENT,
            agency_id=project.agency_id,
            project=project,
            enacted=project.budget,
        )
        self.session.add(line)
        self.session.flush()
        return line

    def _template_of(self, line: BudgetLine) -> Template:
        pattern = "contract" if line.kind is SpendingKind.CAPITAL else "monthly"
        payees = ("ห้างหุ้นส่วนจำกัด พัฒนาการโยธา (ตัวอย่าง)",)
        return Template(line.item, "", ("",), "office", 0.0, pattern, payees)

    # Money.

    def _spend(self, line: BudgetLine, template: Template) -> None:
        """Allocate the line's money and let it go out by its pattern, up to the day."""
        if line.opens_on + timedelta(days=12) >= self.today:
            return
        self._allocate(line)
        {
            "monthly": self._monthly, "contract": self._contract,
            "near_limit": self._near_limit, "late": self._late,
        }[template.pattern](line, template)  # fmt: skip

    def _allocate(self, line: BudgetLine) -> None:
        """Investment is allocated whole, in Chai Nat running costs in two parts."""
        whole = line.kind is SpendingKind.CAPITAL or not self.whole
        first = line.enacted if whole else (line.enacted * Decimal("0.6")).quantize(Decimal(100))
        for number, (after, amount) in enumerate(((9, first), (150, line.enacted - first)), 1):
            self._post(
                line, K.ALLOCATION, amount, line.opens_on + timedelta(days=after),
                f"เงินจัดสรรงวดที่ {number}",
            )  # fmt: skip

    def _monthly(self, line: BudgetLine, template: Template) -> None:
        """Chai Nat's running costs go out month by month, all else a quarter at a time."""
        every = 1 if self.whole and line.project_id is None else 3
        share = line.enacted * every / 12
        for month in range(0, 12, every):
            day = line.opens_on + timedelta(days=26 + month * 30 + self.dice.randrange(4))
            amount = (share * Decimal(self.dice.randrange(90, 101)) / 100).quantize(Decimal("0.25"))
            self._post(
                line, K.DISBURSEMENT, amount, day,
                f"{template.payees[month % len(template.payees)]} งวดที่ {month // every + 1}",
            )  # fmt: skip

    def _near_limit(self, line: BudgetLine, template: Template) -> None:
        """All but little of what was allocated is paid early in the year."""
        for number, percent in enumerate((33, 16, 10), 1):
            amount = (line.enacted * percent / 100).quantize(Decimal("0.25"))
            day = line.opens_on + timedelta(days=14 + number * 11)
            self._post(
                line, K.DISBURSEMENT, amount, day, f"วัสดุสำนักงาน ครั้งที่ {number}", template.payees[0]
            )

    def _contract(self, line: BudgetLine, template: Template, starts: int = 24) -> None:
        signed = line.opens_on + timedelta(days=starts + self.dice.randrange(9))
        share = Decimal("0.97") if line.kind is SpendingKind.CAPITAL else Decimal("0.58")
        amount = (line.enacted * share).quantize(Decimal(100))
        order = self._commit(line, template.payees[0], amount, signed)
        parts = (20, 30, 30, 20) if self.whole else (40, 60)
        for number, percent in enumerate(parts, 1):
            part = (amount * percent / 100).quantize(Decimal("0.25"))
            day = signed + timedelta(days=number * 248 // len(parts))
            if order is not None and day < line.closes_on:
                self._post(
                    line, K.DISBURSEMENT, part, day, f"งวดที่ {number} ตาม PO {order.number}",
                    order=order,
                )  # fmt: skip

    def _late(self, line: BudgetLine, template: Template) -> None:
        """Signed late in the year: most of it is still owed when the year ends."""
        self._contract(line, template, starts=250)

    def _commit(
        self, line: BudgetLine, vendor: str, amount: Decimal, day: date
    ) -> PurchaseOrder | None:
        if day >= self.today:
            return None
        self.orders += 1
        self.documents += 1
        number = f"70{self.cast.province.id:02d}{line.fiscal_year % 100:02d}{self.orders:04d}"
        told = ledger.Order(
            number, vendor, day, f"{self.orders}/{line.fiscal_year}", line.item,
            day + timedelta(days=240),
        )  # fmt: skip
        entry = LedgerEntry(
            amount=amount, entry_date=day, description=f"สัญญา {self.orders}/{line.fiscal_year}",
            **ledger.by(self.maker), made_at=_at(day, 10),
        )  # fmt: skip
        order = ledger.commit(line, told, entry, self.session)
        self._approve(entry)
        return order

    def _post(
        self,
        line: BudgetLine,
        kind: EntryKind,
        amount: Decimal,
        day: date,
        words: str,
        payee: str | None = None,
        *,
        waits: bool = False,
        **told: Any,
    ) -> LedgerEntry | None:
        """Enter an entry and approve it, unless it waits; what is not yet due is left out."""
        if day >= self.today or amount <= NOTHING:
            return None
        self.documents += 1
        entry = LedgerEntry(
            budget_line=line, kind=kind, amount=amount, entry_date=day, doc_date=day,
            doc_no=f"ขบ {line.fiscal_year % 100:02d}{self.documents:05d}", description=words,
            payee=payee or (told["order"].vendor if told.get("order") else None),
            **ledger.by(self.maker), made_at=_at(day, 10), **told,
        )  # fmt: skip
        ledger.enter(entry, self.session)
        if not waits:
            self._approve(entry)
        return entry

    def _approve(self, entry: LedgerEntry) -> None:
        ledger.approve(entry, self.session, _at(entry.entry_date, 15), self.approver)

    def _moved(self, year: int) -> None:
        """Money moved between two lines, and a payment entered twice that was reversed."""
        source, target = self._lines(year)[0], self._lines(year)[3]
        day = target.opens_on + timedelta(days=19)
        if day + timedelta(days=6) >= self.today:
            return
        moved = ledger.transfer(
            source, target, Decimal(60_000), day, f"ที่ มท 0211/{year}", self.session,
            "วัสดุไม่พอใช้ตลอดปี", maker=self.maker,
        )  # fmt: skip
        out = select(LedgerEntry).where(LedgerEntry.transfer_id == moved.id).limit(1)
        self._approve(self.session.scalars(out).one())
        twice = self._post(source, K.DISBURSEMENT, Decimal(18_500), day, "ค่าพาหนะ (บันทึกซ้ำ)")
        if twice is not None:
            (mirror,) = ledger.reverse(
                twice, "บันทึกซ้ำ", self.session, day + timedelta(days=2), maker=self.maker
            )
            self._approve(mirror)

    def _of_these_days(self, year: int) -> None:
        """What waits for the chief today, and what came back to the finance officer."""
        day = self.today - timedelta(days=1)
        for number, line in enumerate(self._lines(year)[:3]):
            amount = min(Decimal(12_400 + 3_150 * number), line.available - line.waiting)
            if line.opens_on < day and amount > NOTHING:
                self._post(line, K.DISBURSEMENT, amount, day, "ค่าใช้จ่ายประจำเดือน", waits=True)
        line = self._lines(year)[0]
        if line.opens_on < day and line.available - line.waiting > 900:
            back = self._post(line, K.DISBURSEMENT, Decimal(900), day, "ค่าถ่ายเอกสาร", waits=True)
            if back is not None:
                ledger.reject(back, "ใบเสร็จไม่ลงวันที่", self.session, self.approver)

    # The year's end.

    def _lines(self, year: int) -> list[BudgetLine]:
        mine = select(BudgetLine).where(
            BudgetLine.province_id == self.cast.province.id, BudgetLine.fiscal_year == year
        )
        return list(self.session.scalars(mine.order_by(BudgetLine.id)))

    def _carry(self, year: int) -> list[CarryOver]:
        """Carry over what is committed and not paid; some of it was drawn since."""
        owed = select(PurchaseOrder).join(BudgetLine, PurchaseOrder.budget_line_id == BudgetLine.id)
        owed = owed.where(
            BudgetLine.province_id == self.cast.province.id,
            BudgetLine.fiscal_year == year,
            PurchaseOrder.outstanding > NOTHING,
        )
        made = []
        for number, order in enumerate(
            self.session.scalars(owed.order_by(PurchaseOrder.id)).all(), 1
        ):
            made.append(self._keep(order, number, year))
        return made

    def _keep(self, order: PurchaseOrder, number: int, year: int) -> CarryOver:
        line = order.budget_line
        kept = CarryOver(
            budget_line=line, order=order, number=f"กง {number}/{year}", amount=order.outstanding,
            approved_on=line.closes_on,
        )  # fmt: skip
        entry = carry_over.keep(kept, self.session, maker=self.maker)
        ledger.approve(entry, self.session, _at(line.closes_on, 16), self.approver)
        day = line.closes_on + timedelta(days=30 + number)
        self._post(
            line, K.DISBURSEMENT, (kept.amount / 2).quantize(Decimal("0.25")), day,
            f"เบิกเงินกัน {kept.number}", order.vendor, carry_over=kept,
        )  # fmt: skip
        return kept

    def _close(self, year: int) -> None:
        """Draw the carried money to its end, let the rest lapse, and close the year.

        What the year holds is checked first: in a closed year nothing may have changed.
        """
        for kept in self._carry(year):
            day = kept.expires_on - timedelta(days=20)
            self.session.refresh(kept)
            self._post(
                kept.budget_line, K.DISBURSEMENT, kept.remaining, day,
                f"เบิกเงินกัน {kept.number} งวดสุดท้าย", carry_over=kept,
            )  # fmt: skip
        home = self.cast.province.id
        for entry in carry_over.lapse_rest(self.session, year, home, maker=self.maker):
            self._approve(entry)
        run_checks(self.session)
        closed_on = dates.fiscal_year_end(year) + timedelta(days=45)
        carry_over.close_year(self.session, year, min(closed_on, self.today), home)


def _at(day: date, hour: int) -> datetime:
    """A moment of a working day in Bangkok, in UTC."""
    return datetime(day.year, day.month, day.day, hour - 7, 5, tzinfo=UTC)


def lay_out(
    session: Session, cast: Cast, today: date, finance: UserAccount, chief: UserAccount
) -> int:
    """Lay out a province's ledgers; returns how many entries were made."""
    dice = Random(f"{cast.province.id} ledger {today}")
    return Bookkeeper(session, cast, today, finance, chief, dice).lay_out()
