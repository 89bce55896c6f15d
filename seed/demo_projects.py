"""The demonstration's projects: planned before the ledger is laid out, reported on after it.

Each project goes by a story: on plan, behind, long past its end, held up by a problem, done. The
monthly reports, the steps and the changes go through the verbs of the rules; the money that
a past report tells is the ledger's of that month's end.
"""

import io
import struct
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access import files
from entities import dates
from entities.money import NOTHING
from entities.vocabulary import (
    EntryKind,
    Mission,
    ProblemKind,
    ProjectMethod,
    ProjectStatus,
    Severity,
)
from figures import project_money
from figures import projects as figures
from figures.projects import WHOLE, end_of, first_of, next_month
from models import (
    Attachment,
    BudgetLine,
    LedgerEntry,
    LedgerMonth,
    Milestone,
    Outcome,
    Problem,
    ProgressReport,
    Project,
    PurchaseOrder,
    UserAccount,
)
from rules import ledger, progress_reports, project_changes, projects
from rules.base import Broken, run_checks
from seed.demo_people import Cast

FILE = Path(__file__).with_name("demo_projects.toml")
FULL = 18
"""Chai Nat has every project of the file; the other provinces the `small` ones."""
S = ProjectStatus
ENACTED = ("on_plan", "behind", "ahead", "on_plan")
"""How this year's enacted projects go, in turn; last year's were finished."""
PACE = {
    "late": "0.72", "overdue": "0.9", "on_plan": "0.99", "ahead": "1.25", "behind": "0.5",
    "far_behind": "0.18", "blocked": "0.97", "paused": "0.9", "silent": "0.9", "cancelled": "0.4",
}  # fmt: skip
"""What share of the plan was done by each month's end."""
WORDLESS = {"behind", "far_behind", "paused"}
"""Stories of projects that forget the photographs."""
RESTS = {"waiting", "silent"}
"""Stories of projects that hand in no report."""
DONE_WORDS = "{part} คืบหน้าร้อยละ {percent} ของงวดงาน"
NEXT_WORDS = "ดำเนินการ{part}ให้แล้วเสร็จตามแผน"


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


# Before the ledger: projects and their plans.


def plan(session: Session, cast: Cast, today: date) -> None:
    """Make a province's own projects of last year and this one, with their milestones."""
    year = dates.fiscal_year(today)
    for n, row in enumerate(_rows(cast), 1):
        project = _project(cast, row, year if row.get("now") else year - 1, n, today)
        session.add(project)
        session.flush()
        _milestones(session, project, _file()["parts"][row["parts"]])
    enacted = _enacted(session, cast, today)
    for project in enacted:
        _milestones(session, project, _file()["parts"]["works"])
    clusters = {project.cluster_id for project in enacted if project.cluster_id}
    for of in (year, year - 1):
        day = figures.limits().report_day
        progress_reports.open_windows(cast.province.id, of, day, session)
        for cluster_id in clusters:
            progress_reports.open_windows(None, of, day, session, cluster_id)
    session.flush()
    run_checks(session)


def _rows(cast: Cast) -> list[dict[str, Any]]:
    full = cast.province.id == FULL
    return [
        row for row in _file()["project"]
        if (full or row.get("small")) and row["agency"] in cast.agencies
    ]  # fmt: skip


def _project(cast: Cast, row: dict[str, Any], year: int, n: int, today: date) -> Project:
    words = {key: value for key, value in vars(cast.place).items() if isinstance(value, str)}
    words["p"] = cast.province.name
    first, last = _days(row, year, today)
    head = cast.people[row["agency"]]
    return Project(
        province_id=cast.province.id,
        code=f"{year}-{cast.province.id}-{n:03d}",
        name=row["name"].format_map(words),
        fiscal_year=year,
        agency=cast.agencies[row["agency"]],
        mission=Mission(row["mission"]),
        method=ProjectMethod(row["method"]),
        budget=Decimal(round(row["million"] * 1_000_000)),
        starts_on=first,
        ends_on=last,
        place=row["place"].format_map(words),
        indicators=row["indicators"],
        manager_name=head.name,
        manager_phone=f"0 5640 {1000 + n * 37 % 9000}",
    )


