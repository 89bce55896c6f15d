"""The demonstration's budget requests: last year's, this year's, and next year's under way.

Every step goes through the verbs of `rules.request_decisions`, in the order and on days an office would.
ก.บ.จ. and ก.บ.ก. of earlier years met before this system came, so their numbers stand in comments.
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from entities import dates
from entities.vocabulary import (
    CommitteeType,
    FundingSource,
    Mission,
    ReadinessAnswer,
    ReadinessKind,
    RequestStep,
    SpendingKind,
    Verdict,
)
from figures import requests as figures
from models import (
    Agency,
    BudgetCalendar,
    BudgetRequest,
    Committee,
    District,
    Meeting,
    RequestCost,
    RequestItem,
    Resolution,
)
from rules import request_decisions, requests
from rules.base import run_checks
from seed.demo_people import Cast

S, V = RequestStep, Verdict
FILE = Path(__file__).with_name("demo_requests.toml")
FULL = 18
"""Chai Nat: every project, every answer; the other provinces have the `small` ones."""
WAITING = {16: S.SCREENING, 52: S.SCREENING, 39: S.DRAFT, 92: S.DRAFT}
"""How far next year's request is where ก.บ.จ. has not yet resolved on it."""
BEFORE = {
    S.SCREENING: 330, S.PROVINCE: 315, S.CLUSTER: 290, S.POLICY: 230, S.BUREAU: 150, S.ENACTED: 6,
}  # fmt: skip
"""Days before the fiscal year begins on which the steps decided."""
ROOM = timedelta(days=20)
"""How much later the calendar lets each step be done."""
CALENDAR = "ปฏิทินงบประมาณ (ตัวอย่าง)"
GIVEN = {
    S.SCREENING: "1", S.PROVINCE: "1", S.CLUSTER: "1", S.POLICY: "0.98", S.BUREAU: "0.93",
    S.ENACTED: "0.93",
}  # fmt: skip
"""What each step left of what was asked for; every third project is given whole."""
WHOLE = 3
HUNDRED = Decimal(100)
MATTERS = ("คำของบประมาณ", "แผนปฏิบัติราชการ")
"""What the matter on the agenda is about that next year's request rests on."""
CHECKLIST = {
    ReadinessKind.AREA: (ReadinessAnswer.READY, "หนังสือยินยอมให้ใช้พื้นที่"),
    ReadinessKind.DRAWINGS: (ReadinessAnswer.READY, "แบบรูปรายการรับรองโดยวิศวกร"),
    ReadinessKind.ESTIMATE: (ReadinessAnswer.READY, "ปร.4 และ ปร.5"),
    ReadinessKind.PERMISSION: (ReadinessAnswer.NOT_READY, "อยู่ระหว่างขออนุญาตหน่วยงานเจ้าของพื้นที่"),
    ReadinessKind.ENVIRONMENT: (ReadinessAnswer.NOT_NEEDED, ""),
    ReadinessKind.STAFF: (ReadinessAnswer.READY, ""),
    ReadinessKind.CONSULTED: (ReadinessAnswer.READY, "รายงานการประชุมประชาคม"),
}
UNREADY = {ReadinessKind.PERMISSION, ReadinessKind.DRAWINGS}
OFFICES = {"irrigation", "roads", "works", "disaster", "pao"}
"""Agencies whose projects build something, so that the whole checklist is asked of them."""


@dataclass(frozen=True)
class Home:
    """Where a request belongs: its home columns, agencies, words for the texts, and scale."""

    keys: dict[str, int]
    agencies: dict[str, Agency]
    words: dict[str, str]
    districts: list[District]
    scale: Decimal
    full: bool


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def seed(session: Session, casts: dict[int, Cast], cluster_id: int, today: date) -> None:
    """Lay out the requests of three fiscal years around `today`, and those of one cluster."""
    year = dates.fiscal_year(today)
    session.add_all(
        BudgetCalendar(
            fiscal_year=of, step=step, source=CALENDAR,
            due_on=min(_days_before(of, before) + ROOM, dates.fiscal_year_start(of)),
        )
        for of in (year - 1, year, year + 1)
        for step, before in BEFORE.items()
    )  # fmt: skip
    for province_id, cast in casts.items():
        home = _home(session, cast)
        for past in (year - 1, year):
            _finished(session, home, past, _projects(home.full), today)
        _under_way(session, home, year + 1, today, WAITING.get(province_id, S.PROVINCE))
    seat = next(cast for key, cast in casts.items() if key == FULL)
    cluster = _cluster(session, seat, cluster_id)
    for past in (year - 1, year):
        _finished(session, cluster, past, _file()["cluster"], today)
    _under_way(session, cluster, year + 1, today, S.CLUSTER)
    run_checks(session)


def _days_before(year: int, days: int) -> date:
    return dates.fiscal_year_start(year) - timedelta(days=days)


def _home(session: Session, cast: Cast) -> Home:
    known = select(District).where(District.province_id == cast.province.id)
    words = {key: value for key, value in vars(cast.place).items() if isinstance(value, str)}
    scale = Decimal(str(cast.place.budget)) / Decimal("124.3")
    return Home(
        {"province_id": cast.province.id},
        cast.agencies,
        {**words, "p": cast.province.name},
        list(session.scalars(known.order_by(District.id))),
        min(max(scale, Decimal("0.8")), Decimal("1.6")),
        cast.province.id == FULL,
    )


def _cluster(session: Session, seat: Cast, cluster_id: int) -> Home:
    """The cluster works through agencies of one of its provinces."""
    own = _home(session, seat)
    return Home(
        {"cluster_id": cluster_id}, own.agencies, own.words, own.districts, Decimal(1), full=True
    )


def _projects(full: bool) -> list[dict[str, Any]]:
    return [row for row in _file()["project"] if full or row.get("small")]


def _request(
    session: Session, home: Home, year: int, rows: Iterable[dict[str, Any]]
) -> BudgetRequest:
    request = BudgetRequest(**home.keys, fiscal_year=year, ceiling=_ceiling(home, rows))
    session.add(request)
    session.flush()
    return request


def _ceiling(home: Home, rows: Iterable[dict[str, Any]]) -> Decimal:
    """A little under what the projects ask for together, in whole millions."""
    asked = sum(
        (_price(home, row, cost) * cost[2] for row in rows for cost in row["costs"]), Decimal()
    )
    return (asked * Decimal("0.95") / 1_000_000).quantize(Decimal(1)) * 1_000_000


def _price(home: Home, row: dict[str, Any], cost: list[Any]) -> Decimal:
    scale = Decimal(1) if row.get("fixed") else home.scale
    return (cost[4] * scale / 10).quantize(Decimal(1)) * 10


def _items(
    session: Session, home: Home, request: BudgetRequest, rows: Iterable[dict[str, Any]]
) -> list[RequestItem]:
    made = [_item(session, home, request, n, row) for n, row in enumerate(rows, start=1)]
    session.flush()
    run_checks(session)
    return made