def _days(row: dict[str, Any], year: int, today: date) -> tuple[date, date]:
    """The first and last day: months of the fiscal year; some stories hang on today."""
    months = figures.months_between(dates.fiscal_year_start(year), dates.fiscal_year_end(year))
    first, last = months[row["months"][0] - 1], dates.month_end(months[row["months"][1] - 1])
    if row["story"] == "overdue":
        last = today - timedelta(days=18)
    if row["story"] == "waiting":
        first = max(first, next_month(today))
        last = max(last, dates.month_end(next_month(next_month(first))))
    return first, last


def _enacted(session: Session, cast: Cast, today: date) -> list[Project]:
    """The projects that requests of the two years made, in their order.

    Those of the cluster go with Chai Nat's, whose agencies carry them out.
    """
    year, here = dates.fiscal_year(today), Project.province_id == cast.province.id
    found = select(Project).where(
        here | Project.cluster_id.is_not(None) if cast.province.id == FULL else here,
        Project.request_item_id.is_not(None),
        Project.fiscal_year.in_((year - 1, year)),
    )
    return list(session.scalars(found.order_by(Project.id)))


def _milestones(session: Session, project: Project, parts: list[list[Any]]) -> None:
    """The parts of the work one after the other, each as long as it weighs."""
    whole = (project.ends_on - project.starts_on).days
    start, weighed = project.starts_on, 0
    for position, (name, weight) in enumerate(parts, 1):
        weighed += weight
        end = project.starts_on + timedelta(days=whole * weighed // 100)
        session.add(
            Milestone(project=project, name=name, weight=Decimal(weight), plan_start=start,
                      plan_end=end, position=position)
        )  # fmt: skip
        start = min(end + timedelta(days=1), project.ends_on)
    session.flush()


# After the ledger: what became of them.


@dataclass
class Keeper:
    """Who keeps a province's projects, and the accounts that pay what is left of those done."""

    session: Session
    cast: Cast
    today: date
    finance: UserAccount
    chief: UserAccount
    dice: Random

    def keep(self) -> None:
        """Let every project of the province go by its story."""
        for project, row in self._stories():
            story = row["story"]
            if story in ("done", "enacted_done"):
                self._done(project, row)
            elif story not in RESTS:
                self._goes(project, story)
            elif story == "silent":
                self._advance(project, S.UNDER_WAY)
            self.session.flush()
            run_checks(self.session)

    def _stories(self) -> Iterator[tuple[Project, dict[str, Any]]]:
        here = Project.province_id == self.cast.province.id
        own = select(Project).where(here, Project.request_item_id.is_(None)).order_by(Project.id)
        yield from zip(self.session.scalars(own).all(), _rows(self.cast), strict=True)
        year = dates.fiscal_year(self.today)
        for n, project in enumerate(_enacted(self.session, self.cast, self.today)):
            past = project.fiscal_year < year
            yield project, {"story": "enacted_done" if past else ENACTED[n % len(ENACTED)]}

    # The path and the reports.

    def _advance(self, project: Project, to: ProjectStatus) -> None:
        while project.status is not to and (step := projects.next_step(project)):
            projects.advance(project, step, self.session, self.today)
            self.session.flush()

    def _months(self, project: Project, last: date) -> list[date]:
        """The months to report up to the last: each of Chai Nat's own projects, of others a quarter's."""
        own = project.province_id == FULL and project.request_item_id is None
        every = 1 if own else 3
        return figures.months_between(project.starts_on, last)[::-every][::-1]

    def _report(self, project: Project, month: date, percent: Decimal, **told: Any) -> None:
        """A month's report as it was handed in then, with the money of that month's end."""
        reported_on = min(next_month(month) + timedelta(days=self.dice.randint(0, 3)), self.today)
        part, share = self._tick(project, percent, min(dates.month_end(month), self.today))
        words = {
            "done": DONE_WORDS.format(part=part, percent=share),
            "next_step": None if percent == WHOLE else NEXT_WORDS.format(part=part),
            **told,
        }
        report = progress_reports.report(
            project, month, self.session, reported_on, actual_percent=percent, **words
        )
        self.session.flush()
        run_checks(self.session)
        report.disbursed, report.committed = self._money(project, month)
        self.session.flush()

    def _tick(self, project: Project, percent: Decimal, day: date) -> tuple[str, Decimal]:
        """Fill the milestones one after the other up to a percentage; the one at work."""
        left, at_work = percent, ("", NOTHING)
        found = select(Milestone).where(Milestone.project_id == project.id)
        for one in self.session.scalars(found.order_by(Milestone.position)):
            share = min(left / one.weight * 100, WHOLE).quantize(Decimal("0.01"))
            left = max(left - one.weight, NOTHING)
            if share == WHOLE and one.actual_end is None:
                one.actual_end = day
            one.percent = share
            if share > 0 or not at_work[0]:
                at_work = one.name, share
        return at_work

    def _money(self, project: Project, month: date) -> tuple[Decimal, Decimal]:
        """Paid and outstanding by the end of a month, from the ledger's months."""
        row = self.session.execute(
            select(
                func.coalesce(func.sum(LedgerMonth.paid_change), 0),
                func.coalesce(func.sum(LedgerMonth.drawn_change), 0),
                func.coalesce(func.sum(LedgerMonth.order_change), 0),
            )
            .join(BudgetLine, BudgetLine.id == LedgerMonth.budget_line_id)
            .where(BudgetLine.project_id == project.id, LedgerMonth.month <= month)
        ).one()
        return Decimal(row[0]) + Decimal(row[1]), Decimal(row[2])

    def _goes(self, project: Project, story: str) -> None:
        """Month by month at the story's pace, then what happens to it."""
        self._advance(project, S.UNDER_WAY)
        last = first_of(self.today) - timedelta(days=1)
        plan, reached = figures.plan_of(self.session, project), NOTHING
        trouble = _file()["trouble"].get(story)
        months = self._months(project, last)
        if story == "cancelled":
            months = months[:3]
        for month in months:
            planned = figures.planned_at(plan, dates.month_end(month))
            pace = Decimal(PACE[story]) + Decimal(self.dice.randint(-2, 2)).scaleb(-2)
            reached = max(reached, min(planned * pace, Decimal(97)).quantize(Decimal("0.01")))
            told = {"problems": trouble[2], "remedy": trouble[3]} if trouble else {}
            self._report(project, month, reached, **told)
        if trouble:
            self._trouble(project, trouble)
        self._happens(project, story)

    def _happens(self, project: Project, story: str) -> None:
        act = {"late": self._extended, "paused": self._paused, "cancelled": self._cancelled}
        if story in act:
            act[story](project)
        if self.cast.province.id == FULL and story not in WORDLESS:
            self._pictures(project)

    def _trouble(self, project: Project, told: list[str]) -> None:
        kind, severity, title, remedy = told
        late = 12 if severity == "high" else -20
        self.session.add(
            Problem(
                project=project, title=title, kind=ProblemKind(kind), severity=Severity(severity),
                found_on=max(project.starts_on, self.today - timedelta(days=75)), remedy=remedy,
                owner_name=project.manager_name or "", due_on=self.today - timedelta(days=late),
                for_committee=severity == "high",
            )
        )  # fmt: skip

    def _extended(self, project: Project) -> None:
        """Given more time once, and past that too."""
        new_end = max(end_of(project) + timedelta(days=7), self.today - timedelta(days=46))
        project_changes.extend(
            project, new_end, "ฝนตกชุกและน้ำท่วมพื้นที่ก่อสร้าง ผู้รับจ้างเข้าทำงานไม่ได้", self.session,
            project.ends_on, "หนังสืออนุมัติขยายเวลา",
        )  # fmt: skip

    def _paused(self, project: Project) -> None:
        reason = "รอผลการปรับหลักเกณฑ์ค่าตอบแทนอาสาสมัครของกระทรวงมหาดไทย"
        project_changes.pause(project, reason, self.session, self.today - timedelta(days=9))

    def _cancelled(self, project: Project) -> None:
        reason = "ส่วนกลางจัดสรรระบบเตือนภัยให้พื้นที่เดียวกันแล้ว จึงซ้ำซ้อน"
        project_changes.cancel(project, reason, self.session, project.ends_on)

    # Projects that were done.

    def _done(self, project: Project, row: dict[str, Any]) -> None:
        """Reported month by month to the whole, paid as far as the ledger lets it, evaluated."""
        self._advance(project, S.UNDER_WAY)
        plan, last = figures.plan_of(self.session, project), first_of(project.ends_on)
        earlier = self._months(project, last)[:-1] if project.province_id == FULL else []
        for month in earlier:
            self._report(project, month, figures.planned_at(plan, dates.month_end(month)))
        accepted = min(project.ends_on, self.today)
        self._report(project, last, WHOLE, accepted_on=accepted)
        self._advance(project, S.DELIVERED)
        self._outcome(project, row.get("outcome"))
        for line in self._lines(project):
            self._settle(line)
            self.session.expire(line)
        if project_money.spent_on(self.session, project.id).settled:
            self._advance(project, S.FINISHED if "outcome" in row else S.PAID)

    def _lines(self, project: Project) -> list[BudgetLine]:
        found = select(BudgetLine).where(BudgetLine.project_id == project.id)
        return list(self.session.scalars(found.order_by(BudgetLine.id)))

    def _settle(self, line: BudgetLine) -> None:
        """Pay the orders and what is left of a line on the last days of its year."""
        orders = select(PurchaseOrder).where(
            PurchaseOrder.budget_line_id == line.id, PurchaseOrder.outstanding > NOTHING
        )
        if line.waiting or line.carried:
            return
        for order in self.session.scalars(orders).all():
            self._pay(line, order.outstanding, order)
        if line.reserved:
            self._enter(line, EntryKind.RESERVE_RELEASE, line.reserved, "คืนเงินที่กันไว้")
        if line.available:
            self._pay(line, line.available)

    def _pay(self, line: BudgetLine, amount: Decimal, order: PurchaseOrder | None = None) -> None:
        words = "เบิกจ่ายงวดสุดท้าย" if order else "เบิกจ่ายค่าใช้จ่ายดำเนินงานส่วนที่เหลือ"
        self._enter(line, EntryKind.DISBURSEMENT, amount, words, order=order)

    def _enter(
        self, line: BudgetLine, kind: EntryKind, amount: Decimal, words: str, **more: Any
    ) -> None:
        entry = LedgerEntry(
            budget_line=line, kind=kind, amount=amount, description=words,
            entry_date=min(line.closes_on, self.today), made_by=self.finance.id,
            maker_name=self.finance.name, **more,
        )  # fmt: skip
        try:
            ledger.enter(entry, self.session)
        except Broken:
            return
        approver = ledger.Officer(self.chief.id, self.chief.name)
        ledger.approve(entry, self.session, dates.now(), approver)

    def _outcome(self, project: Project, told: list[Any] | None) -> None:
        if told is None:
            return
        indicator, unit, target, actual, people, content = told
        self.session.add(
            Outcome(
                project=project, indicator=indicator, unit=unit, target=Decimal(target),
                actual=Decimal(actual), beneficiaries=people, satisfaction=Decimal(str(content)),
                lessons="ควรเริ่มประชาสัมพันธ์และจัดจ้างตั้งแต่ไตรมาสแรก",
            )
        )  # fmt: skip

    def _pictures(self, project: Project) -> None:
        """Two drawn pictures on the last report, in place of photographs."""
        report = self.session.scalar(
            select(ProgressReport)
            .where(ProgressReport.project_id == project.id)
            .order_by(ProgressReport.month.desc())
        )
        if report is None:
            return
        for n in (1, 2):
            content = picture(self.dice.randint(0, 255))
            sha256, size = files.keep(io.BytesIO(content), 1_000_000)
            self.session.add(
                Attachment(
                    name=f"ภาพการดำเนินงาน {n}.png", content_type="image/png", sha256=sha256,
                    size=size, progress_report_id=report.id, agency_id=project.agency_id,
                    province_id=project.province_id,
                    cluster_id=project.cluster_id,
                )
            )  # fmt: skip


WIDE, HIGH = 240, 180


def picture(shade: int) -> bytes:
    """A drawn landscape as PNG: sky, field and a road whose place follows the shade (0–255)."""
    rows = b"".join(b"\x00" + _row(y, WIDE // 4 + shade * WIDE // 512) for y in range(HIGH))
    head = struct.pack(">IIBBBBB", WIDE, HIGH, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _row(y: int, middle: int) -> bytes:
    """A row of the landscape: sky above, below it field, road and field again."""
    if y < HIGH // 2:
        return bytes((150 + y // 2, 190 + y // 4, 235)) * WIDE
    half = (y - HIGH // 2) // 2
    left, right = max(middle - half + 1, 0), min(middle + half, WIDE)
    field, road = bytes((96, 130 + y // 4, 74)), bytes((176, 160, 140))
    wide = max(right - left, 0)
    return field * left + road * wide + field * (WIDE - left - wide)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checked


def report(
    session: Session, cast: Cast, today: date, finance: UserAccount, chief: UserAccount
) -> None:
    """Let a province's projects go by their stories up to the day; the ledger is laid out before."""
    session.info["today"] = today
    Keeper(session, cast, today, finance, chief, Random(f"{cast.province.id} projects")).keep()
    session.info.pop("today")