def _item(
    session: Session, home: Home, request: BudgetRequest, n: int, row: dict[str, Any]
) -> RequestItem:
    """A project with its costs, in the words of the place; the district turns with the years."""
    year = request.fiscal_year
    district = home.districts[(year + n) % len(home.districts)]
    words = {**home.words, "a": district.name}
    texts = {key: row[key].format_map(words) for key in TEXTS}
    costs = list(_costs(home, row))
    capital = sum(cost.expense_category_id // 10_000 == 3 for cost in costs) * 2 > len(costs)
    item = RequestItem(
        **home.keys, **texts, request=request, request_id=request.id, priority=n,
        agency=home.agencies[row["agency"]], mission=Mission(row["mission"]),
        plan_issue=row["issue"].format_map(words), plan_program=row["program"],
        source=FundingSource.PROVINCE if "province_id" in home.keys else FundingSource.CLUSTER,
        kind=SpendingKind.CAPITAL if capital else SpendingKind.CURRENT,
        district=district if "{a}" in row["place"] and "province_id" in home.keys else None,
        beneficiaries=row["beneficiaries"] or None,
        starts_on=dates.fiscal_year_start(year), ends_on=_ends(year, n),
    )  # fmt: skip
    session.add(item)
    session.flush()
    for cost in costs:
        cost.item, cost.item_id = item, item.id
        session.add(cost)
    return item


TEXTS = (
    "name", "place", "rationale", "objectives", "indicators", "activities", "outputs", "outcomes",
)  # fmt: skip


def _ends(year: int, n: int) -> date:
    """Between half a year and the whole after the fiscal year began."""
    return dates.fiscal_year_end(year) - timedelta(days=30 * (n % 5))


def _costs(home: Home, row: dict[str, Any]) -> Iterator[RequestCost]:
    keys = _file()["category"]
    for cost in row["costs"]:
        category, name, quantity, unit, _price_of_one = cost
        yield RequestCost(
            **home.keys, name=name, expense_category_id=keys[category],
            quantity=Decimal(quantity), unit=unit, unit_price=_price(home, row, cost),
        )  # fmt: skip


def _finished(
    session: Session, home: Home, year: int, rows: list[dict[str, Any]], today: date
) -> None:
    """A request that went all the way: each project enacted, or refused at its step."""
    request = _request(session, home, year, rows)
    items = _items(session, home, request, rows)
    _answer(session, home, rows, items, ready=True)
    for step in figures.path(request):
        day = min(_weekday(_days_before(year, BEFORE[step])), today)
        for n, (item, row) in enumerate(zip(items, rows, strict=True)):
            if figures.following(item) is step:
                _decide(session, item, row, step, day, n)
    run_checks(session)


def _weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def _decide(
    session: Session,
    item: RequestItem,
    row: dict[str, Any],
    step: RequestStep,
    day: date,
    n: int,
    resolution: Resolution | None = None,
) -> None:
    refused = row.get("refused") == step.value
    share = Decimal(1) if n % WHOLE == 0 else Decimal(GIVEN[step])
    amount = (item.requested * share / HUNDRED).quantize(Decimal(1)) * HUNDRED
    told = row["reason"] if refused else _comment(step, day, resolution)
    request_decisions.decide(
        item, step, V.REJECT if refused else V.APPROVE, min(amount, figures.current(item)), day,
        session, comment=told, resolution=resolution,
    )  # fmt: skip


def _comment(step: RequestStep, day: date, resolution: Resolution | None) -> str:
    """What stands beside an approval: of a committee that met before this system, its number."""
    if step in figures.COMMITTEES and resolution is None:
        number = f"{day.month}/{dates.be_year(day)}"
        body, on = request_decisions.BODIES[step], dates.long_date(day, "th")
        return f"มติ {body} ครั้งที่ {number} วันที่ {on}"
    return {
        S.SCREENING: "สอดคล้องกับแผนพัฒนา มีความพร้อมดำเนินการ",
        S.POLICY: "เห็นชอบตามความเห็นของฝ่ายเลขานุการ",
        S.BUREAU: "ปรับลดตามราคามาตรฐานและความพร้อม",
    }.get(step, "")


def _answer(
    session: Session,
    home: Home,
    rows: list[dict[str, Any]],
    items: list[RequestItem],
    *,
    ready: bool,
) -> None:
    """The readiness checklist: of what is built every answer, of the rest only a few."""
    if not home.full:
        return
    for row, item in zip(rows, items, strict=True):
        builds = row["agency"] in OFFICES
        told = {
            kind: (ReadinessAnswer.READY, note) if ready and answer is ReadinessAnswer.NOT_READY
            else (answer, note)
            for kind, (answer, note) in CHECKLIST.items()
            if builds or kind in (ReadinessKind.STAFF, ReadinessKind.CONSULTED, ReadinessKind.AREA)
        }  # fmt: skip
        if not builds:
            needless = set(ReadinessKind) - set(told)
            told |= dict.fromkeys(needless, (ReadinessAnswer.NOT_NEEDED, ""))
        if "refused" in row:
            told |= dict.fromkeys(UNREADY, (ReadinessAnswer.NOT_READY, "ยังไม่แล้วเสร็จ"))
        requests.answer(item, told, session)
    run_checks(session)


def _under_way(session: Session, home: Home, year: int, today: date, furthest: RequestStep) -> None:
    """Next year's request, as far as the meetings of these weeks have brought it."""
    rows = _projects(home.full) if "province_id" in home.keys else _file()["cluster"]
    request = _request(session, home, year, rows)
    items = _items(session, home, request, rows)
    _answer(session, home, rows, items, ready=False)
    resolution = _resolution(session, home, today)
    met = resolution.meeting.meets_on if resolution else today - timedelta(days=9)
    screened = _weekday(met - timedelta(days=14))
    steps = [S.SCREENING] if furthest is not S.DRAFT else []
    if resolution is not None and furthest in figures.COMMITTEES:
        steps.append(furthest)
    for step in steps:
        backing = resolution if step is furthest and step in figures.COMMITTEES else None
        for n, (item, row) in enumerate(zip(items, rows, strict=True)):
            _decide(session, item, row, step, met if backing else screened, n, backing)
    run_checks(session)


def _resolution(session: Session, home: Home, today: date) -> Resolution | None:
    """The latest resolution of the home's own committee on the request, or on the action plan."""
    kind = CommitteeType.PROVINCE if "province_id" in home.keys else CommitteeType.CLUSTER
    found = (
        select(Resolution)
        .join(Committee, Committee.id == Resolution.committee_id)
        .join(Meeting, Meeting.id == Resolution.meeting_id)
        .where(
            *(getattr(Committee, key) == value for key, value in home.keys.items()),
            Committee.type == kind,
            Meeting.meets_on <= today,
            Resolution.kind.in_(request_decisions.BACKING),
        )
        .order_by(Meeting.meets_on.desc(), Resolution.id)
    )
    listed = list(session.scalars(found))
    return next(
        (one for about in MATTERS for one in listed if about in one.agenda_item.title), None
    )
